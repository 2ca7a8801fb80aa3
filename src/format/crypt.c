/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/guard.h"
#include "base/text.h"
#include "format/digest.h"
#include "format/passwd.h"

/* crypt(3)'s own limits and default, but that whoever sets more rounds than a
 * person would wait for is not believed. */
#define ROUNDS_MIN 1000
#define ROUNDS_MAX 1000000
#define ROUNDS 5000
#define MD5_ROUNDS 1000
#define SALT_MAX 16
#define MD5_SALT_MAX 8

/* The longest hash, as text. */
#define HASH_SIZE 96

/* A stored password, taken apart. */
struct hashed {
	uint8_t form; /* the letter between the dollar signs */
	enum digest_kind kind;
	struct span salt, hash;
	uint32_t rounds;
};

static bool parse_rounds(struct span *rest, uint32_t *rounds)
{
	struct span word, digits;

	*rounds = ROUNDS;
	if (!span_starts(*rest, SPAN_LIT("rounds=")))
		return true;
	span_get_until(rest, '$', &digits);
	span_get(&digits, sizeof("rounds=") - 1, &word);
	if (!span_get_number(&digits, ROUNDS_MAX, rounds) || digits.n)
		return false;
	if (*rounds < ROUNDS_MIN)
		*rounds = ROUNDS_MIN;
	return true;
}

/* Returns false for a form that is not known. */
static bool parse(struct span stored, struct hashed *h)
{
	struct span dollars, rest = span_trim_end(stored);
	size_t salt_max = SALT_MAX;

	if (!passwd_is_hashed(rest))
		return false;
	h->form = rest.p[1];
	span_get(&rest, 3, &dollars);
	h->kind = h->form == '1' ? DIGEST_MD5 :
		  h->form == '4' ? DIGEST_SHA1 :
		  h->form == '5' ? DIGEST_SHA256 :
				   DIGEST_SHA512;
	if (h->kind == DIGEST_SHA512 && h->form != '6')
		return false;
	h->rounds = MD5_ROUNDS;
	if (h->form >= '5' && !parse_rounds(&rest, &h->rounds))
		return false;
	if (h->form == '1')
		salt_max = MD5_SALT_MAX;
	h->hash = rest;
	if (!span_get_until(&h->hash, '$', &h->salt)) {
		h->hash = h->salt;
		h->salt.n = 0;
		return h->form == '4';
	}
	if (h->form != '4' && h->salt.n > salt_max)
		h->salt.n = salt_max;
	return true;
}

/* Adds the first `n` bytes of `s` said over and over. */
static void add_repeated(struct digest *d, struct span s, size_t n)
{
	for (; n > s.n; n -= s.n)
		digest_add(d, s);
	s.n = n;
	digest_add(d, s);
}

/* The first part: both of what MD5's scheme and its SHA-2 successor do, which
 * differ in the mark they add and in how the key's length is mixed in. */
static GUARDED struct span first_part(const struct hashed *h, struct span key,
				      uint8_t out[DIGEST_MAX])
{
	const bool md5 = h->kind == DIGEST_MD5;
	static const uint8_t zero;
	struct digest d;
	struct span a;

	digest_start(&d, h->kind);
	digest_add(&d, key);
	digest_add(&d, h->salt);
	digest_add(&d, key);
	a = digest_end(&d, out);
	digest_start(&d, h->kind);
	digest_add(&d, key);
	if (md5)
		digest_add(&d, SPAN_LIT("$1$"));
	digest_add(&d, h->salt);
	add_repeated(&d, a, key.n);
	for (size_t n = key.n; n; n >>= 1) {
		if (md5)
			digest_add(&d,
				   (struct span){ n & 1 ? &zero : key.p, 1 });
		else
			digest_add(&d, n & 1 ? a : key);
	}
	return digest_end(&d, out);
}

/* Hashes `s` said `times` times and puts as much of that, over and over, as `s`
 * is long into `out`. */
static GUARDED struct span spread(const struct hashed *h, struct span s,
				  size_t times, uint8_t *out)
{
	uint8_t sum[DIGEST_MAX];
	struct digest d;
	struct span a;

	digest_start(&d, h->kind);
	while (times--)
		digest_add(&d, s);
	a = digest_end(&d, sum);
	for (size_t i = 0; i < s.n; i++)
		out[i] = a.p[i % a.n];
	return (struct span){ out, s.n };
}

