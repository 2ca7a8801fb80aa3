/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/dhcpmsg.h"
#include "format/dhcpopt.h"

/* Counts the bytes of an option in one area, in another way than dhcpopt.c. */
static size_t bytes_in(struct span area, uint8_t code, bool *found)
{
	size_t at = 0, sum = 0, length;

	while (at < area.n && area.p[at] != 255) {
		if (!area.p[at++])
			continue;
		if (at >= area.n || area.p[at] > area.n - at - 1)
			break;
		length = area.p[at];
		if (area.p[at - 1] == code) {
			sum += length;
			*found = true;
		}
		at += 1 + length;
	}
	return sum;
}

/* Every option is found exactly when it is there, and joined to its length. */
static void check_options(struct span options, struct span file,
			  struct span sname)
{
	static const uint8_t codes[] = {
		DHCPOPT_MASK, DHCPOPT_OVERLOAD, DHCPOPT_TYPE, DHCPOPT_SERVER,
		DHCPOPT_TFTP_NAME, DHCPOPT_BOOTFILE, DHCPOPT_CONFIG,
	};
	static char joined[1 << 16];
	struct dhcpopt_areas a;

	dhcpopt_areas(&a, options, file, sname);
	fuzz_check(a.n == 1u + a.file_overloaded + a.sname_overloaded);
	for (size_t c = 0; c < sizeof(codes); c++) {
		uint8_t code = codes[c];
		struct text value = TEXT(joined);
		bool found = false;
		size_t sum = 0;

		for (size_t i = 0; i < a.n; i++)
			sum += bytes_in(a.area[i], code, &found);
		fuzz_check(dhcpopt_get(&a, (enum dhcpopt)code, &value) ==
			   found);
		fuzz_check(value.overflow || value.n == sum);
	}
}

#define CHECK_STRING(s) fuzz_check(memchr((s), 0, sizeof(s)) != NULL)

/* A lease goes by what it adopts, and stays a lease. */
static void check_adoption(const struct dhcpmsg *m)
{
	struct dhcpmsg lease = { .yiaddr = 7, .server_id = 1, .config = "c" };

	dhcpmsg_adopt(&lease, m, 2);
	fuzz_check(lease.yiaddr == 7 && lease.server_id == 1);
	fuzz_check(lease.proxy == 2 && lease.siaddr == m->siaddr);
	fuzz_check(!strcmp(dhcpmsg_bootfile(&lease), dhcpmsg_bootfile(m)));
	fuzz_check(!strcmp(lease.config, m->config[0] ? m->config : "c"));
}

/* The input is a packet; its parts serve as options once more. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span packet = fuzz_copy(data, n), rest = packet;
	struct span file = { 0 }, sname = { 0 };
	struct dhcpmsg m;

	if (dhcpmsg_parse(packet, &m)) {
		CHECK_STRING(m.tftp_name);
		CHECK_STRING(m.sname);
		CHECK_STRING(m.file);
		CHECK_STRING(m.bootfile);
		CHECK_STRING(m.config);
		CHECK_STRING(m.prefix);
		fuzz_check(m.xid == ((uint32_t)data[4] << 24 | data[5] << 16 |
				     data[6] << 8 | data[7]));
		fuzz_check(m.has_prefix || !m.prefix[0]);
		fuzz_check(m.vendor_n < sizeof(m.vendor));
		fuzz_check(!m.has_menu || (m.is_pxe && m.vendor_n > 4));
		fuzz_check(!dhcpmsg_wants_menu(&m) || m.has_menu);
		check_adoption(&m);
		span_get(&rest, 44, &sname);
		span_get(&rest, 64, &sname);
		span_get(&rest, 128, &file);
		span_get(&rest, 4, &(struct span){ 0 });
	}
	check_options(rest, file, sname);
	fuzz_done();
	return 0;
}
