/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include "sim_expect.h"

/* One frame meets one fault; each frame of a boot in turn.  The boot must go
 * on as if nothing had been, but for what repairs it. */

#define UP_MOST 64
#define DOWN_MOST 64

/* What the boot without a fault sends, to know what is what in the others. */
static struct {
	unsigned frames[2];
	struct sim_seen seen[2][UP_MOST]; /* by direction and number, from 1 */
} clean;

/* Frames in each direction that may be needed on top, to repair one. */
#define REPAIR 8

static void shorten(struct sim *s)
{
	s->file[1].size = 7000;
	s->file[2].size = 12000;
}

static void learn_what_is_clean(void)
{
	const struct sim_result *r;
	unsigned n[2] = { 0 };
	struct sim s;

	sim_init(&s);
	shorten(&s);
	r = expect_boot(&s);
	assert_true(r->frames[SIM_UP] < UP_MOST);
	assert_true(r->frames[SIM_DOWN] < DOWN_MOST);
	for (unsigned i = 0; i < r->seen_n; i++) {
		const struct sim_seen *e = &r->seen[i];

		clean.seen[e->direction][++n[e->direction]] = *e;
	}
	clean.frames[SIM_UP] = n[SIM_UP];
	clean.frames[SIM_DOWN] = n[SIM_DOWN];
}

static void set(struct sim *s, enum sim_direction d, enum sim_what what,
		unsigned nth, size_t at)
{
	shorten(s);
	s->fault.one.what = what;
	s->fault.one.direction = d;
	s->fault.one.nth = nth;
	s->fault.one.at = at;
}

/* Boots, and repairs with a few frames. */
static void judge_repaired(unsigned i, struct sim_result *r)
{
	sweep_must_boot(i, r);
	for (int d = SIM_UP; d <= SIM_DOWN; d++)
		if (r->frames[d] > clean.frames[d] + REPAIR)
			sweep_break(r,
				    "%u frames in direction %d where %u "
				    "are needed without the fault",
				    r->frames[d], d, clean.frames[d]);
}

/* A block that is not full is its file's last. */
static bool is_last_block(unsigned nth)
{
	return clean.seen[SIM_DOWN][nth].kind == SAW_DATA &&
	       clean.seen[SIM_DOWN][nth].size < 4 + 1468;
}

/* The client sends what it would without the fault: nothing was lost, and it
 * answers nothing twice but the last block, since its answer to that is one
 * that nobody answers (RFC 1350 section 6). */
static void judge_unmoved(unsigned i, struct sim_result *r)
{
	unsigned more = is_last_block(1 + i) ? 1 : 0;

	sweep_must_boot(i, r);
	if (r->frames[SIM_UP] < clean.frames[SIM_UP] ||
	    r->frames[SIM_UP] > clean.frames[SIM_UP] + more)
		sweep_break(r, "the client sent %u frames, not %u",
			    r->frames[SIM_UP], clean.frames[SIM_UP]);
}

static void run(unsigned boots, void (*prepare)(struct sim *s, unsigned i),
		void (*judge)(unsigned i, struct sim_result *r))
{
	const struct sweep w = { .boots = boots,
				 .prepare = prepare,
				 .judge = judge };

	learn_what_is_clean();
	w.boots ? sweep_run(&w, NULL) : fail();
}

/* Half of the boots are with a server that sends again whatever is
 * acknowledged again. */
#define BOTH 2

static void lose_up(struct sim *s, unsigned i)
{
	set(s, SIM_UP, WHAT_LOST, 1 + i / BOTH, 0);
	s->server[0].tftpd.resends = i % BOTH;
}

static void lose_down(struct sim *s, unsigned i)
{
	set(s, SIM_DOWN, WHAT_LOST, 1 + i / BOTH, 0);
	s->server[0].tftpd.resends = i % BOTH;
}

static void any_frame_may_be_lost(void **state)
{
	(void)state;
	learn_what_is_clean();
	run(clean.frames[SIM_UP] * BOTH, lose_up, judge_repaired);
	run(clean.frames[SIM_DOWN] * BOTH, lose_down, judge_repaired);
}

static void double_down(struct sim *s, unsigned i)
{
	set(s, SIM_DOWN, WHAT_TWICE, 1 + i, 0);
	s->server[0].tftpd.resends = true;
}

static void any_frame_to_the_client_may_come_twice(void **state)
{
	(void)state;
	learn_what_is_clean();
	run(clean.frames[SIM_DOWN], double_down, judge_unmoved);
}

static void double_down_late(struct sim *s, unsigned i)
{
	set(s, SIM_DOWN, WHAT_TWICE_LATE, 1 + i, 0);
	s->server[0].tftpd.resends = true;
}

