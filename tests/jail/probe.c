/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "priv/jail.h"

/* A process in the jail that tries what the real one never does.
 *
 *   probe UID FILE DEED
 *
 * climbs the ladder with FILE, made anew, as all it keeps, writes the rungs
 * that hold as one line, does the DEED, and writes another: "done", or errno.
 * With the filter it does not live to do so.  Exits with 3 if the jail cannot be
 * closed. */

#define FILE_SIZE 8192
#define ABSTRACT "lwpxeboot-test"
#define ELSEWHERE 0x7fff /* a key of shared memory */

static int file;
static pid_t parent;

static long open_passwd(void)
{
	return open("/etc/passwd", O_RDONLY);
}
static long open_root(void)
{
	return open("/", O_RDONLY | O_DIRECTORY);
}
static long open_above(void)
{
	return open("..", O_RDONLY | O_DIRECTORY);
}
static long open_path(void)
{
	return open("/proc/self/root", O_PATH);
}
static long make_file(void)
{
	return open("/x", O_WRONLY | O_CREAT, 0600);
}
static long make_directory(void)
{
	return mkdir("/x", 0700);
}
static long ask_packet(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0);
}
static long do_dup(void)
{
	return dup(file);
}
static long do_memfd(void)
{
	return memfd_create("x", 0);
}
static long do_fork(void)
{
	return fork();
}
static long signal_parent(void)
{
	return kill(parent, SIGTERM);
}
static long trace_parent(void)
{
	return ptrace(PTRACE_ATTACH, parent, 0, 0);
}
static long become_root(void)
{
	return syscall(SYS_setuid, 0);
}
static long join_groups(void)
{
	return syscall(SYS_setgroups, 0, NULL);
}
static long do_mount(void)
{
	return mount("none", "/", "tmpfs", 0, NULL);
}
static long do_chroot(void)
{
	return chroot(".");
}
static long leave_network(void)
{
	return unshare(CLONE_NEWNET);
}
static long raise_limit(void)
{
	const uint64_t unlimited[2] = { UINT64_MAX, UINT64_MAX };

	return syscall(SYS_prlimit64, 0, 7, unlimited, NULL);
}
static long name_host(void)
{
	return sethostname("x", 1);
}
static long ask_shared_memory(void)
{
	return shmget(ELSEWHERE, 1, 0);
}
static long lock_memory(void)
{
	return mlock(&file, sizeof(file));
}
static long type_for_admin(void)
{
	return ioctl(1, TIOCSTI, "x");
}
static long dump_core(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

/* Connects to the abstract socket named ABSTRACT, or to port 9 here. */
static long ask_unix(void)
{
	const struct sockaddr_un name = { AF_UNIX, "\0" ABSTRACT };

	return connect(socket(AF_UNIX, SOCK_STREAM, 0),
		       (const struct sockaddr *)&name,
		       offsetof(struct sockaddr_un, sun_path) +
			       sizeof(ABSTRACT));
}

static long ask_inet(void)
{
	const struct sockaddr_in here = {
		.sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};

	return connect(socket(AF_INET, SOCK_DGRAM, 0),
		       (const struct sockaddr *)&here, sizeof(here));
}

static long run_shell(void)
{
	char *const argv[] = { "sh", NULL };

	return execve("/bin/sh", argv, NULL);
}

static long map(int protection, size_t n)
{
	return mmap(NULL, n, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
			       MAP_FAILED ?
		       -1 :
		       0;
}

static long map_code(void)
{
	return map(PROT_READ | PROT_EXEC, 4096);
}
static long map_much(void)
{
	return map(PROT_READ, 128u << 20);
}

/* The file may have its size and no byte more. */
static long write_much(void)
{
	static const char bytes[FILE_SIZE + 1];

	if (write(file, bytes, sizeof(bytes)) != FILE_SIZE)
		return 0;
	return write(file, bytes, 1);
}

static long write_file(void)
{
	return write(file, "x", 1);
}

static const struct deed {
	const char *name;
	long (*run)(void);
} deeds[] = {
#define DEED(what) \
	{ \
		.name = #what, .run = what \
	}
	DEED(open_passwd),   DEED(open_root),
	DEED(open_above),    DEED(open_path),
	DEED(make_file),     DEED(make_directory),
	DEED(ask_unix),      DEED(ask_inet),
	DEED(ask_packet),    DEED(do_dup),
	DEED(do_memfd),      DEED(do_fork),
	DEED(signal_parent), DEED(trace_parent),
	DEED(become_root),   DEED(join_groups),
	DEED(do_mount),      DEED(do_chroot),
	DEED(leave_network), DEED(raise_limit),
	DEED(name_host),     DEED(ask_shared_memory),
	DEED(lock_memory),   DEED(type_for_admin),
	DEED(dump_core),     DEED(run_shell),
	DEED(map_code),      DEED(map_much),
	DEED(write_much),    DEED(write_file),
};

static void say(const char *line)
{
	ssize_t r = write(STDOUT_FILENO, line, strlen(line));

	(void)r;
}

static void close_jail(uint32_t uid)
{
	static char line[256], reason[128];
	struct text t = TEXT(line), why = TEXT(reason);
	struct jail jail = {
		.uid = uid,
		.file_size = FILE_SIZE,
		.seconds = 10,
		.keep = { &file },
		.keep_n = 1,
	};

	if (jail_enter(&jail, &why)) {
		say(reason);
		_exit(3);
	}
	jail_put(&t, jail.held);
	text_put_u8(&t, '\n');
	say(line);
}

int main(int argc, char **argv)
{
	const struct deed *d = deeds;
	static char line[64];
	struct text t = TEXT(line);

	if (argc != 4)
		return 2;
	while (d < deeds + sizeof(deeds) / sizeof(*deeds) &&
	       strcmp(d->name, argv[3]))
		d++;
	file = open(argv[2], O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (d == deeds + sizeof(deeds) / sizeof(*deeds) || file < 0)
		return 2;
	parent = getppid();
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	close_jail((uint32_t)strtoul(argv[1], NULL, 10));
	close(STDIN_FILENO); /* one more may be opened, as for whoever got in */
	if (d->run() >= 0)
		text_puts(&t, "done");
	else
		text_printf(&t, "%u", (unsigned)errno);
	say(line);
	_exit(0);
}
