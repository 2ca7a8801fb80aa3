/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/option.h"

#include "base/guard.h"
#include "format/spec.h"

#define TEXT_OPTION(name, flags, field) \
	{ \
		name, 0, OPTION_VALUE | (flags), OPTION_STRING, \
			offsetof(struct spec, field) \
	}
#define TO(field) offsetof(struct spec, field)

static const struct option options[] = {
	/* libxl's own */
	TEXT_OPTION("kernel", OPTION_TOOLSTACK, kernel),
	TEXT_OPTION("ramdisk", OPTION_TOOLSTACK, ramdisk),
	TEXT_OPTION("args", OPTION_TOOLSTACK, args),
	{ "runas", 0, OPTION_VALUE | OPTION_TOOLSTACK, OPTION_RUNAS, 0 },
	{ "quiet", 'q', OPTION_TOOLSTACK, OPTION_FLAG, TO(quiet) },
	TEXT_OPTION("output", OPTION_TOOLSTACK, output),
	{ "output-format", 0, OPTION_VALUE | OPTION_TOOLSTACK, OPTION_FORMAT,
	  0 },
	TEXT_OPTION("output-directory", OPTION_TOOLSTACK, output_directory),
	/* ours */
	{ "vif", 0, OPTION_VALUE, OPTION_VIF, 0 },
	TEXT_OPTION("cfg", 0, cfg),
	{ "nic", 0, OPTION_VALUE, OPTION_NIC, 0 },
	{ "mac", 0, OPTION_VALUE, OPTION_MAC, 0 },
	{ "print-mac", 0, 0, OPTION_PRINT_MAC, 0 },
	{ "link", 0, OPTION_VALUE, OPTION_LINK, 0 },
	TEXT_OPTION("vlan", 0, vlan),
	TEXT_OPTION("label", 0, label),
	{ "menu", 0, OPTION_VALUE, OPTION_MENU, 0 },
	{ "console", 0, OPTION_VALUE, OPTION_CONSOLE, 0 },
	{ "inject", 0, OPTION_OPTIONAL, OPTION_INJECT, 0 },
	{ "preflight", 0, OPTION_VALUE, OPTION_PREFLIGHT, 0 },
	{ "extract", 0, OPTION_VALUE, OPTION_EXTRACT, 0 },
	{ "uuid", 0, OPTION_VALUE, OPTION_UUID, 0 },
	{ "arch", 0, OPTION_VALUE, OPTION_ARCH, 0 },
	TEXT_OPTION("vendor-class", 0, identity.vendor_class),
	TEXT_OPTION("user-class", 0, identity.user_class),
	{ "client-id", 0, OPTION_VALUE, OPTION_CLIENT_ID, 0 },
	TEXT_OPTION("hostname", 0, identity.hostname),
	TEXT_OPTION("local-bootloader", 0, local_bootloader),
	TEXT_OPTION("location", 0, location),
	{ "on-localboot", 0, OPTION_VALUE, OPTION_ON_LOCALBOOT, 0 },
	{ "once", 0, 0, OPTION_FLAG, TO(once) },
	{ "reset", 0, 0, OPTION_FLAG, TO(reset) },
	TEXT_OPTION("state-directory", 0, state_directory),
	{ "timeout", 0, OPTION_VALUE, OPTION_TIMEOUT, TO(timeout) },
	{ "dhcp-timeout", 0, OPTION_VALUE, OPTION_TIMEOUT, TO(dhcp_timeout) },
	{ "explain", 0, 0, OPTION_FLAG, TO(explain) },
	{ "list-entries", 'l', 0, OPTION_FLAG, TO(list_entries) },
	TEXT_OPTION("tree", 0, tree),
	{ "format", 0, OPTION_VALUE, OPTION_ANSWER_FORMAT, 0 },
	{ "lint", 0, 0, OPTION_LINT, 0 },
	TEXT_OPTION("pcap", 0, pcap),
	{ "pcap-on-error", 0, OPTION_OPTIONAL, OPTION_PCAP_ON_ERROR, 0 },
	{ "verbose", 'v', 0, OPTION_VERBOSE, 0 },
	{ "log-format", 0, OPTION_VALUE, OPTION_LOG_FORMAT, 0 },
	{ "syslog", 0, 0, OPTION_FLAG, TO(syslog) },
	{ "help", 'h', OPTION_OPTIONAL, OPTION_HELP, 0 },
	{ "version", 0, 0, OPTION_VERSION, 0 },
	/* pygrub's */
	TEXT_OPTION("entry", 0, label),
	{ "interactive", 'i', 0, OPTION_NOTHING, 0 },
	{ "debug", 0, 0, OPTION_VERBOSE, 0 },
	{ "offset", 0, OPTION_VALUE, OPTION_NOTHING, 0 },
	{ "not-really", 'n', 0, OPTION_FLAG, TO(explain) },
	{ "isconfig", 0, 0, OPTION_FLAG, TO(is_config) },
	/* pypxeboot's */
	TEXT_OPTION("interface", 0, interface),
	TEXT_OPTION("pygrub-image", 0, local_disk),
	{ "udhcpc", 0, OPTION_VALUE, OPTION_NOTHING, 0 },
	TEXT_OPTION("config-dir", 0, config_dir),
	/* eliloader's */
	{ "vm", 0, OPTION_VALUE, OPTION_VM, 0 },
	{ "logging", 0, 0, OPTION_NOTHING, 0 },
	TEXT_OPTION("extra_args", 0, args),
	{ "default_args", 0, OPTION_VALUE, OPTION_NOTHING, 0 },
};

#define OPTIONS_N (sizeof(options) / sizeof(*options))

const struct option *option_find(struct span name)
{
	for (size_t i = 0; i < OPTIONS_N; i++)
		if (span_eq(name, span_of(options[i].name)))
			return &options[i];
	return NULL;
}

const struct option *option_find_letter(struct span arg)
{
	for (size_t i = 0; i < OPTIONS_N; i++)
		if (arg.n == 2 && options[i].letter == (char)arg.p[1])
			return &options[i];
	return NULL;
}

/* Returns how many letters must be put in, taken out or changed to make one
 * word of the other (Levenshtein); long words count as far away. */
static GUARDED size_t distance(struct span a, struct span b)
{
	size_t row[32], diagonal, above, best;

	if (b.n >= sizeof(row) / sizeof(*row))
		return SIZE_MAX;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 0; i < a.n; i++) {
		diagonal = row[0];
		row[0] = i + 1;
		for (size_t j = 0; j < b.n; j++) {
			above = row[j + 1];
			best = diagonal + (a.p[i] != b.p[j]);
			if (above + 1 < best)
				best = above + 1;
			if (row[j] + 1 < best)
				best = row[j] + 1;
			diagonal = above;
			row[j + 1] = best;
		}
	}
	return row[b.n];
}

void option_explain_unknown(struct span name, struct text *why)
{
	const struct option *nearest = NULL;
	/* More than three typing errors, or all letters, is no suggestion. */
	size_t d, best = name.n < 4 ? name.n : 4;

	text_printf(why, "--%.*s is no option of lwpxeboot", SPAN_ARG(name));
	for (size_t i = 0; i < OPTIONS_N; i++) {
		d = distance(name, span_of(options[i].name));
		if (d < best) {
			best = d;
			nearest = &options[i];
		}
	}
	if (nearest)
		text_printf(why, "; did you mean --%s?", nearest->name);
	else
		text_puts(why, "; lwpxeboot --help=all lists them");
}
