/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/dhcpmsg.h"

/* Where the fixed fields of a message lie; RFC 2131 section 2. */
enum {
	XID = 4,
	YIADDR = 16,
	SIADDR = 20,
	CHADDR = 28,
	SNAME = 44,
	FILE_ = 108,
	COOKIE = 236,
	OPTIONS = 240
};

static const uint8_t cookie[] = { 99, 130, 83, 99 };

static const struct mac mac = { { 0x00, 0x16, 0x3e, 0x12, 0x34, 0x56 } };

/* The options of every query. */
static const char common_options[] =
	"\x37\x22\1\3\6\14\17\21\32\34\52\53\63\66\72\73\74\102\103\141\167\171"
	"\x80\x81\x82\x83\x84\x85\x86\x87\x96\xaf\xd0\xd1\xd2\xd3"
	"\x3c\x20PXEClient:Arch:00000:UNDI:002001"
	"\x5d\2\0\0\x5e\3\1\2\1";

/* Builds the query's packet into `packet`, and returns its size. */
static size_t built(const struct dhcpmsg_query *q, uint8_t *packet)
{
	char buf[DHCPMSG_MAX + 1];
	struct text t = TEXT(buf);

	dhcpmsg_put(&t, q);
	assert_false(t.overflow);
	memcpy(packet, buf, t.n);
	return t.n;
}

/* Builds what a query must look like whose options are `before`, the common
 * ones, and `behind`. */
static size_t expected(uint8_t *p, const uint8_t *head, struct span before,
		       struct span behind)
{
	size_t n = OPTIONS;

	memset(p, 0, DHCPMSG_MAX);
	memcpy(p, head, 12);
	memcpy(p + CHADDR, mac.b, sizeof(mac.b));
	memcpy(p + COOKIE, cookie, sizeof(cookie));
	memcpy(p + n, before.p, before.n);
	n += before.n;
	memcpy(p + n, common_options, sizeof(common_options) - 1);
	n += sizeof(common_options) - 1;
	memcpy(p + n, behind.p, behind.n);
	n += behind.n;
	return n < 300 ? 300 : n;
}

static void discover_is_exact(void **state)
{
	static const uint8_t head[] = { 1,    1,    6, 0, 0xde, 0xad,
					0xbe, 0xef, 0, 3, 0x80, 0 };
	const struct dhcpmsg_query q = {
		.type = DHCP_DISCOVER,
		.xid = 0xdeadbeef,
		.secs = 3,
		.mac = mac,
		.max_size = 1472,
	};
	uint8_t packet[DHCPMSG_MAX], wanted[DHCPMSG_MAX];
	size_t n = built(&q, packet);

	(void)state;
	assert_int_equal(n, expected(wanted, head,
				     SPAN_LIT("\x35\1\1\x39\2\5\xc0"),
				     SPAN_LIT("\xff")));
	assert_memory_equal(packet, wanted, n);
}

static void request_is_exact(void **state)
{
	static const uint8_t head[] = { 1, 1, 6,    0,    0,    0,
					0, 1, 0xff, 0xff, 0x80, 0 };
	const struct dhcpmsg_query q = {
		.type = DHCP_REQUEST,
		.xid = 1,
		.secs = 65535,
		.mac = mac,
		.max_size = 548,
		.requested = 0xc0000207,
		.server_id = 0xc0000201,
		.uuid = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
			    16 },
			  true },
	};
	uint8_t packet[DHCPMSG_MAX], wanted[DHCPMSG_MAX];
	size_t n = built(&q, packet);

	(void)state;
	assert_int_equal(
		n,
		expected(
			wanted, head,
			SPAN_LIT("\x35\1\3\x39\2\2\x24\x32\4\xc0\0\2\7"
				 "\x36\4\xc0\0\2\1"),
			SPAN_LIT(
				"\x61\x11\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17"
				"\20\xff")));
	assert_memory_equal(packet, wanted, n);
}

static void query_without_room_overflows(void **state)
{
	const struct dhcpmsg_query q = { .type = DHCP_DISCOVER, .mac = mac };
	uint8_t packet[DHCPMSG_MAX];
	size_t n = built(&q, packet);

	(void)state;
	for (size_t cap = 1; cap <= n; cap++) {
		char *p = malloc(cap);
		struct text t = text_over(p, cap);

		dhcpmsg_put(&t, &q);
		assert_true(t.overflow);
		assert_true(t.n < cap);
		free(p);
	}
}

