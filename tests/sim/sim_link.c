/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_link.h"

#include <stdlib.h>
#include <string.h>

#include "sim_audit.h"
#include "sim_host.h"
#include "sim_inbox.h"
#include "sim_noise.h"
#include "sim_random.h"
#include "sim_seen.h"
#include "sim_wire.h"
#include "sim_world.h"

#define INBOX 12288 /* as a TAP's queue */

void (*link_peer)(struct span frame);

static struct {
	bool repaired;
	struct sim_random chance[2]; /* by direction */
	struct sim_random noise;
	/* A late frame waits here for the one that overtakes it. */
	struct sim_frame held[2];
} wire;

static struct sim_frame ring[INBOX];
static struct sim_inbox inbox = { .ring = ring, .size = INBOX };

void link_repair(void)
{
	wire.repaired = true;
}

bool link_has_frame(void)
{
	return inbox.waiting;
}

static void arrive_up(void *arg, struct span s, bool checked)
{
	(void)arg, (void)checked;
	if (link_peer && wire_is_tcp(s))
		link_peer(s);
	else
		hosts_receive(s);
}

static void arrive_down(void *arg, struct span s, bool checked)
{
	(void)arg;
	inbox_put(&inbox, s, checked);
}

/* Counts a fault; true for the sake of conditions. */
static bool met(enum sim_direction d, enum sim_met kind)
{
	sim_out->met[d][kind]++;
	return true;
}

static void deliver(enum sim_direction d, struct span s, bool checked,
		    us_t delay)
{
	world_after(delay, d == SIM_UP ? arrive_up : arrive_down, NULL, s,
		    checked);
}

static us_t latency(enum sim_direction d)
{
	const struct sim_fault *f = &sim->fault;

	return f->latency +
	       (f->jitter && !wire.repaired ?
			random_below(&wire.chance[d], (uint32_t)f->jitter) :
			0);
}

static void hold(enum sim_direction d, struct span s, bool checked)
{
	struct sim_frame *held = &wire.held[d];

	held->p = malloc(s.n);
	if (!held->p)
		sim_break("no memory");
	memcpy(held->p, s.p, s.n);
	held->n = s.n;
	held->checked = checked;
}

/* Sends the held frame behind the one that has just been sent. */
static void release(enum sim_direction d, us_t delay)
{
	struct sim_frame *held = &wire.held[d];

	if (!held->p)
		return;
	deliver(d, (struct span){ held->p, held->n }, held->checked, delay + 1);
	free(held->p);
	held->p = NULL;
}

/* Makes a frame larger, up to `n` bytes, with bytes of chance behind it in
 * `buf`; half of them belong to its packet, says the header. */
static struct span oversize(struct sim_random *r, uint8_t *buf, struct span s,
			    size_t n)
{
	const size_t size = n < WIRE_MAX ? n : WIRE_MAX;
	uint8_t *ip = buf + WIRE_ETH;

	if (size <= s.n)
		return s;
	memmove(buf, s.p, s.n);
	for (size_t i = s.n; i < size; i++)
		buf[i] = (uint8_t)random_next(r);
	if (s.n >= WIRE_ETH + WIRE_IP && ip[0] == 0x45 && buf[12] == 8 &&
	    !buf[13] && random_below(r, 2)) {
		ip[2] = (uint8_t)((size - WIRE_ETH) >> 8);
		ip[3] = (uint8_t)(size - WIRE_ETH);
		wire_sign_ip(ip);
	}
	return (struct span){ buf, size };
}

/* Does to a frame what is to be done to this one only. */
static void apply_one(enum sim_direction d, struct span s, bool checked,
		      us_t delay)
{
	const size_t at = sim->fault.one.at;
	uint8_t changed[WIRE_MAX];

	memcpy(changed, s.p, s.n);
	switch (sim->fault.one.what) {
	case WHAT_LOST:
		break;
	case WHAT_TWICE:
		deliver(d, s, checked, delay);
		deliver(d, s, checked, delay);
		break;
	case WHAT_LATE:
		hold(d, s, checked);
		break;
	case WHAT_TWICE_LATE:
		deliver(d, s, checked, delay);
		hold(d, s, checked);
		break;
	case WHAT_CUT:
		deliver(d, (struct span){ s.p, at < s.n ? at : s.n }, checked,
			delay);
		break;
	case WHAT_OVERSIZE:
		deliver(d, oversize(&wire.chance[d], changed, s, at), checked,
			delay);
		break;
	case WHAT_FLIPPED:
		if (at < s.n * 8)
			changed[at / 8] ^= (uint8_t)(1 << at % 8);
		deliver(d, (struct span){ changed, s.n }, checked, delay);
		break;
	case WHAT_NOTHING:
		deliver(d, s, checked, delay);
	}
}

/* Returns the frame as its bytes arrive, in `buf`, if chance changes them. */
static struct span spoil(enum sim_direction d, struct span s, uint8_t *buf)
{
	const struct sim_fault *f = &sim->fault;
	struct sim_random *r = &wire.chance[d];
	uint32_t larger;

