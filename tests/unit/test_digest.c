/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/digest.h"

/* What RFC 1321 and FIPS 180-4 say of "", "abc" and longer messages, and what
 * coreutils' md5sum and its like say of 200 bytes. */
static const char *hash(enum digest_kind kind, struct span s, size_t piece)
{
	static char hex[2 * DIGEST_MAX + 1];
	uint8_t out[DIGEST_MAX];
	struct digest d;
	struct span sum, part;

	digest_start(&d, kind);
	while (s.n) {
		span_get(&s, s.n < piece ? s.n : piece, &part);
		digest_add(&d, part);
	}
	sum = digest_end(&d, out);
	for (size_t i = 0; i < sum.n; i++) {
		hex[2 * i] = "0123456789abcdef"[sum.p[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[sum.p[i] & 15];
	}
	hex[2 * sum.n] = '\0';
	return hex;
}

static void test_published_hashes(void **state)
{
	const struct span empty = { 0 }, abc = SPAN_LIT("abc");
	const struct span two = SPAN_LIT(
		"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");

	(void)state;
	assert_string_equal(hash(DIGEST_MD5, empty, 1),
			    "d41d8cd98f00b204e9800998ecf8427e");
	assert_string_equal(hash(DIGEST_MD5, abc, 99),
			    "900150983cd24fb0d6963f7d28e17f72");
	assert_string_equal(hash(DIGEST_SHA1, empty, 1),
			    "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	assert_string_equal(hash(DIGEST_SHA1, abc, 99),
			    "a9993e364706816aba3e25717850c26c9cd0d89d");
	assert_string_equal(hash(DIGEST_SHA1, two, 7),
			    "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	assert_string_equal(hash(DIGEST_SHA256, abc, 99),
			    "ba7816bf8f01cfea414140de5dae2223"
			    "b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(hash(DIGEST_SHA256, two, 7),
			    "248d6a61d20638b8e5c026930c3e6039"
			    "a33ce45964ff2167f6ecedd419db06c1");
	assert_string_equal(hash(DIGEST_SHA512, abc, 99),
			    "ddaf35a193617abacc417349ae204131"
			    "12e6fa4e89a97ea20a9eeee64b55d39a"
			    "2192992a274fc1a836ba3c23a3feebbd"
			    "454d4423643ce80e2a9ac94fa54ca49f");
}

static void test_many_blocks_in_pieces(void **state)
{
	static const char *const expected[] = {
		"fb7001d34b8e82c9b579be5005d5b0a5",
		"54d11e99127d159799dbce10f51a75e697780478",
		"1901da1c9f699b48f6b2636e65cbf73abf99d0441ef67f5c"
		"540a42f7051dec6f",
		"986058e9895e2c2ab8f9e8cbdf801db12a44842a56a91d5a"
		"4e87b1fc98b293722c4664142e42c3c551ff898646268cd9"
		"2b84ed230b8c94bed7798d4f27cd7465",
	};
	uint8_t bytes[200];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	for (int kind = DIGEST_MD5; kind <= DIGEST_SHA512; kind++)
		for (size_t piece = 1; piece <= sizeof(bytes); piece += 13)
			assert_string_equal(hash(kind,
						 (struct span){ bytes,
								sizeof(bytes) },
						 piece),
					    expected[kind]);
}

/* Padding depends on the length: hashes the hashes of 0 to 259 bytes. */
static void test_every_length(void **state)
{
	static const char *const expected[] = {
		"12a4f2ed7d758d49c49689e726cf93be",
		"c20920a01adec8c5279c8a078a9cb5b554ea8653",
		"171bfb0940d0a66bff1d806bf25854adca1adf3e922b0f8b"
		"b65b7f9bac67e903",
		"07a4303a896861cbd92e9635e5df16d9efb8c7a290e085ef"
		"8507140ed236e10825ff228fcd7ef4e63e3bd0c8d30ffc16"
		"dec525003ca0a62ab7193e44ccb68b18",
	};
	uint8_t bytes[260], sum[DIGEST_MAX], sums[260 * DIGEST_MAX];
	struct span part;
	struct digest d;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	for (int kind = DIGEST_MD5; kind <= DIGEST_SHA512; kind++) {
		n = 0;
		for (size_t i = 0; i < sizeof(bytes); i++) {
			digest_start(&d, kind);
			digest_add(&d, (struct span){ bytes, i });
			part = digest_end(&d, sum);
			memcpy(sums + n, part.p, part.n);
			n += part.n;
		}
		assert_string_equal(hash(kind, (struct span){ sums, n }, 1000),
				    expected[kind]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published_hashes),
		cmocka_unit_test(test_many_blocks_in_pieces),
		cmocka_unit_test(test_every_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
