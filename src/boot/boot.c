/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/boot.h"

#include "base/err.h"
#include "base/guard.h"
#include "base/log.h"
#include "boot/asker.h"
#include "boot/config.h"
#include "boot/explain.h"
#include "boot/image.h"
#include "format/diagnosis.h"
#include "net/bootserver.h"
#include "net/dhcp.h"
#include "net/fetch.h"
#include "net/resolve.h"
#include "port/netif.h"

int boot_fail(int rc, const char *fmt, ...)
{
	static char sentence[1024];
	const struct netif_heard heard = netif_heard();
	struct text t = TEXT(sentence);
	va_list ap;

	t.clip = t.brief = true;
	va_start(ap, fmt);
	text_vprintf(&t, fmt, ap);
	va_end(ap);
	if (heard.dropped > heard.strays)
		log_info("%u frames that made no sense were dropped",
			 heard.dropped - heard.strays);
	if (!explain_failure(rc, sentence))
		log_error(-rc, "%s", sentence);
	return rc;
}

GUARDED int boot_check_room(const struct boot *b, const char *take,
			    uint64_t need)
{
	static char numbers[64];
	struct text t = TEXT(numbers);

	if (!b->room || need <= b->room)
		return 0;
	text_put_size(&t, need);
	text_puts(&t, ", and there is ");
	text_put_size(&t, b->room);
	return boot_fail(-E_SPACE,
			 "%s %s of room for them; free some in the "
			 "output directory, or memory if it is a tmpfs",
			 take, numbers);
}

static unsigned prefix_length(uint32_t mask)
{
	unsigned n = 0;

	while (n < 32 && mask & 0x80000000u >> n)
		n++;
	return n;
}

static void say_lease(const struct dhcpmsg *m)
{
	log_info("DHCP: lease of %s/%u from %s for %u s, router %s",
		 IP4_SHOW(m->yiaddr), prefix_length(m->mask),
		 IP4_SHOW(m->server_id), m->lease,
		 m->router ? IP4_SHOW(m->router) : "none");
	if (m->file[0] && m->bootfile[0] &&
	    !span_eq(span_of(m->file), span_of(m->bootfile)))
		log_warn("the lease names two boot files, %s in its header and "
			 "%s in option 67; taking the first",
			 m->file, m->bootfile);
	if (m->has_reboot)
		log_info("DHCP: option 211 wants a reboot %u s after a failed "
			 "boot; that is up to xl",
			 m->reboot);
	if (m->too_long)
		log_warn("the lease has a string of more than %u bytes, which "
			 "was left out",
			 DHCPMSG_STRING - 1);
}

/* Returns how DHCP servers see the guest, with what xenstore knows filled in. */
static GUARDED struct dhcpmsg_identity identity_of(const struct spec *spec)
{
	struct dhcpmsg_identity who = spec->identity;

	if (who.client_id == CLIENT_ID_UUID && !spec->uuid.known)
		log_warn("--client-id=uuid: the guest's UUID is not known, so "
			 "no client identifier is sent");
	if (!who.hostname || !span_eq(span_of(who.hostname), SPAN_LIT("@name")))
		return who;
	who.hostname = spec->name[0] ? spec->name : NULL;
	if (!who.hostname)
		log_warn("--hostname=@name: the guest's name is not known, so "
			 "no host name is sent");
	return who;
}

/* Says why there is no lease: `why`, and what has been seen of its cause. */
static GUARDED int fail_dhcp(const struct boot *b, int rc,
			     const struct text *why)
{
	const struct link *l = b->link;
	const struct netif_heard heard = netif_heard();
	const struct dhcpmsg *offers;
	const struct diagnosis d = {
		.mac = l->mac,
		.vlan = l->vlan,
		.seconds = (unsigned)(b->spec->dhcp_timeout / 1000),
		.offers = dhcp_offers(&offers),
		.is_port = l->ops->is_port,
		.carrier = l->at.carrier,
		.port_waits = l->at.stp ? 2 * l->at.forward_delay : 0,
		.filters_vlans = l->at.filters_vlans,
		.pvid = l->at.pvid,
		.frames = heard.frames,
		.strays = heard.strays,
		.stray_vlan = heard.stray_vlan,
		.wrong_sums = heard.wrong_sums,
	};
	static char reason[320];
	struct text t = TEXT(reason);

	diagnosis_put_no_lease(&t, &d);
	return boot_fail(rc, "%s in %u s on %s: %s", why->p, d.seconds,
			 l->bridge, reason);
}

/* Gets the lease, and what PXE servers beside DHCP's say; *local is set if that
 * is to boot from the disk. */
static GUARDED int get_lease(struct boot *b, bool *local)
{
	static struct dhcpmsg proxy;
	static char reason[DHCPMSG_STRING + 128];
	struct text why = TEXT(reason);
	int rc;

	rc = dhcp_run(&b->loop, &b->lease, &proxy, &why);
	if (!rc) {
		say_lease(&b->lease);
		rc = bootserver_run(&b->loop, &b->who, &proxy, &b->lease,
				    local);
		return rc ? boot_fail(rc, "the PXE server that DHCP names "
					  "could not be asked") :
			    0;
	}
	if (rc == -E_DHCP_SILENT || rc == -E_DHCP_REFUSED)
		return fail_dhcp(b, rc, &why);
	return boot_fail(rc, "DHCP could not be started");
}

static void use_location(struct boot *b)
{
	if (b->spec->location)
		bootsource_set_location(&b->source, span_of(b->spec->location));
}

