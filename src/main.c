/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/guard.h"
#include "base/log.h"
#include "boot/boot.h"
#include "config.h"
#include "format/spec_complete.h"
#include "port/sys.h"
#include "priv/answer.h"
#include "priv/capture.h"
#include "priv/console.h"
#include "priv/guestfile.h"
#include "priv/hypervisor.h"
#include "priv/jail.h"
#include "priv/libxenguest.h"
#include "priv/lintfile.h"
#include "priv/localboot.h"
#include "priv/lock.h"
#include "priv/logs.h"
#include "priv/once.h"
#include "priv/outfile.h"
#include "priv/output.h"
#include "priv/parent.h"
#include "priv/relro.h"
#include "priv/scratch.h"
#include "priv/viewer.h"
#include "priv/xenstore.h"
#include "usage.h"

/* What one run needs from its start to its end. */
struct run {
	struct spec spec;
	int lock;
	struct link link;
	struct capture capture;
	int syslog;
	struct outfile out;
	struct console console;
	ms_t deadline;
	struct report report;
	struct tree tree;
	int answer;
};

/* How long the terminal may take to show why there is no boot. */
#define LAST_WORDS_S 5

static int print(const char *s)
{
	return output_write(STDOUT_FILENO, span_of(s)) ? 0 : E_OUTPUT;
}

static int print_help(const struct spec *spec)
{
	int code = print(synopsis);

	return code ? code : print(spec->help_all ? usage_all : usage);
}

static GUARDED int print_mac(const struct mac *mac)
{
	char line[20];
	struct text t = TEXT(line);

	mac_put(&t, mac, ':');
	text_puts(&t, "\n");
	return print(line);
}

/* Without --output the result takes standard output, and so does JSON. */
static int log_fd(const struct spec *spec)
{
	return spec->action == SPEC_LINT ||
			       (!spec->json && (spec->output ||
						spec->action == SPEC_EXPLAIN)) ?
		       STDOUT_FILENO :
		       STDERR_FILENO;
}

/* Returns false, with a report of it, if the jail cannot be closed.  What takes
 * the result is the parent's alone, also where that is standard output. */
static bool close_jail(struct jail *jail, struct run *run, struct boot *boot,
		       struct report *r)
{
	const struct spec *spec = &run->spec;
	static char reason[128], held[128], missing[128];
	struct text why = TEXT(reason), h = TEXT(held), m = TEXT(missing);

	sys_random_start();
	dup2(log_fd(spec), STDOUT_FILENO);
	/* The server may think about it while the jail closes. */
	boot_ask(boot);
	jail->uid = spec->uid;
	jail->file_size = BOOT_FILE_MAX;
	jail->seconds = spec->timeout / 1000 + 1;
	if (run->syslog)
		jail->keep[jail->keep_n++] = &run->syslog;
	if (jail_enter(jail, &why)) {
		log_error(E_INTERNAL, "%s", reason);
		r->magic = REPORT_MAGIC;
		r->rc = E_INTERNAL;
		return false;
	}
	log_set_syslog(run->syslog, NULL);
	jail_put(&h, jail->held);
	jail_put(&m, JAIL_ALL & ~jail->held);
	log_detail(1, "Jail: %s%s%s", held, m.n ? "; not here: " : "", missing);
	boot->jail_held = text_span(&h);
	boot->jail_missing = text_span(&m);
	return true;
}

/* The jailed side: from here on nothing can be opened, and the network may do
 * its worst.  What comes last in `keep` is closed first at its end, the files,
 * and then the link, which the lock must outlast. */
static GUARDED void child_main(void *arg, int *control, struct report *r)
{
	struct run *run = arg;
	struct jail jail = {
		.keep = { &run->lock, &run->link.fd, control, &run->out.kernel,
			  &run->out.ramdisk },
		.keep_n = 5,
		.parent = control,
	};
	struct boot boot = { .spec = &run->spec,
			     .link = &run->link,
			     .terminal = &run->console.terminal,
			     .room = space_for_files(&run->out.space),
			     .memory = run->out.space.memory,
			     .deadline = run->deadline };

	console_listen(&run->console);
	if (LWPXE_UNPACK && !run->spec.no_preflight)
		boot.area = scratch_map(&boot.area_n);
	jail.scratch = boot.area_n;
	if (!close_jail(&jail, run, &boot, r))
		return;
	boot.kernel_fd = run->out.kernel;
	boot.ramdisk_fd = run->out.ramdisk;
	boot.parent = *control;
	boot_run(&boot, r);
}

