/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/config.h"

#include "base/err.h"
#include "base/guard.h"
#include "base/log.h"
#include "boot/download.h"
#include "boot/explain.h"
#include "format/pxecfg.h"
#include "format/search.h"
#include "net/resolve.h"

/* More attempts than this for each file make nothing better. */
#define RETRIES 100

static struct bootcfg cfg;
static struct pxecfg reader;

/* The complete name of the configuration, which is what "~" stands for. */
static char current[URL_HOST_SIZE + URL_PATH_SIZE];

/* Configurations read because one led to the other, with nobody asking. */
static unsigned followed;

/* Which of the lease's servers is the boot server. */
static size_t server_in_use;

/* ONERROR's command has been run, which it is once. */
static bool onerror_run;

/* Appends the place that relative names are below, as people write it. */
static void put_place(struct text *t, const struct boot *b)
{
	struct span prefix = span_of(b->source.prefix), colons;

	if (boot_tree(b)) {
		text_puts(t, b->tree->path);
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
	static char place[DHCPMSG_STRING + 32];
	struct text t = TEXT(place);
	int rc = 0;

	server_in_use = i;
	b->server = s->ip;
	if (boot_tree(b)) {
		log_info("Files below %s, in place of a boot server",
			 b->tree->path);
		return 0;
	}
	if (!s->ip)
		rc = resolve_run(&b->loop, s->name, &b->server, why);
	if (rc)
		return rc;
	put_place(&t, b);
	log_info("Boot server %s, from %s; files below %s", IP4_SHOW(b->server),
		 s->from, place);
	return 0;
}

/* Makes the first of the lease's servers from number `first` on that has an
 * address the boot server.  Returns as use_server() does. */
static int use_server_from(struct boot *b, size_t first, struct text *why)
{
	int rc = -E_RESOLVE;

	for (size_t i = first; i < b->source.servers && rc == -E_RESOLVE; i++) {
		text_reset(why);
		rc = use_server(b, i, why);
	}
	return rc;
}

int config_take_server(struct boot *b)
{
	static char reason[256];
	struct text why = TEXT(reason);
	int rc = use_server_from(b, 0, &why);

	return rc ? boot_fail(rc, "%s; %s", reason, download_advice(rc)) : 0;
}

bool config_next_server(struct boot *b)
{
	static char reason[256];
	struct text why = TEXT(reason);
	const uint32_t server = b->server;

	if (!use_server_from(b, server_in_use + 1, &why))
		return true;
	b->server = server;
	return false;
}

static void say(struct span text)
{
	log_info("%.*s", SPAN_ARG(text));
}

static void start_reading(void)
{
	pxecfg_init(&reader, &cfg);
	reader.say = say;
	explain_reading(&reader);
}

uint32_t config_retries(void)
{
	return cfg.pxeretry < RETRIES ? cfg.pxeretry : RETRIES;
}

/* Downloads one file of *n bytes into the reader's room and opens it there.  An
 * empty one counts as missing: atftpd answers so for a directory. */
static int read_file(struct boot *b, struct span name, size_t *n,
		     struct text *why)
{
	struct text room = pxecfg_room(&reader);
	struct sink sink = { .fd = -1, .memory = &room, .limit = room.cap - 1 };
	int rc;

	if (span_eq(name, SPAN_LIT("~")))
		name = span_of(current);
	rc = download(b, name, &sink, config_retries(), why);
	if (!rc && !room.n)
		rc = -E_NOT_FOUND;
	*n = room.n;
	return rc ? rc : pxecfg_open(&reader, name, room.n, why);
}

/* Keeps the name of the configuration, with the prefix that it is below now. */
static void set_current(const struct boot *b, struct span name)
{
	struct text t = TEXT(current);

	if (!url_is_absolute(name))
		text_puts(&t, b->source.prefix);
	text_put(&t, name);
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
	explain_tried(text_span(name), rc, n, why);
	if (rc)
		return rc;
	log_info("Trying %s: found, %zu bytes", name->p, n);
	set_current(b, text_span(name));
	return 0;
}

/* Asks b->server for each name in turn.  Only "no such file" leads to the next
 * name: falling back to "default" because a server was deaf for a moment would
 * boot the wrong thing. */
static GUARDED int search(struct boot *b, struct text *why)
{
	static char buf[SEARCH_NAME_SIZE];
	struct text name = TEXT(buf);
	struct search s = {
		.config = b->source.config,
		.directory = b->spec->config_dir,
		.uuid = b->spec->uuid,
		.mac = b->spec->vif.mac,
		.ip = b->lease.yiaddr,
	};
	int rc = -E_NOT_FOUND;

	while (rc == -E_NOT_FOUND && search_next(&s, &name) &&
	       (s.step == 1 || !b->spec->config))
		rc = try_name(b, &name, why);
	return rc;
}

/* Returns true if it was only worth a try that the boot server is this one. */
static bool is_unnamed(const struct boot *b)
{
	return !boot_tree(b) && b->source.servers == 1 && !b->lease.proxy &&
	       b->server == b->lease.server_id &&
	       !dhcpmsg_can_boot(&b->lease) && !b->lease.tftp_name[0];
}

/* Says why there is no configuration, and returns the code for that.  `deaf` is
 * a server that did not answer and was passed over, or 0. */
static int fail_to_find(const struct boot *b, int rc, uint32_t deaf,
			struct text *why)
{
	static char buf[DHCPMSG_STRING + 32];
	struct text place = TEXT(buf);

	put_place(&place, b);
	if (is_unnamed(b) && (rc == -E_NO_ANSWER || rc == -E_NOT_FOUND))
		return boot_fail(
			rc == -E_NOT_FOUND ? -E_NO_CONFIG : rc,
			"the DHCP server %s names no boot server and no boot "
			"file, and %s; set next-server and filename there",
			IP4_SHOW(b->server),
			rc == -E_NO_ANSWER ? why->p : "has no configuration");
	if (rc == -E_RESOLVE)
		return boot_fail(rc, "%s; %s", why->p, download_advice(rc));
	if (rc != -E_NOT_FOUND)
		return boot_fail(rc, "no configuration from %s: %s; %s",
				 boot_tree(b) ? buf : IP4_SHOW(b->server),
				 why->p, download_advice(rc));
	if (deaf)
		return boot_fail(-E_NO_ANSWER,
				 "%s, which may have the configuration, does "
				 "not answer, and none is below %s; %s",
				 IP4_SHOW(deaf), buf,
				 download_advice(-E_NO_ANSWER));
	return boot_fail(-E_NO_CONFIG,
			 "none of the names tried above is "
			 "there; put a PXELINUX configuration below %s",
			 buf);
}

/* Finds the configuration on the first of the lease's servers that answers.
 * From one that fell silent later no other takes over: what the two have may
 * differ, and the wrong guest is worse than none. */
static int find(struct boot *b)
{
	static char reason[512];
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

static void say_skipped(const char *kind, struct span name)
{
	if (!reader.depth || !explain_no_include(&reader, name))
		log_info("%s%.*s: not there, skipped", kind, SPAN_ARG(name));
}

/* Reads on through all files.  A missing one is skipped, as PXELINUX does;
 * Debian's own tree has ten of them. */
static int read_all(struct boot *b)
{
	static char reason[512];
	struct text why = TEXT(reason);
	const char *kind;
	struct span name;
	size_t n;
	int rc;

	for (;;) {
		text_reset(&why);
		rc = pxecfg_read(&reader, &name, &why);
		kind = reader.depth ? "INCLUDE " : "";
		if (rc == PXECFG_END)
			return 0;
		if (rc == PXECFG_INCLUDE)
			rc = read_file(b, name, &n, &why);
		if (rc == -E_NOT_FOUND)
			say_skipped(kind, name);
		else if (rc == -E_CONFIG)
			return boot_fail(rc, "%s; shorten the configuration",
					 reason);
		else if (rc)
			return boot_fail(rc, "%s%.*s: %s; %s", kind,
					 SPAN_ARG(name), reason,
					 download_advice(rc));
	}
}

static void say_choice(const struct choice *c)
{
	const char *verb = explain_only() ? "Would boot" : "Booting";
	const struct bootcfg_entry *e;

	if (c->entry == BOOTCFG_NONE) {
		log_info("%s %.*s: %s", verb, SPAN_ARG(c->kernel), c->because);
		return;
	}
	e = &cfg.entry[c->entry];
	log_info("%s \"%.*s\" (%.*s:%u): %s", verb, SPAN_ARG(e->label),
		 SPAN_ARG(pxecfg_file_name(&reader, e->file)), e->line,
		 c->because);
}

/* Glues relative names to `directory` from now on, as PXELINUX' chdir does:
 * behind the prefix as text, unless it is complete by itself. */
static int change_directory(struct boot *b, struct span directory)
{
	struct text t = { .p = b->source.prefix,
			  .cap = sizeof(b->source.prefix) };

	if (!directory.n)
		return 0;
	if (!url_is_absolute(directory))
		t.n = span_of(b->source.prefix).n;
	text_put(&t, directory);
	if (t.overflow)
		return boot_fail(-E_CONFIG,
				 "CONFIG's directory %.*s is too "
				 "long; shorten it",
				 SPAN_ARG(directory));
	log_info("Files below %s from here on", b->source.prefix);
	return 0;
}

/* Reads a configuration from scratch.  It is itself below the old prefix. */
static int read_config(struct boot *b, struct span name, struct span directory)
{
	static char reason[512];
	struct text why = TEXT(reason);
	size_t n;
	int rc;

	start_reading();
	rc = read_file(b, name, &n, &why);
	if (rc)
		return boot_fail(rc, "CONFIG %.*s: %s; %s", SPAN_ARG(name),
				 reason, download_advice(rc));
	log_info("CONFIG %.*s: found, %zu bytes", SPAN_ARG(name), n);
	if (!span_eq(name, SPAN_LIT("~")))
		set_current(b, name);
	rc = change_directory(b, directory);
	return rc ? rc : read_all(b);
}

/* Reads the files, separated by blanks, as one menu.  What is about the prompt
 * stays as the configuration says: the menu program does not know such lines,
 * and what NOESCAPE closes must not open behind another menu. */
static int read_menu(struct boot *b, struct span names)
{
	const bool implicit = cfg.implicit, noescape = cfg.noescape;
	const bool nocomplete = cfg.nocomplete, options = cfg.allowoptions;
	const uint32_t sysappend = cfg.sysappend, pxeretry = cfg.pxeretry;
	int rc;

	start_reading();
	cfg.pxeretry = pxeretry;
	pxecfg_queue(&reader, names);
	rc = read_all(b);
	cfg.implicit = implicit;
	cfg.noescape = noescape;
	cfg.nocomplete = nocomplete;
	cfg.allowoptions = options;
	cfg.sysappend = sysappend;
	cfg.pxeretry = pxeretry;
	if (!rc && !reader.files)
		return boot_fail(-E_NOT_FOUND,
				 "the menu's %.*s is not there; %s",
				 SPAN_ARG(names),
				 download_advice(-E_NOT_FOUND));
	return rc;
}

/* Reads the files that decide, by the choice.  Their names are in what is about
 * to be overwritten. */
static int read_chosen(struct boot *b, const struct choice *c)
{
	static char buf[2 * (PXECFG_LINE_MAX + 1)];
	struct text t = TEXT(buf);
	struct span names, directory;

	text_put(&t, c->files);
	names = text_span(&t);
	text_put(&t, c->directory);
	directory = text_span(&t);
	span_get(&directory, names.n, &names);
	followed = choice_was_asked(c) ? 0 : followed + 1;
	if (followed == LWPXE_CONFIG_DEPTH)
		return boot_fail(-E_CONFIG,
				 "%.*s is one CONFIG or menu too many: this "
				 "build follows %u (LWPXE_CONFIG_DEPTH); do "
				 "they lead in a circle?",
				 SPAN_ARG(names), LWPXE_CONFIG_DEPTH - 1);
	return c->for_menu ? read_menu(b, names) :
			     read_config(b, names, directory);
}

static const char *advice(int rc)
{
	return rc == -E_UNSUPPORTED ? "choose another entry with --label=" :
				      "name one with --label= or in DEFAULT";
}

/* ONERROR is not for a --label= that is wrong: the admin wants that entry and
 * no other. */
static bool has_onerror(const struct boot *b, const struct choice *c, int rc)
{
	return !onerror_run && (c->onerror.n || cfg.onerror.n) &&
	       !(b->spec->label && rc == -E_NO_ENTRY);
}

/* Chooses in place of what cannot boot for the reason in `why`: what ONERROR says,
 * or by asking again whoever chose that. */
static int choose_instead(struct boot *b, struct choice *c, int rc,
			  struct text *why)
{
	bool onerror = has_onerror(b, c, rc);

	log_warn("%s%s", why->p, onerror ? "; going on with ONERROR" : "");
	text_reset(why);
	if (!onerror)
		return choose_again(&cfg, b->asker, c, why);
	onerror_run = true;
	return choose_onerror(&cfg, b->asker, c, why);
}

/* Goes on from what a choose function returned until there is an entry, by way
 * of as many files as it takes. */
static int follow(struct boot *b, struct choice *c, int rc, struct text *why)
{
	while (rc) {
		if (rc == CHOOSE_FILES) {
			rc = read_chosen(b, c);
			if (rc)
				return rc;
			rc = c->for_menu ?
				     choose_in_menu(&cfg, b->asker, c, why) :
				     choose_entry(&cfg, b->asker, NULL, c, why);
			continue;
		}
		if (!why->n)
			return rc;
		if (!has_onerror(b, c, rc) && !choice_was_asked(c))
			return boot_fail(rc, "%s; %s", why->p, advice(rc));
		rc = choose_instead(b, c, rc, why);
	}
	say_choice(c);
	return 0;
}

int config_choose(struct boot *b, struct choice *choice)
{
	static char reason[512];
	struct text why = TEXT(reason);
	int rc;

	start_reading();
	rc = find(b);
	if (!rc)
		rc = read_all(b);
	if (rc || explain_config(&cfg, &reader))
		return rc;
	why.clip = why.brief = true;
	rc = choose_entry(&cfg, b->asker, b->spec->label, choice, &why);
	return follow(b, choice, rc, &why);
}

int config_onerror(struct boot *b, struct choice *choice)
{
	static char reason[512];
	struct text why = TEXT(reason);
	int rc;

	if (onerror_run)
		return -E_NO_ENTRY;
	onerror_run = true;
	why.clip = why.brief = true;
	rc = choose_onerror(&cfg, b->asker, choice, &why);
	if (rc == -E_NO_ENTRY && !why.n)
		return rc;
	log_warn("going on with ONERROR");
	return follow(b, choice, rc, &why);
}

int config_ask_again(struct boot *b, struct choice *choice)
{
	static char reason[512];
	struct text why = TEXT(reason);

	why.clip = why.brief = true;
	return follow(b, choice, choose_again(&cfg, b->asker, choice, &why),
		      &why);
}
