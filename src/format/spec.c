/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/spec.h"

#include <string.h>

#include "base/err.h"
#include "config.h"

/* What an option is; one that is not refused and has neither field nor parser
 * is accepted because others' users pass it, and means nothing here. */
enum option_flags {
	VALUE = 1,     /* takes a value */
	TOOLSTACK = 2, /* libxl says it to any boot loader */
	REFUSED = 4,   /* means something that cannot be done here */
};

struct option {
	const char *name;
	char letter;    /* short form, or 0 */
	unsigned flags;
	size_t field;   /* offset in struct spec of the string, or 0 */
	int (*parse)(struct spec *spec, struct span value, struct text *why);
};

static int parse_help(struct spec *spec, struct span value, struct text *why)
{
	(void)value, (void)why;
	spec->action = SPEC_HELP;
	return 0;
}

static int parse_version(struct spec *spec, struct span value,
			 struct text *why)
{
	(void)value, (void)why;
	spec->action = SPEC_VERSION;
	return 0;
}

static int parse_quiet(struct spec *spec, struct span value, struct text *why)
{
	(void)value, (void)why;
	spec->quiet = true;
	return 0;
}

static int parse_vif(struct spec *spec, struct span value, struct text *why)
{
	return vif_parse(value, &spec->vif, why);
}

static int parse_uuid(struct spec *spec, struct span value, struct text *why)
{
	if (uuid_parse(value, &spec->uuid))
		return 0;
	text_printf(why, "\"%.*s\" is not a UUID", SPAN_ARG(value));
	return -E_USAGE;
}

/* XAPI runs its eliloader with --vm and reads the result, one item per line,
 * from standard output (ocaml/xenopsd/lib/bootloader.ml). */
static int parse_vm(struct spec *spec, struct span value, struct text *why)
{
	spec->format = SPEC_SIMPLE;
	return parse_uuid(spec, value, why);
}

static int parse_runas(struct spec *spec, struct span value, struct text *why)
{
	if (!span_get_number(&value, UINT32_MAX - 1, &spec->uid) || value.n ||
	    !spec->uid) {
		text_puts(why, "--runas= takes the number of a user other "
			  "than root");
		return -E_USAGE;
	}
	spec->restricted = true;
	return 0;
}

static int parse_format(struct spec *spec, struct span value, struct text *why)
{
	if (span_eq(value, SPAN_LIT("simple0")))
		spec->format = SPEC_SIMPLE0;
	else if (span_eq(value, SPAN_LIT("simple")))
		spec->format = SPEC_SIMPLE;
	else if (span_eq(value, SPAN_LIT("sxp")))
		spec->format = SPEC_SXP;
	else {
		text_printf(why, "--output-format=%.*s is not one of simple0, "
			    "simple, sxp", SPAN_ARG(value));
		return -E_USAGE;
	}
	return 0;
}

static int parse_link(struct spec *spec, struct span value, struct text *why)
{
	if (span_eq(value, SPAN_LIT("auto")))
		spec->link = SPEC_LINK_AUTO;
	else if (span_eq(value, SPAN_LIT("tap")))
		spec->link = SPEC_LINK_TAP;
	else if (span_eq(value, SPAN_LIT("packet")))
		spec->link = SPEC_LINK_PACKET;
	else {
		text_printf(why, "--link=%.*s is not one of auto, tap, packet",
			    SPAN_ARG(value));
		return -E_USAGE;
	}
	return 0;
}

static int parse_seconds(struct span value, ms_t *ms, struct text *why)
{
	uint32_t seconds;

	if (!span_get_number(&value, 86400, &seconds) || value.n || !seconds) {
		text_puts(why, "a timeout is a number of seconds from 1 to "
			  "86400");
		return -E_USAGE;
	}
	*ms = (ms_t)seconds * 1000;
	return 0;
}

static int parse_timeout(struct spec *spec, struct span value,
			 struct text *why)
{
	return parse_seconds(value, &spec->timeout, why);
}

