/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/guard.h"
#include "format/diagnosis.h"

GUARDED void diagnosis_put_no_lease(struct text *t, const struct diagnosis *d)
{
	static char mac[18];
	struct text m = TEXT(mac);

	mac_put(&m, &d->mac, ':');
	text_printf(t, "check that a server for %s serves that network", mac);
}

void diagnosis_put_deaf_hop(struct text *t, uint32_t server, uint32_t hop)
{
	(void)t, (void)server, (void)hop;
}

void diagnosis_put_wrong_sums(struct text *t, uint32_t n)
{
	(void)t, (void)n;
}