/* Points DNS, the boot server and the MTU at what the lease says. */
static void use_lease(struct boot *b)
{
	bootsource_from_lease(&b->source, &b->lease);
	use_location(b);
	resolve_start(b->lease.dns, b->lease.domain);
	if (b->lease.mtu >= 576 && b->lease.mtu < b->link->mtu)
		b->link->mtu = b->lease.mtu;
	netif_set_mtu(b->link->mtu);
}

/* Takes xl.cfg's own kernel= and ramdisk=, as names on the boot server. */
static int take_given_kernel(struct boot *b, struct choice *c)
{
	*c = (struct choice){
		.entry = BOOTCFG_NONE,
		.kind = KIND_LINUX,
		.kernel = span_of(b->spec->kernel),
		.initrd = span_of(b->spec->ramdisk ? b->spec->ramdisk : ""),
		.because = "xl.cfg's kernel= names it",
	};
	log_info("%s %s: %s", explain_only() ? "Would boot" : "Booting",
		 b->spec->kernel, c->because);
	return config_take_server(b);
}

/* Learns where the boot files are: from a lease, or without a network.  *local
 * says that the lease's answer is the guest's own disk. */
static int find_source(struct boot *b, bool *local)
{
	int rc;

	if (boot_tree(b)) {
		b->lease.yiaddr = b->spec->vif.ip;
		b->source = (struct bootsource){
			.servers = 1,
			.prefix = "::",
			.config = b->spec->config ? b->spec->config : ""
		};
		use_location(b);
		return 0;
	}
	rc = get_lease(b, local);
	if (!rc)
		use_lease(b);
	return rc;
}

/* Leaves the guest to its own disk, if that is allowed. */
static int leave_to_disk(const struct boot *b, struct report *r)
{
	static char reason[256];
	struct text why = TEXT(reason);
	int rc = spec_allow_local(b->spec, &why);

	r->outcome = REPORT_LOCAL;
	return rc ? boot_fail(rc, "%s", reason) : 0;
}

/* Loads what was chosen, if it has to be. */
static int load(struct boot *b, const struct choice *choice, struct report *r)
{
	if (choice->kind == KIND_LOCALBOOT)
		return leave_to_disk(b, r);
	r->outcome = REPORT_BOOT;
	return image_load(b, choice, r);
}

/* Returns true if another entry may fare better than one that failed so. */
static bool is_entry_to_blame(int rc)
{
	return rc && rc != -E_INTERRUPTED && rc != -E_SPACE &&
	       rc != -E_OUTPUT && rc != -E_LOCAL_REFUSED;
}

/* Loads *choice, or what takes its place where it cannot be loaded: ONERROR, or
 * another choice of whoever made this one. */
static int load_any(struct boot *b, struct choice *choice, struct report *r)
{
	int rc = load(b, choice, r), next;

	while (is_entry_to_blame(rc)) {
		next = config_onerror(b, choice);
		if (next == -E_NO_ENTRY && choice_was_asked(choice))
			next = config_ask_again(b, choice);
		if (next == -E_INTERRUPTED || next == -E_TIMEOUT)
			return next;
		if (next)
			return rc;
		rc = load(b, choice, r);
	}
	return rc;
}

/* That is told without a network. */
static bool has_had_its_boot(const struct boot *b)
{
	return LWPXE_EXPLAIN && LWPXE_ONCE && b->spec->once_is_over;
}

static int boot(struct boot *b, struct report *r)
{
	static struct choice choice; /* for the explanation, too */
	bool local = false;
	int rc;

	if (has_had_its_boot(b)) {
		choice = (struct choice){
			.entry = BOOTCFG_NONE,
			.kind = KIND_LOCALBOOT,
			.because = "--once: it has had its boot from the "
				   "network",
		};
		explain_choice(&choice);
		return leave_to_disk(b, r);
	}
	rc = find_source(b, &local);
	if (rc)
		return rc;
	if (b->spec->ramdisk && !b->spec->kernel)
		log_warn("xl.cfg's ramdisk= is left out: it goes with kernel=, "
			 "which is not set");
	/* What xl.cfg names is meant, whatever the network says. */
	if (local && !b->spec->kernel && !b->spec->label && !b->spec->location)
		return leave_to_disk(b, r);
	rc = b->spec->kernel ? take_given_kernel(b, &choice) :
			       config_choose(b, &choice);
	if (rc)
		return rc;
	if (explain_choice(&choice)) {
		r->outcome = REPORT_LOCAL;
		return 0;
	}
	return load_any(b, &choice, r);
}

static void say_heard(void)
{
	const struct netif_heard heard = netif_heard();

	log_detail(1,
		   "Network: %u frames taken, %u dropped, %u of other VLANs, "
		   "%u wrong checksums",
		   heard.frames, heard.dropped - heard.strays, heard.strays,
		   heard.wrong_sums);
}

GUARDED void boot_ask(struct boot *b)
{
	if (boot_tree(b) || has_had_its_boot(b))
		return;
	b->who = (struct dhcp_who){
		.mac = b->spec->vif.mac,
		.uuid = b->spec->uuid,
		.identity = identity_of(b->spec),
		.mtu = b->link->mtu,
		.deadline = clock_now() + b->spec->dhcp_timeout,
	};
	netif_start(b->link);
	dhcp_ask(&b->who);
}

void boot_run(struct boot *b, struct report *r)
{
	int rc;

	b->loop = (struct loop){ .link = b->link->fd, .parent = b->parent };
	b->asker = asker_open(b);
	r->magic = REPORT_MAGIC;
	explain_start(b);
	rc = boot(b, r);
	say_heard();
	rc = explain_end(r, rc);
	fetch_leave();
	if (!rc)
		return;
	r->outcome = REPORT_FAILED;
	r->rc = (uint32_t)-rc;
	r->args_n = 0;
}
