/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/digest.h"

#include <string.h>

#include "base/guard.h"

/* SHA-512's constants; their upper halves are SHA-256's, both being roots of
 * the same primes (FIPS 180-4 sections 4.2 and 5.3). */
static const uint64_t k[80] = {
	0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f,
	0xe9b5dba58189dbbc, 0x3956c25bf348b538, 0x59f111f1b605d019,
	0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242,
	0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
	0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
	0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3,
	0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65, 0x2de92c6f592b0275,
	0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
	0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f,
	0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
	0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc,
	0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
	0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6,
	0x92722c851482353b, 0xa2bfe8a14cf10364, 0xa81a664bbc423001,
	0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
	0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
	0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99,
	0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb,
	0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc,
	0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
	0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915,
	0xc67178f2e372532b, 0xca273eceea26619c, 0xd186b8c721c0c207,
	0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba,
	0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
	0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
	0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a,
	0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

static const uint64_t h[8] = {
	0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
	0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
	0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

static const uint32_t md5_t[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a,
	0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be,
	0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340,
	0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
	0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8,
	0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
	0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
	0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
	0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92,
	0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
	0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

/* MD5's and SHA-1's start, of which MD5 has the first four. */
static const uint32_t start[5] = {
	0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0,
};

static uint32_t left(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

/* RFC 1321 section 3.4. */
static void md5_block(uint64_t *state, const uint64_t *w)
{
	static const uint8_t shift[4][4] = { { 7, 12, 17, 22 },
					     { 5, 9, 14, 20 },
					     { 4, 11, 16, 23 },
					     { 6, 10, 15, 21 } };
	static const uint8_t step[4] = { 1, 5, 3, 7 },
			     first[4] = { 0, 1, 5, 0 };
	uint32_t a = (uint32_t)state[0], b = (uint32_t)state[1];
	uint32_t c = (uint32_t)state[2], d = (uint32_t)state[3], f;

	for (unsigned i = 0; i < 64; i++) {
		unsigned round = i / 16;

		f = round == 0 ? (b & c) | (~b & d) :
		    round == 1 ? (d & b) | (~d & c) :
		    round == 2 ? b ^ c ^ d :
				 c ^ (b | ~d);
		f += a + md5_t[i] +
		     (uint32_t)w[(first[round] + step[round] * i) % 16];
		a = d;
		d = c;
		c = b;
		b += left(f, shift[round][i % 4]);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
}

/* FIPS 180-4 section 6.1.2. */
static GUARDED void sha1_block(uint64_t *state, uint64_t *w)
{
	static const uint32_t add[4] = { 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc,
					 0xca62c1d6 };
	uint32_t v[5], f;

	for (unsigned i = 0; i < 5; i++)
		v[i] = (uint32_t)state[i];
	for (unsigned i = 0; i < 80; i++) {
		if (i >= 16)
			w[i] = left((uint32_t)(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^
					       w[i - 16]),
				    1);
		f = i < 20 ? (v[1] & v[2]) | (~v[1] & v[3]) :
		    i < 40 || i >= 60 ?
			     v[1] ^ v[2] ^ v[3] :
			     (v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3]);
		f += left(v[0], 5) + v[4] + add[i / 20] + (uint32_t)w[i];
		v[4] = v[3];
		v[3] = v[2];
		v[2] = left(v[1], 30);
		v[1] = v[0];
		v[0] = f;
	}
	for (unsigned i = 0; i < 5; i++)
		state[i] += v[i];
}

/* What SHA-256 and SHA-512 differ in; the third amount of the first two rows is
 * of a shift, the others are of rotations (FIPS 180-4 section 4.1). */
struct sha2 {
	unsigned bits, rounds;
	uint8_t amount[4][3];
};

static const struct sha2 sha256 = {
	32, 64, { { 7, 18, 3 }, { 17, 19, 10 }, { 2, 13, 22 }, { 6, 11, 25 } }
};
static const struct sha2 sha512 = {
	64, 80, { { 1, 8, 7 }, { 19, 61, 6 }, { 28, 34, 39 }, { 14, 18, 41 } }
};

static uint64_t word(const struct sha2 *s, uint64_t x)
{
	return s->bits == 32 ? (uint32_t)x : x;
}

static uint64_t right(const struct sha2 *s, uint64_t x, unsigned n)
{
	return word(s, x >> n | x << (s->bits - n));
}

static uint64_t mix(const struct sha2 *s, unsigned row, uint64_t x)
{
	const uint8_t *a = s->amount[row];

	return right(s, x, a[0]) ^ right(s, x, a[1]) ^
	       (row < 2 ? x >> a[2] : right(s, x, a[2]));
}

/* FIPS 180-4 sections 6.2.2 and 6.4.2. */
static GUARDED void sha2_block(const struct sha2 *s, uint64_t *state,
			       uint64_t *w)
{
	uint64_t v[8], t;

	memcpy(v, state, sizeof(v));
	for (unsigned i = 0; i < s->rounds; i++) {
		if (i >= 16)
			w[i] = word(s, mix(s, 1, w[i - 2]) + w[i - 7] +
					       mix(s, 0, w[i - 15]) +
					       w[i - 16]);
		t = v[7] + mix(s, 3, v[4]) + ((v[4] & v[5]) ^ (~v[4] & v[6])) +
		    (k[i] >> (64 - s->bits)) + w[i];
		v[7] = v[6];
		v[6] = v[5];
		v[5] = v[4];
		v[4] = word(s, v[3] + t);
		v[3] = v[2];
		t += mix(s, 2, v[0]) +
		     ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
		v[2] = v[1];
		v[1] = v[0];
		v[0] = word(s, t);
	}
	for (unsigned i = 0; i < 8; i++)
		state[i] = word(s, state[i] + v[i]);
}

static size_t word_size(enum digest_kind kind)
{
	return kind == DIGEST_SHA512 ? 8 : 4;
}

/* Returns where byte `i` of a word goes: only MD5 begins with the lowest. */
static unsigned shift_of(enum digest_kind kind, size_t i)
{
	return (unsigned)(8 *
			  (kind == DIGEST_MD5 ? i : word_size(kind) - 1 - i));
}

static GUARDED void hash_block(struct digest *d)
{
	size_t size = word_size(d->kind);
	uint64_t w[80] = { 0 };

	for (size_t i = 0; i < 16 * size; i++)
		w[i / size] |= (uint64_t)d->block[i]
			       << shift_of(d->kind, i % size);
	if (d->kind == DIGEST_MD5)
		md5_block(d->state, w);
	else if (d->kind == DIGEST_SHA1)
		sha1_block(d->state, w);
	else
		sha2_block(size == 4 ? &sha256 : &sha512, d->state, w);
}

void digest_start(struct digest *d, enum digest_kind kind)
{
	*d = (struct digest){ .kind = kind };
	for (size_t i = 0; i < 8; i++)
		d->state[i] = kind == DIGEST_SHA512 ? h[i] :
			      kind == DIGEST_SHA256 ? h[i] >> 32 :
			      i < 5                 ? start[i] :
						      0;
}

void digest_add(struct digest *d, struct span s)
{
	size_t block = 16 * word_size(d->kind);
	uint8_t c;

	while (span_get_u8(&s, &c)) {
		d->block[d->n++ % block] = c;
		if (!(d->n % block))
			hash_block(d);
	}
}

/* The length in bits ends the last block, in eight bytes; SHA-512 has sixteen
 * of them, of which the first eight are zero here. */
GUARDED struct span digest_end(struct digest *d, uint8_t out[DIGEST_MAX])
{
	static const uint8_t sizes[] = { 16, 20, 32, 64 };
	static const uint8_t one = 0x80, zero = 0;
	size_t size = word_size(d->kind), block = 16 * size;
	uint64_t bits = d->n * 8;
	uint8_t length[8];

	digest_add(d, (struct span){ &one, 1 });
	while (d->n % block != block - 2 * size)
		digest_add(d, (struct span){ &zero, 1 });
	for (size_t i = sizeof(length); i < 2 * size; i++)
		digest_add(d, (struct span){ &zero, 1 });
	for (size_t i = 0; i < sizeof(length); i++)
		length[i] = (uint8_t)(bits >>
				      8 * (d->kind == DIGEST_MD5 ? i : 7 - i));
	digest_add(d, (struct span){ length, sizeof(length) });
	for (size_t i = 0; i < sizes[d->kind]; i++)
		out[i] = (uint8_t)(d->state[i / size] >>
				   shift_of(d->kind, i % size));
	return (struct span){ out, sizes[d->kind] };
}
