/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/image.h"

#include <unistd.h>

#include "base/err.h"
#include "base/guard.h"
#include "base/log.h"
#include "boot/config.h"
#include "boot/download.h"
#include "boot/explain.h"
#include "boot/injection.h"
#include "boot/preflight.h"
#include "format/cpio.h"

/* Linux wants each archive of a ramdisk to begin at a multiple of this. */
#define INITRD_ALIGN 4

/* Everything is to be loaded once more, from another server. */
#define LOAD_AGAIN 1

/* The files of one image, while they come. */
struct loading {
	struct span kernel;
	bool kernel_begun;
	struct span initrds;  /* the rest of the list */
	uint64_t end;         /* of the ramdisk so far, bytes */
	struct part *last;    /* initrd begun, whose size is not known yet, and
			       * so not where the next one begins */
	uint64_t kernel_size; /* as announced, until the kernel is there */
	uint64_t checked;     /* bytes that there is room for */
};

static struct part {
	bool used;
	bool promised; /* its announced size is what the next initrd's
			* place was chosen by */
	uint64_t size; /* that */
	struct download d;
} parts[LWPXE_TRANSFERS];

/* syscalls: ftruncate ftruncate64
 *
 * Drops what an attempt that failed has put into a file behind `end`: bytes that
 * nobody writes, between two initrds, have to be zero. */
static int cut_file(int fd, uint64_t end)
{
	if (explain_only() || !ftruncate(fd, (off_t)end))
		return 0;
	return boot_fail(-E_OUTPUT,
			 "a file of a failed attempt cannot be cut; %s",
			 download_advice(-E_OUTPUT));
}

/* Learns where the ramdisk's last initrd ends, and the next one may begin. */
static int set_end(const struct boot *b, struct loading *l, uint64_t end)
{
	l->last = NULL;
	l->end = end;
	return cut_file(b->ramdisk_fd, end);
}

static bool is_initrd(const struct part *p)
{
	return p->d.what[0] == 'i';
}

static unsigned parts_used(void)
{
	unsigned n = 0;

	for (size_t i = 0; i < LWPXE_TRANSFERS; i++)
		n += parts[i].used;
	return n;
}

static struct part *begin_part(struct boot *b, const char *what,
			       struct span name, struct sink sink)
{
	struct part *p = parts;

	while (p->used)
		p++;
	*p = (struct part){ .used = true,
			    .d = {
				    .what = what,
				    .name = name,
				    .sink = sink,
				    .retries = config_retries(),
			    } };
	download_begin(b, &p->d);
	return p;
}

/* Begins the next file; false if there is none, or its place is not known. */
static bool begin_next(struct boot *b, struct loading *l)
{
	struct sink sink = { .fd = b->kernel_fd, .limit = BOOT_FILE_MAX };
	struct span name = { 0 };

	if (!l->kernel_begun) {
		l->kernel_begun = true;
		name = span_get_word(&l->kernel);
		begin_part(b, "kernel", name, sink);
		return true;
	}
	while (l->initrds.n && !l->last && !name.n)
		span_get_until(&l->initrds, ',', &name);
	if (!name.n)
		return false;
	sink.fd = b->ramdisk_fd;
	sink.at = l->end + (-l->end & (INITRD_ALIGN - 1));
	sink.limit = sink.at < BOOT_FILE_MAX ? BOOT_FILE_MAX - sink.at : 0;
	l->last = begin_part(b, "initrd", name, sink);
	return true;
}

static int fail_part(struct boot *b, const struct download *d, int rc)
{
	if (rc == -E_NO_ANSWER && d->from_boot_server &&
	    config_next_server(b)) {
		log_warn("%s %.*s: %s; loading all from %s", d->what,
			 SPAN_ARG(d->name), d->reason, IP4_SHOW(b->server));
		return LOAD_AGAIN;
	}
	return explain_later(boot_fail(
		rc, "%s %.*s: %s; %s", d->what, SPAN_ARG(d->name), d->reason,
		rc == -E_NOT_FOUND && b->spec->kernel ?
			"xl.cfg's kernel= and ramdisk= are names "
			"on the boot server here, not in the Dom0" :
			download_advice(rc)));
}