static int parse_dhcp_timeout(struct spec *spec, struct span value,
			      struct text *why)
{
	return parse_seconds(value, &spec->dhcp_timeout, why);
}

#define FIELD(f) offsetof(struct spec, f)

static const struct option options[] = {
	/* libxl's own */
	{ "kernel", 0, VALUE | TOOLSTACK, FIELD(kernel), NULL },
	{ "ramdisk", 0, VALUE | TOOLSTACK, FIELD(ramdisk), NULL },
	{ "args", 0, VALUE | TOOLSTACK, FIELD(args), NULL },
	{ "runas", 0, VALUE | TOOLSTACK, 0, parse_runas },
	{ "quiet", 'q', TOOLSTACK, 0, parse_quiet },
	{ "output", 0, VALUE | TOOLSTACK, FIELD(output), NULL },
	{ "output-format", 0, VALUE | TOOLSTACK, 0, parse_format },
	{ "output-directory", 0, VALUE | TOOLSTACK, FIELD(output_directory),
	  NULL },
	/* ours */
	{ "vif", 0, VALUE, 0, parse_vif },
	{ "link", 0, VALUE, 0, parse_link },
	{ "label", 0, VALUE, FIELD(label), NULL },
	{ "uuid", 0, VALUE, 0, parse_uuid },
	{ "local-bootloader", 0, VALUE, FIELD(local_bootloader), NULL },
	{ "timeout", 0, VALUE, 0, parse_timeout },
	{ "dhcp-timeout", 0, VALUE, 0, parse_dhcp_timeout },
	{ "help", 'h', 0, 0, parse_help },
	{ "version", 0, 0, 0, parse_version },
	/* pygrub's */
	{ "entry", 0, VALUE, FIELD(label), NULL },
	{ "interactive", 'i', 0, 0, NULL },
	{ "debug", 0, 0, 0, NULL },
	{ "offset", 0, VALUE, 0, NULL },
	{ "list-entries", 'l', REFUSED, 0, NULL },
	{ "not-really", 'n', REFUSED, 0, NULL },
	{ "isconfig", 0, REFUSED, 0, NULL },
	/* pypxeboot's */
	{ "interface", 0, VALUE, FIELD(interface), NULL },
	{ "pygrub-image", 0, VALUE, FIELD(local_disk), NULL },
	{ "verbose", 'v', 0, 0, NULL },
	{ "udhcpc", 0, VALUE, 0, NULL },
	{ "config-dir", 0, VALUE | REFUSED, 0, NULL },
	/* eliloader's and xenpvnetboot's */
	{ "vm", 0, VALUE, 0, parse_vm },
	{ "logging", 0, 0, 0, NULL },
	{ "extra_args", 0, VALUE, FIELD(args), NULL },
	{ "default_args", 0, VALUE, 0, NULL },
	{ "location", 0, VALUE | REFUSED, 0, NULL },
};

#define OPTIONS_N (sizeof(options) / sizeof(*options))

static const struct option *find_option(struct span name)
{
	for (size_t i = 0; i < OPTIONS_N; i++)
		if (span_eq(name, span_of(options[i].name)))
			return &options[i];
	return NULL;
}

static const struct option *find_letter(struct span arg)
{
	for (size_t i = 0; i < OPTIONS_N; i++)
		if (arg.n == 2 && options[i].letter == (char)arg.p[1])
			return &options[i];
	return NULL;
}

/* Returns how many letters must be put in, taken out or changed to make one
 * word of the other (Levenshtein); long words count as far away. */
static size_t distance(struct span a, struct span b)
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

static int unknown_option(struct span name, struct text *why)
{
	const struct option *nearest = NULL;
	size_t d, best = 4; /* more than three typing errors is no suggestion */

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
		text_puts(why, "; lwpxeboot --help lists them");
	return -E_USAGE;
}

static int keep_toolstack(struct spec *spec, const char *arg, struct text *why)
{
	if (spec->toolstack_n == SPEC_TOOLSTACK_ARGS) {
		text_puts(why, "too many arguments");
		return -E_USAGE;
	}
	spec->toolstack[spec->toolstack_n++] = arg;
	return 0;
}

