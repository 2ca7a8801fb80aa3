/* SPDX-License-Identifier: BSD-3-Clause */
#include <linux/if_ether.h>
#include <string.h>

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

ssize_t link_receive(struct link *l, struct iovec *iov, int n,
		     struct link_notes *notes)
{
	ssize_t r;

	*notes = (struct link_notes){ .tagged = false };
	r = l->ops->receive(l, iov, n, notes);
	if (r > 0 && n > 1 && !notes->tagged)
		take_tag(iov[1].iov_base, (size_t)r, notes);
	/* What has no tag, or only a priority, is in VLAN 0. */
	return r > 0 && notes->vlan != l->vlan ? 0 : r;
}