static void any_frame_to_the_client_may_come_again_later(void **state)
{
	(void)state;
	learn_what_is_clean();
	run(clean.frames[SIM_DOWN], double_down_late, judge_unmoved);
}

static void double_up(struct sim *s, unsigned i)
{
	set(s, SIM_UP, i % 2 ? WHAT_TWICE : WHAT_TWICE_LATE, 1 + i / 4, 0);
	s->server[0].tftpd.resends = i / 2 % 2;
}

static void any_frame_to_the_server_may_come_twice(void **state)
{
	(void)state;
	learn_what_is_clean();
	run(clean.frames[SIM_UP] * 4, double_up, judge_repaired);
}

static void delay(struct sim *s, unsigned i)
{
	if (i / BOTH < clean.frames[SIM_DOWN])
		set(s, SIM_DOWN, WHAT_LATE, 1 + i / BOTH, 0);
	else
		set(s, SIM_UP, WHAT_LATE, 1 + i / BOTH - clean.frames[SIM_DOWN],
		    0);
	s->server[0].tftpd.resends = i % BOTH;
}

static void any_frame_may_be_overtaken_by_the_next(void **state)
{
	(void)state;
	learn_what_is_clean();
	run((clean.frames[SIM_DOWN] + clean.frames[SIM_UP]) * BOTH, delay,
	    judge_repaired);
}

/* Where a frame is cut: in and behind each of its headers, and before its
 * end. */
static const size_t lengths[] = {
	0,  1,  13, 14, 15, 33,  34,  35,  41,  42,   43,
	44, 46, 47, 59, 60, 100, 281, 282, 300, 1000,
};

static void cut(struct sim *s, unsigned i, enum sim_direction d)
{
	unsigned nth = 1 + i / (COUNT(lengths) + 2);
	unsigned place = i % (COUNT(lengths) + 2);
	size_t size = clean.seen[d][nth].size + 42u;

	set(s, d, WHAT_CUT, nth,
	    place < COUNT(lengths) ? lengths[place] :
				     size - 1 - (place - COUNT(lengths)));
	s->server[0].pads = i % 3 == 0;
}

static void cut_down(struct sim *s, unsigned i)
{
	cut(s, i, SIM_DOWN);
}

static void cut_up(struct sim *s, unsigned i)
{
	cut(s, i, SIM_UP);
}

static void any_frame_may_be_cut_anywhere(void **state)
{
	(void)state;
	learn_what_is_clean();
	run(clean.frames[SIM_DOWN] * (COUNT(lengths) + 2), cut_down,
	    judge_repaired);
	run(clean.frames[SIM_UP] * (COUNT(lengths) + 2), cut_up,
	    judge_repaired);
}

/* Bits tried in each frame: all of some header bytes over the boots, and some
 * of the data. */
#define FLIPS 40

/* ARP has no checksum, and trusts Ethernet's, which the wire here has not. */
static bool is_arp(enum sim_direction d, unsigned nth)
{
	return clean.seen[d][nth].kind == SAW_ARP_ASKS ||
	       clean.seen[d][nth].kind == SAW_ARP_TELLS;
}

static void flip(struct sim *s, unsigned i, enum sim_direction d)
{
	unsigned nth = 1 + i / FLIPS;
	size_t size = clean.seen[d][nth].size + 42u, at = i % FLIPS;

	/* 42 bytes of headers are 336 bits; 9 boots see each once. */
	at = at < FLIPS - 4 ? (at * 9 + i / FLIPS % 9) :
			      size * 8 - 1 - (at - (FLIPS - 4)) * 7;
	set(s, d, is_arp(d, nth) ? WHAT_NOTHING : WHAT_FLIPPED, nth, at);
}

static void flip_down(struct sim *s, unsigned i)
{
	flip(s, i, SIM_DOWN);
}

static void flip_up(struct sim *s, unsigned i)
{
	flip(s, i, SIM_UP);
}

static void any_bit_may_flip(void **state)
{
	(void)state;
	learn_what_is_clean();
	run(clean.frames[SIM_DOWN] * FLIPS, flip_down, judge_repaired);
	run(clean.frames[SIM_UP] * FLIPS, flip_up, judge_repaired);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_frame_may_be_lost),
		cmocka_unit_test(any_frame_to_the_client_may_come_twice),
		cmocka_unit_test(any_frame_to_the_client_may_come_again_later),
		cmocka_unit_test(any_frame_to_the_server_may_come_twice),
		cmocka_unit_test(any_frame_may_be_overtaken_by_the_next),
		cmocka_unit_test(any_frame_may_be_cut_anywhere),
		cmocka_unit_test(any_bit_may_flip),
	};

	return sweep_main("one_fault", tests);
}
