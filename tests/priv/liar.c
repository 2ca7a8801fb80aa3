/* SPDX-License-Identifier: BSD-3-Clause */

/* What the jailed process would do if the network had taken it over: this stands
 * in for boot/boot.c, so that all else is the program itself, and tells the lie
 * that --label= names. */

#include "boot/boot.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/err.h"
#include "liar.h"

#define KERNEL 6000
#define RAMDISK 14000
#define LIMIT ((off_t)LWPXE_IMAGE_MIB << 20)

#define SYS_OPENAT2 437

/* Called by the rest of the program. */
int boot_fail(int rc, const char *fmt, ...)
{
	(void)fmt;
	return rc;
}

static ssize_t put(int fd, const void *p, size_t n, off_t at)
{
	const struct iovec v = { (void *)(uintptr_t)p, n };

	return pwritev(fd, &v, 1, at);
}

static void fill(int fd, char c, size_t n)
{
	static char bytes[RAMDISK];

	memset(bytes, c, n);
	if (put(fd, bytes, n, 0) != (ssize_t)n)
		__builtin_trap();
}

static void set_args(struct report *r, const char *args, size_t n)
{
	memcpy(r->args, args, n);
	r->args_n = (uint32_t)n;
}

/* Both files, and a report that is true. */
static void tell_truth(const struct boot *b, struct report *r)
{
	fill(b->kernel_fd, 'k', KERNEL);
	fill(b->ramdisk_fd, 'r', RAMDISK);
	r->outcome = REPORT_BOOT;
	r->kernel_size = KERNEL;
	r->ramdisk_size = RAMDISK;
	set_args(r, "quiet", 5);
}

static void send_bytes(const struct boot *b, const void *p, size_t n)
{
	if (send(b->parent, p, n, MSG_NOSIGNAL) != (ssize_t)n)
		__builtin_trap();
}

static void send_report(const struct boot *b, const struct report *r)
{
	send_bytes(b, r, sizeof(*r));
}

static _Noreturn void wait_for_death(void)
{
	for (;;)
		poll(NULL, 0, -1);
}

static void fail_with(struct report *r, uint32_t rc)
{
	r->outcome = REPORT_FAILED;
	r->rc = rc;
}

static _Noreturn void send_and_wait(const struct boot *b, const void *p,
				    size_t n)
{
	send_bytes(b, p, n);
	wait_for_death();
}

/* ---- the message */

static void lie_short(struct boot *b, struct report *r)
{
	send_and_wait(b, r, sizeof(*r) - 1);
}

static void lie_long(struct boot *b, struct report *r)
{
	static char bytes[sizeof(*r) + 1];

	memcpy(bytes, r, sizeof(*r));
	send_and_wait(b, bytes, sizeof(bytes));
}

/* What is behind a report that is cut off could be taken for a part of it. */
static void lie_long_args(struct boot *b, struct report *r)
{
	static char bytes[sizeof(*r) + 9000];

	r->args_n = 9000;
	memcpy(bytes, r, sizeof(*r));
	memset(bytes + sizeof(*r), 'x', 9000);
	send_and_wait(b, bytes, sizeof(bytes));
}

static void lie_nothing(struct boot *b, struct report *r)
{
	send_and_wait(b, r, 0);
}

static void lie_one_byte(struct boot *b, struct report *r)
{
	send_and_wait(b, r, 1);
}

static void lie_two(struct boot *b, struct report *r)
{
	struct report first = { .magic = REPORT_MAGIC, .rc = E_SERVER };

	send_report(b, &first);
	send_and_wait(b, r, sizeof(*r));
}

static void lie_change_of_mind(struct boot *b, struct report *r)
{
	send_report(b, r);
	set_args(r, "evil", 4);
	send_and_wait(b, r, sizeof(*r));
}

static void lie_flood(struct boot *b, struct report *r)
{
	for (;;)
		send_report(b, r);
}

static void lie_flood_of_nonsense(struct boot *b, struct report *r)
{
	r->magic = 0;
	lie_flood(b, r);
}

static void lie_magic(struct boot *b, struct report *r)
{
	(void)b;
	r->magic++;
}

static void lie_outcome(struct boot *b, struct report *r)
{
	(void)b;
	r->outcome = REPORT_LOCAL + 1;
}

static void lie_failed_0(struct boot *b, struct report *r)
{
	(void)b;
	fail_with(r, 0);
}

static void lie_failed_128(struct boot *b, struct report *r)
{
	(void)b;
	fail_with(r, 128);
}

