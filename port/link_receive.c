/* SPDX-License-Identifier: BSD-3-Clause */
#include <linux/if_ether.h>
#include <string.h>

#include "port/link.h"

#define VLAN_ID 0xfff

/* Takes a tag that stands in the frame off it, and notes its VLAN.  Returns the
 * frame's new length.  IEEE 802.1Q clause 9. */
static size_t take_tag(uint8_t *frame, size_t n, struct link_notes *notes)
{
	if (n < LINK_TAG_AT + LINK_TAG_SIZE || frame[12] != ETH_P_8021Q >> 8 ||
	    frame[13] != (ETH_P_8021Q & 0xff))
		return n;
	notes->tagged = true;
	notes->vlan = (uint16_t)((frame[14] << 8 | frame[15]) & VLAN_ID);
	n -= LINK_TAG_SIZE;
	memmove(frame + LINK_TAG_AT, frame + LINK_TAG_AT + LINK_TAG_SIZE,
		n - LINK_TAG_AT);
	return n;
}

ssize_t link_receive(struct link *l, uint8_t *buf, size_t cap, bool *checked)
{
	struct link_notes notes = { .tagged = false };
	ssize_t r = l->ops->receive(l, buf, cap, &notes);

	if (r > 0 && !notes.tagged)
		r = (ssize_t)take_tag(buf, (size_t)r, &notes);
	*checked = notes.checked;
	/* What has no tag, or only a priority, is in VLAN 0. */
	return r > 0 && notes.vlan != l->vlan ? 0 : r;
}