/* A reply, to be changed by each test. */
struct reply {
	uint8_t b[DHCPMSG_MAX];
	size_t n;
};

static struct reply reply_with(struct span options)
{
	struct reply r = { .n = OPTIONS + options.n };

	memcpy(r.b, "\2\1\6\0\1\2\3\4", 8);
	memcpy(r.b + YIADDR, "\xc0\0\2\7", 4);
	memcpy(r.b + SIADDR, "\xc0\0\2\1", 4);
	memcpy(r.b + CHADDR, mac.b, sizeof(mac.b));
	memcpy(r.b + COOKIE, cookie, sizeof(cookie));
	memcpy(r.b + OPTIONS, options.p, options.n);
	return r;
}

static struct dhcpmsg parsed(const struct reply *r)
{
	uint8_t *copy = exact_copy(r->b, r->n);
	struct dhcpmsg m;

	assert_true(dhcpmsg_parse((struct span){ copy, r->n }, &m));
	free(copy);
	return m;
}

static void every_field_of_an_ack_is_read(void **state)
{
	struct reply r = reply_with(SPAN_LIT(
		"\x35\1\5\x36\4\xc0\0\2\2\1\4\xff\xff\xff\0\3\4\xc0\0\2\xfe"
		"\6\10\xc0\0\2\3\xc0\0\2\4\x33\4\0\0\x0e\x10\x1a\2\5\x78"
		"\x0f\13example.org\x42\4tftp\x43\7a/b.0\0x\x96\4\xc0\0\2\5"
		"\xd1\4cfg1\xd2\4dir/\x38\2no\xff"));
	struct dhcpmsg m;

	(void)state;
	memcpy(r.b + SNAME, "srv", 4);
	memcpy(r.b + FILE_, "pxelinux.0", 11);
	m = parsed(&r);
	assert_int_equal(m.xid, 0x01020304);
	assert_memory_equal(m.mac.b, mac.b, 6);
	assert_int_equal(m.type, DHCP_ACK);
	assert_int_equal(m.yiaddr, 0xc0000207);
	assert_int_equal(m.siaddr, 0xc0000201);
	assert_int_equal(m.server_id, 0xc0000202);
	assert_int_equal(m.mask, 0xffffff00);
	assert_int_equal(m.router, 0xc00002fe);
	assert_int_equal(m.dns, 0xc0000203);
	assert_int_equal(m.lease, 3600);
	assert_int_equal(m.mtu, 1400);
	assert_int_equal(m.tftp_server, 0xc0000205);
	assert_string_equal(m.domain, "example.org");
	assert_string_equal(m.tftp_name, "tftp");
	assert_string_equal(m.bootfile, "a/b.0");
	assert_string_equal(m.config, "cfg1");
	assert_string_equal(m.prefix, "dir/");
	assert_string_equal(m.message, "no");
	assert_string_equal(m.sname, "srv");
	assert_string_equal(m.file, "pxelinux.0");
	assert_true(m.has_prefix);
	assert_false(m.too_long);
}

/* PXELINUX looks for its options inside of option 43 too. */
static void pxelinux_options_may_be_in_option_43(void **state)
{
	struct reply inside = reply_with(
		SPAN_LIT("\x2b\x13\xd1\4cfg2\xd2\5dir2/\xd3\4\0\0\0\7\xff"));
	struct reply both = reply_with(
		SPAN_LIT("\x2b\x13\xd1\4cfg2\xd2\5dir2/\xd3\4\0\0\0\7"
			 "\xd1\1c\xd2\0\xd3\4\0\0\1\0\xff"));
	struct dhcpmsg m = parsed(&inside);

	(void)state;
	assert_string_equal(m.config, "cfg2");
	assert_string_equal(m.prefix, "dir2/");
	assert_true(m.has_prefix && m.has_reboot);
	assert_int_equal(m.reboot, 7);
	m = parsed(&both);
	assert_string_equal(m.config, "c");
	assert_string_equal(m.prefix, "");
	assert_true(m.has_prefix);
	assert_int_equal(m.reboot, 256);
}

