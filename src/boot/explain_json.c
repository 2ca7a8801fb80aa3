/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/explained.h"

#include <unistd.h>

#include "base/guard.h"
#include "boot/image.h"
#include "format/json.h"
#include "net/dhcp.h"

/* The object that doc/lwpxeboot-json.5 describes. */

/* What cannot be written ends the answer: its sink takes no more. */
static void put(void *arg, struct span s)
{
	struct sink *sink = arg;

	if (sink_put(sink, s))
		sink->limit = sink->n;
}

static void put_ip(struct json *j, const char *key, uint32_t ip)
{
	if (ip)
		json_string(j, key, span_of(IP4_SHOW(ip)));
	else
		json_null(j, key);
}

/* Write a number, or a string, that there may not be. */
static void put_known(struct json *j, const char *key, bool known, uint64_t v)
{
	if (known)
		json_number(j, key, v);
	else
		json_null(j, key);
}

static void put_some(struct json *j, const char *key, bool known, struct span s)
{
	if (known)
		json_string(j, key, s);
	else
		json_null(j, key);
}

static void put_guest(struct json *j, const struct spec *spec)
{
	static char buf[40];
	struct text t = TEXT(buf);

	mac_put(&t, &spec->vif.mac, ':');
	json_string(j, "mac", text_span(&t));
	text_reset(&t);
	uuid_put(&t, &spec->uuid);
	put_some(j, "uuid", spec->uuid.known, text_span(&t));
	put_some(j, "tree", spec->tree, span_of(spec->tree ? spec->tree : ""));
}

static void put_words(struct json *j, const char *key, struct span s)
{
	struct span word = span_get_word(&s);

	json_open(j, key, '[');
	for (; word.n; word = span_get_word(&s))
		json_string(j, NULL, word);
	json_close(j, ']');
}

static void put_jail(struct json *j, const struct boot *b)
{
	json_open(j, "jail", '{');
	put_words(j, "held", b->jail_held);
	put_words(j, "missing", b->jail_missing);
	json_close(j, '}');
}

static void put_message(struct json *j, const char *key,
			const struct dhcpmsg *m)
{
	json_open(j, key, '{');
	put_ip(j, "server", m->server_id);
	put_ip(j, "address", m->yiaddr);
	put_ip(j, "mask", m->mask);
	put_ip(j, "router", m->router);
	json_number(j, "seconds", m->lease);
	put_ip(j, "next_server", m->siaddr);
	json_string(j, "server_name",
		    span_of(m->tftp_name[0] ? m->tftp_name : m->sname));
	json_string(j, "boot_file", span_of(dhcpmsg_bootfile(m)));
	json_string(j, "config_file", span_of(m->config));
	json_string(j, "path_prefix", span_of(m->prefix));
	json_close(j, '}');
}

static void put_servers(struct json *j, const struct explained *e)
{
	const struct dhcpmsg *offer;
	size_t n = dhcp_offers(&offer);

	json_open(j, "offers", '[');
	for (size_t i = 0; i < n && !e->boot->tree; i++)
		put_message(j, NULL, &offer[i]);
	json_close(j, ']');
	if (e->has_lease)
		put_message(j, "lease", &e->boot->lease);
	else
		json_null(j, "lease");
	put_ip(j, "boot_server", e->boot->tree ? 0 : e->boot->server);
}

