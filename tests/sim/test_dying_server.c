/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include "base/err.h"
#include "format/report.h"
#include "sim_expect.h"
#include "sim_seen.h"

/* Whoever dies at whatever moment: the boot ends, soon and with a reason, or
 * finds another way. */

/* A callback for what has ended would use what lay on the stack. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0:detect_stack_use_after_return=1";
}

static unsigned frames;
static enum sim_kind kind_of[256]; /* of the server's n-th frame, from 1 */

static void learn_what_is_clean(void)
{
	const struct sim_result *r;
	struct sim s;

	sim_init(&s);
	s.file[1].size = 5000;
	r = expect_boot(&s);
	frames = 0;
	for (unsigned i = 0; i < r->seen_n; i++)
		if (r->seen[i].direction == SIM_DOWN)
			kind_of[++frames] = (enum sim_kind)r->seen[i].kind;
	assert_true(frames < COUNT(kind_of));
}

/* sim_run() goes on for a while after each end. */
static void boot_ends_at_any_moment_with_its_parent(void **state)
{
	struct sim s;

	(void)state;
	sim_init(&s);
	s.file[1].size = 5000;
	sweep_gone(&s);
}

static void prepare_death(struct sim *s, unsigned i)
{
	s->file[1].size = 5000;
	s->server[0].dies_at = 1 + i / 2;
	s->server[0].still_arps = i % 2;
}

/* Fails unless the boot took between `from` and `to` seconds. */
static void judge_time(struct sim_result *r, unsigned from, unsigned to)
{
	if (r->took < from * US_PER_S || r->took > to * US_PER_S)
		sweep_break(r, "it took %u ms to see that the server died",
			    (unsigned)(r->took / US_PER_MS));
}

static void judge_death(unsigned i, struct sim_result *r)
{
	unsigned nth = 1 + i / 2;

	if (nth > frames) {
		sweep_must_boot(i, r);
	} else if (kind_of[nth] == SAW_OFFER || kind_of[nth] == SAW_DHCP_ACK) {
		sweep_must_fail(r, E_DHCP_SILENT);
		judge_time(r, 60, 61);
	} else if (kind_of[nth] == SAW_DATA) {
		sweep_must_fail(r, E_NO_ANSWER);
		judge_time(r, 9, 11);
		if (!strstr(r->log, "fell silent after "))
			sweep_break(r, "it says: %s", sim_last_words(r));
	} else {
		if (kind_of[nth] == SAW_ARP_TELLS && i % 2)
			return; /* the answer to ARP comes after all */
		sweep_must_fail(r, E_NO_ANSWER);
		judge_time(r, 9, 11);
		if (!strstr(r->log, kind_of[nth] == SAW_ARP_TELLS ?
					    "(no ARP reply)" :
					    "no answer to "))
			sweep_break(r, "it says: %s", sim_last_words(r));
	}
	/* 60 s of DHCP are the most talkative. */
	if (r->frames[SIM_UP] > frames + 40)
		sweep_break(r, "it sent %u frames", r->frames[SIM_UP]);
}

static void server_dies_at_any_frame(void **state)
{
	struct sweep w = { .prepare = prepare_death, .judge = judge_death };

	(void)state;
	learn_what_is_clean();
	w.boots = 2 * frames + 2;
	sweep_run(&w, NULL);
}

/* The lease's next-server is no machine at all; the DHCP server has files. */
static void dead_boot_server_has_a_successor(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.server[0].dhcpd.next_server = SIM_SECOND_IP;
	r = expect_boot(&s);
	assert_contains(r->log,
			"nothing on this network answers for the "
			"address 192.0.2.2 (no ARP reply); trying the next");
	assert_in_range(r->took, 9 * US_PER_S, 11 * US_PER_S);
}

/* The frames that the boot server sends until it has said something: to ARP,
 * and that the first name is not there. */
#define SILENT_FRAMES 2

/* And until all of the configuration has come. */
#define CONFIG_FRAMES (1 + 9 + 2)

static unsigned boot_server_frames;

static void prepare_first_dies(struct sim *s, unsigned i)
{
	s->servers = 2;
	s->server[0].dhcpd.next_server = SIM_SECOND_IP;
	s->server[0].tftpd.absent = i % 2;
	s->server[1].dhcpd.absent = true;
	s->server[1].dies_at = 1 + i / 2;
}

/* Another server takes over from one that has said nothing, and gives all files
 * of an entry whose configuration is known; but no other configuration, since
 * what the two have may differ, and the wrong guest is worse than none. */
static void judge_first_dies(unsigned i, struct sim_result *r)
{
	bool survives = i % 2 == 0 &&
			(i / 2 < SILENT_FRAMES || i / 2 >= CONFIG_FRAMES);

	if (i / 2 >= boot_server_frames || survives)
		sweep_must_boot(i, r);
	else
		sweep_must_fail(r, E_NO_ANSWER);
}

static void boot_server_beside_the_dhcp_server_dies_at_any_frame(void **state)
{
	struct sweep w = { .prepare = prepare_first_dies,
			   .judge = judge_first_dies };
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	prepare_first_dies(&s, UINT16_MAX);
	r = expect_boot(&s);
	boot_server_frames = r->frames[SIM_DOWN] - 2; /* OFFER and ACK */
	w.boots = 2 * boot_server_frames + 2;
	sweep_run(&w, NULL);
}

/* It has the guest's own configuration and begins to send it: that of the other
 * server is not meant. */
static void server_that_dies_in_its_first_file_has_no_successor(void **state)
{
	struct sim s;

	(void)state;
	for (unsigned frame = 3; frame < 6; frame++) {
		sim_init(&s);
		prepare_first_dies(&s, 0);
		s.file[0].path = "boot/pxelinux.cfg/01-00-16-3e-12-34-56";
		s.server[1].tftpd.blksize = 32;
		s.server[1].dies_at = frame;
		expect_failure(&s, E_NO_ANSWER);
	}
}

/* A cable that is out for a time is not a server that is dead. */
static void cut_wire_is_survived(void **state)
{
	struct sim s;

	(void)state;
	for (us_t from = 0; from < 8 * US_PER_MS; from += 250) {
		sim_init(&s);
		s.server[0].tftpd.repeats = 30;
		s.fault.cut_from = from;
		s.fault.cut_until = from + 6 * US_PER_S;
		expect_boot(&s);
		s.fault.cut_until = from + 200 * US_PER_S;
		expect_failure(&s, from < 300 ? E_DHCP_SILENT : E_NO_ANSWER);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boot_ends_at_any_moment_with_its_parent),
		cmocka_unit_test(server_dies_at_any_frame),
		cmocka_unit_test(dead_boot_server_has_a_successor),
		cmocka_unit_test(
			boot_server_beside_the_dhcp_server_dies_at_any_frame),
		cmocka_unit_test(
			server_that_dies_in_its_first_file_has_no_successor),
		cmocka_unit_test(cut_wire_is_survived),
	};

	return sweep_main("dying_server", tests);
}
