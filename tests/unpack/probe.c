/* SPDX-License-Identifier: BSD-3-Clause */

/* Shows what the unpackers make of a file.  Usage: probe WHAT PACKING FILE …,
 * PACKING being enum kernel_packing's number.
 *
 * part WANT CAP    writes what is unpacked to standard output, and what became
 *                  of it to standard error
 * wants ORIGINAL   unpacks to many lengths, each of which must be the
 *                  original's beginning
 * cuts ORIGINAL    cuts the file at every length; none may seem whole, unless
 *                  what is cut off is behind all of the original
 * flips N SEED     changes up to four bytes, N times; says how many of each
 *                  outcome there were
 * layers SCRATCH   looks at the file, and at what is inside, with so many bytes
 *                  to unpack into; says what there is
 * layercuts SCRATCH, layerflips N SEED  the same for files as those above */
#include "fuzz/fuzz.h"

#include "format/layer.h"
#include "format/unpack.h"

/* More than a block of LZ4. */
#define FLIP_ROOM (9u << 20)

static const char *const outcomes[] = { "end", "enough", "damaged", "strange" };

static struct span read_all(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p;
	long n;

	if (!f || fseek(f, 0, SEEK_END) || (n = ftell(f)) < 0)
		abort();
	rewind(f);
	p = malloc((size_t)n + !n);
	if (!p || fread(p, 1, (size_t)n, f) != (size_t)n || fclose(f))
		abort();
	return (struct span){ p, (size_t)n };
}

/* Unpacks from and to memory of exactly this size: the sanitizer sees one byte
 * more.  What it returns holds until the next time. */
static enum unpacked run(enum kernel_packing packing, struct span in,
			 size_t want, size_t cap, struct unpacking *u)
{
	static uint8_t *out;
	static size_t out_n;
	enum unpacked r;

	if (out_n != cap || !out) {
		free(out);
		out = malloc(cap + !cap);
		out_n = cap;
	}
	*u = (struct unpacking){ .in = fuzz_copy(in.p, in.n),
				 .out = out,
				 .cap = cap,
				 .want = want };
	fuzz_check(out);
	r = unpack(packing, u);
	fuzz_check(u->n <= cap);
	return r;
}

static int part(enum kernel_packing packing, struct span in, size_t want,
		size_t cap)
{
	struct unpacking u;
	enum unpacked r = run(packing, in, want, cap, &u);

	fwrite(u.out, 1, u.n, stdout);
	fprintf(stderr, "%s %zu\n", outcomes[r], u.n);
	return 0;
}

static int wants(enum kernel_packing packing, struct span in, struct span all)
{
	struct unpacking u;
	enum unpacked r;

	for (size_t want = 0; want < all.n + 3; want += want / 7 + 1) {
		r = run(packing, in, want, all.n + (256u << 10), &u);
		if (r > UNPACK_ENOUGH || u.n < (want < all.n ? want : all.n) ||
		    u.n > all.n || memcmp(u.out, all.p, u.n) ||
		    (r == UNPACK_END && u.n != all.n)) {
			fprintf(stderr, "want %zu: %s %zu\n", want, outcomes[r],
				u.n);
			return 1;
		}
	}
	for (size_t cap = 0; cap < all.n; cap += cap / 7 + 1) {
		r = run(packing, in, cap, cap, &u);
		if (r != UNPACK_ENOUGH || memcmp(u.out, all.p, u.n)) {
			fprintf(stderr, "cap %zu: %s %zu\n", cap, outcomes[r],
				u.n);
			return 1;
		}
	}
	return 0;
}

static int cuts(enum kernel_packing packing, struct span in, struct span all)
{
	struct unpacking u;
	enum unpacked r;

	for (size_t n = 0; n < in.n; n++) {
		r = run(packing, (struct span){ in.p, n }, FLIP_ROOM, FLIP_ROOM,
			&u);
		if (r == UNPACK_DAMAGED || r == UNPACK_STRANGE ||
		    (r == UNPACK_END && u.n == all.n))
			continue;
		fprintf(stderr, "%zu of %zu: %s\n", n, in.n, outcomes[r]);
		return 1;
	}
	return 0;
}

