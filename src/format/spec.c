/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/spec_complete.h"

#include <string.h>

#include "base/err.h"
#include "base/guard.h"
#include "config.h"
#include "format/option.h"
#include "format/word.h"

/* DOMID_FIRST_RESERVED in Xen's public/xen.h is the next. */
#define DOMID_MAX 0x7fefu

static int parse_uuid(struct spec *spec, struct span value, struct text *why)
{
	spec->uuid_is_given = true;
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

static int parse_number(const struct option *o, struct span value, uint32_t min,
			uint32_t max, uint32_t *n, struct text *why)
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
		text_printf(why,
			    "--client-id= takes mac, uuid, or 2 to %u "
			    "bytes in hexadecimal",
			    DHCPMSG_VALUE);
		return -E_USAGE;
	}
	return 0;
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
	case OPTION_NOTHING:
		break;
	case OPTION_STRING:
		*(const char **)field = value;
		break;
	case OPTION_FLAG:
		*(bool *)field = true;
		break;
	case OPTION_HELP:
		spec->action = SPEC_HELP;
		spec->help_all = value;
		rc = value ? parse_word(o, s, "all\0", &i, why) : 0;
		break;
	case OPTION_VERSION:
		spec->action = SPEC_VERSION;
		break;
	case OPTION_VIF:
		return vif_parse(s, &spec->vif, why);
	case OPTION_VM:
		/* XAPI runs its eliloader with --vm and reads the result, one
		 * item per line, from standard output. */
		spec->format = SPEC_SIMPLE;
		spec->xapi = true;
		return parse_uuid(spec, s, why);
	case OPTION_UUID:
		return parse_uuid(spec, s, why);
	case OPTION_CLIENT_ID:
		return parse_client_id(spec, s, why);
	case OPTION_RUNAS:
		spec->restricted = true;
		return parse_number(o, s, 1, UINT32_MAX - 1, &spec->uid, why);
	case OPTION_MAC:
		spec->mac_from_uuid = true;
		return parse_word(o, s, "from-uuid\0", &i, why);
	case OPTION_PRINT_MAC:
		spec->action = SPEC_PRINT_MAC;
		break;
	case OPTION_INJECT:
		while (value && *value == '/')
			value++;
		spec->inject = value ? value : SPEC_INJECT;
		break;
	case OPTION_LINT:
		spec->action = SPEC_LINT;
		break;
	case OPTION_NIC:
		return parse_number(o, s, 0, UINT8_MAX, &spec->nic, why);
	case OPTION_ARCH:
		rc = parse_number(o, s, 0, UINT16_MAX, &n, why);
		spec->identity.arch = (uint16_t)n;
		break;
	case OPTION_TIMEOUT:
		rc = parse_number(o, s, 1, 86400, &n, why);
		*(ms_t *)field = n * (ms_t)1000;
		break;
	case OPTION_FORMAT:
		rc = parse_word(o, s, "sxp\0simple\0simple0\0", &i, why);
		spec->format = (enum spec_format)i;
		break;
	case OPTION_LINK:
		rc = parse_word(o, s, "auto\0tap\0packet\0", &i, why);
		spec->link = (enum spec_link)i;
		break;
	case OPTION_VERBOSE:
		spec->verbose++;
		break;
	case OPTION_LOG_FORMAT:
		rc = parse_word(o, s, "text\0json\0", &i, why);
		spec->logs_json = i;
		break;
	case OPTION_PCAP_ON_ERROR:
		spec->captures_errors = true;
		spec->pcap_on_error = value;
		break;
	case OPTION_ANSWER_FORMAT:
		rc = parse_word(o, s, "text\0json\0", &i, why);
		spec->json = i;
		break;
	case OPTION_CONSOLE:
		rc = parse_word(o, s, "hvc0\0keep\0", &i, why);
		spec->keeps_console = i;
		break;
	case OPTION_PREFLIGHT:
		rc = parse_word(o, s, "yes\0no\0", &i, why);
		spec->no_preflight = i;
		break;
	case OPTION_ON_LOCALBOOT:
		rc = parse_word(o, s, "exec\0fail\0", &i, why);
		spec->refuses_local = i;
		break;
	case OPTION_EXTRACT:
		rc = parse_word(o, s, "auto\0always\0no\0", &i, why);
		spec->extract = (enum spec_extract)i;
		break;
	case OPTION_MENU:
		rc = parse_word(o, s, "auto\0no\0", &i, why);
		spec->unattended = i;
		break;
	}
	return rc;
}

/* Reads the option at argv[*at] and moves *at onto its last argument. */
static int parse_option(int argc, char *const *argv, int *at, struct spec *spec,
			struct text *why)
{
	struct span arg = span_of(argv[*at]), name = { 0 };
	const struct option *o;
	const char *value = NULL;
	int rc = 0;

