/* SPDX-License-Identifier: BSD-3-Clause */

/* Runs a program and, at one system call, spoils it:
 *
 *   inject LOG WHO CALL NTH WHAT NUMBER program argument...
 *
 * WHO is "parent", the program's first process, "child", one that it forked, or
 * "any"; CALL a system call's number, -1 for all; NTH counts from 1, by process
 * unless WHO is "any".  WHAT happens there, once:
 *
 *   error    the call is not made and fails with errno NUMBER
 *   parent   the first process gets signal NUMBER, and the call is made
 *   child    the same for the process that it forked
 *
 * strace(1) makes system call -1 of one that is to fail, for which a jailed
 * process dies; here it is sched_yield(2), which a jail may allow.
 *
 * LOG gets a line for each process and call, "parent 1 12" for twelve of number
 * 1, one "fired" if it came to that, and one for each end: "child exited 0" or
 * "child killed 9".  The exit status is the first process's, or 128 and the
 * signal that it died of; the end comes when all processes have ended. */

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALLS 512
#define PROCESSES 4

static const char *const names[] = { "parent", "child", "child", "child" };

static struct process {
	pid_t pid;
	bool begun;  /* it runs the program, or was stopped at its start */
	int spoiled; /* errno that the call under way will return */
	unsigned n;  /* calls of the number that is looked for */
	unsigned calls[CALLS];
} processes[PROCESSES];

static struct {
	const char *who, *what;
	long call;
	unsigned nth, number;
	unsigned n; /* calls of all processes */
	bool fired;
} plan;

static unsigned alive;

static void fail(const char *what)
{
	perror(what);
	exit(125);
}

static struct process *find(pid_t pid)
{
	for (size_t i = 0; i < PROCESSES; i++)
		if (!processes[i].pid || processes[i].pid == pid) {
			alive += !processes[i].pid;
			processes[i].pid = pid;
			return &processes[i];
		}
	errno = EAGAIN;
	fail("more processes than expected");
	return NULL;
}

static const char *name_of(const struct process *p)
{
	return names[p - processes];
}

static bool is_due(struct process *p, uint64_t call)
{
	bool any = !strcmp(plan.who, "any");
	unsigned n;

	if (plan.call >= 0 && (uint64_t)plan.call != call)
		return false;
	n = any ? ++plan.n : ++p->n;
	return !plan.fired && n == plan.nth &&
	       (any || !strcmp(plan.who, name_of(p)));
}

static void fire(struct process *p)
{
	const struct process *victim = &processes[plan.what[0] == 'c'];

	plan.fired = true;
	if (strcmp(plan.what, "error")) {
		if (victim->pid)
			kill(victim->pid, (int)plan.number);
		return;
	}
	p->spoiled = (int)plan.number;
	if (ptrace(PTRACE_POKEUSER, p->pid,
		   offsetof(struct user_regs_struct, orig_rax),
		   (void *)(uintptr_t)SYS_sched_yield))
		fail("the call cannot be replaced");
}

static void see_call(struct process *p)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, (void *)sizeof(info),
		   &info) < 0)
		return; /* it was killed meanwhile */
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY && p->begun) {
		if (info.entry.nr < CALLS)
			p->calls[info.entry.nr]++;
		if (is_due(p, info.entry.nr))
			fire(p);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && p->spoiled) {
		ptrace(PTRACE_POKEUSER, p->pid,
		       offsetof(struct user_regs_struct, rax),
		       (void *)(intptr_t)-p->spoiled);
		p->spoiled = 0;
	}
}

/* Returns the signal that the process is to get now. */
static int see_stop(struct process *p, int status)
{
	int sig = WSTOPSIG(status);

	if (sig == (SIGTRAP | 0x80)) {
		see_call(p);
		return 0;
	}
	if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8)) {
		p->begun = true;
		return 0;
	}
	if (status >> 16)
		return 0;
	if (sig == SIGSTOP && !p->begun) {
		p->begun = p != processes;
		return 0;
	}
	return sig;
}

static int see_end(const struct process *p, int status, FILE *log)
{
	bool killed = WIFSIGNALED(status);
	int code = killed ? WTERMSIG(status) : WEXITSTATUS(status);

	fprintf(log, "%s %s %d\n", name_of(p), killed ? "killed" : "exited",
		code);
	alive--;
	return killed ? 128 + code : code;
}

static int watch(FILE *log)
{
	struct process *p;
	int status, code = 0, sig;
	pid_t pid;

	while (alive && (pid = waitpid(-1, &status, __WALL)) > 0) {
		p = find(pid);
		if (!WIFSTOPPED(status)) {
			sig = see_end(p, status, log);
			if (p == processes)
				code = sig;
			continue;
		}
		sig = see_stop(p, status);
		ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(intptr_t)sig);
	}
	return code;
}

static void start(char **argv)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
			     PTRACE_O_TRACECLONE | PTRACE_O_TRACEVFORK |
			     PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	pid_t pid = fork();
	int status;

	if (pid < 0)
		fail("fork");
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execv(argv[0], argv);
		fail(argv[0]);
	}
	if (waitpid(pid, &status, 0) != pid ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)options) ||
	    ptrace(PTRACE_SYSCALL, pid, NULL, NULL))
		fail("the program cannot be traced");
	find(pid);
}

int main(int argc, char **argv)
{
	FILE *log;
	int code;

	if (argc < 8) {
		fprintf(stderr, "inject: the head of inject.c says how\n");
		return 125;
	}
	log = fopen(argv[1], "we");
	if (!log)
		fail(argv[1]);
	plan.who = argv[2];
	plan.call = atol(argv[3]);
	plan.nth = (unsigned)atol(argv[4]);
	plan.what = argv[5];
	plan.number = (unsigned)atol(argv[6]);
	start(argv + 7);
	code = watch(log);
	if (plan.fired)
		fprintf(log, "fired\n");
	for (size_t i = 0; i < PROCESSES; i++)
		for (unsigned c = 0; c < CALLS; c++)
			if (processes[i].calls[c])
				fprintf(log, "%s %u %u\n", names[i], c,
					processes[i].calls[c]);
	fclose(log);
	return code;
}
