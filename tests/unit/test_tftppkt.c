/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/tftppkt.h"

static void requests_are_exact(void **state)
{
	static const char plain[] = "\0\1a/b\0octet";
	static const char sized[] = "\0\1a/b\0octet\0tsize\0"
				    "0\0blksize\0"
				    "1468\0windowsize\00064";
	char buf[TFTP_RRQ_MAX + 1];
	struct text t = TEXT(buf);

	(void)state;
	tftp_put_rrq(&t, SPAN_LIT("a/b"), 0, 0);
	assert_int_equal(t.n, sizeof(plain));
	assert_memory_equal(buf, plain, sizeof(plain));
	text_reset(&t);
	tftp_put_rrq(&t, SPAN_LIT("a/b"), 1468, 64);
	assert_int_equal(t.n, sizeof(sized));
	assert_memory_equal(buf, sized, sizeof(sized));
	text_reset(&t);
	tftp_put_rrq(&t, SPAN_LIT(""), 0, 0);
	assert_int_equal(t.n, 9);
}

static void acknowledgements_and_errors_are_exact(void **state)
{
	char buf[32];
	struct text t = TEXT(buf);

	(void)state;
	tftp_put_ack(&t, 0xfffe);
	assert_int_equal(t.n, 4);
	assert_memory_equal(buf, "\0\4\xff\xfe", 4);
	text_reset(&t);
	tftp_put_error(&t, TFTP_BAD_OPTION, "no");
	assert_int_equal(t.n, 7);
	assert_memory_equal(buf, "\0\5\0\10no\0", 7);
}

/* A request is at most 512 bytes long: a longer name must not be sent cut. */
static void name_that_does_not_fit_overflows(void **state)
{
	char buf[TFTP_RRQ_MAX + 1], name[TFTP_RRQ_MAX];
	/* opcode, NUL, "octet" with its NUL */
	const size_t longest = TFTP_RRQ_MAX - 2 - 1 - 6;

	(void)state;
	memset(name, 'n', sizeof(name));
	for (size_t n = longest - 40; n <= sizeof(name); n++) {
		struct span s = { (uint8_t *)name, n };
		struct text t = TEXT(buf);

		tftp_put_rrq(&t, s, 0, 0);
		assert_int_equal(t.overflow, n > longest);
		text_reset(&t);
		tftp_put_rrq(&t, s, 65464, 4);
		/* options of 8, 14 and 13 bytes, NULs included */
		assert_int_equal(t.overflow, n > longest - 35);
	}
}

static void capacity_of_a_request_is_kept(void **state)
{
	for (size_t cap = 1; cap <= 64; cap++) {
		char *p = malloc(cap);
		struct text t = text_over(p, cap);

		(void)state;
		tftp_put_rrq(&t, SPAN_LIT("boot/linux"), 1468, 64);
		assert_int_equal(t.overflow, cap <= 54);
		assert_true(t.n < cap);
		free(p);
	}
}

static struct tftppkt got(struct span packet)
{
	uint8_t *copy = exact_copy(packet.p, packet.n);
	struct tftppkt p;

	assert_true(tftp_get((struct span){ copy, packet.n }, &p));
	free(copy);
	return p;
}

static void data_may_be_empty(void **state)
{
	struct tftppkt p;

	(void)state;
	assert_true(tftp_get(SPAN_LIT("\0\3\xff\xff"
				      "data"),
			     &p));
	assert_int_equal(p.opcode, TFTP_DATA);
	assert_int_equal(p.block, 65535);
	assert_span(p.data, "data");
	assert_true(tftp_get(SPAN_LIT("\0\3\0\1"), &p));
	assert_int_equal(p.block, 1);
	assert_int_equal(p.data.n, 0);
}