/* Takes the end of a file, which must not be empty. */
static int end_part(struct boot *b, struct loading *l, struct part *p)
{
	struct download *d = &p->d;
	int rc = download_end(b, d);

	if (rc == DOWNLOAD_AGAIN)
		return 0;
	p->used = false;
	if (l->last == p)
		l->last = NULL;
	if (!rc && p->promised && d->sink.n != p->size) {
		text_puts(&d->why, "its size changed during the download");
		rc = -E_PROTOCOL;
	}
	if (rc)
		return fail_part(b, d, rc);
	if (!d->sink.n)
		return explain_later(
			boot_fail(-E_EMPTY,
				  "%s %.*s is empty on the server, or a "
				  "directory; put the file there",
				  d->what, SPAN_ARG(d->name)));
	if (is_initrd(p))
		return p->promised ? 0 : set_end(b, l, d->sink.at + d->sink.n);
	l->kernel_size = d->sink.n;
	return cut_file(b->kernel_fd, l->kernel_size);
}

/* Ends what could only fail later, once sizes are known. */
static GUARDED int check_space(const struct boot *b, struct loading *l)
{
	const uint64_t need = l->kernel_size + l->end;
	const char *take = l->initrds.n || l->last ?
				   "kernel and ramdisk take at least" :
				   "kernel and ramdisk take";
	static char numbers[96];
	struct text t = TEXT(numbers);
	int rc;

	if (need <= l->checked || explain_only())
		return 0;
	l->checked = need;
	rc = boot_check_room(b, take, need);
	if (rc || !b->memory || need <= b->memory)
		return rc;
	text_put_size(&t, need);
	text_puts(&t, ", and the Dom0 has ");
	text_put_size(&t, b->memory);
	log_warn("%s %s of memory left; xl may fail", take, numbers);
	return 0;
}

/* A ramdisk is unpacked beside itself; three times its size is what it takes as
 * a rule. */
static void warn_of_memory(const struct spec *spec, uint64_t ramdisk)
{
	if (spec->memory_mib && ramdisk * 3 > (uint64_t)spec->memory_mib << 20)
		log_warn(
			"a ramdisk of %u MiB may be too large for a guest with "
			"memory=%u",
			(unsigned)(ramdisk >> 20), spec->memory_mib);
}

/* Looks what has become of the files.  Returns 0, LOAD_AGAIN or negative. */
static int look_at_parts(struct boot *b, struct loading *l)
{
	struct part *p = l->last;
	int rc = 0;

	if (p && p->d.fetch.has_size && !explain_only()) {
		p->promised = true;
		p->size = p->d.fetch.size;
		rc = set_end(b, l, p->d.sink.at + p->size);
	}
	for (p = parts; p < parts + LWPXE_TRANSFERS && !rc; p++)
		if (p->used && !is_initrd(p) && p->d.fetch.has_size)
			l->kernel_size = p->d.fetch.size;
	if (!rc)
		rc = check_space(b, l);
	for (p = parts; p < parts + LWPXE_TRANSFERS && !rc; p++)
		if (p->used && p->d.fetch.done)
			rc = end_part(b, l, p);
	return rc;
}

static bool is_any_done(void)
{
	for (size_t i = 0; i < LWPXE_TRANSFERS; i++)
		if (parts[i].used && parts[i].d.fetch.done)
			return true;
	return false;
}

/* Downloads all files, as many at a time as may be; one that fails stops the
 * others. */
static int load_parts(struct boot *b, struct loading *l)
{
	const unsigned most = explain_only() ? 1 : LWPXE_TRANSFERS;
	int rc = 0;

	while (!rc) {
		while (parts_used() < most && begin_next(b, l))
			;
		if (!parts_used())
			break;
		if (!is_any_done() && download_wait(b))
			rc = boot_fail(-E_INTERRUPTED,
				       "the downloads were "
				       "interrupted: xl has gone");
		else
			rc = look_at_parts(b, l);
	}
	for (size_t i = 0; i < LWPXE_TRANSFERS; i++)
		if (parts[i].used) {
			parts[i].used = false;
			download_abort(&parts[i].d);
		}
	return rc;
}

/* Xen and Linux cut what is too long for them, without a word; xl aborts over
 * what is too long for the PV shim. */