static void menu_needs_the_class(void **state)
{
	struct reply r = reply_with(SPAN_LIT(
		"\x3c\x09PXEClient\x2b\x0b\6\1\x08\x09\6\x80\0\3abc\xff"));
	struct dhcpmsg m = parsed(&r);

	(void)state;
	assert_true(m.is_pxe && m.has_menu);
	assert_true(dhcpmsg_can_boot(&m));
	assert_true(dhcpmsg_wants_menu(&m));
	assert_false(dhcpmsg_is_proxy(&m));
	m.yiaddr = 0;
	assert_true(dhcpmsg_is_proxy(&m));
	strcpy(m.bootfile, "x");
	assert_false(dhcpmsg_wants_menu(&m));
	m.vendor[2] = 3;
	assert_true(dhcpmsg_wants_menu(&m));
	r.b[OPTIONS + 2] = 'X';
	m = parsed(&r);
	assert_false(m.is_pxe || m.has_menu);
	memcpy(r.b + OPTIONS, "\x3c\x0aHTTPClient\xff", 13);
	m = parsed(&r);
	assert_true(m.is_pxe);
	assert_false(m.has_menu);
}

static void option_150_may_be_grub_s_text(void **state)
{
	struct reply r = reply_with(SPAN_LIT("\x96\x08/boot/gr\xff"));
	struct dhcpmsg m = parsed(&r);

	(void)state;
	assert_int_equal(m.tftp_server, 0);
	memcpy(r.b + OPTIONS + 2, "\x0a\x09\0\1", 4);
	m = parsed(&r);
	assert_int_equal(m.tftp_server, 0x0a090001);
}

static void adopted_words_replace_the_lease_s(void **state)
{
	struct dhcpmsg lease = {
		.yiaddr = 7,
		.server_id = 1,
		.siaddr = 1,
		.file = "a",
		.tftp_name = "b",
		.sname = "c",
		.config = "d",
		.prefix = "e",
		.has_prefix = true,
		.tftp_server = 5,
	};
	struct dhcpmsg from = { .siaddr = 2, .bootfile = "f" };

	(void)state;
	dhcpmsg_adopt(&lease, &from, 9);
	assert_int_equal(lease.yiaddr, 7);
	assert_int_equal(lease.siaddr, 2);
	assert_int_equal(lease.proxy, 9);
	assert_int_equal(lease.tftp_server, 0);
	assert_string_equal(dhcpmsg_bootfile(&lease), "f");
	assert_string_equal(lease.tftp_name, "");
	assert_string_equal(lease.sname, "");
	assert_string_equal(lease.config, "d");
	assert_string_equal(lease.prefix, "e");
	from = (struct dhcpmsg){ .config = "g", .has_prefix = true };
	dhcpmsg_adopt(&lease, &from, 9);
	assert_string_equal(lease.config, "g");
	assert_string_equal(lease.prefix, "");
}

static void what_is_no_reply_is_refused(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} changes[] = {
		{ 0, 1 }, { 0, 0 },       { 0, 3 },
		{ 1, 6 }, { 1, 0 },       { 2, 16 },
		{ 2, 0 }, { COOKIE, 98 }, { COOKIE + 3, 100 },
	};
	struct dhcpmsg m;

	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct reply r = reply_with(SPAN_LIT("\x35\1\2\xff"));

		parsed(&r);
		r.b[changes[i].at] = changes[i].value;
		assert_false(dhcpmsg_parse((struct span){ r.b, r.n }, &m));
	}
}

static void every_prefix_of_a_reply_is_read_safely(void **state)
{
	const struct reply r = reply_with(SPAN_LIT("\x35\1\2\xd1\3cfg\xff"));
	struct dhcpmsg m;

	(void)state;
	for (size_t n = 0; n <= r.n; n++) {
		uint8_t *copy = exact_copy(r.b, n);

		assert_int_equal(dhcpmsg_parse((struct span){ copy, n }, &m),
				 n >= OPTIONS);
		if (n >= OPTIONS) {
			assert_int_equal(m.type, n >= OPTIONS + 3 ? 2 : 0);
			assert_string_equal(m.config,
					    n >= OPTIONS + 8 ? "cfg" : "");
		}
		free(copy);
	}
}

static void full_fields_need_no_nul(void **state)
{
	struct reply r = reply_with(SPAN_LIT("\xff"));
	struct dhcpmsg m;

	(void)state;
	memset(r.b + SNAME, 's', 64);
	memset(r.b + FILE_, 'f', 128);
	m = parsed(&r);
	assert_int_equal(strlen(m.sname), 64);
	assert_int_equal(strlen(m.file), 128);
	assert_false(m.too_long);
}

