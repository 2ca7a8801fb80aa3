/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/spec_complete.h"

#include <string.h>

#include "base/err.h"
#include "base/guard.h"
#include "config.h"
#include "format/word.h"

/* DOMID_FIRST_RESERVED in Xen's public/xen.h is the next. */
#define DOMID_MAX 0x7fefu

/* What an option is. */
enum option_flags {
	VALUE = 1,     /* takes a value */
	TOOLSTACK = 2, /* libxl says it to any boot loader */
	REFUSED = 4,   /* means something that cannot be done here */
};

/* What it does; one that does nothing is accepted since others' users pass
 * it. */
enum option_effect {
	NOTHING, STRING, FLAG, HELP, VERSION, VIF, UUID, VM, RUNAS, FORMAT,
	NIC, LINK, MENU, CONSOLE, PREFLIGHT, TIMEOUT, ARCH, CLIENT_ID, ANSWER_FORMAT,
};

/* No pointers: each would cost a relocation besides itself. */
struct option {
	char name[17];
	char letter;     /* short form, or 0 */
	uint8_t flags;
	uint8_t effect;
	uint16_t field;  /* where in struct spec it goes: STRING, FLAG, TIMEOUT */
};

static int parse_uuid(struct spec *spec, struct span value, struct text *why)
{
	if (uuid_parse(value, &spec->uuid))
		return 0;
	text_printf(why, "\"%.*s\" is not a UUID", SPAN_ARG(value));
	return -E_USAGE;
}

/* Takes one of `words`, and which it is into *i. */
static int parse_word(const struct option *o, struct span value,
		      const char *words, size_t *i, struct text *why)
{
	const char *word;

	*i = word_find(value, words);
	if (*word_nth(words, *i))
		return 0;
	text_printf(why, "--%s=%.*s is not one of ", o->name, SPAN_ARG(value));
	for (*i = 0; *(word = word_nth(words, *i)); ++*i)
		text_printf(why, *i ? ", %s" : "%s", word);
	return -E_USAGE;
}

static int parse_number(const struct option *o, struct span value,
			uint32_t min, uint32_t max, uint32_t *n,
			struct text *why)
{
	if (span_get_number(&value, max, n) && !value.n && *n >= min)
		return 0;
	text_printf(why, "--%s= takes a number from %u to %u", o->name, min,
		    max);
	return -E_USAGE;
}

static int parse_client_id(struct spec *spec, struct span value,
			   struct text *why)
{
	struct dhcpmsg_identity *who = &spec->identity;
	size_t n;

	if (span_eq(value, SPAN_LIT("mac")))
		who->client_id = CLIENT_ID_MAC;
	else if (span_eq(value, SPAN_LIT("uuid")))
		who->client_id = CLIENT_ID_UUID;
	else if (bytes_parse(value, who->id, sizeof(who->id), &n) && n > 1) {
		who->client_id = CLIENT_ID_BYTES;
		who->id_n = (uint8_t)n;
	} else {
		text_printf(why, "--client-id= takes mac, uuid, or 2 to %u "
			    "bytes in hexadecimal", DHCPMSG_VALUE);
		return -E_USAGE;
	}
	return 0;
}

#define TEXT_OPTION(name, flags, field) \
	{ name, 0, VALUE | (flags), STRING, offsetof(struct spec, field) }
#define TO(field) offsetof(struct spec, field)