static void lie_failed_large(struct boot *b, struct report *r)
{
	(void)b;
	fail_with(r, 0x80000000u);
}

static void lie_failed_as_another(struct boot *b, struct report *r)
{
	(void)b;
	fail_with(r, E_SERVER);
}

static void lie_local(struct boot *b, struct report *r)
{
	(void)b;
	r->outcome = REPORT_LOCAL;
}

/* ---- the command line; all but its length comes by "args:HEX" */

static void lie_args_one_past(struct boot *b, struct report *r)
{
	(void)b;
	memset(r->args, 'x', sizeof(r->args));
	r->args_n = CMDLINE_MAX + 1;
}

static void lie_args_huge(struct boot *b, struct report *r)
{
	(void)b;
	r->args_n = UINT32_MAX;
}

/* ---- sizes and files */

static void lie_no_kernel(struct boot *b, struct report *r)
{
	(void)b;
	r->kernel_size = 0;
}

static void lie_empty_kernel(struct boot *b, struct report *r)
{
	(void)r;
	if (ftruncate(b->kernel_fd, 0))
		__builtin_trap();
}

static void lie_kernel_larger(struct boot *b, struct report *r)
{
	(void)b;
	r->kernel_size++;
}

static void lie_kernel_smaller(struct boot *b, struct report *r)
{
	(void)b;
	r->kernel_size--;
}

static void lie_kernel_2_63(struct boot *b, struct report *r)
{
	(void)b;
	r->kernel_size = (uint64_t)1 << 63;
}

static void lie_kernel_2_32(struct boot *b, struct report *r)
{
	(void)b;
	r->kernel_size += (uint64_t)1 << 32;
}

static void lie_ramdisk_unsaid(struct boot *b, struct report *r)
{
	(void)b;
	r->ramdisk_size = 0;
}

static void lie_ramdisk_invented(struct boot *b, struct report *r)
{
	(void)r;
	if (ftruncate(b->ramdisk_fd, 0))
		__builtin_trap();
}

static void lie_ramdisk_max(struct boot *b, struct report *r)
{
	(void)b;
	r->ramdisk_size = UINT64_MAX;
}

/* True. */
static void lie_no_ramdisk(struct boot *b, struct report *r)
{
	lie_ramdisk_invented(b, r);
	r->ramdisk_size = 0;
}

/* Writes across the limit and says what came of it. */
static void lie_past_limit(struct boot *b, struct report *r)
{
	ssize_t first = put(b->kernel_fd, "0123456789", 10, LIMIT - 5);
	ssize_t second = put(b->kernel_fd, "56789", 5, LIMIT);

	fail_with(r, first == 5 && second < 0 && errno == EFBIG ? E_TOO_BIG :
								  E_INTERNAL);
}

static void lie_about_limit(struct boot *b, struct report *r)
{
	lie_past_limit(b, r);
	r->outcome = REPORT_BOOT;
	r->kernel_size = (uint64_t)LIMIT + 5;
}

static void lie_full_disk(struct boot *b, struct report *r)
{
	static char page[4096];
	off_t at = 0;

	while (put(b->kernel_fd, page, sizeof(page), at) > 0)
		at += (off_t)sizeof(page);
	r->kernel_size = errno == ENOSPC ? (uint64_t)at + 1 : 0;
}

/* ---- after the report */

static void lie_write_on(struct boot *b, struct report *r)
{
	send_report(b, r);
	for (off_t at = KERNEL;; at++)
		put(b->kernel_fd, "evil", 4, at);
}

static void lie_overwrite(struct boot *b, struct report *r)
{
	send_report(b, r);
	for (uint64_t i = 0;; i++)
		put(b->kernel_fd, &i, sizeof(i), 0);
}

static void lie_truncate(struct boot *b, struct report *r)
{
	send_report(b, r);
	for (off_t size = 1;; size ^= 1)
		if (ftruncate(b->kernel_fd, size))
			__builtin_trap();
}

/* The parent waits for this socket to hang up, which shall mean that nothing
 * here runs any more. */
static void lie_hang_up_and_write(struct boot *b, struct report *r)
{
	send_report(b, r);
	close(b->parent);
	lie_write_on(b, r);
}

static void lie_crash(struct boot *b, struct report *r)
{
	send_report(b, r);
	__builtin_trap();
}

static void lie_exit(struct boot *b, struct report *r)
{
	send_report(b, r);
	_exit(3);
}