	if (random_hits(r, f->corrupt) && met(d, MET_CORRUPT)) {
		memcpy(buf, s.p, s.n);
		buf[random_below(r, (uint32_t)s.n)] ^=
			(uint8_t)(1 + random_below(r, 255));
		s.p = buf;
	}
	if (random_hits(r, f->oversize) && met(d, MET_OVERSIZE)) {
		larger = random_below(r, 2) ? random_below(r, 100) :
					      random_below(r, WIRE_MAX);
		s = oversize(r, buf, s, sim->mtu + WIRE_ETH + 1 + larger);
	}
	if (random_hits(r, f->cut) && met(d, MET_CUT))
		s.n = random_below(r, (uint32_t)s.n);
	if (random_hits(r, f->runt) && met(d, MET_RUNT) && s.n >= WIRE_ETH)
		s.n = random_below(r, WIRE_ETH);
	return s;
}

/* Does to a frame what chance wants. */
static void apply_chance(enum sim_direction d, struct span s, bool checked,
			 us_t delay)
{
	static uint8_t changed[WIRE_MAX];
	const struct sim_fault *f = &sim->fault;
	struct sim_random *r = &wire.chance[d];

	if (random_hits(r, f->lost) && met(d, MET_LOST))
		return;
	s = spoil(d, s, changed);
	if (random_hits(r, f->late) && met(d, MET_LATE))
		delay += random_below(r, (uint32_t)f->late_by);
	deliver(d, s, checked, delay);
	if (random_hits(r, f->twice) && met(d, MET_TWICE))
		deliver(d, s, checked,
			delay + random_below(r, (uint32_t)f->late_by + 1));
}

static bool is_cut(void)
{
	return world_now() >= sim->fault.cut_from &&
	       world_now() < sim->fault.cut_until;
}

static void make_noise(void)
{
	char frame[WIRE_BUFFER];
	struct text t = TEXT(frame);

	met(SIM_DOWN, MET_NOISE);
	noise_put(&t, &wire.noise);
	deliver(SIM_DOWN, text_span(&t), random_hits(&wire.noise, 1000),
		random_below(&wire.noise, 2000));
}

static void babble(void *arg, struct span none, bool flag)
{
	(void)arg, (void)flag;
	if (wire.repaired || !sim->fault.babble)
		return;
	make_noise();
	world_after(sim->fault.babble, babble, NULL, none, false);
}

void link_start(void)
{
	wire.chance[SIM_UP] = random_from(sim->seed, 3);
	wire.chance[SIM_DOWN] = random_from(sim->seed, 4);
	wire.noise = random_from(sim->seed, 5);
	babble(NULL, (struct span){ 0 }, false);
}

static void pass(enum sim_direction d, struct span s, bool checked)
{
	const struct sim_fault *f = &sim->fault;
	us_t delay = latency(d);

	seen_add(d, s);
	if (wire.repaired) {
		deliver(d, s, checked, delay);
		return;
	}
	if (random_hits(&wire.noise, f->noise))
		make_noise();
	if (is_cut())
		return;
	if (f->one.what && f->one.direction == d &&
	    f->one.nth == sim_out->frames[d]) {
		apply_one(d, s, checked, delay);
		return;
	}
	apply_chance(d, s, checked, delay);
	release(d, delay);
}

void link_send_down(struct span frame, bool checked)
{
	pass(SIM_DOWN, frame, checked);
}

/* The client's frames must be right to the last bit, whatever happens. */
static void check_sent(struct span s)
{
	struct wire_udp u;
	struct wire_arp a;

	if (s.n > sim->mtu + WIRE_ETH)
		sim_break("it sent a frame of %zu bytes", s.n);
	if (wire_get_udp(s, &u, false)) {
		if (memcmp(&u.from_mac, &seen_client_mac, 6))
			sim_break("it sent from another address");
	} else if (wire_is_tcp(s)) {
		if (!link_peer)
			audit_client(s);
	} else if (!wire_get_arp(s, &a) ||
		   memcmp(&a.sender_mac, &seen_client_mac, 6)) {
		sim_break("it sent what is neither ARP nor UDP nor TCP");
	}
}

void link_send(struct link *l, const void *frame, size_t n)
{
	struct span s = { frame, n };

	(void)l;
	check_sent(s);
	pass(SIM_UP, s, false);
}

static int open_nothing(struct link *l, const struct rtnl_link *at,
			struct text *why)
{
	(void)l, (void)at, (void)why;
	return 0;
}

static ssize_t receive(struct link *l, struct iovec *iov, int n,
		       struct link_notes *notes)
{
	(void)l;
	return inbox_take(&inbox, iov, n, notes);
}

const struct link_ops link_sim = {
	.name = "sim",
	.is_port = true,
	.open = open_nothing,
	.receive = receive,
};