/* The same for a boot that is only explained: there are no files to write, and
 * with --tree= no link, but a directory. */
static GUARDED void explaining_child_main(void *arg, int *control,
					  struct report *r)
{
	struct run *run = arg;
	bool local = run->spec.tree;
	struct jail jail = {
		.keep = { local ? &run->tree.fd : &run->lock,
			  local ? &run->answer : &run->link.fd, control,
			  &run->answer },
		.keep_n = local ? 3 : 4,
		.parent = control,
		.tree = local ? &run->tree.fd : NULL,
	};
	struct boot boot = {
		.spec = &run->spec,
		.link = &run->link,
		.kernel_fd = -1,
		.ramdisk_fd = -1,
		.tree = local ? &run->tree : NULL,
	};

	if (!close_jail(&jail, run, &boot, r))
		return;
	boot.answer_fd = run->answer;
	boot.parent = *control;
	boot_run(&boot, r);
}

static void say_hello(const struct run *run)
{
	static char line[512];
	struct text t = TEXT(line);

	text_puts(&t, "lwpxeboot " LWPXE_VERSION ": ");
	if (run->spec.name[0])
		text_printf(&t, "%s%s, ", run->spec.name,
			    run->spec.type == GUEST_PV  ? " (PV)" :
			    run->spec.type == GUEST_PVH ? " (PVH)" :
							  "");
	mac_put(&t, &run->spec.vif.mac, ':');
	text_printf(&t, " on %s, by %s", run->link.bridge, run->link.ops->name);
	if (run->link.vlan)
		text_printf(&t, ", VLAN %u", run->link.vlan);
	if (run->spec.uuid.known) {
		text_puts(&t, ", UUID ");
		uuid_put(&t, &run->spec.uuid);
	}
	log_info("%s", line);
	log_detail(1, "Bridge: MTU %u%s%s%s", run->link.at.mtu,
		   run->link.at.carrier ? "" : ", no link",
		   run->link.at.stp ? ", spanning tree protocol" : "",
		   run->link.at.filters_vlans ? ", filters VLANs" : "");
}

/* Opens what needs root and is gone with this process. */
static int open_link(struct run *run, struct text *why)
{
	int rc;

	run->lock = lock_take(&run->spec.vif.mac, why);
	if (run->lock < 0)
		return run->lock;
	if (!spec_waits(&run->spec))
		xenstore_identify(&run->spec);
	logs_identify(&run->spec, run->syslog);
	rc = link_open(&run->link, &run->spec, why);
	if (rc)
		return rc;
	say_hello(run);
	if (LWPXE_PCAP)
		rc = capture_open(&run->capture, &run->spec, why);
	run->link.capture = run->capture.ring;
	return rc;
}

/* Hands libxl the result of the child's boot, and remembers it then, if it was
 * to be the only one: a boot that failed is none. */
static int commit(struct run *run, struct text *why)
{
	int rc = outfile_commit(&run->out, &run->spec, &run->report, why);

	if (!rc && LWPXE_ONCE && run->spec.once)
		rc = once_end(&run->spec, report_args(&run->report), why);
	return rc;
}

static int boot_guest(struct run *run, struct text *why)
{
	int rc = LWPXE_ONCE && run->spec.once ? once_is_over(&run->spec, why) :
						0;

	if (rc > 0)
		return localboot_exec(&run->spec, why);
	if (!rc)
		rc = open_link(run, why);
	if (rc)
		return rc;
	parent_block_signals();
	hypervisor_identify(&run->spec);
	if (LWPXE_PREFLIGHT)
		libxenguest_identify(&run->spec);
	rc = outfile_open(&run->out, &run->spec, why);
	if (rc)
		return rc;
	console_open(&run->console, &run->spec, log_fd(&run->spec));
	rc = parent_run(child_main, run, run->link.fd, run->deadline,
			&run->report, why);
	console_restore(&run->console);
	log_resume();
	if (LWPXE_PCAP)
		capture_write(&run->capture, &run->spec, rc);
	if (!rc && run->report.outcome == REPORT_LOCAL) {
		outfile_hand_over(&run->out);
		parent_restore_signals();
		rc = localboot_exec(&run->spec, why);
	}
	if (!rc)
		rc = commit(run, why);
	if (rc)
		outfile_discard(&run->out);
	return rc;
}