static void lie_forbidden(struct boot *b, struct report *r)
{
	send_report(b, r);
	getpid();
	wait_for_death();
}

/* ---- no report */

static void lie_leave(struct boot *b, struct report *r)
{
	(void)b;
	(void)r;
	_exit(0);
}

static void lie_die(struct boot *b, struct report *r)
{
	(void)b;
	(void)r;
	__builtin_trap();
}

static void lie_silence(struct boot *b, struct report *r)
{
	(void)b;
	(void)r;
	wait_for_death();
}

static void lie_spin(struct boot *b, struct report *r)
{
	(void)b;
	for (;;)
		*(volatile uint32_t *)&r->rc = 0;
}

/* ---- the standard descriptors */

static void write_out(int fd, const char *s, size_t n)
{
	ssize_t w = write(fd, s, n);

	(void)w;
}

static void lie_escape(struct boot *b, struct report *r)
{
	static const char s[] = "\033]0;title\007\033[2Jnot from lwpxeboot\r\n";

	(void)b;
	write_out(STDOUT_FILENO, s, sizeof(s) - 1);
	fail_with(r, E_SERVER);
}

static void lie_endless_console(struct boot *b, struct report *r)
{
	static const char bytes[] = "console ";

	(void)b;
	(void)r;
	for (;;)
		write_out(STDOUT_FILENO, bytes, sizeof(bytes) - 1);
}

static void lie_own_result(struct boot *b, struct report *r)
{
	static const char bytes[] = "kernel /etc/shadow\0";

	(void)b;
	(void)r;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		write_out(fd, bytes, sizeof(bytes));
}

/* ---- with --tree= */

/* Asks for a file above the tree, and of all the machine, without the flags that
 * keep it below; says whether it got one. */
static void lie_tree(struct boot *b, struct report *r)
{
	static const char *const names[] = {
		"/etc/passwd",
		"../secret",
		"/../../../etc/passwd",
		"/proc/self/exe",
	};
	static const uint64_t how[3];
	long fd = -1;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && fd < 0; i++)
		fd = syscall(SYS_OPENAT2, b->tree->fd, names[i], how,
			     sizeof(how));
	fail_with(r, fd < 0 ? E_NOT_FOUND : E_INTERNAL);
}

static const struct lie {
	const char *name;
	void (*tell)(struct boot *b, struct report *r);
} lies[] = {
/* clang-format off */
#define LIE(name) { #name, lie_##name }
	LIE(short), LIE(long), LIE(long_args), LIE(nothing), LIE(one_byte),
	LIE(two), LIE(change_of_mind), LIE(flood), LIE(flood_of_nonsense),
	LIE(magic), LIE(outcome), LIE(failed_0), LIE(failed_128),
	LIE(failed_large), LIE(failed_as_another), LIE(local),
	LIE(args_one_past), LIE(args_huge), LIE(no_kernel), LIE(empty_kernel),
	LIE(kernel_larger), LIE(kernel_smaller), LIE(kernel_2_63),
	LIE(kernel_2_32), LIE(ramdisk_unsaid), LIE(ramdisk_invented),
	LIE(ramdisk_max), LIE(no_ramdisk), LIE(past_limit), LIE(about_limit),
	LIE(full_disk), LIE(write_on), LIE(overwrite), LIE(truncate),
	LIE(hang_up_and_write), LIE(crash), LIE(exit), LIE(forbidden),
	LIE(leave), LIE(die), LIE(silence), LIE(spin), LIE(escape),
	LIE(endless_console), LIE(own_result), LIE(tree), LIE(frames),
	/* clang-format on */
};

static unsigned digit(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a') + 10;
}

static void take_args(struct report *r, const char *hex)
{
	for (r->args_n = 0; hex[0] && hex[1]; hex += 2)
		r->args[r->args_n++] = (char)(digit(*hex) << 4 | digit(hex[1]));
}

void boot_run(struct boot *b, struct report *r)
{
	const char *label = b->spec->label;

	r->magic = REPORT_MAGIC;
	if (b->kernel_fd >= 0)
		tell_truth(b, r);
	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies) && label; i++)
		if (!strcmp(lies[i].name, label)) {
			lies[i].tell(b, r);
			return;
		}
	if (label && !strncmp(label, "args:", 5))
		take_args(r, label + 5);
	else if (label && (strncmp(label, "call:", 5) || !liar_call(label + 5)))
		fail_with(r, E_USAGE);
}
