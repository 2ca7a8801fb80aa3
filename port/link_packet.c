/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/err.h"
#include "base/oserror.h"
#include "config.h"
#include "port/link_filter.h"

/* A packet socket on the bridge device itself: needs no port, so it works at
 * once under spanning tree and on what is no Linux bridge.  But the bridge
 * does not learn the guest's address, so replies flood to all its ports, and a
 * server in the same Dom0 never sees what is sent here. */

/* The windows of all transfers may arrive while we write to disk; the kernel
 * doubles it, for what it needs itself. */
#define RECEIVE_BUFFER (LWPXE_TRANSFERS * (4 << 20))

/* From linux/if_packet.h, for headers older than Linux 4.20. */
#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

static int fail(struct text *why, const char *what)
{
	int e = errno;

	if (e == EPERM || e == EACCES) {
		text_printf(why,
			    "%s needs the capability CAP_NET_RAW; run "
			    "lwpxeboot as root",
			    what);
		return -E_PRIVILEGE;
	}
	text_printf(why, "%s failed: %s", what, OSERROR_SHOW(e));
	return -E_LINK;
}

static bool set(int fd, int level, int option, int value)
{
	return !setsockopt(fd, level, option, &value, sizeof(value));
}

static int packet_open(struct link *l, const struct rtnl_link *at,
		       struct text *why)
{
	struct sock_filter code[LINK_FILTER_SIZE];
	struct sock_fprog filter = link_filter(code, &l->mac);
	struct packet_mreq promiscuous = {
		.mr_ifindex = at->index,
		.mr_type = PACKET_MR_PROMISC,
	};
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_ifindex = at->index,
		.sll_protocol = htons(ETH_P_ALL),
	};

	/* Protocol 0 until bind(): no stray frames before the filter stands,
	 * and no wait for an RCU grace period. */
	l->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0)
		return fail(why, "opening a packet socket");
	if (setsockopt(l->fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter,
		       sizeof(filter)) ||
	    !set(l->fd, SOL_SOCKET, SO_LOCK_FILTER, 1) ||
	    !set(l->fd, SOL_PACKET, PACKET_VNET_HDR, 1) ||
	    !set(l->fd, SOL_PACKET, PACKET_AUXDATA, 1) ||
	    setsockopt(l->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous,
		       sizeof(promiscuous)))
		return fail(why, "setting up a packet socket");
	/* Both are refinements: an old kernel shows us Dom0's own frames, and
	 * one without CAP_NET_ADMIN keeps its usual buffer. */
	set(l->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
	set(l->fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER);
	if (bind(l->fd, (struct sockaddr *)&address, sizeof(address)))
		return fail(why, "binding a packet socket");
	return 0;
}

/* Notes the tag that the kernel took off the frame.  PACKET_AUXDATA is the only
 * control message that was asked for. */
static void note_tag(struct msghdr *m, struct link_notes *notes)
{
	const struct cmsghdr *c = CMSG_FIRSTHDR(m);
	const struct tpacket_auxdata *aux;

	if (!c || c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
		return;
	aux = (const struct tpacket_auxdata *)CMSG_DATA(c);
	notes->tagged = aux->tp_status & TP_STATUS_VLAN_VALID;
	notes->vlan = notes->tagged ? aux->tp_vlan_tci & 0xfff : 0;
}

/* A super-frame is what a sender left to offload to cut, or the kernel joined:
 * one long segment of TCP, but several datagrams of UDP. */
static bool is_one(uint8_t gso_type)
{
	gso_type &= (uint8_t)~VIRTIO_NET_HDR_GSO_ECN;
	return gso_type == VIRTIO_NET_HDR_GSO_NONE ||
	       (LWPXE_HTTP && gso_type == VIRTIO_NET_HDR_GSO_TCPV4);
}

/* syscalls: recvmsg */
static ssize_t packet_receive(struct link *l, struct iovec *iov, int n,
			      struct link_notes *notes)
{
	struct virtio_net_hdr header;
	_Alignas(struct cmsghdr) char
		control[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	struct msghdr m = {
		.msg_iov = iov,
		.msg_iovlen = n,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t r;

	iov[0] = (struct iovec){ &header, sizeof(header) };
	r = recvmsg(l->fd, &m, MSG_TRUNC);
	if (r < (ssize_t)sizeof(header))
		return -1;
	if (!is_one(header.gso_type))
		return 0;
	note_tag(&m, notes);
	notes->checked = header.flags & (VIRTIO_NET_HDR_F_NEEDS_CSUM |
					 VIRTIO_NET_HDR_F_DATA_VALID);
	return r - (ssize_t)sizeof(header);
}

const struct link_ops link_packet = {
	.name = "packet",
	.open = packet_open,
	.receive = packet_receive,
};
