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
	uint32_t ip;                                  /* 0: the name has none */
	void (*found)(uintptr_t ticket, uint32_t ip); /* resolve_begin()'s */
} dns;

void resolve_start(uint32_t server, const char *domain)
{
	ip_addr_t address;

	dns.server = server;
	dns.domain = domain;
	ip_addr_set_ip4_u32_val(address, PP_HTONL(server));
	dns_setserver(0, &address);
}

/* A name server may say anything: what no host can have is no address. */
static uint32_t address_of(const ip_addr_t *address)
{
	uint32_t ip = address ? PP_NTOHL(ip4_addr_get_u32(ip_2_ip4(address))) :
				0;

	return ip4_is_host(ip) ? ip : 0;
}

static void take_address(const char *name, const ip_addr_t *address, void *arg)
{
	(void)name, (void)arg;
	dns.ip = address_of(address);
	dns.done = true;
}

static void pass_address(const char *name, const ip_addr_t *address, void *arg)
{
	(void)name;
	dns.found((uintptr_t)arg, address_of(address));
}

/* Asks for the address of `host`, whose full name is built in `name`; `found`
 * gets it, at once too.  Returns 0 or -E_RESOLVE. */
static int ask(const char *host, struct text *name, dns_found_callback found,
	       void *arg, struct text *why)
{
	ip_addr_t address;
	err_t e;

	text_puts(name, host);
	if (!strchr(host, '.') && dns.domain[0])
		text_printf(name, ".%s", dns.domain);
	if (!dns.server || name->overflow) {
		text_printf(why, "the name %s cannot be looked up: %s", host,
			    name->overflow ? "it is too long" :
					     "the lease names no DNS server");
		return -E_RESOLVE;
	}
	e = dns_gethostbyname(name->p, &address, found, arg);
	if (e != ERR_INPROGRESS)
		found(name->p, e == ERR_OK ? &address : NULL, arg);
	return 0;
}

int resolve_run(struct loop *loop, const char *host, uint32_t *ip,
		struct text *why)
{
	char full[DNS_MAX_NAME_LENGTH];
	struct text name = TEXT(full);
	ms_t deadline = clock_now() + RESOLVE_MS;
	int rc;

	if (ip4_parse(span_of(host), ip))
		return ip4_check_host(*ip, why);
	dns.done = false;
	rc = ask(host, &name, take_address, NULL, why);
	if (rc)
		return rc;
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

int resolve_begin(const char *host,
		  void (*found)(uintptr_t ticket, uint32_t ip),
		  uintptr_t ticket, struct text *why)
{
	char full[DNS_MAX_NAME_LENGTH];
	struct text name = TEXT(full);
	uint32_t ip;
	int rc;

	if (ip4_parse(span_of(host), &ip)) {
		rc = ip4_check_host(ip, why);
		if (!rc)
			found(ticket, ip);
		return rc;
	}
	dns.found = found;
	return ask(host, &name, pass_address, (void *)ticket, why);
}
