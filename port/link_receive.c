/* SPDX-License-Identifier: BSD-3-Clause */
#include <linux/if_ether.h>
#include <string.h>

#include "config.h"
#include "format/pcap.h"
#include "port/link.h"

#define VLAN_ID 0xfff

/* Takes a tag that stands in a frame of `n` bytes off it, and notes its VLAN:
 * the addresses in front of it move up.  IEEE 802.1Q clause 9. */
static void take_tag(uint8_t *frame, size_t n, struct link_notes *notes)
{
	if (n < LINK_TAG_AT + LINK_TAG_SIZE || frame[12] != ETH_P_8021Q >> 8 ||
	    frame[13] != (ETH_P_8021Q & 0xff))
		return;
	notes->tagged = true;
	notes->vlan = (uint16_t)((frame[14] << 8 | frame[15]) & VLAN_ID);
	notes->skip = LINK_TAG_SIZE;
	memmove(frame + LINK_TAG_SIZE, frame, LINK_TAG_AT);
}

/* Keeps a frame of `n` bytes as it was on the wire.  Its head is all in the first
 * piece of memory, and a tag that the kernel took off goes back in. */
static void capture(const struct link *l, const struct iovec *iov, size_t n,
		    const struct link_notes *notes)
{
	const uint8_t tag[LINK_TAG_SIZE] = {
		ETH_P_8021Q >> 8,
		ETH_P_8021Q & 0xff,
		(uint8_t)(notes->vlan >> 8),
		(uint8_t)notes->vlan,
	};

	pcap_keep(l->capture, clock_us(), n,
		  (struct span){ iov->iov_base,
				 n < iov->iov_len ? n : iov->iov_len },
		  notes->tagged ? tag : NULL);
}

ssize_t link_receive(struct link *l, struct iovec *iov, int n,
		     struct link_notes *notes)
{
	ssize_t r;

	*notes = (struct link_notes){ .tagged = false };
	r = l->ops->receive(l, iov, n, notes);
	if (LWPXE_PCAP && r > 0 && n > 1 && l->capture)
		capture(l, iov + 1, (size_t)r, notes);
	if (r > 0 && n > 1 && !notes->tagged)
		take_tag(iov[1].iov_base, (size_t)r, notes);
	/* What has no tag, or only a priority, is in VLAN 0. */
	return r > 0 && notes->vlan != l->vlan ? 0 : r;
}