/* Applies one option; `value` is NULL for one without. */
static int apply_option(struct spec *spec, const struct option *o,
			const char *value, struct text *why)
{
	if (o->flags & REFUSED) {
		text_printf(why, "--%s is not supported by lwpxeboot",
			    o->name);
		return -E_USAGE;
	}
	if (o->field)
		*(const char **)((char *)spec + o->field) = value;
	if (o->parse)
		return o->parse(spec, value ? span_of(value) :
				(struct span){ NULL, 0 }, why);
	return 0;
}

/* Reads the option at argv[*at] and moves *at onto its last argument. */
static int parse_option(int argc, char *const *argv, int *at,
			struct spec *spec, struct text *why)
{
	struct span arg = span_of(argv[*at]), name;
	const struct option *o;
	const char *value = NULL;
	int rc = 0;

	o = find_letter(arg);
	if (!o) {
		while (arg.n && arg.p[0] == '-')
			span_get(&arg, 1, &name);
		if (span_get_until(&arg, '=', &name))
			value = (const char *)arg.p;
		o = find_option(name);
	}
	if (!o)
		return unknown_option(name, why);
	if (o->flags & TOOLSTACK)
		rc = keep_toolstack(spec, argv[*at], why);
	if (o->flags & VALUE && !value) {
		if (++*at == argc) {
			text_printf(why, "--%s needs a value", o->name);
			return -E_USAGE;
		}
		value = argv[*at];
		if (!rc && o->flags & TOOLSTACK)
			rc = keep_toolstack(spec, value, why);
	} else if (!(o->flags & VALUE) && value) {
		text_printf(why, "--%s takes no value", o->name);
		return -E_USAGE;
	}
	return rc ? rc : apply_option(spec, o, value, why);
}

/* An argument without a dash is pypxeboot's vif or the guest's disk. */
static int parse_positional(struct spec *spec, const char *arg,
			    struct text *why)
{
	struct span s = span_of(arg);

	if (arg[0] != '/' && span_find(s, SPAN_LIT("mac=")) != SIZE_MAX)
		return parse_vif(spec, s, why);
	if (spec->disk) {
		text_printf(why, "\"%s\" is one argument too many; quote each "
			    "of xl.cfg's bootloader_args", spec->disk);
		return -E_USAGE;
	}
	spec->disk = arg;
	return 0;
}

static int complete(struct spec *spec, struct text *why)
{
	int rc;

	if (spec->action != SPEC_BOOT)
		return 0;
	if (!mac_is_station(&spec->vif.mac)) {
		text_puts(why, "which guest? pass its vif= entry from xl.cfg: "
			  "bootloader_args=[\"--vif=mac=00:16:3e:12:34:56,"
			  "bridge=xenbr0\"]");
		return -E_USAGE;
	}
	if (!spec->vif.bridge[0]) {
		rc = vif_set_bridge(span_of(spec->interface ? spec->interface :
					    LWPXE_BRIDGE), &spec->vif, why);
		if (rc)
			return rc;
	}
	if (!spec->timeout)
		spec->timeout = (spec->restricted ? LWPXE_TIMEOUT_RESTRICTED :
				 LWPXE_TIMEOUT) * (ms_t)1000;
	return 0;
}

int spec_parse(int argc, char *const *argv, struct spec *spec,
	       struct text *why)
{
	int rc = 0;

	*spec = (struct spec){
		.uid = LWPXE_UID,
		.dhcp_timeout = LWPXE_DHCP_TIMEOUT * (ms_t)1000,
		.output_directory = LWPXE_OUTPUT_DIRECTORY,
		.local_bootloader = LWPXE_LOCAL_BOOTLOADER,
	};
	for (int i = 1; i < argc && !rc; i++) {
		if (argv[i][0] == '-' && argv[i][1])
			rc = parse_option(argc, argv, &i, spec, why);
		else
			rc = parse_positional(spec, argv[i], why);
	}
	return rc ? rc : complete(spec, why);
}
