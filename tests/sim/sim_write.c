/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_write.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "sim.h"

static int watched[2] = { -1, -1 }, shown = -1;

void write_watch(int kernel_fd, int ramdisk_fd, int log_fd)
{
	watched[0] = kernel_fd;
	watched[1] = ramdisk_fd;
	if (sim->verbose)
		shown = log_fd;
}

/* The executable's own functions go before every library's. */
ssize_t write(int fd, const void *buf, size_t n)
{
	if (fd >= 0 && fd == shown)
		syscall(SYS_write, STDERR_FILENO, buf, n);
	return syscall(SYS_write, fd, buf, n);
}

/* Writes about half of what is asked, and at least one byte. */
static ssize_t write_half(int fd, const struct iovec *v, int n, off_t at)
{
	while (n > 1 && !v->iov_len) {
		v++;
		n--;
	}
	return pwrite(fd, v->iov_base, v->iov_len / 2 + v->iov_len % 2, at);
}

ssize_t pwritev(int fd, const struct iovec *v, int n, off_t at)
{
	if (fd >= 0 && (fd == watched[0] || fd == watched[1])) {
		sim_out->writes++;
		/* A disk that is full stays so. */
		if (sim->writes.fails_at &&
		    sim_out->writes >= sim->writes.fails_at) {
			errno = sim->writes.error;
			return -1;
		}
		if (sim->writes.shortens && sim_out->writes % 3 == 1) {
			errno = EINTR;
			return -1;
		}
		if (sim->writes.shortens)
			return write_half(fd, v, n, at);
	}
	return syscall(SYS_pwritev, fd, v, n, at, 0);
}