static void warn_of_limits(enum spec_guest type, size_t n)
{
	if (n <= CMDLINE_PV)
		return;
	if (type == GUEST_PV)
		log_warn("the command line has %zu bytes, of which Xen gives a "
			 "PV guest the first %u",
			 n, CMDLINE_PV);
	else if (type == GUEST_UNKNOWN)
		log_warn("the command line has %zu bytes; a PV guest keeps %u, "
			 "Linux on x86 %u",
			 n, CMDLINE_PV, CMDLINE_LINUX);
	else if (n > CMDLINE_LINUX)
		log_warn(
			"the command line has %zu bytes, of which Linux on x86 "
			"keeps the first %u",
			n, CMDLINE_LINUX);
	if (type == GUEST_PVH)
		log_warn("with pvshim=1, xl fails where the command line has "
			 "more than %u bytes",
			 CMDLINE_PV);
}

/* Builds the command line in *r, with what APPEND is to be; *initrds borrows
 * from it. */
static GUARDED int build_cmdline(const struct boot *b, const struct choice *c,
				 struct span append, struct report *r,
				 struct span *initrds)
{
	static char reason[256];
	struct text why = TEXT(reason);
	struct text line = TEXT(r->args);
	const struct cmdline_identity id = {
		.client = b->lease.yiaddr,
		.server = b->server,
		.router = b->lease.router,
		.mask = b->lease.mask,
		.mac = b->spec->vif.mac,
		.uuid = b->spec->uuid,
	};
	const struct cmdline_parts words = {
		.kernel = c->kernel,
		.append = append,
		.initrd = c->initrd,
		.sysappend = c->sysappend,
		.extra = c->extra,
		.args = span_of(b->spec->args ? b->spec->args : ""),
		.console = !b->spec->keeps_console,
	};
	int rc = cmdline_build(&line, &words, &id, initrds, &why);

	if (rc)
		return boot_fail(rc, "%s", reason);
	r->args_n = (uint32_t)line.n;
	log_info("cmdline  %.*s", SPAN_ARG(text_span(&line)));
	if (b->spec->pvshim && line.n > CMDLINE_PV)
		return boot_fail(
			-E_CMDLINE,
			"the command line has %zu bytes, "
			"and with pvshim=1 xl fails over more than %u; "
			"shorten APPEND or xl.cfg's extra=",
			line.n, CMDLINE_PV);
	warn_of_limits(b->spec->type, line.n);
	return 0;
}

/* Loads kernel and initrds from the boot server in use. */
static int load(struct boot *b, const struct choice *c, struct span initrds,
		struct preflight *p)
{
	struct loading l = { .kernel = c->kernel, .initrds = initrds };
	const bool injects = injection_wanted(b, initrds);
	struct sink ramdisk = { .fd = b->ramdisk_fd, .limit = UINT64_MAX };
	static char archive[CPIO_EMPTY_SIZE + 1];
	struct text empty = TEXT(archive);
	struct span kernel = c->kernel;
	int rc = cut_file(b->kernel_fd, 0);

	if (!rc)
		rc = cut_file(b->ramdisk_fd, 0);
	if (rc)
		return rc;
	if (injects || span_find(initrds, SPAN_LIT(",")) != SIZE_MAX) {
		cpio_put_empty(&empty);
		rc = sink_put(&ramdisk, text_span(&empty));
		l.end = ramdisk.n;
	}
	if (rc)
		return boot_fail(rc, "initrd: it cannot be written; %s",
				 download_advice(rc));
	rc = load_parts(b, &l);
	if (!rc && injects)
		rc = injection_write(b, c, &l.end);
	p->kernel_size = l.kernel_size;
	p->ramdisk_size = l.end;
	if (!rc)
		rc = explain_only() ?
			     0 :
			     preflight_check(b, span_get_word(&kernel), p);
	if (!rc)
		warn_of_memory(b->spec, p->ramdisk_size);
	return rc;
}

int image_load(struct boot *b, const struct choice *c, struct report *r)
{
	struct preflight p = { .cmdline = { 0 } };
	struct span initrds;
	int rc = build_cmdline(b, c, c->append, r, &initrds);

	if (rc)
		return rc;
	do
		rc = load(b, c, initrds, &p);
	while (rc == LOAD_AGAIN);
	r->kernel_size = p.kernel_size;
	r->ramdisk_size = p.ramdisk_size;
	if (!rc && p.cmdline.n && !c->append.n)
		rc = build_cmdline(b, c, p.cmdline, r, &initrds);
	return rc;
}
