/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/resolve.h"

#include <string.h>

#include "base/err.h"
#include "format/addr.h"
#include "lwip/dns.h"

/* lwIP asks four times within its own limits; this only bounds a broken
 * clock. */
#define RESOLVE_MS 30000

static struct {
	uint32_t server;
	const char *domain; /* borrowed from the lease */
	bool done;
	uint32_t ip;        /* 0: the name has none */
} dns;

void resolve_start(uint32_t server, const char *domain)
{
	ip_addr_t address;

	dns.server = server;
	dns.domain = domain;
	ip_addr_set_ip4_u32_val(address, PP_HTONL(server));
	dns_setserver(0, &address);
}

static void take_address(const char *name, const ip_addr_t *address, void *arg)
{
	(void)name, (void)arg;
	dns.ip = address ? PP_NTOHL(ip4_addr_get_u32(ip_2_ip4(address))) : 0;
	dns.done = true;
}

int resolve_run(struct loop *loop, const char *host, uint32_t *ip,
		struct text *why)
{
	char full[DNS_MAX_NAME_LENGTH];
	struct text name = TEXT(full);
	ms_t deadline = clock_now() + RESOLVE_MS;
	ip_addr_t address;
	int rc = 0;
	err_t e;

	if (ip4_parse(span_of(host), ip))
		return 0;
	text_puts(&name, host);
	if (!strchr(host, '.') && dns.domain[0])
		text_printf(&name, ".%s", dns.domain);
	if (!dns.server || name.overflow) {
		text_printf(why, "the name %s cannot be looked up: %s", host,
			    name.overflow ? "it is too long" :
			    "the lease names no DNS server");
		return -E_RESOLVE;
	}
	dns.done = false;
	e = dns_gethostbyname(full, &address, take_address, NULL);
	if (e == ERR_OK)
		take_address(full, &address, NULL);
	else if (e != ERR_INPROGRESS)
		take_address(full, NULL, NULL);
	rc = loop_until(loop, &dns.done, &deadline);
	if (rc == -E_INTERRUPTED)
		return rc;
	if (!rc && dns.ip) {
		*ip = dns.ip;
		return 0;
	}
	text_printf(why, "the DNS server %s knows no address of %s",
		    IP4_SHOW(dns.server), full);
	return -E_RESOLVE;
}