static const struct option options[] = {
	/* libxl's own */
	TEXT_OPTION("kernel", TOOLSTACK, kernel),
	TEXT_OPTION("ramdisk", TOOLSTACK, ramdisk),
	TEXT_OPTION("args", TOOLSTACK, args),
	{ "runas", 0, VALUE | TOOLSTACK, RUNAS, 0 },
	{ "quiet", 'q', TOOLSTACK, FLAG, TO(quiet) },
	TEXT_OPTION("output", TOOLSTACK, output),
	{ "output-format", 0, VALUE | TOOLSTACK, FORMAT, 0 },
	TEXT_OPTION("output-directory", TOOLSTACK, output_directory),
	/* ours */
	{ "vif", 0, VALUE, VIF, 0 },
	TEXT_OPTION("cfg", 0, cfg),
	{ "nic", 0, VALUE, NIC, 0 },
	{ "link", 0, VALUE, LINK, 0 },
	TEXT_OPTION("vlan", 0, vlan),
	TEXT_OPTION("label", 0, label),
	{ "menu", 0, VALUE, MENU, 0 },
	{ "console", 0, VALUE, CONSOLE, 0 },
	{ "preflight", 0, VALUE, PREFLIGHT, 0 },
	{ "uuid", 0, VALUE, UUID, 0 },
	{ "arch", 0, VALUE, ARCH, 0 },
	TEXT_OPTION("vendor-class", 0, identity.vendor_class),
	TEXT_OPTION("user-class", 0, identity.user_class),
	{ "client-id", 0, VALUE, CLIENT_ID, 0 },
	TEXT_OPTION("hostname", 0, identity.hostname),
	TEXT_OPTION("local-bootloader", 0, local_bootloader),
	{ "timeout", 0, VALUE, TIMEOUT, TO(timeout) },
	{ "dhcp-timeout", 0, VALUE, TIMEOUT, TO(dhcp_timeout) },
	{ "explain", 0, 0, FLAG, TO(explain) },
	{ "list-entries", 'l', 0, FLAG, TO(list_entries) },
	TEXT_OPTION("tree", 0, tree),
	{ "format", 0, VALUE, ANSWER_FORMAT, 0 },
	{ "verbose", 'v', 0, FLAG, TO(verbose) },
	{ "help", 'h', 0, HELP, 0 },
	{ "version", 0, 0, VERSION, 0 },
	/* pygrub's */
	TEXT_OPTION("entry", 0, label),
	{ "interactive", 'i', 0, NOTHING, 0 },
	{ "debug", 0, 0, NOTHING, 0 },
	{ "offset", 0, VALUE, NOTHING, 0 },
	{ "not-really", 'n', REFUSED, NOTHING, 0 },
	{ "isconfig", 0, REFUSED, NOTHING, 0 },
	/* pypxeboot's */
	TEXT_OPTION("interface", 0, interface),
	TEXT_OPTION("pygrub-image", 0, local_disk),
	{ "udhcpc", 0, VALUE, NOTHING, 0 },
	{ "config-dir", 0, VALUE | REFUSED, NOTHING, 0 },
	/* eliloader's and xenpvnetboot's */
	{ "vm", 0, VALUE, VM, 0 },
	{ "logging", 0, 0, NOTHING, 0 },
	TEXT_OPTION("extra_args", 0, args),
	{ "default_args", 0, VALUE, NOTHING, 0 },
	{ "location", 0, VALUE | REFUSED, NOTHING, 0 },
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

static int unknown_option(struct span name, struct text *why)
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
	struct span s = span_of(value ? value : "");
	void *field = (char *)spec + o->field;
	uint32_t n = 0;
	size_t i = 0;
	int rc = 0;

	switch ((enum option_effect)o->effect) {
	case NOTHING:
		break;
	case STRING:
		*(const char **)field = value;
		break;
	case FLAG:
		*(bool *)field = true;
		break;
	case HELP:
		spec->action = SPEC_HELP;
		break;
	case VERSION:
		spec->action = SPEC_VERSION;
		break;
	case VIF:
		return vif_parse(s, &spec->vif, why);
	case VM:
		/* XAPI runs its eliloader with --vm and reads the result, one
		 * item per line, from standard output. */
		spec->format = SPEC_SIMPLE;
		return parse_uuid(spec, s, why);
	case UUID:
		return parse_uuid(spec, s, why);
	case CLIENT_ID:
		return parse_client_id(spec, s, why);
	case RUNAS:
		spec->restricted = true;
		return parse_number(o, s, 1, UINT32_MAX - 1, &spec->uid, why);
	case NIC:
		return parse_number(o, s, 0, UINT8_MAX, &spec->nic, why);
	case ARCH:
		rc = parse_number(o, s, 0, UINT16_MAX, &n, why);
		spec->identity.arch = (uint16_t)n;
		break;
	case TIMEOUT:
		rc = parse_number(o, s, 1, 86400, &n, why);
		*(ms_t *)field = n * (ms_t)1000;
		break;
	case FORMAT:
		rc = parse_word(o, s, "sxp\0" "simple\0" "simple0\0", &i, why);
		spec->format = (enum spec_format)i;
		break;
	case LINK:
		rc = parse_word(o, s, "auto\0" "tap\0" "packet\0", &i, why);
		spec->link = (enum spec_link)i;
		break;
	case ANSWER_FORMAT:
		rc = parse_word(o, s, "text\0" "json\0", &i, why);
		spec->json = i;
		break;
	case CONSOLE:
		rc = parse_word(o, s, "hvc0\0" "keep\0", &i, why);
		spec->keeps_console = i;
		break;
	case PREFLIGHT:
		rc = parse_word(o, s, "yes\0" "no\0", &i, why);
		spec->no_preflight = i;
		break;
	case MENU:
		rc = parse_word(o, s, "auto\0" "no\0", &i, why);
		spec->unattended = i;
		break;
	}
	return rc;
}

/* Reads the option at argv[*at] and moves *at onto its last argument. */
static int parse_option(int argc, char *const *argv, int *at,
			struct spec *spec, struct text *why)
{
	struct span arg = span_of(argv[*at]), name = { 0 };
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
	if (o->flags & REFUSED) {
		text_printf(why, "--%s is not supported by lwpxeboot",
			    o->name);
		return -E_USAGE;
	}
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
		return vif_parse(s, &spec->vif, why);
	if (spec->disk) {
		text_printf(why, "\"%s\" is one argument too many; quote each "
			    "of xl.cfg's bootloader_args", spec->disk);
		return -E_USAGE;
	}
	spec->disk = arg;
	return 0;
}

/* Whoever wants JSON wants it of a mistake in front of that option, too. */
static bool asks_for_json(int argc, char *const *argv)
{
	for (int i = 1; i < argc; i++)
		if (span_eq(span_of(argv[i]), SPAN_LIT("--format=json")))
			return true;
	return false;
}

/* Finds N in libxl's "…/bootloader.N.out". */
static void find_domid(struct spec *spec)
{
	static const char stem[] = "/bootloader.";
	struct span s = span_of(spec->output ? spec->output : ""), skipped;
	size_t at = span_find(s, SPAN_LIT(stem));
	uint32_t n;

	if (at != SIZE_MAX &&
	    span_get(&s, at + sizeof(stem) - 1, &skipped) &&
	    span_get_number(&s, DOMID_MAX, &n) && span_starts(s, SPAN_LIT(".")))
		spec->domid = n;
}

int spec_parse(int argc, char *const *argv, struct spec *spec,
	       struct text *why)
{
	int rc = 0;

	*spec = (struct spec){
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
	find_domid(spec);
	if (!rc && !spec->cfg)
		rc = spec_complete(spec, why);
	if (rc)
		spec->json = asks_for_json(argc, argv);
	return rc;
}
