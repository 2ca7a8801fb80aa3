/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_VIF_H
#define FORMAT_VIF_H

#include "base/span.h"
#include "base/text.h"
#include "format/addr.h"

/* One entry of xl.cfg's vif= list, in xl's own grammar: key=value pairs
 * separated by commas.  Source: xl-network-configuration(5). */

/* A network interface name with its NUL; the kernel's IFNAMSIZ. */
#define VIF_NAME_SIZE 16

/* What of the vif matters before the guest exists. */
struct vif {
	bool given;                 /* it has been read from something */
	struct mac mac;             /* zero if not named */
	char bridge[VIF_NAME_SIZE]; /* "" if not named */
	uint32_t mtu;               /* bytes; 0 if not named */
	uint16_t vlan;              /* the guest's, of 802.1Q; 0 if none */
	uint32_t ip;                /* the first of ip=; 0 if not named */
};

/* Reads `s` into *vif.  Blanks around a pair and a trailing comma are
 * accepted, as xm's Python lists produced them.  On failure returns
 * -E_USAGE with a sentence in `why`: a MAC that is not a station's, an
 * unknown key, or one that puts the guest on a network this
 * program cannot reach (backend=).  Of vlan= counts the VLAN that frames
 * without a tag are in: the one marked "p", as in "10p/20", or the only one. */
int vif_parse(struct span s, struct vif *vif, struct text *why);

/* Sets the VLAN alone, a number from 1 to 4094, as --vlan= does. */
int vif_set_vlan(struct span id, struct vif *vif, struct text *why);

/* Sets the bridge alone, as bridge= would.  Returns as vif_parse() does. */
int vif_set_bridge(struct span value, struct vif *vif, struct text *why);

#endif