/* Changes up to four bytes of `p`. */
static void flip(uint8_t *p, size_t n)
{
	for (int i = rand() % 4; i >= 0; i--)
		p[(size_t)rand() % n] ^= (uint8_t)(1 + rand() % 255);
}

static int flips(enum kernel_packing packing, struct span in, int n)
{
	unsigned seen[4] = { 0 };
	uint8_t *copy = malloc(in.n);
	struct unpacking u;

	fuzz_check(copy);
	for (int i = 0; i < n; i++) {
		memcpy(copy, in.p, in.n);
		flip(copy, in.n);
		seen[run(packing, (struct span){ copy, in.n }, FLIP_ROOM,
			 FLIP_ROOM, &u)]++;
	}
	for (size_t i = 0; i < 4; i++)
		fprintf(stderr, "%s %u\n", outcomes[i], seen[i]);
	return 0;
}

static struct span file;

static bool read_file(void *arg, uint64_t at, uint8_t *buf, size_t n)
{
	(void)arg;
	if (n)
		memcpy(buf, file.p + at, n);
	return true;
}

/* Says, if `tells`, of each layer what it is, and of the last one how it goes
 * on.  Returns that. */
static enum layer_found look(struct area area, bool tells)
{
	static struct layer layers[LAYER_MAX];
	static char reason[256];
	const struct kernel_file f = { .size = file.n, .read = read_file };
	static const char *const found[] = { "none", "found", "skipped",
					     "damaged" };
	struct text why = TEXT(reason);
	enum layer_found r = LAYER_FOUND;
	size_t n = 0;

	layer_start(&layers[0], &f);
	while (r == LAYER_FOUND && n < LAYER_MAX) {
		if (tells)
			printf("kind %u packing %u pv %u pvh %u cut %u\n",
			       layers[n].k.kind, layers[n].k.packing,
			       layers[n].k.pv, layers[n].k.pvh,
			       layers[n].k.cut);
		if (++n < LAYER_MAX)
			r = layer_open(&layers[n], &layers[n - 1], &area, &why);
	}
	if (tells)
		printf("%s %s; unpacked %zu of %ju in %u times\n", found[r],
		       reason, layers[n - 1].u.n,
		       (uintmax_t)layers[n - 1].f.size, layers[n - 1].times);
	return r;
}

/* Memory of which nothing costs anything that nobody touches. */
static struct area get_area(size_t n)
{
	struct area a = { mmap(NULL, n, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
			       0),
			  n };

	if (a.p == MAP_FAILED)
		abort();
	return a;
}

static int layer_cuts(struct span in, struct area area)
{
	for (size_t n = 0; n < in.n; n++) {
		file = fuzz_copy(in.p, n);
		look(area, false);
	}
	return 0;
}

static int layer_flips(struct span in, int n, struct area area)
{
	unsigned seen[4] = { 0 };
	uint8_t *copy = malloc(in.n);

	fuzz_check(copy);
	for (int i = 0; i < n; i++) {
		memcpy(copy, in.p, in.n);
		flip(copy, in.n);
		file = (struct span){ copy, in.n };
		seen[look(area, false)]++;
	}
	fprintf(stderr, "none %u skipped %u damaged %u\n", seen[0], seen[2],
		seen[3]);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 3 ? argv[1] : "";
	size_t a = argc > 4 ? strtoul(argv[4], NULL, 10) : 0;
	size_t b = argc > 5 ? strtoul(argv[5], NULL, 10) : 0;
	enum kernel_packing packing = PACKED_NOT;
	struct span in = { 0 };

	if (argc > 3) {
		packing = (enum kernel_packing)atoi(argv[2]);
		file = in = read_all(argv[3]);
	}
	srand((unsigned)b);
	if (!strcmp(what, "part"))
		return part(packing, in, a, b);
	if (!strcmp(what, "wants"))
		return wants(packing, in, read_all(argv[4]));
	if (!strcmp(what, "cuts"))
		return cuts(packing, in, read_all(argv[4]));
	if (!strcmp(what, "flips"))
		return flips(packing, in, (int)a);
	if (!strcmp(what, "layercuts"))
		return layer_cuts(in, get_area(a));
	if (!strcmp(what, "layerflips"))
		return layer_flips(in, (int)a, get_area(FLIP_ROOM));
	if (strcmp(what, "layers"))
		return 2;
	look(get_area(a), true);
	return 0;
}
