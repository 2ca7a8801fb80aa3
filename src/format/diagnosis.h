/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_DIAGNOSIS_H
#define FORMAT_DIAGNOSIS_H

#include <stdbool.h>

#include "base/text.h"
#include "format/addr.h"

/* From what was seen and heard on the guest's network to a cause and a remedy. */

/* What is known when DHCP has led to nothing. */
struct diagnosis {
	struct mac mac;   /* the guest's */
	unsigned seconds; /* asked for so long */
	bool offers;      /* somebody has answered */
	/* The bridge, before the guest's port was added. */
	bool is_port;        /* else there is none, but a packet socket */
	bool carrier;        /* some port of it has a link */
	uint32_t port_waits; /* a new port passes nothing for so long,
			      * seconds */
	bool filters_vlans;
	uint16_t pvid; /* the VLAN of new ports there; 0 = none */
	uint16_t vlan; /* the guest's, tagged; 0 = no tag */
	/* What came. */
	uint32_t frames;     /* of the guest's network */
	uint32_t strays;     /* of other VLANs: */
	uint16_t stray_vlan; /* one of them; 0 = without a tag */
	uint32_t wrong_sums; /* datagrams for us with a wrong checksum */
};

/* Appends the cause of that, as far as it shows, and what to do: the first of
 * wrong checksums, a port that waits, VLANs, a bridge whose ports
 * have no link, silence, a network that has no server. */
void diagnosis_put_no_lease(struct text *t, const struct diagnosis *d);

/* Appends that a server does not answer since `hop`, itself or the router to it,
 * does not answer ARP; 0 if there is no router. */
void diagnosis_put_deaf_hop(struct text *t, uint32_t server, uint32_t hop);

/* Appends that `n` answers had a wrong checksum, and where that is done. */
void diagnosis_put_wrong_sums(struct text *t, uint32_t n);

#endif