/* Returns `rc`, which the child told, unless its answer cannot be shown. */
static int print_answer(const struct run *run, int rc, struct text *why)
{
	int shown = answer_print(run->answer);

	if (shown == -E_OUTPUT)
		text_puts(why, "standard output takes no answer");
	else if (shown)
		text_puts(why, "there is no answer; standard error may say "
			       "why");
	return rc ? rc : shown;
}

/* What --once would make of it; a tree has no guest, and a list no boot. */
static int explain_once(struct run *run, struct text *why)
{
	int rc;

	if (!LWPXE_ONCE || !run->spec.once || run->spec.tree ||
	    run->spec.list_entries)
		return 0;
	rc = once_is_over(&run->spec, why);
	if (!rc)
		log_info("--once: this would be the guest's boot from the "
			 "network");
	run->spec.once_is_over = rc > 0;
	return rc > 0 ? 0 : rc;
}

/* Everything but the boot.  The answer in JSON is the child's, unless it could
 * not give one. */
static int explain_boot(struct run *run, struct text *why)
{
	int rc = explain_once(run, why);

	if (!rc)
		rc = run->spec.tree ?
			     tree_open(&run->tree, run->spec.tree, why) :
			     open_link(run, why);
	if (!rc) {
		run->answer = answer_open(why);
		rc = run->answer < 0 ? run->answer : 0;
	}
	parent_block_signals();
	if (!rc)
		rc = parent_run(explaining_child_main, run,
				run->spec.tree ? run->tree.fd : run->link.fd,
				run->deadline, &run->report, why);
	log_resume();
	if (LWPXE_PCAP)
		capture_write(&run->capture, &run->spec, rc);
	return !run->spec.json || why->n ? rc : print_answer(run, rc, why);
}

static int act(struct run *run, struct text *why)
{
	if (LWPXE_LINT && run->spec.action == SPEC_LINT)
		return lintfile_run(&run->spec);
	if (LWPXE_ONCE && run->spec.action == SPEC_RESET)
		return once_reset(&run->spec, why);
	if (LWPXE_EXPLAIN && run->spec.action == SPEC_EXPLAIN)
		return explain_boot(run, why);
	return boot_guest(run, why);
}

/* libxl always gives us its terminal; somebody else may have closed it, and a
 * file of ours must not become descriptor 0, 1 or 2. */
static void open_standard_descriptors(void)
{
	int fd;

	do /* NOLINTNEXTLINE(android-cloexec-open): a local boot needs them */
		fd = openat(AT_FDCWD, "/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	static struct run run;
	static char reason[1024];
	struct text why = TEXT(reason);
	ms_t start = clock_now();
	int rc;

	open_standard_descriptors();
	why.clip = true;
	rc = spec_parse(argc, argv, &run.spec, &why);
	if (!rc && spec_waits(&run.spec)) {
		xenstore_identify(&run.spec);
		rc = run.spec.cfg ? guestfile_read(&run.spec, &why) :
				    spec_complete(&run.spec, &why);
	}
	run.deadline = start + run.spec.timeout;
	logs_open(&run.spec, log_fd(&run.spec), &run.syslog);
	if (run.spec.format == SPEC_SIMPLE && !run.spec.output)
		log_set_xapi();
	if (relro_protect()) {
		text_puts(&why, "memory cannot be made read-only");
		rc = -E_INTERNAL;
	}
	if (!rc && run.spec.action == SPEC_HELP)
		return print_help(&run.spec);
	if (!rc && run.spec.action == SPEC_VERSION)
		return print(version);
	if (!rc && run.spec.action == SPEC_PRINT_MAC)
		return print_mac(&run.spec.vif.mac);
	if (!rc)
		rc = act(&run, &why);
	if (rc && rc != -E_OUTPUT && run.spec.output && !run.out.owns_result)
		outfile_refuse(run.spec.output);
	/* Who waits for our end may have stopped reading. */
	if (rc && why.n) {
		alarm(LAST_WORDS_S);
		log_error(-rc, "%s", reason);
	}
	if (LWPXE_EXPLAIN && rc && why.n && run.spec.json)
		answer_print_error(-rc, text_span(&why));
	if (run.spec.output)
		viewer_await();
	return -rc;
}
