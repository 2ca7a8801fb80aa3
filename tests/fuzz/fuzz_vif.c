/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/vif.h"

/* What was understood, written down again, must be understood the same. */
static void check_again(const struct vif *vif)
{
	char buf[128], reason[128];
	struct text line = TEXT(buf), why = TEXT(reason);
	struct vif again;

	if (mac_is_station(&vif->mac)) {
		text_puts(&line, "mac=");
		mac_put(&line, &vif->mac, '-');
	}
	if (vif->bridge[0])
		text_printf(&line, ",bridge=%s", vif->bridge);
	if (vif->mtu)
		text_printf(&line, ",mtu=%u", vif->mtu);
	if (vif->vlan)
		text_printf(&line, ",vlan=%up", vif->vlan);
	fuzz_check(!line.overflow);
	fuzz_check(!vif_parse(text_span(&line), &again, &why));
	fuzz_check(!memcmp(again.mac.b, vif->mac.b, sizeof(vif->mac.b)));
	fuzz_check(!strcmp(again.bridge, vif->bridge));
	fuzz_check(again.mtu == vif->mtu);
	fuzz_check(again.vlan == vif->vlan);
}

/* The input is the vif; as a part of argv it holds no NUL. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = span_cut_nul(fuzz_copy(data, n));
	char reason[256];
	struct text why = TEXT(reason);
	struct vif vif;
	int rc;

	why.clip = true;
	rc = vif_parse(s, &vif, &why);
	fuzz_check_reason(rc, &why);
	if (!rc) {
		fuzz_check(vif.given &&
			   (mac_is_station(&vif.mac) ||
			    !memcmp(vif.mac.b, (uint8_t[6]){ 0 }, 6)));
		fuzz_check(memchr(vif.bridge, 0, sizeof(vif.bridge)) != NULL);
		fuzz_check(!strchr(vif.bridge, '/'));
		fuzz_check(vif.vlan <= 4094);
		fuzz_check(!vif.mtu || (vif.mtu >= 576 && vif.mtu <= 65535));
		check_again(&vif);
	}
	return 0;
}