	if (span_eq(arg, SPAN_LIT("-vv"))) {
		spec->verbose++;
		arg.n--;
	}
	o = option_find_letter(arg);
	if (!o) {
		while (arg.n && arg.p[0] == '-')
			span_get(&arg, 1, &name);
		if (span_get_until(&arg, '=', &name))
			value = (const char *)arg.p;
		o = option_find(name);
	}
	if (!o) {
		option_explain_unknown(name, why);
		return -E_USAGE;
	}
	if (o->flags & OPTION_TOOLSTACK)
		rc = keep_toolstack(spec, argv[*at], why);
	if (o->flags & OPTION_VALUE && !value) {
		if (++*at == argc) {
			text_printf(why, "--%s needs a value", o->name);
			return -E_USAGE;
		}
		value = argv[*at];
		if (!rc && o->flags & OPTION_TOOLSTACK)
			rc = keep_toolstack(spec, value, why);
	} else if (value && !(o->flags & (OPTION_VALUE | OPTION_OPTIONAL))) {
		text_printf(why, "--%s takes no value", o->name);
		return -E_USAGE;
	}
	return rc ? rc : apply_option(spec, o, value, why);
}

/* An argument without a dash is pypxeboot's vif or the guest's disk; an empty
 * one is between two blanks in XAPI's PV-bootloader-args. */
static int parse_positional(struct spec *spec, const char *arg,
			    struct text *why)
{
	struct span s = span_of(arg);

	if (!s.n)
		return 0;
	if (arg[0] != '/' && span_find(s, SPAN_LIT("mac=")) != SIZE_MAX)
		return vif_parse(s, &spec->vif, why);
	if (spec->disk) {
		text_printf(why,
			    "\"%s\" is one argument too many; quote each "
			    "of xl.cfg's bootloader_args",
			    spec->disk);
		return -E_USAGE;
	}
	spec->disk = arg;
	return 0;
}

/* Whoever wants JSON wants it of a mistake in front of that option, too. */
static bool asks_for(int argc, char *const *argv, struct span option)
{
	for (int i = 1; i < argc; i++)
		if (span_eq(span_of(argv[i]), option))
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

	if (at != SIZE_MAX && span_get(&s, at + sizeof(stem) - 1, &skipped) &&
	    span_get_number(&s, DOMID_MAX, &n) && span_starts(s, SPAN_LIT(".")))
		spec->domid = n;
}

/* Unsets what was given and names nothing: xl.cfg's kernel="", and what is
 * standard output to pygrub. */
static void drop_nothing(struct spec *spec)
{
	if (spec->kernel && !spec->kernel[0])
		spec->kernel = NULL;
	if (spec->ramdisk && !spec->ramdisk[0])
		spec->ramdisk = NULL;
	if (spec->output && span_eq(span_of(spec->output), SPAN_LIT("-")))
		spec->output = NULL;
}

int spec_allow_local(const struct spec *spec, struct text *why)
{
	if (!spec->refuses_local)
		return 0;
	text_puts(why,
		  "the guest is to boot from its disk, which "
		  "--on-localboot=fail forbids; let the boot server's default "
		  "be another entry, or the guest's bootloader= another "
		  "program");
	return -E_LOCAL_REFUSED;
}

int spec_parse(int argc, char *const *argv, struct spec *spec, struct text *why)
{
	bool options = true;
	int i, rc = 0;

	*spec = (struct spec){
		.dhcp_timeout = LWPXE_DHCP_TIMEOUT * (ms_t)1000,
		.output_directory = LWPXE_OUTPUT_DIRECTORY,
		.local_bootloader = LWPXE_LOCAL_BOOTLOADER,
		.state_directory = LWPXE_STATE_DIRECTORY,
	};
	for (i = 1; i < argc && !rc && spec->action != SPEC_LINT; i++) {
		if (options && span_eq(span_of(argv[i]), SPAN_LIT("--")))
			options = false;
		else if (options && argv[i][0] == '-' && argv[i][1])
			rc = parse_option(argc, argv, &i, spec, why);
		else
			rc = parse_positional(spec, argv[i], why);
	}
	drop_nothing(spec);
	/* Behind --lint all are files, whatever they begin with. */
	if (spec->action == SPEC_LINT && i < argc) {
		spec->files = argv + i;
		spec->files_n = (size_t)(argc - i);
	}
	find_domid(spec);
	if (!rc && !spec_waits(spec))
		rc = spec_complete(spec, why);
	if (!rc)
		return 0;
	spec->json = asks_for(argc, argv, SPAN_LIT("--format=json"));
	spec->logs_json = asks_for(argc, argv, SPAN_LIT("--log-format=json"));
	return rc;
}
