/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_boot.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "boot/boot.h"
#include "format/cpio.h"
#include "net/fetch.h"
#include "port/sys.h"
#include "sim_host.h"
#include "sim_link.h"
#include "sim_memory.h"
#include "sim_person.h"
#include "sim_pools.h"
#include "sim_seen.h"
#include "sim_tree.h"
#include "sim_world.h"
#include "sim_write.h"

const struct scheme *const schemes[] = { &scheme_http, &scheme_tftp, NULL };
const char schemes_missing[] = "https is not supported\0";

/* What a boot can end with: the codes of the network and of the files, and
 * those of writing. */
static const uint8_t documented[] = {
	E_OUTPUT,      E_SPACE,     E_DHCP_SILENT, E_DHCP_REFUSED,
	E_NO_ANSWER,   E_SERVER,    E_PROTOCOL,    E_NO_CONFIG,
	E_NO_ENTRY,    E_NOT_FOUND, E_EMPTY,       E_TOO_BIG,
	E_INTERRUPTED, E_TIMEOUT,   E_UNSUPPORTED, E_RESOLVE,
};

/* How long a boot with a person may last. */
#define PERSON_MS 600000

/* Long enough for lwIP to forget whom it asked for by ARP in vain. */
#define AFTERWARDS_MS 10000

struct contents {
	const uint8_t *p;
	size_t n;
};

static struct contents map(int fd)
{
	struct stat st;
	struct contents c = { 0 };

	if (fstat(fd, &st))
		sim_break("a file cannot be looked at");
	c.n = (size_t)st.st_size;
	if (!c.n)
		return c;
	c.p = mmap(NULL, c.n, PROT_READ, MAP_SHARED, fd, 0);
	if (c.p == MAP_FAILED)
		sim_break("a file cannot be mapped");
	return c;
}

/* Compares what follows in *c with a server's file, and takes it off. */
static void expect_file(struct contents *c, struct span path)
{
	const struct sim_file *f = tree_find(path);
	uint8_t piece[4096];
	size_t size, n;

	if (!f)
		sim_break("it booted %.*s, which is not there", SPAN_ARG(path));
	size = tree_size(f);
	if (c->n < size)
		sim_break("%zu bytes of %.*s are missing", size - c->n,
			  SPAN_ARG(path));
	for (size_t at = 0; at < size; at += n) {
		n = size - at < sizeof(piece) ? size - at : sizeof(piece);
		tree_read(f, at, piece, n);
		for (size_t i = 0; i < n; i++)
			if (c->p[at + i] != piece[i])
				sim_break("%.*s is wrong at its byte %zu: "
					  "%02x and not %02x",
					  SPAN_ARG(path), at + i, c->p[at + i],
					  piece[i]);
	}
	c->p += size;
	c->n -= size;
}

static void expect_ramdisk(struct contents c)
{
	struct span list = span_of(sim->initrds), path;
	size_t all = c.n;

	if (span_find(list, SPAN_LIT(",")) != SIZE_MAX) {
		c.p += CPIO_EMPTY_SIZE;
		c.n -= CPIO_EMPTY_SIZE;
	}
	while (list.n) {
		span_get_until(&list, ',', &path);
		while ((all - c.n) % 4 && c.n) {
			if (*c.p++)
				sim_break("padding is not zero");
			c.n--;
		}
		expect_file(&c, path);
	}
	if (c.n)
		sim_break("the ramdisk is %zu bytes too long", c.n);
}

static void check_success(const struct boot *b, const struct report *r)
{
	struct contents kernel = map(b->kernel_fd);
	struct contents ramdisk = map(b->ramdisk_fd);

	if (r->kernel_size != kernel.n || r->ramdisk_size != ramdisk.n)
		sim_break("the report has other sizes than the files");
	if (!span_eq(report_args(r), span_of(sim->cmdline)))
		sim_break("the command line is \"%.*s\"",
			  SPAN_ARG(report_args(r)));
	expect_ramdisk(ramdisk);
	expect_file(&kernel, span_of(sim->kernel));
	if (kernel.n)
		sim_break("the kernel is %zu bytes too long", kernel.n);
	if (strstr(sim_out->log, "lwpxeboot: "))
		sim_break("it booted and complained: %s", sim_out->log);
}

