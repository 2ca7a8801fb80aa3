/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FUZZ_CHILD_WORLD_H
#define FUZZ_CHILD_WORLD_H

#include "base/clock.h"
#include "port/link.h"

/* What all of the child runs on in place of Linux: a link, a clock, files and a
 * terminal, in memory.  Time passes only while the child waits.
 *
 * The program's and lwIP's objects are linked with their variables in sections
 * of their own, which world_start() puts back to what they were when the process
 * started; so a process runs thousands of boots.  Without such sections it is
 * good for one. */

#define WORLD_CLIENT_IP 0xc0000207u /* 192.0.2.7 */
#define WORLD_SERVER_IP 0xc0000201u
#define WORLD_MASK 0xffffff00u

extern const uint8_t world_mac[6]; /* the guest's */
extern struct link world_link;

/* Descriptors that are not Linux'. */
enum {
	WORLD_LOG = 1000,
	WORLD_KERNEL,
	WORLD_RAMDISK,
	WORLD_ANSWER,
	WORLD_SCREEN
};

/* What the target has: is called when the child waits, with whether that is for
 * keys too, and gets what it sends. */
struct world_peer {
	void (*turn)(bool keys);
	void (*hear)(struct span frame);
};

/* Starts anew at the time `start`. */
void world_start(const struct world_peer *peer, uint32_t mtu, ms_t start);

/* Lets a frame wait for the child, whose checksums need no look if `checked`. */
void world_send(struct span frame, bool checked);

/* Types; what is typed lasts until it is read. */
void world_type(struct span keys);

/* Lets time pass. */
void world_pass(ms_t ms);

/* Has the parent gone from the next wait on. */
void world_hang_up(void);

/* Lets nothing happen any more but time, with the parent there. */
void world_settle(void);

/* Returns how many bytes a file has, from its first to its last. */
uint64_t world_size(int fd);

/* Returns the last line that was logged. */
const char *world_last_words(void);

/* Take the places of system calls in the child's objects. */
int world_yield(void);
ssize_t world_read(int fd, void *buf, size_t n);
ssize_t world_write(int fd, const void *buf, size_t n);
ssize_t world_pread(int fd, void *buf, size_t n, off_t at);
ssize_t world_pwritev(int fd, const struct iovec *v, int n, off_t at);
int world_ftruncate(int fd, off_t size);

/* Ends the process: the program has broken a rule. */
void world_break(const char *rule) __attribute__((noreturn));

#endif
