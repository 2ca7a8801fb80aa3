/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/pcap.h"

static struct pcap_ring ring;
static uint8_t frame[65536];

static int start(void **state)
{
	(void)state;
	memset(&ring, 0, sizeof(ring));
	for (size_t i = 0; i < sizeof(frame); i++)
		frame[i] = (uint8_t)(i ^ i >> 8);
	return 0;
}

static void keep(uint64_t us, size_t n, const uint8_t *tag)
{
	pcap_keep(&ring, us, n, (struct span){ frame, n }, tag);
}

static void frame_is_kept(void **state)
{
	struct pcap_reader r = { .ring = &ring };
	struct pcap_frame f;

	(void)state;
	assert_false(pcap_next(&r, &f));
	keep(7, 60, NULL);
	r = (struct pcap_reader){ .ring = &ring };
	assert_true(pcap_next(&r, &f));
	assert_int_equal(f.us, 7);
	assert_int_equal(f.length, 60);
	assert_int_equal(f.bytes.n, 60);
	assert_memory_equal(f.bytes.p, frame, 60);
	assert_false(pcap_next(&r, &f));
	assert_false(pcap_next(&r, &f));
}

static void long_frame_is_cut(void **state)
{
	static const size_t lengths[] = {
		0, 1, 14, PCAP_LONG, PCAP_LONG + 1, 1514, sizeof(frame)
	};
	struct pcap_reader r = { .ring = &ring };
	struct pcap_frame f;

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++)
		keep(i, lengths[i], NULL);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		assert_true(pcap_next(&r, &f));
		assert_int_equal(f.length, lengths[i]);
		assert_int_equal(f.bytes.n, lengths[i] > PCAP_LONG ?
						    PCAP_HEAD :
						    lengths[i]);
	}
}

static void tag_goes_back_in(void **state)
{
	static const uint8_t tag[] = { 0x81, 0x00, 0x00, 0x0a };
	struct pcap_reader r = { .ring = &ring };
	struct pcap_frame f;

	(void)state;
	keep(0, 60, tag);
	keep(0, 11, tag); /* too short to have had one */
	keep(0, PCAP_LONG, tag);
	assert_true(pcap_next(&r, &f));
	assert_int_equal(f.length, 64);
	assert_int_equal(f.bytes.n, 64);
	assert_memory_equal(f.bytes.p, frame, 12);
	assert_memory_equal(f.bytes.p + 12, tag, 4);
	assert_memory_equal(f.bytes.p + 16, frame + 12, 48);
	assert_true(pcap_next(&r, &f));
	assert_int_equal(f.bytes.n, 11);
	assert_true(pcap_next(&r, &f));
	assert_int_equal(f.bytes.n, PCAP_LONG + 4);
}

/* Returns how many of `n` frames are left, which are the first ones and the last
 * ones, in order. */
static unsigned left_of(unsigned n)
{
	struct pcap_reader r = { .ring = &ring };
	uint64_t before = 0;
	struct pcap_frame f;
	unsigned left = 0;
	bool gap = false;

	for (unsigned i = 0; i < n; i++)
		keep(i, 1000, NULL);
	while (pcap_next(&r, &f)) {
		if (left && f.us != before + 1) {
			assert_false(gap);
			gap = true;
		}
		before = f.us;
		left++;
	}
	assert_int_equal(before, n - 1);
	return left;
}

static void first_and_last_frames_stay(void **state)
{
	static const unsigned each = PCAP_PART / 1016;

	(void)state;
	for (unsigned n = 1; n < 8 * each; n += each / 3) {
		start(NULL);
		assert_in_range(left_of(n), n < 2 * each ? n : 2 * each,
				n < 3 * each ? n : 3 * each);
	}
}

static void ring_may_lie(void **state)
{
	struct pcap_reader r = { .ring = &ring };
	struct pcap_frame f;

	(void)state;
	memset(&ring, 0xff, sizeof(ring));
	assert_false(pcap_next(&r, &f));
	start(NULL);
	keep(1, 60, NULL);
	ring.part[0].used = UINT32_MAX; /* zeros are frames of no bytes */
	r = (struct pcap_reader){ .ring = &ring };
	for (unsigned i = 0; pcap_next(&r, &f); i++)
		assert_true(i < PCAP_PART / 16);
	start(NULL);
	keep(1, 60, NULL);
	ring.part[0].used -= 1; /* its end is missing */
	r = (struct pcap_reader){ .ring = &ring };
	assert_false(pcap_next(&r, &f));
}

static void file_is_libpcap_s(void **state)
{
	static const uint32_t header[] = { 0xa1b2c3d4, 0, 0, 0, 65554, 1 };
	const struct pcap_frame f = { .length = 99, .bytes = { frame, 3 } };
	uint32_t words[11];
	char buf[64];
	struct text t = TEXT(buf);

	(void)state;
	pcap_put_header(&t);
	pcap_put_frame(&t, 5000000007, &f);
	assert_int_equal(t.n, 24 + PCAP_RECORD + 3);
	memcpy(words, buf, 43);
	words[1] = 0; /* two halves: the version */
	assert_memory_equal(words, header, 24);
	assert_int_equal(words[6], 5000);
	assert_int_equal(words[7], 7);
	assert_int_equal(words[8], 3);
	assert_int_equal(words[9], 99);
	assert_memory_equal(buf + 40, frame, 3);
}

#define TEST(f) cmocka_unit_test_setup(f, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(frame_is_kept),    TEST(long_frame_is_cut),
		TEST(tag_goes_back_in), TEST(first_and_last_frames_stay),
		TEST(ring_may_lie),     TEST(file_is_libpcap_s),
	};

	return cmocka_run_group_tests_name("pcap", tests, NULL, NULL);
}
