/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/layer.h"

#include <string.h>

/* What is unpacked at least, and behind what is wanted: there will be more that
 * is wanted.  It grows with each time, for unpacking starts over: whatever a
 * file leads to, it is unpacked six times at most. */
#define AHEAD (64u << 10)
#define AHEAD_SHIFT 3

void layer_start(struct layer *l, const struct kernel_file *f)
{
	*l = (struct layer){ .f = *f };
	kernel_look(&l->f, &l->k);
}

/* Takes the end, which must be where it was said to be. */
static void end_of(struct layer *l)
{
	const uint64_t said = l->outer->k.unpacked;

	if (l->state == UNPACK_END && said && said != (uint32_t)l->u.n)
		l->state = UNPACK_DAMAGED;
	if (l->state == UNPACK_END)
		l->f.size = l->u.n;
}

/* Unpacks so much; false if that fails, or is more than there is. */
static bool unpack_to(struct layer *l, uint64_t n)
{
	if (n <= l->u.n)
		return true;
	if (l->state != UNPACK_ENOUGH || l->full)
		return false;
	if (n <= l->u.cap) {
		l->u.want = (size_t)n +
			    ((size_t)AHEAD << AHEAD_SHIFT * l->times++);
		l->state = unpack(l->outer->k.packing, &l->u);
	}
	end_of(l);
	l->full = l->state == UNPACK_ENOUGH && n > l->u.n;
	return l->state <= UNPACK_ENOUGH && n <= l->u.n;
}

static bool read_packed(void *arg, uint64_t at, uint8_t *buf, size_t n)
{
	struct layer *l = arg;

	if (!unpack_to(l, at + n))
		return false;
	if (n)
		memcpy(buf, l->u.out + at, n);
	return true;
}

static bool read_part(void *arg, uint64_t at, uint8_t *buf, size_t n)
{
	struct layer *l = arg;

	return kernel_read(&l->outer->f, l->outer->k.at + at, buf, n);
}

/* Leaves what is unpacked already where it is, and no more will be: the rest of
 * the area is for what is in it. */
static bool freeze(struct layer *l, struct area *area)
{
	const uint64_t last = l->k.at + l->k.n - 1;
	struct layer *packed = l;
	uint8_t byte;

	while (packed && !packed->packed)
		packed = packed->outer;
	if (!packed)
		return true;
	if (!kernel_read(&l->f, last, &byte, 1))
		return false;
	packed->u.cap = packed->u.n;
	area->p += packed->u.n;
	area->n -= packed->u.n;
	return true;
}

/* Puts the stream at the area's end and what is unpacked at its start. */
static enum layer_found open_packed(struct layer *l, struct area *area,
				    struct text *gap)
{
	const struct kernel *k = &l->outer->k;
	const char *missing = unpack_missing(k->packing);

	if (missing)
		text_printf(gap, "%s is not built in",
			    *missing ? missing : "what would unpack it");
	else if (!freeze(l->outer, area) || k->n >= area->n)
		text_puts(gap, "there is not enough memory to unpack it");
	if (gap->n)
		return LAYER_SKIPPED;
	area->n -= (size_t)k->n;
	l->u.in = (struct span){ area->p + area->n, (size_t)k->n };
	l->u.out = area->p;
	l->u.cap = l->room = area->n;
	l->state = UNPACK_ENOUGH;
	l->f.read = read_packed;
	l->f.size = k->unpacked ? k->unpacked : area->n;
	if (!kernel_read(&l->outer->f, k->at, area->p + area->n, (size_t)k->n))
		return LAYER_DAMAGED;
	unpack_to(l, 1);
	return LAYER_FOUND;
}

enum layer_found layer_open(struct layer *l, struct layer *outer,
			    struct area *area, struct text *gap)
{
	enum layer_found found = LAYER_FOUND;

	if (!outer->k.n)
		return LAYER_NONE;
	*l = (struct layer){
		.outer = outer,
		.packed = outer->k.packing != PACKED_NOT,
		.f = { .size = outer->k.n, .read = read_part, .arg = l },
	};
	if (l->packed)
		found = open_packed(l, area, gap);
	if (found != LAYER_FOUND)
		return found;
	kernel_look(&l->f, &l->k);
	if (l->state == UNPACK_DAMAGED)
		return LAYER_DAMAGED;
	if (l->state == UNPACK_STRANGE)
		text_puts(gap, "it is compressed in an unusual way");
	else if (l->full)
		text_puts(gap, "there is not enough memory to unpack it");
	return gap->n ? LAYER_SKIPPED : LAYER_FOUND;
}

enum layer_found layer_finish(struct layer *l)
{
	if (!l->packed || l->state == UNPACK_END)
		return LAYER_FOUND;
	l->u.cap = l->room;
	l->u.want = l->room;
	l->state = unpack(l->outer->k.packing, &l->u);
	end_of(l);
	return l->state == UNPACK_END    ? LAYER_FOUND :
	       l->state == UNPACK_ENOUGH ? LAYER_SKIPPED :
					   LAYER_DAMAGED;
}
