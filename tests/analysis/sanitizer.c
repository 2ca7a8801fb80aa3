/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the sanitizers are told.  There is no heap that could leak, and in the
 * jail nobody may look for it.
 */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0:detect_stack_use_after_return=1:"
	       "strict_string_checks=1";
}

const char *__ubsan_default_options(void)
{
	return "print_stacktrace=1";
}
