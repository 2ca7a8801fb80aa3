/* SPDX-License-Identifier: BSD-3-Clause */
#include "world.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/log.h"
#include "config.h"
#include "format/pcap.h"
#include "frame.h"
#include "lwip/sys.h"
#include "port/sys.h"
#include "port/wait.h"
#include "sim.h"
#include "sim_inbox.h"
#include "sim_random.h"

/* More waits than any boot needs; a loop that spins takes no time. */
#define WAITS 100000

/* poll() is never asked for more at once. */
#define POLL_MS 60000

/* Longer than anybody looks for a frame before going to sleep. */
#define LOOK_US 150

#define INBOX 64

/* The front of the kernel's file, which is all of it that is read again. */
#define FRONT 65536

const uint8_t world_mac[] = { 0x00, 0x16, 0x3e, 0x12, 0x34, 0x56 };

static struct sim_frame ring[INBOX];

static struct {
	const struct world_peer *peer;
	uint64_t us; /* now */
	unsigned waits;
	bool gone, settled;
	struct sim_random numbers;
	struct sim_inbox inbox;
	uint8_t keys[256];
	size_t typed;
	uint64_t size[2];            /* of kernel and ramdisk */
	char line[1200], last[1200]; /* of the log */
	size_t line_n;
} world;

static uint8_t front[FRONT];

/* ---- starting over */

/* The linker makes these, if there is such a section. */
extern char __start_child_data[] __attribute__((weak)),
	__stop_child_data[] __attribute__((weak)),
	__start_child_bss[] __attribute__((weak)),
	__stop_child_bss[] __attribute__((weak));

/* AddressSanitizer has memory of its own between variables: nobody but these two
 * may touch it, and they only because they leave it as it is. */
#define KNOWN __attribute__((no_sanitize_address))

KNOWN static void copy(char *to, const char *from, size_t n)
{
	size_t at = 0;

	for (; at + 8 <= n; at += 8)
		*(volatile uint64_t *)(void *)(to + at) =
			*(const volatile uint64_t *)(const void *)(from + at);
	for (; at < n; at++)
		*(volatile char *)(to + at) = from[at];
}

/* Pages that nobody has touched since are not there, and cost nothing. */
KNOWN static void zero(volatile char *from, const char *to)
{
	const uintptr_t page = 4096 - 1;
	char *whole = (char *)(((uintptr_t)from + page) & ~page);
	volatile char *end = (char *)((uintptr_t)to & ~page);

	while (from < whole)
		*from++ = 0;
	if (madvise(whole, (size_t)(end - whole), MADV_DONTNEED) || *whole)
		world_break("the harness cannot start over");
	while (end < to)
		*end++ = 0;
}

static void reset_variables(void)
{
	static char *initial;
	static bool again;
	const size_t n = (size_t)(__stop_child_data - __start_child_data);

	if (!__start_child_bss) {
		if (again)
			world_break("the harness is good for one run");
	} else if (!again) {
		initial = malloc(n);
		copy(initial, __start_child_data, n);
	} else {
		copy(__start_child_data, initial, n);
		zero(__start_child_bss, __stop_child_bss);
	}
	again = true;
}

static const struct link_ops link_world;
struct link world_link;

/* Takes every frame that is received; a run has not enough of them for a second
 * part. */
static struct pcap_ring capture;

void world_start(const struct world_peer *peer, uint32_t mtu, ms_t start)
{
	reset_variables();
	inbox_empty(&world.inbox);
	memset(&world, 0, sizeof(world));
	world.inbox = (struct sim_inbox){ .ring = ring, .size = INBOX };
	world.peer = peer;
	world.us = start * 1000;
	world.numbers = random_from(1, 1);
	capture.newest = 0;
	capture.part[0].used = 0;
	world_link = (struct link){ .ops = &link_world,
				    .fd = -1,
				    .mtu = mtu,
				    .bridge = "xenbr0",
				    .capture = &capture };
	memcpy(world_link.mac.b, world_mac, sizeof(world_mac));
	log_open(WORLD_LOG);
}

void world_break(const char *rule)
{
	fprintf(stderr, "broken rule: %s\n", rule);
	abort();
}

