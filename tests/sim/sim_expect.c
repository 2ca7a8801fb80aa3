/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_expect.h"

#include "format/report.h"

static const struct sim_result *run(const struct sim *s)
{
	static struct sim_result *r;
	struct sim shown = *s;

	if (!r)
		r = sim_result();
	shown.verbose |= getenv("SIM_VERBOSE") != NULL;
	sim_run(&shown, r);
	if (r->problem[0])
		fail_msg("%s", r->problem);
	return r;
}

const struct sim_result *expect_boot(const struct sim *s)
{
	const struct sim_result *r = run(s);

	if (r->outcome != REPORT_BOOT)
		fail_msg("it failed with %u: %s", r->rc, sim_last_words(r));
	return r;
}

const struct sim_result *expect_failure(const struct sim *s, uint32_t rc)
{
	const struct sim_result *r = run(s);

	if (r->outcome != REPORT_FAILED || r->rc != rc)
		fail_msg("it should fail with %u, and ended with %u: %s", rc,
			 r->rc, sim_last_words(r));
	return r;
}

void expect_count(const struct sim_result *r, enum sim_direction d,
		  enum sim_kind kind, unsigned n)
{
	if (r->count[d][kind] != n)
		fail_msg("%u frames of kind %d were sent where %u are needed",
			 r->count[d][kind], kind, n);
}

unsigned expect_nth(const struct sim_result *r, enum sim_direction d,
		    enum sim_kind kind, unsigned nth)
{
	unsigned number = 0;

	for (unsigned i = 0; i < r->seen_n && i < SIM_SEEN; i++) {
		if (r->seen[i].direction != d)
			continue;
		number++;
		if (r->seen[i].kind == kind && !--nth)
			return number;
	}
	fail_msg("too few frames of kind %d were sent", kind);
	return 0;
}
