/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/parent.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/guard.h"
#include "base/oserror.h"
#include "config.h"

/* How long the child may take to close its files. */
#define LINGER_MS 1000

/* From linux/capability.h. */
#define CAP_KILL 5

/* Sets of signals as the kernel has them.  The C library's functions for them,
 * for fork() and for prctl() care for threads, of which there are none, at the
 * price of a kilobyte; hence syscall(). */
#define BIT(signal) ((uint64_t)1 << ((signal)-1))

/* The signals that end a boot: they come through a descriptor. */
static const uint64_t ending = BIT(SIGTERM) | BIT(SIGHUP) | BIT(SIGINT) |
			       BIT(SIGQUIT);

/* Those, and the ones that a write sends when it fails: its return value says
 * enough, to us and to the child. */
static const uint64_t blocked = BIT(SIGTERM) | BIT(SIGHUP) | BIT(SIGINT) |
				BIT(SIGQUIT) | BIT(SIGPIPE) | BIT(SIGXFSZ);

/* What was blocked before. */
static uint64_t given_mask;

void parent_block_signals(void)
{
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, &blocked, &given_mask,
		sizeof(blocked));
}

void parent_restore_signals(void)
{
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &given_mask, NULL,
		sizeof(given_mask));
}

/* syscalls: sendto close
 *
 * The end of the link takes the kernel a while.  Who reads what is written to
 * the standard descriptors until all of them are closed need not wait for it:
 * they are closed before, here, and the parent's with it. */
static _Noreturn void run_child(void (*child)(void *arg, int *control,
					      struct report *r),
				void *arg, int control)
{
	static struct report r;
	ssize_t sent;

	child(arg, &control, &r);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		close(fd);
	do
		sent = send(control, &r, sizeof(r), MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	_exit(sent == sizeof(r) ? 0 : E_INTERNAL);
}

static void describe_death(int status, struct text *why)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		text_puts(why, "the jailed process made a forbidden system "
			       "call and was killed");
	else if (WIFSIGNALED(status))
		text_printf(why, "the jailed process died of signal %u",
			    (unsigned)WTERMSIG(status));
	else
		text_puts(why, "the jailed process ended without a report");
	text_puts(why, "; a packet from the network may have caused this, "
		       "please report it");
}

/* Reads the child's message; -E_CHILD if there is none or it is not valid. */
static int take_report(int control, struct report *r, struct text *why)
{
	struct text wrong = *why;
	ssize_t n;

	do
		n = recv(control, r, sizeof(*r), MSG_DONTWAIT | MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return -E_CHILD;
	text_puts(&wrong, "the jailed process sent ");
	if (!report_is_valid(r, (size_t)n, &wrong)) {
		*why = wrong;
		return -E_CHILD;
	}
	return r->outcome == REPORT_FAILED ? -(int)r->rc : 0;
}

static GUARDED int await_report(int control, int signals, ms_t deadline,
				struct report *r, struct text *why)
{
	struct pollfd fds[] = { { .fd = control, .events = POLLIN },
				{ .fd = signals, .events = POLLIN } };
	ms_t now;

	for (;;) {
		now = clock_now();
		if (now >= deadline) {
			text_puts(why,
				  "the boot took longer than --timeout= "
				  "allows; the last line above says what it "
				  "was waiting for");
			return -E_TIMEOUT;
		}
		poll(fds, 2,
		     deadline - now > 60000 ? 60000 : (int)(deadline - now));
		if (fds[1].revents) {
			text_puts(why, "the boot was interrupted: the domain "
				       "was destroyed, or xl ended");
			return -E_INTERRUPTED;
		}
		if (fds[0].revents)
			return take_report(control, r, why);
	}
}

/* Ends the child and learns how it ended.  If it `may_linger` it is left alone
 * with the end of its link, which takes 6 to 20 ms, as soon as it has closed all
 * else: the kernel closes the highest descriptor first, and the link is below
 * the socket that hangs up here.  The jail's filter keeps the child from closing
 * that socket, so when it hangs up, the child will not run again. */
static void end_child(pid_t pid, int control, bool may_linger, int *status)
{
	struct pollfd fd = { .fd = control };

	kill(pid, SIGKILL);
	if (may_linger && poll(&fd, 1, LINGER_MS) > 0)
		return;
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
}

/* The jailed process becomes another user.  Without this capability nobody here
 * could kill it then, and the kernel would not when its parent dies. */
static bool may_kill(void)
{
	return geteuid() || syscall(SYS_prctl, PR_CAPBSET_READ, CAP_KILL) == 1;
}

GUARDED int parent_run(void (*child)(void *arg, int *control, struct report *r),
		       void *arg, int given, ms_t deadline, struct report *r,
		       struct text *why)
{
	int pair[2], signals, status = 0, rc;
	pid_t pid;

	if (!may_kill()) {
		text_puts(why, "ending the jailed process needs the capability "
			       "CAP_KILL; run lwpxeboot as root");
		return -E_PRIVILEGE;
	}
	signals = (int)syscall(SYS_signalfd4, -1, &ending, sizeof(ending),
			       SFD_CLOEXEC);
	pid = signals < 0 || syscall(SYS_socketpair, AF_UNIX,
				     SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) ?
		      -1 :
		      (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid < 0) {
		text_printf(why, "no process can be started: %s",
			    OSERROR_SHOW(errno));
		return -E_INTERNAL;
	}
	if (pid == 0) {
		close(pair[0]);
		run_child(child, arg, pair[1]);
	}
	close(pair[1]);
	close(given);
	rc = await_report(pair[0], signals, deadline, r, why);
	end_child(pid, pair[0],
		  LWPXE_SECCOMP && !rc && r->outcome == REPORT_BOOT, &status);
	if (rc == -E_CHILD && !why->n)
		describe_death(status, why);
	close(pair[0]);
	close(signals);
	return rc;
}
