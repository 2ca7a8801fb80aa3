/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/spec_complete.h"

#include "base/err.h"
#include "base/guard.h"
#include "config.h"
#include "format/bootsource.h"
#include "format/inject.h"
#include "format/uuidmac.h"

/* The longest name of a configuration or of its directory: as many bytes go
 * behind it, or in front, before there is no room. */
#define NAME_MAX_BYTES (URL_PATH_SIZE / 2)

#define PATH_BYTES 4096

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
		text_printf(why,
			    "--vendor-class=, --user-class= and "
			    "--hostname= take 1 to %u bytes",
			    DHCPMSG_VALUE);
		return -E_USAGE;
	}
	return 0;
}

/* Names end at their first blank where PXELINUX has them, which would cut these
 * without a word; and a request takes no control characters. */
static bool is_name(const char *s, size_t max)
{
	struct span name = span_of(s ? s : "");

	if (s && (!name.n || name.n > max))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] == 0x7f)
			return false;
	return true;
}

/* Puts into `why` what is wrong about --location=, if anything. */
static GUARDED void check_location(const char *location, struct text *why)
{
	struct span s = span_of(location);
	bool is_url = url_is_absolute(s);
	struct url url;
	uint32_t ip;

	if (is_name(location, DHCPMSG_STRING - 2) &&
	    (is_url || span_find(s, SPAN_LIT(":")) == SIZE_MAX)) {
		if (!is_url || url_resolve(&url, s, SPAN_LIT("x"), why) ||
		    !ip4_parse(span_of(url.host), &ip) || ip4_is_host(ip))
			return;
	}
	text_printf(why,
		    "--location= takes a URL like http://SERVER/"
		    "DIRECTORY/, or a directory on the boot server: 1 to %u "
		    "bytes without blanks and control characters",
		    DHCPMSG_STRING - 2);
}

/* Fails unless names of boot files are names. */
static int check_names(const struct spec *spec, struct text *why)
{
	if (!is_name(spec->kernel, SIZE_MAX) ||
	    !is_name(spec->ramdisk, SIZE_MAX))
		text_puts(why,
			  "--kernel= and --ramdisk= take names and URLs, "
			  "which have no blanks and no control characters");
	else if (!is_name(spec->config_dir, NAME_MAX_BYTES))
		text_printf(why,
			    "--config-dir= takes a directory on the boot "
			    "server: 1 to %u bytes without blanks and control "
			    "characters",
			    NAME_MAX_BYTES);
	else if (spec->location)
		check_location(spec->location, why);
	return why->n ? -E_USAGE : 0;
}

/* Makes the argument that is no option the configuration to look at.  Without
 * --tree= it is in the tree that begins with its directory, or around that if
 * it is called pxelinux.cfg. */
static GUARDED int complete_config(struct spec *spec, struct text *why)
{
	const struct span usual = SPAN_LIT("pxelinux.cfg/");
	static char tree[PATH_BYTES];
	struct text t = TEXT(tree);
	struct span path = span_of(spec->disk ? spec->disk : "");
	size_t cut = path.n;

	while (cut && path.p[cut - 1] != '/')
		cut--;
	if (cut >= usual.n &&
	    (cut == usual.n || path.p[cut - usual.n - 1] == '/') &&
	    span_eq((struct span){ path.p + cut - usual.n, usual.n }, usual))
		cut -= usual.n;
	if (spec->tree)
		cut = 0;
	text_put(&t, cut ? (struct span){ path.p, cut } : SPAN_LIT("."));
	spec->config = spec->disk ? spec->disk + cut : "";
	spec->disk = NULL;
	if (t.overflow || !is_name(spec->config, NAME_MAX_BYTES)) {
		text_printf(why,
			    "--isconfig takes one file, whose name has 1 "
			    "to %u bytes without blanks and control characters",
			    NAME_MAX_BYTES);
		return -E_USAGE;
	}
	if (!spec->tree)
		spec->tree = tree;
	return 0;
}