static void error_text_needs_no_nul(void **state)
{
	struct tftppkt p;

	(void)state;
	assert_true(tftp_get(SPAN_LIT("\0\5\0\1gone\0tail"), &p));
	assert_int_equal(p.opcode, TFTP_ERROR);
	assert_int_equal(p.error, TFTP_NO_FILE);
	assert_span(p.message, "gone");
	assert_true(tftp_get(SPAN_LIT("\0\5\0\1gone"), &p));
	assert_span(p.message, "gone");
	assert_true(tftp_get(SPAN_LIT("\0\5\xff\xff"), &p));
	assert_int_equal(p.error, 0xffff);
	assert_span(p.message, "");
}

/* One option acknowledgement, and what it must be taken for. */
struct oack {
	struct span options;
	uint32_t blksize; /* 0: not said */
	bool has_tsize;
	uint64_t tsize;
	bool bad;
};

#define OPTIONS(s) \
	{ \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

static void option_acknowledgements_are_read(void **state)
{
	static const struct oack table[] = {
		{ OPTIONS(""), 0, false, 0, false },
		{ OPTIONS("blksize\0001468\0"), 1468, false, 0, false },
		{ OPTIONS("tsize\00041\0"), 0, true, 41, false },
		/* order, case */
		{ OPTIONS("tsize\0000\0blksize\000512\0"), 512, true, 0,
		  false },
		{ OPTIONS("BLKSIZE\000512\0TSize\0007\0"), 512, true, 7,
		  false },
		/* limits */
		{ OPTIONS("blksize\0008\0"), 8, false, 0, false },
		{ OPTIONS("blksize\0007\0"), 0, false, 0, true },
		{ OPTIONS("blksize\0000\0"), 0, false, 0, true },
		{ OPTIONS("blksize\00065464\0"), 65464, false, 0, false },
		{ OPTIONS("blksize\00065465\0"), 0, false, 0, true },
		{ OPTIONS("blksize\0004294968764\0"), 0, false, 0, true },
		{ OPTIONS("tsize\0004294967296\0"), 0, true, 4294967296,
		  false },
		{ OPTIONS("tsize\0009999999999999999999\0"), 0, true,
		  9999999999999999999u, false },
		{ OPTIONS("tsize\00018446744073709551615\0"), 0, false, 0,
		  true },
		{ OPTIONS("tsize\000000000000000000000000007\0"), 0, false, 0,
		  true },
		/* nonsense */
		{ OPTIONS("blksize\0\0"), 0, false, 0, true },
		{ OPTIONS("blksize\000-1\0"), 0, false, 0, true },
		{ OPTIONS("blksize\000512x\0"), 0, false, 0, true },
		{ OPTIONS("blksize\000 512\0"), 0, false, 0, true },
		{ OPTIONS("tsize\000abc\0"), 0, false, 0, true },
		{ OPTIONS("\0\0"), 0, false, 0, true },
		/* what was not asked for, and names that merely look alike */
		{ OPTIONS("windowsiz\00016\0"), 0, false, 0, true },
		{ OPTIONS("blksize\000512\0multicast\0\0"), 512, false, 0,
		  true },
		{ OPTIONS("blksize2\000512\0"), 0, false, 0, true },
		{ OPTIONS("xblksize\000512\0"), 0, false, 0, true },
		{ OPTIONS("blksiz\000512\0"), 0, false, 0, true },
		/* twice: the last counts, as with most servers */
		{ OPTIONS("blksize\000512\0blksize\0001024\0"), 1024, false, 0,
		  false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		const struct oack *o = &table[i];
		uint8_t packet[128] = { 0, TFTP_OACK };
		struct tftppkt p;

		memcpy(packet + 2, o->options.p, o->options.n);
		p = got((struct span){ packet, 2 + o->options.n });
		assert_int_equal(p.opcode, TFTP_OACK);
		assert_int_equal(p.has_blksize, o->blksize != 0);
		assert_int_equal(p.blksize, o->blksize);
		assert_int_equal(p.has_tsize, o->has_tsize);
		assert_true(p.tsize == o->tsize);
		assert_int_equal(p.bad_option, o->bad);
	}
}

/* RFC 7440 section 3: from 1 to 65535; here 0 stands for what is refused. */
static void windows_are_read(void **state)
{
	static const struct {
		const char *value;
		uint32_t windowsize;
	} table[] = {
		{ "1", 1 },  { "64", 64 },   { "65535", 65535 },
		{ "0", 0 },  { "65536", 0 }, { "", 0 },
		{ "-1", 0 }, { "64 ", 0 },   { "4294967297", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		char packet[64] = "\0\6tsize\0007\0WindowSize";
		size_t n = 10 + sizeof("WindowSize");
		struct tftppkt p;

		strcpy(packet + n, table[i].value);
		n += strlen(table[i].value) + 1;
		p = got((struct span){ (uint8_t *)packet, n });
		assert_int_equal(p.has_windowsize, table[i].windowsize != 0);
		assert_int_equal(p.windowsize, table[i].windowsize);
		assert_int_equal(p.bad_option, table[i].windowsize == 0);
		assert_true(p.has_tsize && p.tsize == 7);
	}
}

static void huge_value_is_nonsense(void **state)
{
	size_t n = 1 << 20;
	uint8_t *packet = malloc(n);
	struct tftppkt p;

	(void)state;
	memset(packet, '9', n);
	memcpy(packet, "\0\6blksize", 10);
	packet[n - 1] = '\0';
	p = got((struct span){ packet, n });
	assert_true(p.bad_option);
	assert_false(p.has_blksize);
	free(packet);
}

/* An acknowledgement that is cut is none, wherever it is cut, except between
 * two options. */
static void every_prefix_of_an_oack_is_read_safely(void **state)
{
	static const char whole[] = "\0\6blksize\0001468\0tsize\00041";

	(void)state;
	for (size_t n = 0; n <= sizeof(whole); n++) {
		uint8_t *copy = exact_copy(whole, n);
		bool valid = n == 2 || n == 15 || n == sizeof(whole);
		struct tftppkt p;

		assert_int_equal(tftp_get((struct span){ copy, n }, &p), valid);
		if (valid) {
			assert_int_equal(p.has_blksize, n >= 15);
			assert_int_equal(p.has_tsize, n > 15);
		}
		free(copy);
	}
}

static void what_no_server_sends_is_refused(void **state)
{
	struct tftppkt p;

	(void)state;
	assert_false(tftp_get(SPAN_LIT(""), &p));
	assert_false(tftp_get(SPAN_LIT("\0"), &p));
	assert_false(tftp_get(SPAN_LIT("\0\3"), &p));
	assert_false(tftp_get(SPAN_LIT("\0\3\0"), &p));
	assert_false(tftp_get(SPAN_LIT("\0\5"), &p));
	assert_false(tftp_get(SPAN_LIT("\0\5\0"), &p));
	for (unsigned opcode = 0; opcode < 0x10000; opcode++) {
		const uint8_t packet[] = { (uint8_t)(opcode >> 8),
					   (uint8_t)opcode, 0, 1 };
		bool known = opcode == TFTP_DATA || opcode == TFTP_ERROR;

		/* An OACK of these bytes is cut inside an option. */
		assert_int_equal(tftp_get((struct span){ packet, 4 }, &p),
				 known);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_exact),
		cmocka_unit_test(acknowledgements_and_errors_are_exact),
		cmocka_unit_test(name_that_does_not_fit_overflows),
		cmocka_unit_test(capacity_of_a_request_is_kept),
		cmocka_unit_test(data_may_be_empty),
		cmocka_unit_test(error_text_needs_no_nul),
		cmocka_unit_test(option_acknowledgements_are_read),
		cmocka_unit_test(windows_are_read),
		cmocka_unit_test(huge_value_is_nonsense),
		cmocka_unit_test(every_prefix_of_an_oack_is_read_safely),
		cmocka_unit_test(what_no_server_sends_is_refused),
	};

	return cmocka_run_group_tests_name("tftppkt", tests, NULL, NULL);
}
