/* SPDX-License-Identifier: BSD-3-Clause */
#include "packed.h"

#include "config.h"

static void each_packing_has_its_decoder(void **state)
{
	static const struct {
		enum kernel_packing packing;
		const uint8_t *p;
		size_t n;
		bool built;
	} cases[] = {
		{ PACKED_GZIP, packed_gzip, sizeof(packed_gzip), LWPXE_GZIP },
		{ PACKED_XZ, packed_xz, sizeof(packed_xz), LWPXE_XZ },
		{ PACKED_ZSTD, packed_zstd, sizeof(packed_zstd), LWPXE_ZSTD },
		{ PACKED_LZ4, packed_lz4, sizeof(packed_lz4), LWPXE_LZ4 },
	};
	struct unpacking u;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(!unpack_missing(cases[i].packing),
				 cases[i].built);
		if (!cases[i].built)
			continue;
		assert_int_equal(unpack_exactly(cases[i].packing, cases[i].p,
						cases[i].n, ROOM, ROOM, &u),
				 UNPACK_END);
		assert_int_equal(u.n, ORIGINAL_N);
		/* No decoder takes another's stream. */
		for (size_t j = 0; j < COUNT(cases); j++)
			if (i != j)
				assert_true(unpack_exactly(cases[j].packing,
							   cases[i].p,
							   cases[i].n, ROOM,
							   ROOM, &u) >=
					    UNPACK_DAMAGED);
	}
}

static void others_are_not_built_in(void **state)
{
	static const enum kernel_packing others[] = {
		PACKED_NOT, PACKED_BZIP2,   PACKED_LZMA,
		PACKED_LZO, PACKED_UNKNOWN,
	};
	struct unpacking u;

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		assert_string_equal(unpack_missing(others[i]), "");
		assert_int_equal(unpack_exactly(others[i], packed_gzip,
						sizeof(packed_gzip), 9, 9, &u),
				 UNPACK_STRANGE);
		assert_int_equal(u.n, 0);
	}
}

static void memory_is_bounded(void **state)
{
	size_t taken = 0;

	(void)state;
	unpack_reset();
	assert_null(unpack_take(1 << 20));
	assert_null(unpack_take(SIZE_MAX - 7));
	while (unpack_take(1000))
		taken += 1000;
	assert_in_range(taken, 256 << 10, 512 << 10);
	unpack_reset();
	assert_int_equal((uintptr_t)unpack_take(1) % 16, 0);
	assert_int_equal((uintptr_t)unpack_take(1) % 16, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_packing_has_its_decoder),
		cmocka_unit_test(others_are_not_built_in),
		cmocka_unit_test(memory_is_bounded),
	};

	return cmocka_run_group_tests_name("unpack", tests, NULL, NULL);
}
