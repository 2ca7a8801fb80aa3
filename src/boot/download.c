/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/download.h"

#include "base/err.h"
#include "base/log.h"
#include "boot/explain.h"
#include "net/resolve.h"
#include "port/netif.h"

/* Between two lines about a long download where lines cannot be redrawn. */
#define PLAIN_LINE_MS 10000

/* Columns for a name, so that a redrawn line fits 80; the end tells more. */
#define NAME_COLUMNS 28

/* What is being downloaded, for progress(), and when that last spoke. */
static struct {
	const char *what;
	struct span name;
	ms_t last_line;
} shown;

int download_locate(struct boot *b, struct span name, struct url *url,
		    uint32_t *server, struct text *why)
{
	int rc = url_resolve(url, span_of(b->source.prefix), name, why);

	*server = b->server;
	if (rc || !url->host[0])
		return rc;
	if (b->tree)
		return fetch_supports(url, why) ? 0 : -E_UNSUPPORTED;
	rc = resolve_run(&b->loop, url->host, server, why);
	if (rc != -E_RESOLVE)
		return rc;
	log_warn("%s; asking the boot server %s instead", why->p,
		 IP4_SHOW(b->server));
	text_reset(why);
	*server = b->server;
	return 0;
}

static void put_rate(struct text *t, const struct fetch *f)
{
	ms_t elapsed = clock_now() - f->started;

	text_put_size(t, (f->sink->n - f->base) * 1000 /
		      (elapsed ? elapsed : 1));
	text_puts(t, "/s");
}

static void put_progress(struct text *t, const struct fetch *f)
{
	uint64_t n = f->sink->n - f->base;
	struct span name = shown.name;

	if (name.n > NAME_COLUMNS) {
		name.p += name.n - NAME_COLUMNS;
		name.n = NAME_COLUMNS;
	}
	text_printf(t, "%-8s %.*s: ", shown.what, SPAN_ARG(name));
	text_put_size(t, n);
	if (f->has_size && f->size) {
		text_puts(t, " of ");
		text_put_size(t, f->size);
		text_printf(t, " (%u%%)", (unsigned)(n * 100 / f->size));
	}
	text_puts(t, ", ");
	put_rate(t, f);
}

static void progress(const struct fetch *f)
{
	char line[128];
	struct text t = TEXT(line);

	if (!shown.what)
		return;
	put_progress(&t, f);
	log_progress("%s", line);
	if (!log_is_tty() && clock_now() >= shown.last_line + PLAIN_LINE_MS) {
		shown.last_line = clock_now();
		log_info("%s", line);
	}
}

void download_explain(int rc, struct text *why)
{
	if (!rc || why->n)
		return;
	text_puts(why, rc == -E_TOO_BIG ? "it is too large" :
		  rc == -E_SPACE ? "the disk is full" :
		  rc == -E_OUTPUT ? "it cannot be written" :
		  "the download failed");
}

/* Gets the file; a directory in place of a boot server has those of no other.
 * What cannot be read there is not there for a boot server either, but only
 * here somebody may wonder. */
static int get(struct boot *b, const char *what, struct span name,
	       struct fetch *f)
{
	int rc;

	if (!b->tree)
		return fetch_run(&b->loop, f);
	if (f->url->host[0] && f->probe)
		return 0;
	if (f->url->host[0]) {
		text_puts(f->why, "it is on another server, and --tree= reads "
			  "only below its directory");
		return -E_UNSUPPORTED;
	}
	rc = tree_fetch(b->tree, f);
	if (rc == -E_NOT_FOUND && !f->why->n)
		text_puts(f->why, "there is no such file");
	else if (rc == -E_NOT_FOUND && !what)
		log_warn("%.*s: %s", SPAN_ARG(name), f->why->p);
	return rc;
}

/* Shows what a probe found, and counts it as downloaded. */
static void take_probe(const char *what, struct span name, int rc,
		       const struct fetch *f)
{
	char size[64];
	struct text t = TEXT(size);

	explain_file(what, name, rc, f, f->why);
	if (rc) {
		log_info("%-8s %.*s: %s%s", what, SPAN_ARG(name),
			 rc == -E_NOT_FOUND ? "missing: " : "", f->why->p);
		return;
	}
	if (f->has_size)
		text_put_size(&t, f->size);
	else
		text_puts(&t, "of unknown size");
	f->sink->n += f->has_size || f->size ? f->size : 1;
	log_info("%-8s %.*s: %s", what, SPAN_ARG(name), size);
}

int download(struct boot *b, const char *what, struct span name,
	     struct sink *sink, struct text *why)
{
	char size[64];
	struct text t = TEXT(size);
	struct url url;
	struct fetch f = { .url = &url, .mtu = b->link->mtu, .sink = sink,
			   .probe = what && explain_only(),
			   .progress = progress, .why = why };
	int rc;

	text_reset(why);
	rc = download_locate(b, name, &url, &f.server, why);
	if (rc && f.probe)
		take_probe(what, name, rc, &f);
	if (rc)
		return rc;
	shown.what = f.probe ? NULL : what;
	shown.name = name;
	shown.last_line = clock_now();
	rc = get(b, what, name, &f);
	b->answered |= f.answered;
	if (rc == -E_NO_ANSWER && !netif_knows(f.server)) {
		text_reset(why);
		text_printf(why, "nothing on this network answers for the "
			    "address %s (no ARP reply)", IP4_SHOW(f.server));
	}
	download_explain(rc, why);
	if (f.probe)
		take_probe(what, name, rc, &f);
	if (rc || !what || f.probe)
		return rc;
	text_put_size(&t, sink->n - f.base);
	text_puts(&t, ", ");
	put_rate(&t, &f);
	log_info("%-8s %.*s: %s", what, SPAN_ARG(name), size);
	return 0;
}

const char *download_advice(int rc)
{
	switch (-rc) {
	case E_NOT_FOUND:
		return "put the file there or correct the configuration";
	case E_NO_ANSWER:
		return "check that the TFTP server runs and that a firewall "
		       "lets UDP through";
	case E_SERVER:
		return "see the boot server's log";
	case E_PROTOCOL:
		return "the boot server or something on the way to it is "
		       "broken";
	case E_UNSUPPORTED:
		return "use a name and a protocol that this build supports";
	case E_TOO_BIG:
		return "the limits of this build are LWPXE_IMAGE_MIB and "
		       "LWPXE_CONFIG_BYTES";
	case E_SPACE:
		return "free some space in --output-directory";
	case E_OUTPUT:
		return "check the file system of --output-directory";
	case E_RESOLVE:
		return "check the name and the lease's DNS server";
	default:
		return "try again";
	}
}
