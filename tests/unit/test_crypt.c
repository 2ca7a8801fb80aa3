/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/passwd.h"

/* Made by openssl passwd, by Syslinux' sha1pass, and the example that comes
 * with the SHA-512 scheme's definition. */
static const struct {
	const char *stored, *password;
} made[] = {
	{ "$1$saltsalt$MzDjbImyzEz2m0NTiPzNW/", "a" },
	{ "$1$saltsalt$9xy1btjgzLYfb7hivXtC//", "secret" },
	{ "$1$saltsalt$JtO0qNU8X0VspxsjbrCTe1",
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxx and more than a block of any of them, which is 1"
	  "28 bytes" },
	{ "$5$saltsalt$Mtm6KOxb.PwaKES1sp80SDYOu1T0RdwsBVakhLiqA64", "a" },
	{ "$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA", "secret" },
	{ "$5$saltsalt$h8.0ZNXKzHrDs.g0oZGhfXZ1ZEQjbQAva.fdbxHESbC",
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxx and more than a block of any of them, which is 1"
	  "28 bytes" },
	{ "$6$saltsalt$8gzUrz5S2/0AfMGfui2LllQQ2fwu.jYnAVGef2XY7gAo"
	  "0jNFrzHsTq9lMr2ze7QvIJxr4BYOKdgDpx4Va9Atb1",
	  "a" },
	{ "$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U"
	  "0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1",
	  "secret" },
	{ "$6$saltsalt$QTS7YvHztR0uaJ16nSmqx78.HNsde4bsMn2SD9z4vB1G"
	  "hq5CULkIE0q5dTOsuuLIYRWn.WzQBED140gEV/r0c0",
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxx and more than a block of any of them, which is 1"
	  "28 bytes" },
	{ "$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbD"
	  "Wra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3R"
	  "nOaw5v.",
	  "Hello world!" },
	{ "$4$$5en6G6MezRroT3XKqkdPOmY/BfQ=", "secret" },
	{ "$4$$5en6G6MezRroT3XKqkdPOmY/BfQ", "secret" },
	{ "$4$abcd$7olcT80A8CUHg14OlVREG9iIg4g=", "secret" },
	{ "$4$abcd$7olcT80A8CUHg14OlVREG9iIg4g", "secret" },
	{ "$4$5en6G6MezRroT3XKqkdPOmY/BfQ=", "secret" },
};

static void test_hashed_passwords(void **state)
{
	struct span stored, typed;
	uint8_t *copy;

	(void)state;
	for (size_t i = 0; i < COUNT(made); i++) {
		stored = span_of(made[i].stored);
		typed = span_of(made[i].password);
		copy = exact_copy(typed.p, typed.n);
		typed.p = copy;
		assert_true(crypt_known(stored));
		assert_true(crypt_matches(stored, typed));
		typed.n--;
		assert_false(crypt_matches(stored, typed));
		free(copy);
		stored.n -= 2;
		assert_false(crypt_matches(stored, span_of(made[i].password)));
	}
}

static void test_what_is_no_hash(void **state)
{
	static const char *const unknown[] = {
		"",
		"$",
		"$1",
		"$1$",
		"$1$salt",
		"$5$",
		"$5$salt",
		"$7$a$b",
		"$2$a$b",
		"$y$j9T$a$b",
		"$6$rounds=$a$b",
		"$6$rounds=x$a$b",
		"$6$rounds=5000x$a$b",
		"$6$rounds=1000001$a$b",
		"$6$rounds=99999999999$a$b",
		"$6$rounds=5000",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(unknown); i++) {
		assert_false(crypt_known(span_of(unknown[i])));
		assert_false(crypt_matches(span_of(unknown[i]), SPAN_LIT("a")));
	}
}

static void test_lengths_have_limits(void **state)
{
	char password[130];
	struct span typed = { (uint8_t *)password, 129 };

	(void)state;
	memset(password, 'x', sizeof(password));
	assert_false(crypt_matches(span_of(made[3].stored), typed));
	typed.n = 128;
	assert_false(crypt_matches(span_of(made[3].stored), typed));
	typed.n = 0;
	assert_false(crypt_matches(span_of(made[0].stored), typed));
	assert_false(crypt_matches(SPAN_LIT("$5$$"), typed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashed_passwords),
		cmocka_unit_test(test_what_is_no_hash),
		cmocka_unit_test(test_lengths_have_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
