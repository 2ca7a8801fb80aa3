/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/link.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/err.h"
#include "base/oserror.h"
#include "config.h"
#include "port/link_filter.h"

/* A TAP that is a port of the bridge, as the guest's own vif will be.  The
 * bridge learns the guest's address on it, servers in the same Dom0 are
 * reached, and the whole port vanishes with its descriptor. */

static int fail(struct text *why, int rc, const char *what)
{
	int e = errno;

	if (e == EPERM || e == EACCES) {
		text_printf(why,
			    "%s needs the capability CAP_NET_ADMIN; run "
			    "lwpxeboot as root",
			    what);
		return -E_PRIVILEGE;
	}
	text_printf(why, "%s failed: %s", what, OSERROR_SHOW(e));
	return rc;
}

static int open_device(struct text *why)
{
	int fd = openat(AT_FDCWD, "/dev/net/tun",
			O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0)
		return fd;
	if (errno == ENOENT || errno == ENODEV || errno == ENXIO) {
		text_puts(why, "there is no /dev/net/tun; load the module: "
			       "modprobe tun");
		return -E_PRIVILEGE;
	}
	return fail(why, -E_PRIVILEGE, "opening /dev/net/tun");
}

/* What senders in this Dom0 need not do for us: fill in checksums, and for TCP
 * cut what they send into frames. */
#define OFFLOADS (TUN_F_CSUM | (LWPXE_HTTP ? TUN_F_TSO4 : 0))

/* What a 64-bit kernel calls a filter.  Of a 32-bit program it takes no other:
 * tun is one of the drivers that do not translate all they are asked. */
struct wide_filter {
	uint16_t n, padding[3];
	uint64_t code;
};

static int attach_filter(int fd, const struct sock_fprog *filter)
{
	const struct wide_filter wide = {
		.n = filter->len,
		.code = (uintptr_t)filter->filter,
	};
	int r = ioctl(fd, TUNATTACHFILTER, filter);

	if (r < 0 && sizeof(void *) < sizeof(uint64_t))
		r = ioctl(fd, _IOW('T', 213, struct wide_filter), &wide);
	return r;
}

static int tap_open(struct link *l, const struct rtnl_link *at,
		    struct text *why)
{
	const int header_size = sizeof(struct virtio_net_hdr);
	struct sock_filter code[LINK_FILTER_SIZE];
	struct sock_fprog filter = link_filter(code, &l->mac);
	struct ifreq ifr = { .ifr_name = "lwpxe%d" };
	int r;

	l->fd = open_device(why);
	if (l->fd < 0)
		return l->fd;
	ifr.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
	if (ioctl(l->fd, TUNSETIFF, &ifr) < 0)
		return fail(why, -E_LINK, "creating a TAP");
	if (ioctl(l->fd, TUNSETVNETHDRSZ, &header_size) < 0 ||
	    ioctl(l->fd, TUNSETOFFLOAD, OFFLOADS) < 0 ||
	    attach_filter(l->fd, &filter) < 0)
		return fail(why, -E_LINK, "setting up a TAP");
	r = rtnl_add_port(ifr.ifr_name, at->index, at->mtu);
	if (r) {
		errno = -r;
		return fail(why, -E_LINK, "adding a port to the bridge");
	}
	r = l->vlan ? rtnl_join_vlan(ifr.ifr_name, l->vlan) : 0;
	if (!r || r == -EOPNOTSUPP) /* a bridge that knows no VLANs */
		return 0;
	errno = -r;
	return fail(why, -E_LINK, "adding the port to the VLAN");
}

/* syscalls: readv */
static ssize_t tap_receive(struct link *l, struct iovec *iov, int n,
			   struct link_notes *notes)
{
	struct virtio_net_hdr header;
	ssize_t r;

	iov[0] = (struct iovec){ &header, sizeof(header) };
	r = readv(l->fd, iov, n);
	if (r < (ssize_t)sizeof(header))
		return -1;
	notes->checked = header.flags & (VIRTIO_NET_HDR_F_NEEDS_CSUM |
					 VIRTIO_NET_HDR_F_DATA_VALID);
	return r - (ssize_t)sizeof(header);
}

const struct link_ops link_tap = {
	.name = "tap",
	.is_port = true,
	.open = tap_open,
	.receive = tap_receive,
};
