/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/download.h"

#include "base/err.h"
#include "base/log.h"
#include "boot/explain.h"
#include "boot/progress.h"
#include "format/diagnosis.h"
#include "net/resolve.h"
#include "port/netif.h"

/* What is being downloaded. */
static struct download *running[LWPXE_TRANSFERS];

int download_locate(struct boot *b, struct span name, struct url *url,
		    uint32_t *server, struct text *why)
{
	int rc = url_resolve(url, span_of(b->source.prefix), name, why);

	*server = b->server;
	if (rc || !url->host[0])
		return rc;
	if (boot_tree(b))
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

static void put_rate(struct text *t, uint64_t n, ms_t since)
{
	ms_t elapsed = clock_now() - since;

	text_put_size(t, n * 1000 / (elapsed ? elapsed : 1));
	text_puts(t, "/s");
}

static void progress(void)
{
	progress_show(running);
}

/* Puts the reason of a failure that explains itself into an empty `why`. */
static void explain_code(int rc, struct text *why)
{
	if (!rc || why->n)
		return;
	text_puts(why, rc == -E_TOO_BIG ? "it is too large" :
		       rc == -E_SPACE   ? "the disk is full" :
		       rc == -E_OUTPUT  ? "it cannot be written" :
					  "the download failed");
}

/* Gets the file from a directory in place of a boot server, which has those of
 * no other.  What cannot be read there is not there for a boot server either,
 * but only here somebody may wonder. */
static int get_from_tree(const struct boot *b, struct download *d)
{
	int rc;

	if (d->url.host[0] && d->fetch.probe)
		return 0;
	if (d->url.host[0]) {
		text_puts(&d->why, "it is on another server, and --tree= reads "
				   "only below its directory");
		return -E_UNSUPPORTED;
	}
	rc = tree_fetch(b->tree, &d->fetch);
	if (rc == -E_NOT_FOUND && !d->why.n)
		text_puts(&d->why, "there is no such file");
	else if (rc == -E_NOT_FOUND && !d->what)
		log_warn("%.*s: %s", SPAN_ARG(d->name), d->why.p);
	return rc;
}

/* Returns where `d` is noted, or with NULL a free place; NULL if nowhere. */
static struct download **place_of(const struct download *d)
{
	size_t i = 0;

	while (i < LWPXE_TRANSFERS && running[i] != d)
		i++;
	return i < LWPXE_TRANSFERS ? &running[i] : NULL;
}

void download_begin(struct boot *b, struct download *d)
{
	struct fetch *f = &d->fetch;

	d->why = TEXT(d->reason);
	d->why.clip = d->why.brief = true;
	*f = (struct fetch){
		.url = &d->url,
		.mtu = b->link->mtu,
		.sink = &d->sink,
		.probe = d->what && explain_only(),
		.why = &d->why,
	};
	f->rc = download_locate(b, d->name, &d->url, &f->server, &d->why);
	d->from_boot_server = !d->url.host[0];
	f->done = f->rc || boot_tree(b);
	if (!place_of(d))
		*place_of(NULL) = d;
	if (LWPXE_PROGRESS)
		progress_start();
	d->wrong_sums = netif_heard().wrong_sums;
	if (f->rc)
		return;
	if (boot_tree(b))
		f->rc = get_from_tree(b, d);
	else
		fetch_start(f);
}

void download_abort(struct download *d)
{
	struct download **place = place_of(d);

	fetch_stop(&d->fetch);
	if (place)
		*place = NULL;
}

/* Shows what a probe found, and counts it as downloaded. */
static void take_probe(struct download *d, int rc)
{
	const struct fetch *f = &d->fetch;
	static char size[64];
	struct text t = TEXT(size);

	explain_file(d->what, d->name, rc, f, &d->why);
	if (rc) {
		log_info("%-8s %.*s: %s%s", d->what, SPAN_ARG(d->name),
			 rc == -E_NOT_FOUND ? "missing: " : "", d->reason);
		return;
	}
	if (f->has_size)
		text_put_size(&t, f->size);
	else
		text_puts(&t, "of unknown size");
	d->sink.n += f->has_size || f->size ? f->size : 1;
	log_info("%-8s %.*s: %s", d->what, SPAN_ARG(d->name), size);
}

static void take_file(const struct download *d)
{
	static char size[64];
	struct text t = TEXT(size);

	text_put_size(&t, d->sink.n);
	text_puts(&t, ", ");
	put_rate(&t, d->sink.n, d->fetch.started);
	log_info("%-8s %.*s: %s", d->what, SPAN_ARG(d->name), size);
}

/* Returns true if the failure may be overcome by another attempt. */
static bool deserves_another(struct download *d, int rc)
{
	return (rc == -E_NOT_FOUND || rc == -E_NO_ANSWER || rc == -E_SERVER) &&
	       !d->sink.n && d->retries && d->retries--;
}

/* Puts a better reason than that a server is silent, if there is one. */
static void explain_silence(struct download *d)
{
	const uint32_t server = d->fetch.server;
	const uint32_t wrong = netif_heard().wrong_sums - d->wrong_sums;
	static char reason[192];
	struct text t = TEXT(reason);
	uint32_t hop;

	if (!netif_knows(server, &hop))
		diagnosis_put_deaf_hop(&t, server, hop);
	else if (wrong)
		diagnosis_put_wrong_sums(&t, wrong);
	if (!t.n)
		return;
	text_reset(&d->why);
	text_puts(&d->why, reason);
}

int download_end(struct boot *b, struct download *d)
{
	struct fetch *f = &d->fetch;
	int rc = fetch_stop(f);

	b->answered |= f->answered;
	if (rc == -E_NO_ANSWER)
		explain_silence(d);
	explain_code(rc, &d->why);
	if (deserves_another(d, rc)) {
		download_begin(b, d);
		return DOWNLOAD_AGAIN;
	}
	download_abort(d);
	if (LWPXE_EXPLAIN && f->probe)
		take_probe(d, rc);
	else if (!rc && d->what)
		take_file(d);
	return rc;
}

int download_wait(struct boot *b)
{
	return fetch_wait(&b->loop, LWPXE_PROGRESS ? progress : NULL);
}

int download(struct boot *b, struct span name, struct sink *sink,
	     uint32_t retries, struct text *why)
{
	static struct download d;
	int rc;

	d = (struct download){ .name = name,
			       .sink = *sink,
			       .retries = retries };
	download_begin(b, &d);
	do {
		rc = 0;
		while (!d.fetch.done && !rc)
			rc = download_wait(b);
		if (rc) {
			download_abort(&d);
			return rc;
		}
		rc = download_end(b, &d);
	} while (rc == DOWNLOAD_AGAIN);
	*sink = d.sink;
	text_reset(why);
	text_puts(why, d.reason);
	return rc;
}

const char *download_advice(int rc)
{
	switch (-rc) {
	case E_NOT_FOUND:
		return "put the file there or correct the configuration";
	case E_NO_ANSWER:
		return "check that the server runs and that no firewall is in "
		       "the way";
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
