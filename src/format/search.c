/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/search.h"

#include "base/guard.h"

enum step {
	CONFIG,
	UUID,
	OTHER_UUID,
	MAC,
	IP,
	LAST_IP = IP + 7,
	DEFAULT,
	END,
};

GUARDED bool search_next(struct search *s, struct text *name)
{
	static char hex[9];
	struct text digits = TEXT(hex);
	struct uuid other;

	if (s->step == CONFIG && !s->config[0])
		s->step++;
	if (s->step == UUID && !s->uuid.known)
		s->step++;
	if (s->step == OTHER_UUID &&
	    !(uuid_swap(&s->uuid, &other) && s->uuid.known))
		s->step++;
	if (s->step == IP && !s->ip)
		s->step = DEFAULT;
	text_reset(name);
	if (s->step >= END)
		return false;
	if (s->step != CONFIG)
		text_printf(name, "%s/",
			    s->directory ? s->directory : "pxelinux.cfg");
	switch (s->step) {
	case CONFIG:
		text_puts(name, s->config);
		break;
	case UUID:
		uuid_put(name, &s->uuid);
		break;
	case OTHER_UUID:
		uuid_put(name, &other);
		break;
	case MAC:
		text_puts(name, "01-"); /* the hardware type of Ethernet */
		mac_put(name, &s->mac, '-');
		break;
	case DEFAULT:
		text_puts(name, "default");
		break;
	default:
		for (int shift = 28; shift >= 0; shift -= 4)
			text_put_u8(
				&digits,
				(uint8_t) "0123456789ABCDEF"[s->ip >> shift &
							     15]);
		digits.n -= s->step - IP;
		text_put(name, text_span(&digits));
	}
	s->step++;
	return true;
}
