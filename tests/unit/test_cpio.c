/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include <stdio.h>

#include "format/cpio.h"

static void empty_archive_is_a_trailer_and_zeros(void **state)
{
	static const char trailer[] = "070701"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000001"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000000"
				      "0000000b"
				      "00000000"
				      "TRAILER!!!";
	char buf[CPIO_EMPTY_SIZE + 1];
	struct text t = TEXT(buf);

	(void)state;
	cpio_put_empty(&t);
	assert_false(t.overflow);
	assert_int_equal(t.n, CPIO_EMPTY_SIZE);
	/* Its own NUL ends the name. */
	assert_memory_equal(buf, trailer, sizeof(trailer));
	for (size_t i = sizeof(trailer); i < CPIO_EMPTY_SIZE; i++)
		assert_int_equal(buf[i], 0);
}

/* Each entry's name, mode and size, as "name mode size\n"; what is not an
 * archive of entries at multiples of four is "?". */
static const char *listing(struct span s)
{
	static char lines[1024];
	struct text t = TEXT(lines);
	struct span head, name;
	size_t at = 0;
	unsigned mode, size, length;

	while (s.n >= 110) {
		assert_true(at % 4 == 0 && span_starts(s, SPAN_LIT("070701")));
		span_get(&s, 110, &head);
		assert_int_equal(sscanf((const char *)head.p + 14, "%8x",
					&mode),
				 1);
		assert_int_equal(sscanf((const char *)head.p + 54, "%8x",
					&size),
				 1);
		assert_int_equal(sscanf((const char *)head.p + 94, "%8x",
					&length),
				 1);
		at += 110;
		assert_true(span_get(&s, length + (-(at + length) & 3), &name));
		assert_int_equal(name.p[length - 1], 0);
		at += name.n;
		assert_true(span_get(&s, size + (-size & 3), &head));
		at += head.n;
		text_printf(&t, "%s %x %u\n", (const char *)name.p, mode, size);
	}
	assert_int_equal(s.n, 0);
	return lines;
}

static void file_has_its_directories(void **state)
{
	char buf[2048];
	struct text t = TEXT(buf);

	(void)state;
	cpio_put_file(&t, "etc/a.d/b", SPAN_LIT("12345"));
	assert_string_equal(listing(text_span(&t)),
			    "etc 41ed 0\netc/a.d 41ed 0\n"
			    "etc/a.d/b 8180 5\nTRAILER!!! 0 0\n");
	for (size_t n = 0; n < 8; n++) {
		text_reset(&t);
		cpio_put_file(
			&t, &"bbbbbbb" [n],
			(struct span) { (const uint8_t *)"1234567", 7 - n });
		assert_int_equal(t.n % 4, 0);
		assert_non_null(strstr(listing(text_span(&t)), "TRAILER!!!"));
	}
}

/* Where it stands does not change it. */
static void archive_is_appended(void **state)
{
	char first[CPIO_EMPTY_SIZE + 1], second[CPIO_EMPTY_SIZE + 4];
	struct text a = TEXT(first), b = TEXT(second);

	(void)state;
	cpio_put_empty(&a);
	text_puts(&b, "abc");
	cpio_put_empty(&b);
	assert_false(b.overflow);
	assert_int_equal(b.n, 3 + CPIO_EMPTY_SIZE);
	assert_memory_equal(second + 3, first, CPIO_EMPTY_SIZE);
}

static void short_buffer_overflows(void **state)
{
	(void)state;
	for (size_t cap = 1; cap <= CPIO_EMPTY_SIZE; cap++) {
		char *p = malloc(cap);
		struct text t = text_over(p, cap);

		cpio_put_empty(&t);
		assert_true(t.overflow);
		assert_true(t.n < cap);
		free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_archive_is_a_trailer_and_zeros),
		cmocka_unit_test(file_has_its_directories),
		cmocka_unit_test(archive_is_appended),
		cmocka_unit_test(short_buffer_overflows),
	};

	return cmocka_run_group_tests_name("cpio", tests, NULL, NULL);
}