static GUARDED struct span many_rounds(const struct hashed *h, struct span key,
				       struct span salt, struct span a,
				       uint8_t out[DIGEST_MAX])
{
	struct digest d;

	for (uint32_t i = 0; i < h->rounds; i++) {
		digest_start(&d, h->kind);
		digest_add(&d, i & 1 ? key : a);
		if (i % 3)
			digest_add(&d, salt);
		if (i % 7)
			digest_add(&d, key);
		digest_add(&d, i & 1 ? a : key);
		a = digest_end(&d, out);
	}
	return a;
}

/* Puts up to three bytes as `n` digits of six bits, the lowest first. */
static void put_digits(struct text *t, uint32_t v, unsigned n)
{
	static const char digits[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz";

	for (; n--; v >>= 6)
		text_put_u8(t, (uint8_t)digits[v & 0x3f]);
}

/* Puts a hash as crypt(3) does: three bytes at a time, a third of it apart, in
 * an order that goes on differently for each kind. */
static void put_hash(struct text *t, enum digest_kind kind, const uint8_t *b)
{
	unsigned third = kind == DIGEST_MD5    ? 6 :
			 kind == DIGEST_SHA256 ? 10 :
						 21;
	unsigned groups = kind == DIGEST_MD5 ? 4 : third;
	unsigned x = 0, y = third, z = 2 * third, first;

	for (unsigned i = 0; i < groups; i++) {
		put_digits(t, (uint32_t)b[x] << 16 | (uint32_t)b[y] << 8 | b[z],
			   4);
		first = x;
		x = kind == DIGEST_MD5    ? x + 1 :
		    kind == DIGEST_SHA256 ? z + 1 :
					    y + 1;
		if (kind == DIGEST_SHA512) {
			y = z + 1;
			z = first + 1;
		} else if (kind == DIGEST_SHA256) {
			z = y + 1;
			y = first + 1;
		} else {
			y++;
			z++;
		}
	}
	if (kind == DIGEST_MD5) {
		put_digits(t,
			   (uint32_t)b[4] << 16 | (uint32_t)b[10] << 8 | b[5],
			   4);
		put_digits(t, b[11], 2);
	} else if (kind == DIGEST_SHA256) {
		put_digits(t, (uint32_t)b[31] << 8 | b[30], 3);
	} else {
		put_digits(t, b[63], 2);
	}
}

/* Puts what crypt(3) makes of `key`, of at most 128 bytes. */
static GUARDED void put_crypt(struct text *t, const struct hashed *h,
			      struct span key)
{
	uint8_t sum[DIGEST_MAX], keys[128], salts[SALT_MAX];
	struct span a = first_part(h, key, sum), salt = h->salt;

	if (h->kind != DIGEST_MD5) {
		salt = spread(h, salt, 16u + a.p[0], salts);
		key = spread(h, key, key.n, keys);
	}
	many_rounds(h, key, salt, a, sum);
	put_hash(t, h->kind, sum);
}

/* Puts Syslinux' own: the base64 form of SHA-1, without "=" at its end. */
static GUARDED void put_sha1(struct text *t, const struct hashed *h,
			     struct span key)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t sum[DIGEST_MAX] = { 0 };
	struct digest d;

	digest_start(&d, DIGEST_SHA1);
	digest_add(&d, h->salt);
	digest_add(&d, key);
	digest_end(&d, sum);
	for (unsigned bit = 0; bit < 160; bit += 6)
		text_put_u8(t, (uint8_t)digits[(sum[bit / 8] << 8 |
						sum[bit / 8 + 1]) >>
						       (10 - bit % 8) &
					       0x3f]);
}

bool crypt_known(struct span stored)
{
	struct hashed h;

	return parse(stored, &h);
}

GUARDED bool crypt_matches(struct span stored, struct span typed)
{
	char buf[HASH_SIZE];
	struct text t = TEXT(buf);
	struct hashed h;
	struct span hash;

	if (!parse(stored, &h) || typed.n > 128)
		return false;
	if (h.form == '4')
		put_sha1(&t, &h, typed);
	else
		put_crypt(&t, &h, typed);
	span_get_until(&h.hash, h.form == '4' ? '=' : '$', &hash);
	return span_eq(hash, text_span(&t));
}
