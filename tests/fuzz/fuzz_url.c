/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include <strings.h>

#include "format/url.h"

/* A name made of the parts must be taken apart into them again. */
static void check_again(const struct url *u)
{
	char buf[URL_HOST_SIZE + URL_PATH_SIZE], reason[64];
	struct text name = TEXT(buf), why = TEXT(reason);
	struct url again;

	text_printf(&name, "%s::%s", u->host, u->path);
	if (name.overflow)
		return;
	for (size_t i = 0; i < name.n; i++)
		if (is_blank((uint8_t)buf[i]))
			return;
	fuzz_check(!url_resolve(&again, SPAN_LIT("http://x/"), text_span(&name),
				&why));
	fuzz_check(!strcmp(again.scheme, "tftp"));
	fuzz_check(!strcmp(again.host, u->host));
	fuzz_check(!strcmp(again.path, u->path));
}

static void check_parts(const struct url *u)
{
	fuzz_check(memchr(u->path, 0, sizeof(u->path)) != NULL);
	fuzz_check(memchr(u->host, 0, sizeof(u->host)) != NULL);
	fuzz_check(memchr(u->user, 0, sizeof(u->user)) != NULL);
	fuzz_check(memchr(u->scheme, 0, sizeof(u->scheme)) != NULL);
	fuzz_check(u->port <= 65535);
	fuzz_check(!strchr(u->host, ':'));
}

/* A redirect leads somewhere, and takes no password to another host. */
static void check_redirect(struct url u, struct span to)
{
	const struct url from = u;
	char reason[1024];
	struct text why = TEXT(reason);
	int rc;

	why.clip = true;
	rc = url_redirect(&u, to, &why);
	fuzz_check_reason(rc, &why);
	if (rc)
		return;
	check_parts(&u);
	if (strcasecmp(u.host, from.host) && from.user[0])
		fuzz_check(span_find(to, SPAN_LIT("@")) != SIZE_MAX ||
			   !u.user[0]);
}

/* The input is a prefix, a newline and a name; both are redirects too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span name = fuzz_copy(data, n), prefix;
	char reason[1024];
	struct text why = TEXT(reason);
	struct url u;
	int rc;

	why.clip = true;
	span_get_until(&name, '\n', &prefix);
	rc = url_resolve(&u, prefix, name, &why);
	fuzz_check_reason(rc, &why);
	if (!rc) {
		check_parts(&u);
		check_redirect(u, prefix);
		check_redirect(u, name);
		if (!strcmp(u.scheme, "tftp"))
			check_again(&u);
	}
	return 0;
}
