/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/link.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/virtio_net.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/oserror.h"
#include "config.h"
#include "format/pcap.h"

/* Returns why this kind of link would not work there, or NULL. */
static const char *objection(const struct link_ops *ops,
			     const struct rtnl_link *at)
{
	if (!ops->is_port)
		return NULL;
	if (!at->is_bridge)
		return "it is not a Linux bridge";
	/* A new port listens and learns for twice the forward delay, 30 s. */
	if (at->stp)
		return "it runs the spanning tree protocol, which would keep "
		       "a new port waiting";
	return NULL;
}

static int find_bridge(struct link *l, struct rtnl_link *at, struct text *why)
{
	int r = rtnl_get_link(l->bridge, at);

	if (r == -ENODEV)
		text_printf(why,
			    "there is no interface %s in this Dom0; "
			    "create that bridge, or name another with bridge= "
			    "in the vif",
			    l->bridge);
	else if (r < 0)
		text_printf(why, "the interface %s cannot be looked up: %s",
			    l->bridge, OSERROR_SHOW(-r));
	else if (!at->up)
		text_printf(why,
			    "the interface %s is down; set it up: "
			    "ip link set %s up",
			    l->bridge, l->bridge);
	else
		return 0;
	return -E_LINK;
}

static int open_as(struct link *l, const struct link_ops *ops,
		   const struct rtnl_link *at, struct text *why)
{
	int rc;

	l->ops = ops;
	text_reset(why);
	rc = ops->open(l, at, why);
	if (rc && l->fd >= 0)
		link_close(l);
	return rc;
}

static int open_named(struct link *l, const char *name,
		      const struct rtnl_link *at, struct text *why)
{
	for (size_t i = 0; links[i]; i++) {
		if (strcmp(links[i]->name, name))
			continue;
		if (links[i]->is_port && !at->is_bridge) {
			text_printf(why,
				    "%s is not a Linux bridge and can "
				    "have no port; use --link=packet",
				    l->bridge);
			return -E_LINK;
		}
		return open_as(l, links[i], at, why);
	}
	text_printf(why, "--link=%s is not built in", name);
	return -E_USAGE;
}

static int open_auto(struct link *l, const struct rtnl_link *at,
		     struct text *why)
{
	const char *because;
	int rc = -E_LINK;

	for (size_t i = 0; links[i]; i++) {
		because = objection(links[i], at);
		if (!because)
			rc = open_as(l, links[i], at, why);
		else
			text_printf(why, "no %s on %s: %s", links[i]->name,
				    l->bridge, because);
		if (!rc || !links[i + 1])
			return rc;
		log_info("%s; trying %s", why->p, links[i + 1]->name);
		text_reset(why);
	}
	return rc;
}

int link_open(struct link *l, const struct spec *spec, struct text *why)
{
	static const char *const names[] = {
		[SPEC_LINK_TAP] = "tap",
		[SPEC_LINK_PACKET] = "packet",
	};
	int rc;

	*l = (struct link){ .fd = -1,
			    .mac = spec->vif.mac,
			    .vlan = spec->vif.vlan };
	memcpy(l->bridge, spec->vif.bridge, sizeof(l->bridge));
	rc = find_bridge(l, &l->at, why);
	if (rc)
		return rc;
	l->mtu = spec->vif.mtu && spec->vif.mtu < l->at.mtu ? spec->vif.mtu :
							      l->at.mtu;
	if (spec->link == SPEC_LINK_AUTO)
		return open_auto(l, &l->at, why);
	return open_named(l, names[spec->link], &l->at, why);
}

/* syscalls: writev */
void link_send(struct link *l, const void *frame, size_t n)
{
	struct virtio_net_hdr header = { .gso_type = VIRTIO_NET_HDR_GSO_NONE };
	uint8_t *bytes = (uint8_t *)(uintptr_t)frame;
	uint8_t tag[LINK_TAG_SIZE] = {
		ETH_P_8021Q >> 8,
		ETH_P_8021Q & 0xff,
		(uint8_t)(l->vlan >> 8),
		(uint8_t)l->vlan,
	};
	struct iovec iov[] = {
		{ &header, sizeof(header) },
		{ bytes, LINK_TAG_AT },
		{ tag, l->vlan ? LINK_TAG_SIZE : 0 },
		{ bytes + LINK_TAG_AT, n - LINK_TAG_AT },
	};
	ssize_t r;

	if (LWPXE_PCAP && l->capture)
		pcap_keep(l->capture, clock_us(), n, (struct span){ frame, n },
			  l->vlan ? tag : NULL);
	r = writev(l->fd, iov, 4);
	(void)r;
}

void link_close(struct link *l)
{
	close(l->fd);
	l->fd = -1;
}
