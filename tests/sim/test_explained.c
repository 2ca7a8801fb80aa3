/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include "format/report.h"
#include "sim_random.h"

/* --explain: all of a boot but the files, of which the server is asked only for
 * the sizes. */

#define BOOTS 2000

static struct sim_result *explain(const struct sim *s)
{
	static struct sim_result *r;

	if (!r)
		r = sim_result();
	sim_run(s, r);
	if (r->problem[0])
		fail_msg("%s", r->problem);
	return r;
}

static unsigned sent(const struct sim_result *r, enum sim_kind kind)
{
	return r->count[SIM_UP][kind] + r->count[SIM_DOWN][kind];
}

static void only_the_configuration_is_transferred(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.explained = true;
	r = explain(&s);
	assert_int_equal(r->outcome, REPORT_LOCAL);
	assert_int_equal(sent(r, SAW_RRQ), 10 + 2);
	assert_int_equal(sent(r, SAW_OACK), 3);
	assert_int_equal(sent(r, SAW_DATA), 1);
	assert_int_equal(sent(r, SAW_ACK), 2);
	assert_int_equal(r->count[SIM_UP][SAW_ERROR], 2);
	assert_int_equal(r->writes, 0);
}

static void one_block_is_enough_of_a_server_without_options(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.explained = true;
	s.server[0].tftpd.plain = true;
	r = explain(&s);
	assert_int_equal(r->outcome, REPORT_LOCAL);
	assert_int_equal(sent(r, SAW_DATA), 3);
	assert_int_equal(r->count[SIM_UP][SAW_ERROR], 2);
}

static void missing_file_ends_nothing_but_the_hope(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.explained = true;
	s.file[1].path = "elsewhere";
	r = explain(&s);
	assert_int_equal(r->outcome, REPORT_FAILED);
	assert_int_equal(sent(r, SAW_RRQ), 10 + 2);
	assert_int_equal(sent(r, SAW_OACK), 2);
}

/* In any weather, from servers of several manners. */
static void prepare(struct sim *s, unsigned i)
{
	struct sim_random r = random_from(i, 7);

	s->explained = true;
	s->server[0].tftpd.plain = random_below(&r, 4) == 0;
	s->server[0].tftpd.no_tsize = random_below(&r, 4) == 0;
	s->server[0].tftpd.refuses_options = random_below(&r, 8) == 0;
	s->server[0].tftpd.repeats_after = US_PER_S;
	s->server[0].tftpd.repeats = 3;
	s->file[1].size = 1 + random_below(&r, 30000);
	if (i % 4 == 0)
		return;
	s->fault = (struct sim_fault){
		.lost = i % 4 == 1 ? 1500 : 0,
		.twice = 500,
		.late = 500,
		.late_by = US_PER_S,
		.latency = 2000,
		.jitter = 5000,
		.cut = i % 4 == 2 ? 300 : 0,
		.corrupt = i % 4 == 2 ? 300 : 0,
		.noise = i % 4 == 3 ? 5000 : 0,
		.wakes_early = random_below(&r, 2),
	};
}

static void judge(unsigned i, struct sim_result *r)
{
	if (i % 4 == 0 && r->outcome != REPORT_LOCAL)
		sweep_break(r, "it failed with %u in calm weather", r->rc);
	if (r->writes)
		sweep_break(r, "something was written");
}

static void explained_boots_end_well_or_with_a_reason(void **state)
{
	const struct sweep w = { .boots = sweep_size(BOOTS),
				 .kinds = 4,
				 .prepare = prepare,
				 .judge = judge };
	struct sweep_tally t;

	(void)state;
	sweep_run(&w, &t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_configuration_is_transferred),
		cmocka_unit_test(
			one_block_is_enough_of_a_server_without_options),
		cmocka_unit_test(missing_file_ends_nothing_but_the_hope),
		cmocka_unit_test(explained_boots_end_well_or_with_a_reason),
	};

	return sweep_main("explained", tests);
}
