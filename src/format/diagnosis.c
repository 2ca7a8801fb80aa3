/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/diagnosis.h"

#include "base/guard.h"

void diagnosis_put_wrong_sums(struct text *t, uint32_t n)
{
	text_printf(t,
		    "%u packets came with a wrong checksum, as from a guest "
		    "that leaves checksums to hardware; on the server: ethtool "
		    "-K eth0 tx off",
		    n);
}

void diagnosis_put_deaf_hop(struct text *t, uint32_t server, uint32_t hop)
{
	if (!hop)
		text_printf(t,
			    "%s is on another network, and the lease names "
			    "no router",
			    IP4_SHOW(server));
	else if (hop == server)
		text_printf(t,
			    "nothing on this network answers for the "
			    "address %s (no ARP reply)",
			    IP4_SHOW(server));
	else
		text_printf(t,
			    "the router %s, the way to %s, does not answer "
			    "(no ARP reply)",
			    IP4_SHOW(hop), IP4_SHOW(server));
}

/* What was heard, and is of others. */
static void put_strays(struct text *t, const struct diagnosis *d)
{
	if (!d->stray_vlan)
		text_printf(t,
			    "all %u frames there came without a tag, and "
			    "the guest's VLAN is %u; leave --vlan= out, or tag "
			    "that VLAN on the bridge",
			    d->strays, d->vlan);
	else if (!d->vlan)
		text_printf(t,
			    "all %u frames there have a tag, such as that "
			    "of VLAN %u; say --vlan=%u if that is the guest's",
			    d->strays, d->stray_vlan, d->stray_vlan);
	else
		text_printf(t,
			    "all %u frames there are of other VLANs, such "
			    "as %u, and the guest's is %u; correct --vlan=",
			    d->strays, d->stray_vlan, d->vlan);
}

/* Why nothing at all was heard. */
static void put_silence(struct text *t, const struct diagnosis *d)
{
	if (!d->carrier)
		text_puts(t,
			  "no port of that bridge has a link; check the cable, "
			  "the switch, and that the network card is up and a "
			  "port of it: bridge link");
	else if (d->is_port && d->filters_vlans && !d->vlan)
		text_printf(t,
			    "nothing was heard, and that bridge has its new "
			    "ports in VLAN %u; if the guest's is another, say "
			    "--vlan=",
			    d->pvid);
	else
		text_printf(t,
			    "nothing at all was heard there; check the "
			    "bridge's ports, the cable and the switch: bridge "
			    "link%s",
			    d->is_port ?
				    "" :
				    "; a server in this "
				    "Dom0 cannot be reached by a packet link");
}

static GUARDED void put_no_server(struct text *t, const struct diagnosis *d)
{
	static char mac[18];
	struct text m = TEXT(mac);

	mac_put(&m, &d->mac, ':');
	text_printf(t, "%scheck that a server for %s serves that network%s",
		    d->offers || !d->frames ? "" : "others were heard there; ",
		    mac,
		    d->is_port ? "" :
				 ", outside of this Dom0, which a "
				 "packet link cannot reach");
}

void diagnosis_put_no_lease(struct text *t, const struct diagnosis *d)
{
	if (d->wrong_sums)
		diagnosis_put_wrong_sums(t, d->wrong_sums);
	else if (d->offers)
		put_no_server(t, d);
	else if (d->is_port && d->port_waits >= d->seconds)
		text_printf(t,
			    "the bridge's spanning tree protocol keeps a new "
			    "port waiting for %u s; use --link=packet, or a "
			    "longer --dhcp-timeout=",
			    d->port_waits);
	else if (d->is_port && d->filters_vlans && !d->pvid && !d->vlan)
		text_puts(t,
			  "that bridge filters VLANs and has its new ports in "
			  "none; say the guest's with --vlan=");
	else if (d->strays && !d->frames)
		put_strays(t, d);
	else if (!d->frames)
		put_silence(t, d);
	else
		put_no_server(t, d);
}