static void check_failure(const struct report *r)
{
	const char *line = strrchr(sim_out->log, '\n');

	if (!memchr(documented, (int)r->rc, sizeof(documented)) &&
	    !(r->rc == E_INTERNAL && sim->memory.fails_at))
		sim_break("the code %u is not documented for this", r->rc);
	if (r->args_n)
		sim_break("a failure has a command line");
	/* The last line is the one before the last end of line. */
	while (line && line > sim_out->log && line[-1] != '\n')
		line--;
	if (!line || strncmp(line, "lwpxeboot: ", 11) || strlen(line) < 30)
		sim_break("the last line is no reason: \"%s\"", sim_out->log);
}

static void check_log(void)
{
	for (const char *p = sim_out->log; *p; p++)
		if (*p != '\n' && (*p < 0x20 || *p > 0x7e))
			sim_break("the byte %02x is on the log", (uint8_t)*p);
}

static void read_log(int log)
{
	ssize_t n = pread(log, sim_out->log, sizeof(sim_out->log) - 1, 0);

	sim_out->log[n > 0 ? n : 0] = '\0';
}

/* Lets what is still under way arrive, on a network without faults: nothing may
 * be called any more that the boot has ended, and nothing stay allocated. */
static void linger(struct boot *b)
{
	memory_repair();
	link_repair();
	world_settle();
	loop_for(&b->loop, AFTERWARDS_MS);
	pools_check();
}

/* What would boot is told with its sizes, if the server told them. */
static void check_explained(const struct report *r)
{
	char line[128];
	struct text t = TEXT(line);
	size_t size = tree_size(tree_find(span_of(sim->kernel)));

	text_printf(&t, "\nkernel   %s: ", "vmlinuz");
	if (!strstr(sim_out->log, line))
		sim_break("the kernel is not told of");
	text_put_size(&t, size);
	if (!strstr(sim_out->log, line) &&
	    !strstr(sim_out->log, ": of unknown size\n"))
		sim_break("the kernel's size is another");
	if (!strstr(sim_out->log, "\nIt would boot\n"))
		sim_break("it does not say that it would boot");
	if (!span_eq(report_args(r), span_of(sim->cmdline)))
		sim_break("the command line is \"%.*s\"",
			  SPAN_ARG(report_args(r)));
}

static void check(const struct boot *b, const struct report *r)
{
	char reason[100];
	struct text why = TEXT(reason);

	check_log();
	if (sim_out->entropy > 16)
		sim_break("it asks the kernel for entropy in the jail");
	if (!report_is_valid(r, sizeof(*r), &why))
		sim_break("the report has %s", reason);
	if (r->outcome == REPORT_BOOT && sim->explained)
		sim_break("it boots");
	else if (r->outcome == REPORT_BOOT && !sim->person)
		check_success(b, r);
	else if (r->outcome == REPORT_FAILED)
		check_failure(r);
	else if (sim->explained)
		check_explained(r);
	else if (!sim->person)
		sim_break("it wants to boot from the disk");
}

void boot_simulate(int log)
{
	static struct report r;
	struct spec spec = { .vif.mac = seen_client_mac,
			     .no_preflight = true,
			     .keeps_console = true,
			     .dhcp_timeout = 60000,
			     .timeout = 900000 };
	struct link link = { .ops = &link_sim,
			     .fd = -1,
			     .mtu = sim->mtu,
			     .mac = seen_client_mac,
			     .bridge = "xenbr0" };
	struct boot b = { .spec = &spec,
			  .link = &link,
			  .parent = -1,
			  .kernel_fd = memfd_create("kernel", MFD_CLOEXEC),
			  .ramdisk_fd = memfd_create("ramdisk", MFD_CLOEXEC) };

	write_watch(b.kernel_fd, b.ramdisk_fd, log);
	if (sim->explained) {
		spec.action = SPEC_EXPLAIN;
		spec.explain = true;
		b.kernel_fd = b.ramdisk_fd = -1;
	}
	if (sim->person) {
		b.terminal = person_open();
		b.deadline = sim->start_ms + PERSON_MS;
	}
	log_open(log);
	world_start();
	link_start();
	hosts_start();
	sys_random_start();
	boot_ask(&b);
	boot_run(&b, &r);
	sim_out->took = world_now();
	sim_out->outcome = r.outcome;
	sim_out->rc = r.rc;
	read_log(log);
	check(&b, &r);
	linger(&b);
}
