/* SPDX-License-Identifier: BSD-3-Clause */
/* relay PID IF PID IF: a wire between the network namespaces of two processes,
 * that delays and loses frames.
 *
 * Makes a TAP in each.  What one sends comes out of the other after a delay;
 * the kernel cuts large frames and completes checksums for a TAP without
 * offloads, so each is what a real wire would carry.  Lines on standard input
 * say
 *
 *	DELAY LOSS SEED
 *
 * microseconds one way, frames lost of a million each way, and where the random
 * numbers begin.  Each is answered by how many frames were carried and lost
 * since the one before.  ARP and DHCP are never lost: that would measure how
 * patient the clients' DHCP is, not their transfers.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define FRAME_MAX 2048
#define QUEUE 8192    /* frames in flight each way; more wait in the TAP */
#define BURST 64      /* frames taken before the other direction's turn */
#define SPIN_NS 40000 /* a timer wakes us about so much too late */

struct frame {
	int64_t due;
	size_t n;
	unsigned char p[FRAME_MAX];
};

/* One direction: frames wait in a ring, oldest at `first`. */
struct way {
	int from, to;
	size_t first, count;
	uint64_t random;
	struct frame frames[QUEUE];
};

static struct way ways[2];
static int64_t delay;
static uint64_t loss;
static unsigned long carried, lost;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int open_tap(const char *pid, const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	char path[64];
	int namespace, fd;

	snprintf(path, sizeof(path), "/proc/%s/ns/net", pid);
	namespace = open(path, O_RDONLY);
	if (namespace < 0 || setns(namespace, CLONE_NEWNET))
		die(path);
	close(namespace);
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
	if (fd < 0)
		die("/dev/net/tun");
	snprintf(request.ifr_name, IFNAMSIZ, "%s", name);
	if (ioctl(fd, TUNSETIFF, &request))
		die(name);
	return fd;
}

/* xorshift64: good enough to pick frames. */
static uint64_t next_random(struct way *w)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return w->random;
}

/* Sets what a line asks for. */
static void obey(const char *line)
{
	unsigned long us, millionths, seed;

	if (sscanf(line, "%lu %lu %lu", &us, &millionths, &seed) != 3)
		die("not three numbers");
	delay = (int64_t)us * 1000;
	loss = millionths;
	for (int i = 0; i < 2; i++) {
		ways[i].random = (2 * seed + (uint64_t)i + 1) *
				 0x9e3779b97f4a7c15u;
		for (int j = 0; j < 8; j++)
			next_random(&ways[i]);
	}
	printf("%lu %lu\n", carried, lost);
	fflush(stdout);
	carried = lost = 0;
}

static bool is_exempt(const struct frame *f)
{
	const unsigned char *ip = f->p + 14;
	const unsigned char *udp = ip + (ip[0] & 15) * 4;

	if (f->n < 42 || f->p[12] != 8 || f->p[13] != 0)
		return true;
	return ip[9] == 17 && !(ip[6] & 0x1f) && !ip[7] && udp[0] == 0 &&
	       (udp[1] == 67 || udp[1] == 68);
}

/* Takes what has come, as long as there is room. */
static void take(struct way *w)
{
	struct frame *f;
	ssize_t n;

	for (int i = 0; i < BURST && w->count < QUEUE; i++) {
		f = &w->frames[(w->first + w->count) % QUEUE];
		n = read(w->from, f->p, FRAME_MAX);
		if (n < 0 && errno != EAGAIN && errno != EIO)
			die("read");
		if (n <= 0)
			return;
		f->n = (size_t)n;
		f->due = now() + delay;
		carried++;
		if (loss && !is_exempt(f) && next_random(w) % 1000000 < loss)
			lost++;
		else
			w->count++;
	}
}

/* Lets go what is due; a frame that the other side does not take is lost. */
static void give(struct way *w)
{
	struct frame *f;

	for (; w->count; w->count--) {
		f = &w->frames[w->first];
		if (f->due > now())
			return;
		if (write(w->to, f->p, f->n) < 0)
			lost++;
		w->first = (w->first + 1) % QUEUE;
	}
}

/* Waits for a frame, a line, or until shortly before the next is due. */
static void idle(void)
{
	struct pollfd fds[3] = { { .fd = 0, .events = POLLIN } };
	int64_t left = INT64_MAX, due;
	struct timespec timeout;
	char line[128];

	for (int i = 0; i < 2; i++) {
		fds[1 + i].fd = ways[i].from;
		fds[1 + i].events = ways[i].count < QUEUE ? POLLIN : 0;
		due = ways[i].frames[ways[i].first].due - SPIN_NS - now();
		if (ways[i].count && due < left)
			left = due;
	}
	if (left < 0)
		left = 0;
	timeout.tv_sec = left / 1000000000;
	timeout.tv_nsec = left % 1000000000;
	if (ppoll(fds, 3, left == INT64_MAX ? NULL : &timeout, NULL) < 0)
		die("ppoll");
	if (!fds[0].revents)
		return;
	if (!fgets(line, sizeof(line), stdin))
		exit(0);
	obey(line);
}

int main(int argc, char **argv)
{
	if (argc != 5)
		die("relay PID IF PID IF");
	prctl(PR_SET_TIMERSLACK, 1);
	setvbuf(stdin, NULL, _IONBF, 0);
	ways[0].from = ways[1].to = open_tap(argv[1], argv[2]);
	ways[1].from = ways[0].to = open_tap(argv[3], argv[4]);
	obey("0 0 0");
	for (;;) {
		for (int i = 0; i < 2; i++) {
			take(&ways[i]);
			give(&ways[i]);
		}
		idle();
	}
}