static void overloaded_fields_are_no_names(void **state)
{
	struct reply r = reply_with(SPAN_LIT("\x34\1\3\xff"));
	struct dhcpmsg m;

	(void)state;
	memcpy(r.b + SNAME, "\x42\3srv\xff", 6);
	memcpy(r.b + FILE_, "\x43\4name\xff", 7);
	m = parsed(&r);
	assert_string_equal(m.file, "");
	assert_string_equal(m.sname, "");
	assert_string_equal(m.tftp_name, "srv");
	assert_string_equal(m.bootfile, "name");
	r.b[OPTIONS + 2] = 1;
	m = parsed(&r);
	assert_string_equal(m.file, "");
	assert_string_equal(m.sname, "\x42\3srv\xff");
	assert_string_equal(m.tftp_name, "");
}

/* Three pieces make a string longer than the field: it is left out, not cut,
 * since half a file name is another file. */
static void string_too_long_is_left_out_and_told(void **state)
{
	uint8_t options[2 + 255 + 2 + 255 + 2 + 2];
	struct reply r;
	struct dhcpmsg m;

	(void)state;
	memset(options, 'x', sizeof(options));
	memcpy(options, "\xd1\xff", 2);
	memcpy(options + 257, "\xd1\xff", 2);
	memcpy(options + 514, "\xd1\1", 2);
	r = reply_with((struct span){ options, sizeof(options) - 1 });
	m = parsed(&r);
	assert_int_equal(strlen(m.config), DHCPMSG_STRING - 1);
	assert_false(m.too_long);
	options[515] = 2;
	r = reply_with((struct span){ options, sizeof(options) });
	m = parsed(&r);
	assert_string_equal(m.config, "");
	assert_true(m.too_long);
}

static void field_names_the_boot_file_before_option_67(void **state)
{
	struct dhcpmsg m = { .bootfile = "option" };

	(void)state;
	assert_string_equal(dhcpmsg_bootfile(&m), "option");
	strncpy(m.file, "field", sizeof(m.file));
	assert_string_equal(dhcpmsg_bootfile(&m), "field");
	m.bootfile[0] = '\0';
	assert_string_equal(dhcpmsg_bootfile(&m), "field");
	m.file[0] = '\0';
	assert_string_equal(dhcpmsg_bootfile(&m), "");
}

static void any_hint_at_booting_makes_a_boot_offer(void **state)
{
	(void)state;
	assert_false(dhcpmsg_can_boot(&(struct dhcpmsg){
		.siaddr = 1, .tftp_name = "x", .sname = "x" }));
	assert_true(dhcpmsg_can_boot(&(struct dhcpmsg){ .file = "x" }));
	assert_true(dhcpmsg_can_boot(&(struct dhcpmsg){ .bootfile = "x" }));
	assert_true(dhcpmsg_can_boot(&(struct dhcpmsg){ .config = "x" }));
	assert_true(dhcpmsg_can_boot(&(struct dhcpmsg){ .has_prefix = true }));
	assert_true(dhcpmsg_can_boot(&(struct dhcpmsg){ .tftp_server = 1 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(discover_is_exact),
		cmocka_unit_test(request_is_exact),
		cmocka_unit_test(query_without_room_overflows),
		cmocka_unit_test(every_field_of_an_ack_is_read),
		cmocka_unit_test(pxelinux_options_may_be_in_option_43),
		cmocka_unit_test(menu_needs_the_class),
		cmocka_unit_test(option_150_may_be_grub_s_text),
		cmocka_unit_test(adopted_words_replace_the_lease_s),
		cmocka_unit_test(what_is_no_reply_is_refused),
		cmocka_unit_test(every_prefix_of_a_reply_is_read_safely),
		cmocka_unit_test(full_fields_need_no_nul),
		cmocka_unit_test(overloaded_fields_are_no_names),
		cmocka_unit_test(string_too_long_is_left_out_and_told),
		cmocka_unit_test(field_names_the_boot_file_before_option_67),
		cmocka_unit_test(any_hint_at_booting_makes_a_boot_offer),
	};

	return cmocka_run_group_tests_name("dhcpmsg", tests, NULL, NULL);
}
