/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/config.h"

#include "base/err.h"
#include "base/log.h"
#include "boot/download.h"
#include "boot/explain.h"
#include "format/pxecfg.h"
#include "format/search.h"
#include "net/resolve.h"

static struct bootcfg cfg;
static struct pxecfg reader;

/* Appends the place that relative names are below, as people write it. */
static void put_place(struct text *t, const struct boot *b)
{
	struct span prefix = span_of(b->source.prefix), colons;

	if (b->tree) {
		text_printf(t, "%s", b->tree->path);
		return;
	}
	if (span_starts(prefix, SPAN_LIT("::"))) {
		span_get(&prefix, 2, &colons);
		text_printf(t, "tftp://%s/", IP4_SHOW(b->server));
	}
	text_put(t, prefix);
}

/* Makes server number `i` of the lease the boot server, if it has an address.
 * Returns 0, -E_RESOLVE with the reason in `why`, or -E_INTERRUPTED. */
static int use_server(struct boot *b, size_t i, struct text *why)
{
	const struct bootserver *s = &b->source.server[i];
	char place[DHCPMSG_STRING + 32];
	struct text t = TEXT(place);
	int rc = 0;

	b->server = s->ip;
	if (b->tree) {
		log_info("Files below %s, in place of a boot server",
			 b->tree->path);
		return 0;
	}
	if (!s->ip)
		rc = resolve_run(&b->loop, s->name, &b->server, why);
	if (rc)
		return rc;
	put_place(&t, b);
	log_info("Boot server %s, from %s; files below %s",
		 IP4_SHOW(b->server), s->from, place);
	return 0;
}

int config_take_server(struct boot *b)
{
	char reason[256];
	struct text why = TEXT(reason);
	int rc = -E_RESOLVE;

	for (size_t i = 0; i < b->source.servers && rc == -E_RESOLVE; i++) {
		text_reset(&why);
		rc = use_server(b, i, &why);
	}
	return rc ? boot_fail(rc, "%s; %s", reason, download_advice(rc)) : 0;
}

/* Downloads one file of *n bytes into the reader's room and opens it there.  An
 * empty one counts as missing: atftpd answers so for a directory. */
static int read_file(struct boot *b, struct span name, size_t *n,
		     struct text *why)
{
	struct text room = pxecfg_room(&reader);
	struct sink sink = { .fd = -1, .memory = &room,
			     .limit = room.cap - 1 };
	int rc = download(b, NULL, name, &sink, why);

	if (!rc && !room.n)
		rc = -E_NOT_FOUND;
	*n = room.n;
	return rc ? rc : pxecfg_open(&reader, name, room.n, why);
}

/* Tries one name of the search, and says how that ended. */
static int try_name(struct boot *b, const struct text *name, struct text *why)
{
	size_t n;
	int rc;

	log_progress("Trying %s", name->p);
	rc = read_file(b, text_span(name), &n, why);
	if (rc == -E_NOT_FOUND)
		log_info("Trying %s: not there", name->p);
	else if (!rc)
		log_info("Trying %s: found, %zu bytes", name->p, n);
	explain_tried(text_span(name), rc, n, why);
	return rc;
}

/* Asks b->server for each name in turn.  Only "no such file" leads to the next
 * name: falling back to "default" because a server was deaf for a moment would
 * boot the wrong thing. */
static int search(struct boot *b, struct text *why)
{
	char buf[SEARCH_NAME_SIZE];
	struct text name = TEXT(buf);
	struct search s = {
		.config = b->source.config, .uuid = b->spec->uuid,
		.mac = b->spec->vif.mac, .ip = b->lease.yiaddr,
	};
	int rc = -E_NOT_FOUND;

	while (rc == -E_NOT_FOUND && search_next(&s, &name))
		rc = try_name(b, &name, why);
	return rc;
}

/* Says why there is no configuration, and returns the code for that.  `deaf` is
 * a server that did not answer and was passed over, or 0. */
static int fail_to_find(const struct boot *b, int rc, uint32_t deaf,
			struct text *why)
{
	char buf[DHCPMSG_STRING + 32];
	struct text place = TEXT(buf);

