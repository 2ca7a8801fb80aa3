/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/resolve.h"

#include "base/err.h"
#include "format/addr.h"

void resolve_start(uint32_t server, const char *domain)
{
	(void)server, (void)domain;
}

static int parse(const char *host, uint32_t *ip, struct text *why)
{
	if (ip4_parse(span_of(host), ip))
		return ip4_check_host(*ip, why);
	text_printf(why,
		    "the name %s cannot be looked up: DNS is not built in "
		    "(LWPXE_DNS)",
		    host);
	return -E_RESOLVE;
}

int resolve_run(struct loop *loop, const char *host, uint32_t *ip,
		struct text *why)
{
	(void)loop;
	return parse(host, ip, why);
}

int resolve_begin(const char *host,
		  void (*found)(uintptr_t ticket, uint32_t ip),
		  uintptr_t ticket, struct text *why)
{
	uint32_t ip;
	int rc = parse(host, &ip, why);

	if (!rc)
		found(ticket, ip);
	return rc;
}