static void put_tried(struct json *j, const struct explained *e)
{
	const struct explained_name *t = e->tried;
	size_t n = explained_kept(e->tried_n, EXPLAINED_TRIED);

	json_open(j, "tried", '[');
	for (; n--; t++) {
		json_open(j, NULL, '{');
		json_string(j, "name", t->name);
		json_bool(j, "found", t->found);
		put_known(j, "size", t->found, t->size);
		put_some(j, "reason", !t->found, t->reason);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_place(struct json *j, struct span file, uint32_t line)
{
	json_string(j, "file", file);
	json_number(j, "line", line);
}

static void put_lines(struct json *j, const char *key, const char *what,
		      const struct explained_line *l, size_t n)
{
	json_open(j, key, '[');
	for (; n--; l++) {
		json_open(j, NULL, '{');
		put_place(j, l->file, l->line);
		json_string(j, what, l->text);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_config(struct json *j, const struct explained *e)
{
	size_t ignored = explained_kept(e->ignored_n, EXPLAINED_LINES);

	json_open(j, "files", '[');
	for (uint16_t i = 0; e->reader && i < e->reader->files; i++)
		json_string(j, NULL, pxecfg_file_name(e->reader, i));
	json_close(j, ']');
	put_lines(j, "missing", "name", e->missing,
		  explained_kept(e->missing_n, EXPLAINED_FILES));
	put_lines(j, "ignored", "text", e->ignored, ignored);
	json_number(j, "ignored_more", e->ignored_n - ignored);
}

static const char *action_of(const struct bootcfg_entry *e)
{
	static const char names[][9] = {
		[ACTION_BOOT] = "boot",         [ACTION_SUBMENU] = "submenu",
		[ACTION_GOTO] = "goto",         [ACTION_EXIT] = "exit",
		[ACTION_DISABLED] = "disabled", [ACTION_QUIT] = "quit",
		[ACTION_HELP] = "help",
	};

	return e->action == ACTION_BOOT && e->kind == KIND_LOCALBOOT ?
		       "local" :
		       names[e->action];
}

static GUARDED void put_entry(struct json *j, const struct explained *e,
			      uint16_t i, uint16_t number, bool is_default)
{
	const struct bootcfg_entry *entry = &e->cfg->entry[i];
	struct span path[EXPLAINED_PATH];
	size_t n = explained_path(e->cfg, entry, path);

	json_open(j, NULL, '{');
	put_known(j, "number", number != BOOTCFG_NONE, number);
	json_string(j, "label", entry->label);
	json_open(j, "menu", '[');
	for (size_t m = 0; m < n; m++)
		json_string(j, NULL, path[m]);
	json_close(j, ']');
	json_bool(j, "hidden", entry->menu == BOOTCFG_NONE);
	json_string(j, "action", span_of(action_of(entry)));
	json_bool(j, "default", is_default);
	put_some(j, "kernel", number != BOOTCFG_NONE, entry->kernel);
	json_string(j, "initrd", entry->initrd);
	json_string(j, "append", entry->append);
	put_place(j, pxecfg_file_name(e->reader, entry->file), entry->line);
	json_close(j, '}');
}

static void put_entries(struct json *j, const struct explained *e)
{
	uint16_t i = BOOTCFG_NONE, number;
	uint16_t usual = e->cfg ? explained_default(e->cfg) : BOOTCFG_NONE;

	json_open(j, "entries", '[');
	while (e->cfg && explained_next(e->cfg, &i, &number))
		put_entry(j, e, i, number, i == usual);
	json_close(j, ']');
}

static void put_choice(struct json *j, const struct explained *e)
{
	const struct choice *c = e->choice;
	const struct bootcfg_entry *entry;

	if (!e->chosen) {
		json_null(j, "chosen");
		return;
	}
	json_open(j, "chosen", '{');
	if (e->cfg && c->entry != BOOTCFG_NONE) {
		entry = &e->cfg->entry[c->entry];
		json_string(j, "label", entry->label);
		put_place(j, pxecfg_file_name(e->reader, entry->file),
			  entry->line);
	} else {
		json_null(j, "label");
		json_null(j, "file");
		json_null(j, "line");
	}
	json_string(j, "because", span_of(c->because));
	json_bool(j, "local", c->kind == KIND_LOCALBOOT);
	json_close(j, '}');
}

static void put_cmdline(struct json *j, struct span line)
{
	if (!line.n) {
		json_null(j, "cmdline");
		return;
	}
	json_open(j, "cmdline", '{');
	json_string(j, "text", line);
	json_number(j, "length", line.n);
	json_number(j, "pv_limit", CMDLINE_PV);
	json_number(j, "linux_limit", CMDLINE_LINUX);
	json_number(j, "libxl_limit", CMDLINE_MAX);
	json_close(j, '}');
}

static void put_file(struct json *j, const char *key,
		     const struct explained_file *f)
{
	json_open(j, key, '{');
	json_string(j, "name", f->name);
	json_bool(j, "found", !f->rc);
	put_known(j, "size", f->has_size, f->size);
	put_some(j, "reason", f->rc, f->reason);
	json_close(j, '}');
}

static void put_files(struct json *j, const struct explained *e)
{
	size_t n = explained_kept(e->file_n, EXPLAINED_FILES), i = 0;

	if (n && e->file[0].is_kernel)
		put_file(j, "kernel", &e->file[i++]);
	else
		json_null(j, "kernel");
	json_open(j, "initrds", '[');
	for (; i < n; i++)
		put_file(j, NULL, &e->file[i]);
	json_close(j, ']');
}

/* syscalls: ftruncate ftruncate64 */
bool explained_put_json(const struct explained *e, int fd)
{
	struct sink sink = { .fd = fd, .limit = UINT64_MAX };
	struct json j = { .put = put, .arg = &sink };

	json_open_answer(&j, -e->rc, span_of(e->sentence));
	put_guest(&j, e->boot->spec);
	put_jail(&j, e->boot);
	put_servers(&j, e);
	put_tried(&j, e);
	put_config(&j, e);
	if (e->boot->spec->list_entries)
		put_entries(&j, e);
	if (e->boot->spec->explain) {
		put_choice(&j, e);
		put_cmdline(&j, e->cmdline);
		put_files(&j, e);
	}
	json_close(&j, '}');
	put(&sink, SPAN_LIT("\n"));
	return sink.limit == UINT64_MAX || ftruncate(fd, 0);
}
