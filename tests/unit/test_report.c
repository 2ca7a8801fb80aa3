/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/report.h"

static char reason[128];

static bool is_valid(const struct report *r, size_t n)
{
	struct text why = TEXT(reason);
	bool valid = report_is_valid(r, n, &why);

	assert_int_equal(valid, !reason[0]);
	return valid;
}

static struct report boot(const char *args)
{
	struct report r = {
		.magic = REPORT_MAGIC,
		.outcome = REPORT_BOOT,
		.args_n = (uint32_t)strlen(args),
		.kernel_size = 1,
	};

	memcpy(r.args, args, strlen(args));
	return r;
}

static void honest_reports_are_valid(void **state)
{
	struct report r = boot("BOOT_IMAGE=k root=/dev/xvda");

	(void)state;
	assert_true(is_valid(&r, sizeof(r)));
	assert_span(report_args(&r), "BOOT_IMAGE=k root=/dev/xvda");
	r.ramdisk_size = UINT64_MAX;
	assert_true(is_valid(&r, sizeof(r)));
	r = (struct report){ .magic = REPORT_MAGIC, .outcome = REPORT_LOCAL };
	assert_true(is_valid(&r, sizeof(r)));
	r = (struct report){ .magic = REPORT_MAGIC,
			     .outcome = REPORT_FAILED,
			     .rc = 22 };
	assert_true(is_valid(&r, sizeof(r)));
}

static void size_and_magic_must_match(void **state)
{
	struct report r = boot("a");

	(void)state;
	for (size_t n = 0; n < sizeof(r); n++)
		assert_false(is_valid(&r, n));
	assert_false(is_valid(&r, sizeof(r) + 1));
	assert_false(is_valid(&r, SIZE_MAX));
	r.magic ^= 0x01000000;
	assert_false(is_valid(&r, sizeof(r)));
	assert_contains(reason, "not a report");
}

static void unknown_outcome_is_refused(void **state)
{
	struct report r = boot("a");

	(void)state;
	r.outcome = REPORT_LOCAL + 1;
	assert_false(is_valid(&r, sizeof(r)));
	r.outcome = UINT32_MAX;
	assert_false(is_valid(&r, sizeof(r)));
	assert_contains(reason, "outcome");
}

/* It becomes the exit status, where 0 would mean success and 128 a signal. */
static void failure_needs_an_exit_code(void **state)
{
	static const struct {
		uint32_t rc;
		bool valid;
	} table[] = {
		{ 0, false },          { 1, true },
		{ 52, true },          { 127, true },
		{ 128, false },        { 256, false },
		{ UINT32_MAX, false }, { (uint32_t)-22, false },
	};
	struct report r = { .magic = REPORT_MAGIC, .outcome = REPORT_FAILED };

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		r.rc = table[i].rc;
		assert_int_equal(is_valid(&r, sizeof(r)), table[i].valid);
	}
}

static void boot_needs_a_kernel(void **state)
{
	struct report r = boot("a");

	(void)state;
	r.kernel_size = 0;
	assert_false(is_valid(&r, sizeof(r)));
	assert_contains(reason, "kernel");
}

static void arguments_must_fit(void **state)
{
	struct report r = boot("");

	(void)state;
	memset(r.args, 'x', sizeof(r.args));
	r.args_n = CMDLINE_MAX;
	assert_true(is_valid(&r, sizeof(r)));
	assert_int_equal(report_args(&r).n, CMDLINE_MAX);
	r.args_n = CMDLINE_MAX + 1;
	assert_false(is_valid(&r, sizeof(r)));
	assert_contains(reason, "too long");
	r.args_n = UINT32_MAX;
	assert_false(is_valid(&r, sizeof(r)));
}

static void each_control_byte_is_refused_anywhere(void **state)
{
	static const size_t places[] = { 0, 7, CMDLINE_MAX - 1 };
	struct report r = boot("");

	(void)state;
	memset(r.args, 'x', sizeof(r.args));
	r.args_n = CMDLINE_MAX;
	for (unsigned c = 0; c < 256; c++)
		for (size_t i = 0; i < COUNT(places); i++) {
			r.args[places[i]] = (char)c;
			assert_int_equal(is_valid(&r, sizeof(r)),
					 c >= 0x20 && c != 0x7f);
			r.args[places[i]] = 'x';
		}
	/* Behind the arguments stands what happened to be there. */
	r.args[CMDLINE_MAX] = '\n';
	assert_true(is_valid(&r, sizeof(r)));
}

/* The item that XSA-198 smuggled in behind the arguments. */
static void smuggled_item_is_refused(void **state)
{
	struct report r = boot("");

	(void)state;
	memcpy(r.args, "quiet\0ramdisk /etc/shadow", 26);
	r.args_n = 25;
	assert_false(is_valid(&r, sizeof(r)));
	r = boot("quiet\nramdisk /etc/shadow");
	assert_false(is_valid(&r, sizeof(r)));
	assert_contains(reason, "control character");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(honest_reports_are_valid),
		cmocka_unit_test(size_and_magic_must_match),
		cmocka_unit_test(unknown_outcome_is_refused),
		cmocka_unit_test(failure_needs_an_exit_code),
		cmocka_unit_test(boot_needs_a_kernel),
		cmocka_unit_test(arguments_must_fit),
		cmocka_unit_test(each_control_byte_is_refused_anywhere),
		cmocka_unit_test(smuggled_item_is_refused),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
