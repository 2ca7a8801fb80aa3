/* SPDX-License-Identifier: BSD-3-Clause */
/* What QEMU's emulation of a user's program does otherwise than the kernel. */
#include <byteswap.h>
#include <endian.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

long __real_syscall(long number, long a, long b, long c, long d, long e,
		    long f);
long __wrap_syscall(long number, long a, long b, long c, long d, long e,
		    long f);
int __real_ioctl(int fd, int request, void *arg);
int __wrap_ioctl(int fd, int request, ...);
ssize_t __real_sendto(int fd, const void *data, size_t n, int flags,
		      const struct sockaddr *to, socklen_t to_n);
ssize_t __wrap_sendto(int fd, const void *data, size_t n, int flags,
		      const struct sockaddr *to, socklen_t to_n);

/* The big-endian machine is none that the program is for: its clone() has the
 * flags behind the stack. */
long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	if (__BYTE_ORDER == __BIG_ENDIAN && number == SYS_clone)
		return __real_syscall(number, b, a, c, d, e, f);
	return __real_syscall(number, a, b, c, d, e, f);
}

/* It knows no filter for a TAP; without one, frames for others come, too, and
 * are dropped later. */
int __wrap_ioctl(int fd, int request, ...)
{
	va_list list;
	void *arg;

	if ((unsigned)request == TUNATTACHFILTER)
		return 0;
	va_start(list, request);
	arg = va_arg(list, void *);
	va_end(list);
	return __real_ioctl(fd, request, arg);
}

/* Turns the numbers of a request about an interface round. */
static void turn_numbers(void *request, size_t n)
{
	const size_t head = NLMSG_LENGTH(sizeof(struct ifinfomsg));
	struct rtattr *a = (struct rtattr *)((char *)request + head);
	uint32_t *number;

	for (n -= head; RTA_OK(a, n); a = RTA_NEXT(a, n)) {
		number = RTA_DATA(a);
		if (RTA_PAYLOAD(a) == sizeof(*number))
			*number = bswap_32(*number);
	}
}

/* It turns what comes from a netlink socket into the program's byte order, and
 * of what goes there all but the values of attributes. */
ssize_t __wrap_sendto(int fd, const void *data, size_t n, int flags,
		      const struct sockaddr *to, socklen_t to_n)
{
	_Alignas(struct nlmsghdr) char copy[512];

	if (__BYTE_ORDER == __BIG_ENDIAN && to && to->sa_family == AF_NETLINK &&
	    n <= sizeof(copy)) {
		memcpy(copy, data, n);
		turn_numbers(copy, n);
		data = copy;
	}
	return __real_sendto(fd, data, n, flags, to, to_n);
}
