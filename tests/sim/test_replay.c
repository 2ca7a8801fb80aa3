/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim_expect.h"

/* A boot that breaks a rule is told with a command, and that replays it alone:
 * tried with a planted one, whose kernel is not the one that it should be. */

#define PLANTED 37

static void prepare(struct sim *s, unsigned i)
{
	s->fault.lost = 1000;
	s->server[0].tftpd.repeats = 20;
	if (i == PLANTED)
		s->kernel = "boot/initrd.gz";
}

/* Runs only in a process that planted_boot_is_found_and_replays() starts. */
static void planted(void **state)
{
	const struct sweep w = { .boots = 100,
				 .prepare = prepare,
				 .judge = sweep_must_boot };

	(void)state;
	sweep_run(&w, NULL);
}

/* Runs a command with this program's path behind it; returns its status, and
 * what it says in `said`. */
static int run(const char *command, char *said, size_t size)
{
	char line[600], own[256] = { 0 };
	FILE *f;
	size_t n;
	int status;

	assert_true(readlink("/proc/self/exe", own, sizeof(own) - 1) > 0);
	snprintf(line, sizeof(line), "%s %s 2>&1", command, own);
	f = popen(line, "r");
	assert_non_null(f);
	n = fread(said, 1, size - 1, f);
	said[n] = '\0';
	status = pclose(f);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void planted_boot_is_found_and_replays(void **state)
{
	static char said[1 << 20], again[sizeof(said)];
	const char *environment = "CMOCKA_MESSAGE_OUTPUT=STDOUT SIM_PLANTED=1 ";
	char command[300], *from, *end;

	(void)state;
	snprintf(command, sizeof(command), "%s SIM_TEST=planted", environment);
	assert_int_not_equal(run(command, said, sizeof(said)), 0);
	assert_non_null(strstr(said, "1 of 100 boots broke a rule"));
	from = strstr(said, "SIM_TEST=planted SIM_SEED=37 ");
	assert_non_null(from);
	end = strstr(from, "/");
	assert_non_null(end);
	/* As it stands there, but for the program's path, which is ours. */
	snprintf(command, sizeof(command), "%s %.*s", environment,
		 (int)(end - from), from);
	assert_int_not_equal(run(command, said, sizeof(said)), 0);
	assert_non_null(strstr(said, "---- boot 37 of 100"));
	assert_non_null(strstr(said, "-> RRQ"));
	assert_non_null(strstr(said, "bytes of boot/initrd.gz are missing"));
	/* Frame by frame the same, once more. */
	assert_int_not_equal(run(command, again, sizeof(again)), 0);
	assert_string_equal(said, again);
	snprintf(command, sizeof(command), "%s SIM_TEST=planted SIM_SEED=36",
		 environment);
	assert_int_equal(run(command, said, sizeof(said)), 0);
}

int main(void)
{
	const struct CMUnitTest bad[] = {
		cmocka_unit_test(planted),
	};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(planted_boot_is_found_and_replays),
	};

	return getenv("SIM_PLANTED") ? sweep_main("planted", bad) :
				       sweep_main("replay", tests);
}