/* What looks without booting; --tree= can be used for nothing else. */
static int complete_explain(struct spec *spec, struct text *why)
{
	static const struct mac example = { { 0x00, 0x16, 0x3e, 0, 0, 0 } };

	if (LWPXE_EXPLAIN && spec->is_config && complete_config(spec, why))
		return -E_USAGE;
	if ((spec->tree || spec->is_config) && !spec->list_entries)
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
	else if ((spec->list_entries || spec->config) && spec->kernel)
		text_puts(why,
			  "--list-entries and --isconfig are about a "
			  "configuration, which nobody reads with --kernel=");
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
		text_puts(why,
			  "the guest's UUID, of which its MAC address is "
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
	text_puts(
		why,
		spec->vif.given ?
			"the vif has no mac=; a guest that boots from the network "
			"needs a fixed one, the same as in xl.cfg's vif=" :
			"which guest? pass its vif= entry from xl.cfg: "
			"bootloader_args=[\"--vif=mac=00:16:3e:12:34:56,"
			"bridge=xenbr0\"]");
	return -E_USAGE;
}

/* Fails if a toolstack waits for a kernel that there would not be: libxl aborts
 * over success without one, and libvirt with it. */
static int check_awaited(const struct spec *spec, struct text *why)
{
	if (spec->action == SPEC_BOOT || !spec->output)
		return 0;
	text_puts(why,
		  "what only looks, --reset, --help and --version boot "
		  "nothing, and a toolstack waits for a kernel in --output=; "
		  "use them in a shell");
	return -E_USAGE;
}

static int check_inject(const char *path, struct text *why)
{
	if (!path)
		return 0;
	if (!LWPXE_INJECT)
		text_puts(why, "--inject is not built in (LWPXE_INJECT)");
	else if (!inject_is_path(span_of(path)))
		text_printf(why,
			    "--inject=%s is no path in a ramdisk: names of "
			    "letters, digits and ._-+, and at most %u bytes",
			    path, INJECT_PATH);
	return why->n ? -E_USAGE : 0;
}

static int complete_lint(const struct spec *spec, struct text *why)
{
	if (!LWPXE_LINT)
		text_puts(why, "--lint is not built in (LWPXE_LINT)");
	else if (!spec->files_n)
		text_puts(why,
			  "--lint checks the files named behind it, and "
			  "there is none: lwpxeboot --lint /etc/xen/*.cfg");
	return why->n ? -E_USAGE : 0;
}

/* What remembers, and what forgets; what only looks at a tree or a list knows no
 * guest. */
static int complete_once(struct spec *spec, struct text *why)
{
	const bool looks = spec->action != SPEC_BOOT;

	if (!spec->once && !spec->reset)
		return 0;
	if (!LWPXE_ONCE)
		text_puts(why, "--once and --reset are not built in "
			       "(LWPXE_ONCE)");
	else if (spec->reset && looks)
		text_puts(why, "--reset boots nothing and explains nothing");
	else if (!spec->uuid.known && !spec->tree && !spec->list_entries)
		text_puts(why,
			  "--once and --reset know guests by their UUID, "
			  "and nobody has told this one's; pass --uuid=, or "
			  "--cfg= with an xl.cfg that has uuid=");
	if (spec->reset)
		spec->action = SPEC_RESET;
	return why->n ? -E_USAGE : 0;
}

/* Where its network is. */
static int complete_vif(struct spec *spec, struct text *why)
{
	int rc = 0;

	if (!spec->vif.bridge[0])
		rc = vif_set_bridge(span_of(spec->interface ? spec->interface :
							      LWPXE_BRIDGE),
				    &spec->vif, why);
	if (!rc && spec->vlan)
		rc = vif_set_vlan(span_of(spec->vlan), &spec->vif, why);
	return rc;
}

static int check_built(const struct spec *spec, struct text *why)
{
	if (!LWPXE_SYSLOG && (spec->syslog || spec->logs_json))
		text_puts(why,
			  "--syslog and --log-format=json are not built in "
			  "(LWPXE_SYSLOG)");
	else if (!LWPXE_PCAP && (spec->pcap || spec->captures_errors))
		text_puts(why, "--pcap= and --pcap-on-error= are not built in "
			       "(LWPXE_PCAP)");
	return why->n ? -E_USAGE : 0;
}

int spec_complete(struct spec *spec, struct text *why)
{
	const bool boots = spec->action == SPEC_BOOT;
	int rc = boots ? complete_explain(spec, why) : 0;

	if (!rc && boots)
		rc = complete_once(spec, why);
	if (!rc)
		rc = check_awaited(spec, why);
	if (!rc && spec->action == SPEC_PRINT_MAC)
		rc = make_mac(spec, why);
	if (!rc && spec->action == SPEC_LINT)
		rc = complete_lint(spec, why);
	if (rc || !boots || spec->action == SPEC_RESET)
		return rc;
	rc = check_names(spec, why);
	if (!rc)
		rc = check_inject(spec->inject, why);
	if (!rc)
		rc = complete_mac(spec, why);
	if (!rc)
		rc = complete_vif(spec, why);
	if (!rc)
		rc = check_built(spec, why);
	if (rc)
		return rc;
	if (!spec->timeout)
		spec->timeout = (spec->restricted ? LWPXE_TIMEOUT_RESTRICTED :
						    LWPXE_TIMEOUT) *
				(ms_t)1000;
	if (!spec->restricted)
		spec->uid = LWPXE_UID + spec->domid;
	return check_identity(&spec->identity, why);
}
