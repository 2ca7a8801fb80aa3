/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/layer.h"
#include "format/unpack.h"

/* More than a step of any decoder, but of LZ4's, which is 8 MiB. */
#define ROOM (192u << 10)

static const enum kernel_packing packings[] = {
	PACKED_GZIP,
	PACKED_XZ,
	PACKED_ZSTD,
	PACKED_LZ4,
};

static uint8_t whole[ROOM];
static struct fuzz_room room;
static struct span file;

static enum unpacked run(enum kernel_packing packing, struct span in,
			 size_t want, size_t cap, struct unpacking *u)
{
	enum unpacked r;

	*u = (struct unpacking){ .in = in,
				 .out = fuzz_place(&room, cap),
				 .cap = cap,
				 .want = want };
	r = unpack(packing, u);
	fuzz_check(u->n <= cap);
	return r;
}

/* What is unpacked in part is the beginning of the whole. */
static void try_decoder(enum kernel_packing packing, struct span in,
			size_t want)
{
	struct unpacking u;
	enum unpacked all = run(packing, in, ROOM, ROOM, &u), part;
	const size_t n = u.n;

	memcpy(whole, u.out, n);
	if (all > UNPACK_ENOUGH)
		return;
	part = run(packing, in, want, ROOM, &u);
	fuzz_check(part <= UNPACK_ENOUGH && u.n <= n &&
		   !memcmp(u.out, whole, u.n));
	fuzz_check(u.n >= (want < n ? want : n));
	part = run(packing, in, want, want, &u);
	fuzz_check(part <= UNPACK_ENOUGH && u.n <= n &&
		   !memcmp(u.out, whole, u.n));
}

static bool read_file(void *arg, uint64_t at, uint8_t *buf, size_t n)
{
	(void)arg;
	if (n)
		memcpy(buf, file.p + at, n);
	return true;
}

static void try_layers(struct span in, size_t scratch)
{
	static struct layer layers[LAYER_MAX];
	static uint8_t byte;
	const struct kernel_file f = { .size = in.n, .read = read_file };
	struct area area = { fuzz_place(&room, scratch), scratch };
	char reason[80];
	struct text why = TEXT(reason);
	enum layer_found r = LAYER_FOUND;
	size_t n = 1;

	file = in;
	layer_start(&layers[0], &f);
	while (n < LAYER_MAX && r == LAYER_FOUND) {
		r = layer_open(&layers[n], &layers[n - 1], &area, &why);
		n += r == LAYER_FOUND;
		fuzz_check(area.n <= scratch);
	}
	fuzz_check_reason(r == LAYER_SKIPPED, &why);
	for (size_t i = 0; i < n; i++) {
		fuzz_check(layers[i].times <= 6);
		kernel_read(&layers[i].f, layers[i].f.size / 2, &byte, 1);
	}
	if (layer_finish(&layers[n - 1]) == LAYER_FOUND && layers[n - 1].packed)
		fuzz_check(layers[n - 1].f.size == layers[n - 1].u.n);
}

/* The input is a stream, or a file, behind a byte that says which, and one for
 * how much of it is wanted, or of memory there is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = fuzz_copy(data, n);
	uint8_t what = 0, much = 0;

	span_get_u8(&s, &what);
	span_get_u8(&s, &much);
	if (what % 5 < 4)
		try_decoder(packings[what % 5], s, (size_t)much << 9);
	else
		try_layers(s, (size_t)much << 10);
	return 0;
}