	put_place(&place, b);
	if (rc == -E_RESOLVE)
		return boot_fail(rc, "%s; %s", why->p, download_advice(rc));
	if (rc != -E_NOT_FOUND)
		return boot_fail(rc, "no configuration from %s: %s; %s",
				 b->tree ? buf : IP4_SHOW(b->server), why->p,
				 download_advice(rc));
	if (deaf)
		return boot_fail(-E_NO_ANSWER, "%s, which may have the "
				 "configuration, does not answer, and none is "
				 "below %s; %s", IP4_SHOW(deaf), buf,
				 download_advice(-E_NO_ANSWER));
	return boot_fail(-E_NO_CONFIG, "none of the names tried above is "
			 "there; put a PXELINUX configuration below %s", buf);
}

/* Finds the configuration on the first of the lease's servers that answers.
 * From one that fell silent later no other takes over: what the two have may
 * differ, and the wrong guest is worse than none. */
static int find(struct boot *b)
{
	char reason[512];
	struct text why = TEXT(reason);
	uint32_t deaf = 0;
	int rc = -E_RESOLVE;

	for (size_t i = 0; i < b->source.servers; i++) {
		text_reset(&why);
		rc = use_server(b, i, &why);
		if (!rc)
			rc = search(b, &why);
		if (rc != -E_RESOLVE && (rc != -E_NO_ANSWER || b->answered))
			break;
		if (i + 1 == b->source.servers)
			break;
		if (rc == -E_NO_ANSWER && !deaf)
			deaf = b->server;
		log_warn("%s; trying the next server", reason);
	}
	return rc ? fail_to_find(b, rc, deaf, &why) : 0;
}

static void say_skipped(struct span name)
{
	if (!explain_no_include(&reader, name))
		log_info("INCLUDE %.*s: not there, skipped", SPAN_ARG(name));
}

/* Reads on through all INCLUDEs.  A missing one is skipped, as PXELINUX does;
 * Debian's own tree has ten of them. */
static int read_all(struct boot *b)
{
	char reason[512];
	struct text why = TEXT(reason);
	struct span name;
	size_t n;
	int rc;

	for (;;) {
		text_reset(&why);
		rc = pxecfg_read(&reader, &name, &why);
		if (rc == PXECFG_END)
			return 0;
		if (rc == PXECFG_INCLUDE)
			rc = read_file(b, name, &n, &why);
		if (rc == -E_NOT_FOUND)
			say_skipped(name);
		else if (rc == -E_CONFIG)
			return boot_fail(rc, "%s; shorten the configuration",
					 reason);
		else if (rc)
			return boot_fail(rc, "INCLUDE %.*s: %s; %s",
					 SPAN_ARG(name), reason,
					 download_advice(rc));
	}
}

static void say_choice(const struct choice *c)
{
	const char *booting = explain_only() ? "Would boot" : "Booting";
	const struct bootcfg_entry *e;

	if (c->entry == BOOTCFG_NONE) {
		log_info("%s %.*s: %s", booting, SPAN_ARG(c->kernel),
			 c->because);
		return;
	}
	e = &cfg.entry[c->entry];
	log_info("%s \"%.*s\" (%.*s:%u): %s", booting, SPAN_ARG(e->label),
		 SPAN_ARG(pxecfg_file_name(&reader, e->file)), e->line,
		 c->because);
}

int config_choose(struct boot *b, struct choice *choice)
{
	char reason[512];
	struct text why = TEXT(reason);
	int rc;

	pxecfg_init(&reader, &cfg);
	explain_reading(&reader);
	rc = find(b);
	if (!rc)
		rc = read_all(b);
	if (rc || explain_config(&cfg, &reader))
		return rc;
	why.clip = true;
	rc = choose_entry(&cfg, b->spec->label, choice, &why);
	if (rc)
		return boot_fail(rc, "%s; name one with --label= or in "
				 "DEFAULT", reason);
	say_choice(choice);
	return 0;
}
