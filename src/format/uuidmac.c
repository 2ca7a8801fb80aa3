/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/uuidmac.h"

#include <string.h>

#include "base/guard.h"
#include "format/digest.h"

GUARDED void uuidmac_make(const struct uuid *uuid, uint32_t nic,
			  struct mac *mac)
{
	static const uint8_t prefix[3] = { 0x00, 0x16, 0x3e };
	uint8_t hash[DIGEST_MAX];
	char buf[64];
	struct text t = TEXT(buf);
	struct digest d;

	uuid_put(&t, uuid);
	if (nic)
		text_printf(&t, "/%u", nic);
	digest_start(&d, DIGEST_SHA256);
	digest_add(&d, text_span(&t));
	digest_end(&d, hash);
	hash[0] &= 0x7f;
	memcpy(mac->b, prefix, sizeof(prefix));
	memcpy(mac->b + sizeof(prefix), hash, sizeof(prefix));
}
