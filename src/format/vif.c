/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/vif.h"

#include <string.h>

#include "base/err.h"
#include "format/word.h"

#define VLAN_LAST 4094

enum key { MAC, BRIDGE, MTU, BACKEND, VLAN, IP, UNKNOWN = IP + 13 };

/* The last 12 change nothing about how the guest's network is reached. */
static const char keys[] = "mac\0bridge\0mtu\0backend\0vlan\0ip\0"
			   "type\0model\0vifname\0script\0rate\0devid\0"
			   "gatewaydev\0netdev\0backendtype\0accel\0trusted\0"
			   "forwarddev\0";

static int parse_mac(struct span value, struct vif *vif, struct text *why)
{
	if (!mac_parse(value, &vif->mac)) {
		text_printf(why,
			    "\"%.*s\" is not a MAC address; write it as "
			    "mac=00:16:3e:12:34:56",
			    SPAN_ARG(value));
		return -E_USAGE;
	}
	if (!mac_is_station(&vif->mac)) {
		text_printf(why,
			    "no guest can have the MAC address %.*s: it "
			    "is %s; use one that begins with 00:16:3e",
			    SPAN_ARG(value),
			    vif->mac.b[0] & 1 ? "a group address" : "zero");
		return -E_USAGE;
	}
	return 0;
}

int vif_set_bridge(struct span value, struct vif *vif, struct text *why)
{
	if (!value.n || value.n >= sizeof(vif->bridge) ||
	    span_find(value, SPAN_LIT("/")) != SIZE_MAX) {
		text_printf(why,
			    "\"%.*s\" is no name for a bridge: it has 1 to "
			    "%zu characters",
			    SPAN_ARG(value), sizeof(vif->bridge) - 1);
		return -E_USAGE;
	}
	memcpy(vif->bridge, value.p, value.n);
	vif->bridge[value.n] = '\0';
	return 0;
}

static int parse_mtu(struct span value, struct vif *vif, struct text *why)
{
	if (span_get_number(&value, 65535, &vif->mtu) && !value.n &&
	    vif->mtu >= 576)
		return 0;
	text_puts(why, "mtu= in the vif is no number from 576 to 65535");
	return -E_USAGE;
}

/* What stands there may also be a list, or IPv6. */
static void take_ip(struct span value, struct vif *vif)
{
	struct span word;

	word = span_get_word(&value);
	if (!ip4_parse(word, &vif->ip))
		vif->ip = 0;
}

static int parse_backend(struct span value, struct text *why)
{
	if (!value.n || span_eq(value, SPAN_LIT("0")) ||
	    span_eq_nocase(value, SPAN_LIT("Domain-0")))
		return 0;
	text_printf(why,
		    "the vif's backend is the driver domain \"%.*s\"; "
		    "lwpxeboot reaches only bridges of the domain it runs in",
		    SPAN_ARG(value));
	return -E_USAGE;
}

/* Reads an item of vlan=: a number, perhaps a range or a series, and "p" behind
 * the one VLAN that untagged frames belong to. */
static bool parse_vlan_item(struct span item, uint32_t *id, bool *single,
			    bool *untagged)
{
	uint32_t unused;

	*untagged = span_ends_nocase(item, SPAN_LIT("p"));
	item.n -= *untagged;
	if (!span_get_number(&item, VLAN_LAST, id) || !*id)
		return false;
	*single = !item.n;
	if (*single || *untagged)
		return *single;
	while (item.n) {
		if (item.p[0] != '-' && item.p[0] != '+' && item.p[0] != 'x')
			return false;
		item.p++;
		item.n--;
		if (!span_get_number(&item, VLAN_LAST, &unused))
			return false;
	}
	return true;
}

/* Reads xl's vlan=: items separated by slashes. */
static int parse_vlans(struct span value, struct vif *vif, struct text *why)
{
	bool single, untagged, several = false, marked = false;
	struct span rest = value, item;
	uint32_t id;

	vif->vlan = 0;
	do {
		span_get_until(&rest, '/', &item);
		if (!parse_vlan_item(item, &id, &single, &untagged)) {
			text_printf(why,
				    "vlan=%.*s in the vif is not like 10 "
				    "or 10p/20",
				    SPAN_ARG(value));
			return -E_USAGE;
		}
		several |= vif->vlan || !single;
		if (untagged || !marked)
			vif->vlan = (uint16_t)id;
		marked |= untagged;
	} while (rest.n);
	if (!several || marked)
		return 0;
	text_printf(why,
		    "vlan=%.*s in the vif does not tell which VLAN the "
		    "guest boots in; mark it with p, or pass --vlan=",
		    SPAN_ARG(value));
	return -E_USAGE;
}

int vif_set_vlan(struct span id, struct vif *vif, struct text *why)
{
	uint32_t number;

	if (span_get_number(&id, VLAN_LAST, &number) && !id.n && number) {
		vif->vlan = (uint16_t)number;
		return 0;
	}
	text_printf(why, "a VLAN is a number from 1 to %u", VLAN_LAST);
	return -E_USAGE;
}

static int parse_pair(struct span key, struct span value, struct vif *vif,
		      struct text *why)
{
	switch (word_find(key, keys)) {
	case MAC:
		return parse_mac(value, vif, why);
	case BRIDGE:
		return vif_set_bridge(value, vif, why);
	case MTU:
		return parse_mtu(value, vif, why);
	case BACKEND:
		return parse_backend(value, why);
	case VLAN:
		return parse_vlans(value, vif, why);
	case IP:
		take_ip(value, vif);
		return 0;
	case UNKNOWN:
		break;
	default:
		return 0;
	}
	if (span_starts(key, SPAN_LIT("colo_")))
		return 0;
	text_printf(why,
		    "\"%.*s\" is no key of a vif; see "
		    "xl-network-configuration(5)",
		    SPAN_ARG(key));
	return -E_USAGE;
}

int vif_parse(struct span s, struct vif *vif, struct text *why)
{
	struct span pair, key;
	int rc;

	*vif = (struct vif){ .given = true };
	while (s.n) {
		span_get_until(&s, ',', &pair);
		pair = span_trim_end(span_skip_blanks(pair));
		if (!pair.n)
			continue;
		span_get_until(&pair, '=', &key);
		rc = parse_pair(key, pair, vif, why);
		if (rc)
			return rc;
	}
	return 0;
}
