/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/rtnl.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Frames the kernel keeps for us while we are busy: the windows of four TCP
 * connections are 11,500; the default of 1000 is less than one. */
#define TX_QUEUE_LENGTH 12288

/* Bridges count time in hundredths of a second. */
#define TICKS 100

struct request {
	struct nlmsghdr header;
	struct ifinfomsg info;
	char attributes[128];
};

/* Appends an attribute and returns it, so that a nest can be closed. */
static struct rtattr *put(struct request *q, uint16_t type, const void *value,
			  size_t n)
{
	struct rtattr *a = (struct rtattr *)((char *)q +
					     NLMSG_ALIGN(q->header.nlmsg_len));

	a->rta_type = type;
	a->rta_len = (uint16_t)RTA_LENGTH(n);
	if (n)
		memcpy(RTA_DATA(a), value, n);
	q->header.nlmsg_len = NLMSG_ALIGN(q->header.nlmsg_len) +
			      (uint32_t)RTA_LENGTH(n);
	return a;
}

/* Starts a request about the interface `name`. */
static void request_init(struct request *q, uint16_t type, const char *name)
{
	*q = (struct request){
		.header = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(q->info)),
			.nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.info = { .ifi_family = AF_UNSPEC },
	};
	put(q, IFLA_IFNAME, name, strlen(name) + 1);
}

static void close_nest(const struct request *q, struct rtattr *nest)
{
	nest->rta_len = (uint16_t)((const char *)q + q->header.nlmsg_len -
				   (const char *)nest);
}

/* Sends the request and waits for the kernel's answer, which is there at once.
 * Returns the answer's size, or -errno; an acknowledgement is size 0. */
static int ask(const struct request *q, void *answer, size_t cap)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nlmsghdr *h = answer;
	int fd, rc = 0;
	ssize_t r;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return -errno;
	r = sendto(fd, q, q->header.nlmsg_len, 0,
		   (const struct sockaddr *)&kernel, sizeof(kernel));
	if (r >= 0)
		r = recv(fd, answer, cap, 0);
	if (r < 0)
		rc = -errno;
	else if (!NLMSG_OK(h, (size_t)r))
		rc = -EBADMSG;
	else if (h->nlmsg_type == NLMSG_ERROR)
		rc = ((struct nlmsgerr *)NLMSG_DATA(h))->error;
	else
		rc = (int)h->nlmsg_len;
	close(fd);
	return rc;
}

static void read_bridge(struct rtattr *a, size_t n, struct rtnl_link *link)
{
	for (; RTA_OK(a, n); a = RTA_NEXT(a, n)) {
		if (a->rta_type == IFLA_BR_STP_STATE)
			link->stp = *(uint32_t *)RTA_DATA(a);
		if (a->rta_type == IFLA_BR_FORWARD_DELAY)
			link->forward_delay = *(uint32_t *)RTA_DATA(a) / TICKS;
		if (a->rta_type == IFLA_BR_VLAN_FILTERING)
			link->filters_vlans = *(uint8_t *)RTA_DATA(a);
		if (a->rta_type == IFLA_BR_VLAN_DEFAULT_PVID)
			link->pvid = *(uint16_t *)RTA_DATA(a);
	}
}

static void read_info(struct rtattr *a, size_t n, struct rtnl_link *link)
{
	for (; RTA_OK(a, n); a = RTA_NEXT(a, n)) {
		if (a->rta_type == IFLA_INFO_KIND)
			link->is_bridge = !strcmp(RTA_DATA(a), "bridge");
		if (a->rta_type == IFLA_INFO_DATA && link->is_bridge)
			read_bridge(RTA_DATA(a), RTA_PAYLOAD(a), link);
	}
}

int rtnl_get_link(const char *name, struct rtnl_link *link)
{
	/* Statistics of every kind make the answer larger than a page. */
	static _Alignas(struct nlmsghdr) char answer[16384];
	const struct nlmsghdr *h = (const struct nlmsghdr *)answer;
	const struct ifinfomsg *info = NLMSG_DATA(h);
	struct request q;
	struct rtattr *a;
	size_t n;
	int rc;

	*link = (struct rtnl_link){ .index = 0 };
	request_init(&q, RTM_GETLINK, name);
	q.header.nlmsg_flags = NLM_F_REQUEST;
	rc = ask(&q, answer, sizeof(answer));
	if (rc < 0)
		return rc;
	if ((size_t)rc < NLMSG_LENGTH(sizeof(*info)))
		return -EBADMSG;
	link->index = info->ifi_index;
	link->up = info->ifi_flags & IFF_UP;
	n = (size_t)rc - NLMSG_LENGTH(sizeof(*info));
	for (a = (struct rtattr *)IFLA_RTA(info); RTA_OK(a, n);
	     a = RTA_NEXT(a, n)) {
		if (a->rta_type == IFLA_MTU)
			link->mtu = *(uint32_t *)RTA_DATA(a);
		if (a->rta_type == IFLA_CARRIER)
			link->carrier = *(uint8_t *)RTA_DATA(a);
		if (a->rta_type == IFLA_LINKINFO)
			read_info(RTA_DATA(a), RTA_PAYLOAD(a), link);
	}
	return 0;
}

/* Without this the Dom0 gets a link-local address on the port, which the guest's
 * network could reach.  A kernel without IPv6 refuses, which is as good. */
static void silence_ipv6(const char *name)
{
	const uint8_t none = IN6_ADDR_GEN_MODE_NONE;
	struct rtattr *spec, *inet6;
	struct request q;
	char answer[256];

	request_init(&q, RTM_SETLINK, name);
	spec = put(&q, IFLA_AF_SPEC, NULL, 0);
	inet6 = put(&q, AF_INET6, NULL, 0);
	put(&q, IFLA_INET6_ADDR_GEN_MODE, &none, sizeof(none));
	close_nest(&q, inet6);
	close_nest(&q, spec);
	ask(&q, answer, sizeof(answer));
}

int rtnl_add_port(const char *name, int bridge, uint32_t mtu)
{
	static const uint8_t mac[] = { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff };
	const uint32_t queue = TX_QUEUE_LENGTH;
	struct request q;
	char answer[1024];

	silence_ipv6(name);
	request_init(&q, RTM_SETLINK, name);
	q.info.ifi_flags = IFF_UP;
	q.info.ifi_change = IFF_UP;
	put(&q, IFLA_ADDRESS, mac, sizeof(mac));
	put(&q, IFLA_MTU, &mtu, sizeof(mtu));
	put(&q, IFLA_TXQLEN, &queue, sizeof(queue));
	put(&q, IFLA_MASTER, &bridge, sizeof(bridge));
	return ask(&q, answer, sizeof(answer));
}

int rtnl_join_vlan(const char *name, uint16_t id)
{
	const struct bridge_vlan_info vlan = { .vid = id };
	struct rtnl_link port;
	struct request q;
	struct rtattr *spec;
	char answer[1024];

	/* These requests know their interface by its number only. */
	rtnl_get_link(name, &port);
	request_init(&q, RTM_SETLINK, name);
	q.info.ifi_family = AF_BRIDGE;
	q.info.ifi_index = port.index;
	spec = put(&q, IFLA_AF_SPEC, NULL, 0);
	put(&q, IFLA_BRIDGE_VLAN_INFO, &vlan, sizeof(vlan));
	close_nest(&q, spec);
	return ask(&q, answer, sizeof(answer));
}
