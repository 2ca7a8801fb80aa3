/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/pxeopt.h"

#include "config.h"

enum code {
	PAD = 0,
	CONTROL = 6,
	MULTICAST = 7,
	SERVERS = 8,
	MENU = 9,
	PROMPT = 10,
	ITEM = 71,
	CONFIG = 209,
	PREFIX = 210,
	REBOOT = 211,
	END = 255,
};

/* Takes what only boot servers and their menus are asked for. */
static void take_menu(struct pxeopt *o, uint8_t code, struct span value)
{
	switch (code) {
	case MULTICAST:
		span_get_be32(&value, &o->multicast);
		break;
	case SERVERS:
		o->servers = value;
		break;
	case PROMPT:
		if (!span_get_u8(&value, &o->timeout))
			break;
		o->has_prompt = true;
		o->prompt = span_cut_nul(value);
		break;
	case ITEM:
		if (value.n != 4)
			break;
		span_get_be16(&value, &o->item.type);
		span_get_be16(&value, &o->item.layer);
		o->has_item = true;
		break;
	default:
		break;
	}
}

static void take(struct pxeopt *o, uint8_t code, struct span value)
{
	switch (code) {
	case CONTROL:
		span_get_u8(&value, &o->control);
		break;
	case MENU:
		o->menu = value;
		break;
	case CONFIG:
		o->config = span_cut_nul(value);
		o->has_config = true;
		break;
	case PREFIX:
		o->prefix = span_cut_nul(value);
		o->has_prefix = true;
		break;
	case REBOOT:
		if (value.n != 4)
			break;
		span_get_be32(&value, &o->reboot);
		o->has_reboot = true;
		break;
	default:
		if (LWPXE_PROXYDHCP)
			take_menu(o, code, value);
	}
}

void pxeopt_parse(struct span option, struct pxeopt *o)
{
	struct span value;
	uint8_t code, length;

	*o = (struct pxeopt){ .control = 0 };
	while (span_get_u8(&option, &code) && code != END) {
		if (code == PAD)
			continue;
		if (!span_get_u8(&option, &length) ||
		    !span_get(&option, length, &value))
			return;
		take(o, code, value);
	}
}

bool pxeopt_next_item(struct span *menu, struct pxeopt_item *item,
		      struct span *text)
{
	uint8_t length;

	item->layer = 0;
	return span_get_be16(menu, &item->type) && span_get_u8(menu, &length) &&
	       span_get(menu, length, text);
}

bool pxeopt_next_server(struct span *list, struct span *group, uint16_t type,
			uint32_t *ip)
{
	uint16_t group_type;
	uint8_t count;

	while (!span_get_be32(group, ip)) {
		if (!span_get_be16(list, &group_type) ||
		    !span_get_u8(list, &count) ||
		    !span_get(list, count * sizeof(*ip), group))
			return false;
		if (group_type != type)
			group->n = 0;
	}
	return true;
}

bool pxeopt_lists(struct span list, uint16_t type, uint32_t ip)
{
	struct span group = { 0 };
	uint32_t listed;

	while (pxeopt_next_server(&list, &group, type, &listed))
		if (!ip || listed == ip)
			return true;
	return false;
}
