/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim_boot.h"
#include "unit/unit.h"

/* Real seconds for one boot, on a machine that does much else. */
#define PATIENCE_S 120

const struct sim *sim;
struct sim_result *sim_out;

/* Read by AddressSanitizer's runtime when the program starts.  A test has its
 * own if it needs more. */
const char *__asan_default_options(void);

__attribute__((weak)) const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

static const char standard_config[] = "DEFAULT linux\n"
				      "LABEL linux\n"
				      "  KERNEL vmlinuz\n"
				      "  INITRD initrd.gz\n"
				      "  APPEND console=hvc0 quiet\n";

void sim_init(struct sim *s)
{
	*s = (struct sim){
		.seed = 1, .start_ms = 12345678, .mtu = 1500, .servers = 1,
		.server[0] = {
			.ip = SIM_SERVER_IP, .mac = { { 2, 0, 0, 0, 0, 1 } },
			.dnsd.address = SIM_SERVER_IP,
			.tftpd = { .blksize = 1468, .repeats = 5,
				   .repeats_after = US_PER_S },
		},
		.fault = { .latency = 100, .late_by = 5000 },
		.file = {
			{ "boot/pxelinux.cfg/default", standard_config, 0 },
			{ "boot/vmlinuz", NULL, 20000 },
			{ "boot/initrd.gz", NULL, 50000 },
		},
		.files = 3,
		.kernel = "boot/vmlinuz", .initrds = "boot/initrd.gz",
		.cmdline = "BOOT_IMAGE=vmlinuz console=hvc0 quiet "
			   "initrd=initrd.gz",
	};
	s->server[1] = s->server[0];
	s->server[1].ip = SIM_SECOND_IP;
	s->server[1].mac.b[5] = 2;
}

void sim_use_http(struct sim *s)
{
	s->server[0].dhcpd.boot_file = "http://192.0.2.1/boot/pxelinux.0";
	s->server[0].tftpd.absent = true;
}

const char *sim_last_words(const struct sim_result *r)
{
	size_t n = strlen(r->log), shown = 300;

	return r->log + (n > shown ? n - shown : 0);
}

struct sim_result *sim_result(void)
{
	struct sim_result *r = mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(r != MAP_FAILED);
	return r;
}

void sim_break(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sim_out->problem, sizeof(sim_out->problem), fmt, ap);
	va_end(ap);
	_exit(0);
}

static void run_child(int log, int errors)
{
	if (!sim->verbose)
		dup2(errors, STDERR_FILENO);
	alarm(PATIENCE_S);
	boot_simulate(log);
	_exit(0);
}

/* Says how a process died that should have ended by itself; a sanitizer's
 * report begins with what matters. */
static void describe_death(struct sim_result *r, int status, int errors)
{
	char report[800];
	ssize_t n = pread(errors, report, sizeof(report) - 1, 0);

	report[n > 0 ? n : 0] = '\0';
	snprintf(r->problem, sizeof(r->problem), "%s %d: %s",
		 WIFSIGNALED(status) ? "it died of signal" :
				       "it ended with status",
		 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
		 report);
}

/* What goes into a test's report must not break it. */
static void make_printable(char *p)
{
	for (; *p; p++)
		if (*p != '\n' && (*p < 0x20 || *p > 0x7e))
			*p = '?';
}

void sim_run(const struct sim *s, struct sim_result *r)
{
	int log = memfd_create("log", MFD_CLOEXEC), status;
	int errors = memfd_create("errors", MFD_CLOEXEC);
	pid_t pid;

	memset(r, 0, offsetof(struct sim_result, seen));
	sim = s;
	sim_out = r;
	pid = fork();
	if (pid == 0)
		run_child(log, errors);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		fail_msg("no process could be started");
	if (status)
		describe_death(r, status, errors);
	make_printable(r->problem);
	make_printable(r->log);
	close(log);
	close(errors);
}
