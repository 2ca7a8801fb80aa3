/* SPDX-License-Identifier: BSD-3-Clause */
#include "liar.h"

#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "format/pcap.h"

#define SYS_OPENAT2 437
#define SYS_IO_URING_SETUP 425

/* Numbers of descriptors are the jail's: 3 the lock, 4 the link, 5 the socket to
 * the parent, 6 and 7 the files. */
static const struct forbidden {
	char name[20];
	long number;
	long a, b, c, d;
} forbidden[] = {
	{ "openat", SYS_openat, -100, (long)"/etc/shadow", 0, 0 },
	{ "openat2", SYS_OPENAT2, -100, (long)"/etc/shadow", 0, 0 },
	{ "socket", SYS_socket, AF_UNIX, SOCK_STREAM, 0, 0 },
	{ "execve", SYS_execve, (long)"/bin/sh", 0, 0, 0 },
	{ "map", SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE,
	  MAP_PRIVATE | MAP_ANONYMOUS },
	{ "map_code", SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC,
	  MAP_PRIVATE | MAP_ANONYMOUS },
	{ "mprotect", SYS_mprotect, 0, 4096, PROT_READ | PROT_EXEC, 0 },
	{ "brk", SYS_brk, 0, 0, 0, 0 },
	{ "ptrace", SYS_ptrace, PTRACE_ATTACH, 1, 0, 0 },
	{ "kill", SYS_kill, 0, SIGKILL, 0, 0 },
	{ "stop", SYS_kill, 0, SIGSTOP, 0, 0 },
	{ "tgkill", SYS_tgkill, 1, 1, SIGSTOP, 0 },
	{ "clone", SYS_clone, SIGCHLD, 0, 0, 0 },
	{ "prctl", SYS_prctl, 38, 0, 0, 0 },
	{ "setsockopt", SYS_setsockopt, 4, SOL_SOCKET, 0, 0 },
	{ "shutdown", SYS_shutdown, 5, SHUT_RDWR, 0, 0 },
	{ "sendmsg", SYS_sendmsg, 5, 0, 0, 0 },
	{ "accept", SYS_accept, 3, 0, 0, 0 },
	{ "dup", SYS_dup, 6, 0, 0, 0 },
	{ "dup3", SYS_dup3, 6, 5, 0, 0 },
	{ "fcntl", SYS_fcntl, 1, 4, 04000, 0 },
	{ "ioctl", SYS_ioctl, 0, 0x5412, (long)"x", 0 },
	{ "close_socket", SYS_close, 5, 0, 0, 0 },
	{ "close_link", SYS_close, 4, 0, 0, 0 },
	{ "close_kernel", SYS_close, 6, 0, 0, 0 },
	{ "lseek", SYS_lseek, 6, 0, 0, 0 },
	{ "fsync", SYS_fsync, 6, 0, 0, 0 },
	{ "fchmod", SYS_fchmod, 6, 04777, 0, 0 },
	{ "unlinkat", SYS_unlinkat, -100, (long)"/etc/shadow", 0, 0 },
	{ "memfd_create", SYS_memfd_create, (long)"x", 0, 0, 0 },
	{ "unshare", SYS_unshare, CLONE_NEWUSER, 0, 0, 0 },
	{ "setresuid", SYS_setresuid, 0, 0, 0, 0 },
	{ "prlimit64", SYS_prlimit64, 0, 1, 0, 0 },
	{ "io_uring_setup", SYS_IO_URING_SETUP, 1, 0, 0, 0 },
	{ "getpid", SYS_getpid, 0, 0, 0, 0 },
};

bool liar_call(const char *name)
{
	const struct forbidden *f = forbidden;
	const size_t n = sizeof(forbidden) / sizeof(*forbidden);

	while (f < forbidden + n && strcmp(f->name, name))
		f++;
	if (f == forbidden + n)
		return false;
	syscall(f->number, f->a, f->b, f->c, f->d, -1l, 0l);
	return true;
}

/* Good frames at the ends of time; one that says it is longer than all; noise. */
void lie_frames(struct boot *b, struct report *r)
{
	struct pcap_ring *ring = b->link->capture;
	static const uint8_t zeros[60];
	const struct span frame = { zeros, sizeof(zeros) };

	(void)r;
	if (!ring)
		__builtin_trap();
	pcap_keep(ring, 0, sizeof(zeros), frame, NULL);
	pcap_keep(ring, UINT64_MAX, sizeof(zeros), frame, NULL);
	pcap_keep(ring, 1, UINT32_MAX, frame, NULL);
	ring->part[0].used = UINT32_MAX;
	memset(ring->part[1].bytes, 0xff, PCAP_PART);
	ring->part[1].used = PCAP_PART + 1;
	for (uint32_t i = 0; i < PCAP_PART; i++)
		ring->part[2].bytes[i] = (uint8_t)(i * i >> 7);
	ring->part[2].used = 1u << 31;
	ring->newest = 1u << 31;
}

/* A liar has nothing to ask the network. */
void boot_ask(struct boot *b)
{
	(void)b;
}
