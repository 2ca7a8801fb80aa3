/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/spec_complete.h"

#include "base/err.h"
#include "base/guard.h"
#include "config.h"
#include "format/uuidmac.h"

/* Fails unless each text fits a DHCP option, which cannot be empty. */
static GUARDED int check_identity(const struct dhcpmsg_identity *who,
				  struct text *why)
{
	const char *const texts[] = { who->vendor_class, who->user_class,
				      who->hostname };
	size_t n;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		n = texts[i] ? span_of(texts[i]).n : 1;
		if (n > 0 && n <= DHCPMSG_VALUE)
			continue;
		text_printf(why, "--vendor-class=, --user-class= and "
			    "--hostname= take 1 to %u bytes", DHCPMSG_VALUE);
		return -E_USAGE;
	}
	return 0;
}

/* What looks without booting; --tree= can be used for nothing else. */
static int complete_explain(struct spec *spec, struct text *why)
{
	static const struct mac example = { { 0x00, 0x16, 0x3e, 0, 0, 0 } };

	if (spec->tree && !spec->list_entries)
		spec->explain = true;
	if (spec->explain || spec->list_entries)
		spec->action = SPEC_EXPLAIN;
	if (spec->action == SPEC_BOOT && spec->json)
		text_puts(why, "--format= is that of --explain, "
			  "--list-entries and --tree=");
	else if (spec->action == SPEC_BOOT)
		return 0;
	else if (!LWPXE_EXPLAIN)
		text_puts(why, "--explain, --list-entries and --tree= are not "
			  "built in (LWPXE_EXPLAIN)");
	else if (spec->list_entries && spec->kernel)
		text_puts(why, "--list-entries lists a configuration, which "
			  "nobody reads with --kernel=");
	if (why->n)
		return -E_USAGE;
	if (spec->tree && !mac_is_station(&spec->vif.mac))
		spec->vif.mac = example;
	return 0;
}

/* Makes the MAC address that no vif has. */
static int make_mac(struct spec *spec, struct text *why)
{
	if (!LWPXE_MAC_FROM_UUID)
		text_puts(why, "--mac=from-uuid and --print-mac are not built "
			  "in (LWPXE_MAC_FROM_UUID)");
	else if (!spec->uuid.known)
		text_puts(why, "the guest's UUID, of which its MAC address is "
			  "to be made, is not known; pass --uuid=, or --cfg= "
			  "with a file that has uuid=");
	else
		uuidmac_make(&spec->uuid, spec->nic, &spec->vif.mac);
	return why->n ? -E_USAGE : 0;
}

static int complete_mac(struct spec *spec, struct text *why)
{
	if (mac_is_station(&spec->vif.mac))
		return 0;
	if (spec->mac_from_uuid)
		return make_mac(spec, why);
	text_puts(why, spec->vif.given ?
		  "the vif has no mac=; a guest that boots from the network "
		  "needs a fixed one, the same as in xl.cfg's vif=" :
		  "which guest? pass its vif= entry from xl.cfg: "
		  "bootloader_args=[\"--vif=mac=00:16:3e:12:34:56,"
		  "bridge=xenbr0\"]");
	return -E_USAGE;
}

int spec_complete(struct spec *spec, struct text *why)
{
	int rc;

	if (spec->action == SPEC_PRINT_MAC)
		return make_mac(spec, why);
	if (spec->action != SPEC_BOOT)
		return 0;
	rc = complete_explain(spec, why);
	if (!rc)
		rc = complete_mac(spec, why);
	if (rc)
		return rc;
	if (!spec->vif.bridge[0]) {
		rc = vif_set_bridge(span_of(spec->interface ? spec->interface :
					    LWPXE_BRIDGE), &spec->vif, why);
		if (rc)
			return rc;
	}
	if (spec->vlan) {
		rc = vif_set_vlan(span_of(spec->vlan), &spec->vif, why);
		if (rc)
			return rc;
	}
	if (!spec->timeout)
		spec->timeout = (spec->restricted ? LWPXE_TIMEOUT_RESTRICTED :
				 LWPXE_TIMEOUT) * (ms_t)1000;
	if (!spec->restricted)
		spec->uid = LWPXE_UID + spec->domid;
	return check_identity(&spec->identity, why);
}