/* sim_pools.c's. */
void sim_break(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

/* ---- time */

void world_pass(ms_t ms)
{
	world.us += ms * 1000;
}

void world_hang_up(void)
{
	world.gone = true;
}

void world_settle(void)
{
	world.gone = false;
	world.settled = true;
}

uint64_t clock_us(void)
{
	return world.us;
}

ms_t clock_now(void)
{
	return world.us / 1000;
}

u32_t sys_now(void)
{
	return (u32_t)clock_now();
}

uint32_t sys_random(void)
{
	return random_next(&world.numbers);
}

int world_yield(void)
{
	world.us += LOOK_US;
	return 0;
}

bool wait_readable(int fd, int peer, int keys, bool *typed, ms_t until)
{
	const ms_t now = clock_now();
	ms_t left = until > now ? until - now : 0;

	(void)fd, (void)peer;
	if (++world.waits > WAITS)
		world_break("it hangs");
	if (!world.inbox.waiting && !world.settled)
		world.peer->turn(keys >= 0);
	*typed = keys >= 0 && world.typed;
	if (left > POLL_MS)
		left = POLL_MS;
	if (!world.inbox.waiting && !*typed && clock_now() < now + left)
		world.us = (now + left) * 1000;
	return !world.gone;
}

/* ---- frames */

void world_send(struct span frame, bool checked)
{
	inbox_put(&world.inbox, frame, checked);
}

static ssize_t receive(struct link *l, struct iovec *iov, int n,
		       struct link_notes *notes)
{
	(void)l;
	return inbox_take(&world.inbox, iov, n, notes);
}

static int open_nothing(struct link *l, const struct rtnl_link *at,
			struct text *why)
{
	(void)l, (void)at, (void)why;
	return 0;
}

static const struct link_ops link_world = {
	.name = "fuzz",
	.is_port = true,
	.open = open_nothing,
	.receive = receive,
};

void link_send(struct link *l, const void *frame, size_t n)
{
	const struct span s = { frame, n };
	const char *flaw = frame_flaw(s, l->mtu, world_mac);

	if (flaw)
		world_break(flaw);
	world.peer->hear(s);
}

/* ---- files and the terminal */

void world_type(struct span keys)
{
	if (keys.n > sizeof(world.keys))
		keys.n = sizeof(world.keys);
	if (keys.n)
		memcpy(world.keys, keys.p, keys.n);
	world.typed = keys.n;
}

uint64_t world_size(int fd)
{
	return world.size[fd == WORLD_RAMDISK];
}

const char *world_last_words(void)
{
	return world.last;
}

ssize_t world_read(int fd, void *buf, size_t n)
{
	if (fd != STDIN_FILENO)
		return read(fd, buf, n);
	if (!world.typed) {
		errno = EAGAIN;
		return -1;
	}
	if (n > world.typed)
		n = world.typed;
	memcpy(buf, world.keys, n);
	world.typed -= n;
	memmove(world.keys, world.keys + n, world.typed);
	return (ssize_t)n;
}

static void log_byte(uint8_t c)
{
	if (c == '\n') {
		memcpy(world.last, world.line, world.line_n);
		world.last[world.line_n] = '\0';
		if (getenv("FUZZ_LOG"))
			fprintf(stderr, "%s\n", world.last);
		world.line_n = 0;
		return;
	}
	if (c < 0x20 || c > 0x7e || world.line_n + 1 == sizeof(world.line))
		world_break("what is logged is no line of text");
	world.line[world.line_n++] = (char)c;
}

ssize_t world_write(int fd, const void *buf, size_t n)
{
	const uint8_t *p = buf;

	if (fd < WORLD_LOG)
		return write(fd, buf, n);
	for (size_t i = 0; i < n; i++) {
		if (fd == WORLD_LOG)
			log_byte(p[i]);
		else if (p[i] > 0x7e || (p[i] < 0x20 && p[i] != '\n' &&
					 (fd == WORLD_ANSWER ||
					  (p[i] != '\r' && p[i] != 0x1b))))
			world_break("what is shown is not printable");
	}
	return (ssize_t)n;
}

static void keep(const uint8_t *p, size_t n, uint64_t at)
{
	if (at >= FRONT || !n)
		return;
	memcpy(front + at, p, n < FRONT - at ? n : FRONT - at);
}

ssize_t world_pread(int fd, void *buf, size_t n, off_t at)
{
	if (fd != WORLD_KERNEL)
		return pread(fd, buf, n, at);
	if (at < 0 || (uint64_t)at >= world.size[0] || at >= FRONT)
		return 0;
	if (n > world.size[0] - (uint64_t)at)
		n = world.size[0] - (uint64_t)at;
	if (n > FRONT - (size_t)at)
		n = FRONT - (size_t)at;
	memcpy(buf, front + at, n);
	return (ssize_t)n;
}

ssize_t world_pwritev(int fd, const struct iovec *v, int n, off_t at)
{
	uint64_t *size = &world.size[fd == WORLD_RAMDISK];
	uint64_t end = (uint64_t)at;
	ssize_t shown = 0;

	if (fd == WORLD_ANSWER) {
		for (int i = 0; i < n; i++)
			shown += world_write(fd, v[i].iov_base, v[i].iov_len);
		return shown;
	}
	if (fd != WORLD_KERNEL && fd != WORLD_RAMDISK)
		world_break("it writes where there is no file");
	for (int i = 0; i < n; i++) {
		if (fd == WORLD_KERNEL)
			keep(v[i].iov_base, v[i].iov_len, end);
		end += v[i].iov_len;
	}
	if (at < 0 || end > (uint64_t)LWPXE_IMAGE_MIB << 20)
		world_break("it writes more than it may");
	if (end > (uint64_t)at && end > *size)
		*size = end;
	return (ssize_t)(end - (uint64_t)at);
}

int world_ftruncate(int fd, off_t size)
{
	if (fd != WORLD_KERNEL && fd != WORLD_RAMDISK)
		world_break("it cuts what is no file");
	world.size[fd == WORLD_RAMDISK] = (uint64_t)size;
	return 0;
}
