/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "config.h"
#include "format/spec_complete.h"

#define ARGS 40

/* Cuts the input at its NULs into arguments, each a string of its own, so that
 * reading past the end of one is an error that AddressSanitizer sees. */
static int cut(const uint8_t *data, size_t n, char **argv)
{
	struct span rest = { n ? data : NULL, n }, arg;
	int argc = 0;

	argv[argc++] = strdup("lwpxeboot");
	while (rest.n && argc < ARGS) {
		span_get_until(&rest, 0, &arg);
		argv[argc] = malloc(arg.n + 1);
		if (arg.n)
			memcpy(argv[argc], arg.p, arg.n);
		argv[argc++][arg.n] = '\0';
	}
	argv[argc] = NULL;
	return argc;
}

/* Each string the spec points to is a part of an argument, or a default. */
static void check_string(const char *s, int argc, char **argv)
{
	int found = !s || !strcmp(s, LWPXE_OUTPUT_DIRECTORY) ||
		    !strcmp(s, LWPXE_LOCAL_BOOTLOADER);

	for (int i = 1; i < argc; i++)
		found |= s >= argv[i] && s <= argv[i] + strlen(argv[i]);
	fuzz_check(found);
}

/* Whatever it is, it fits into a message. */
static void check_identity(const struct dhcpmsg_identity *who)
{
	struct dhcpmsg_query q = { .type = DHCP_DISCOVER,
				   .uuid.known = true,
				   .has_item = true,
				   .identity = *who };
	char packet[DHCPMSG_MAX + 1];
	struct text t = TEXT(packet);

	fuzz_check(who->client_id != CLIENT_ID_BYTES || who->id_n > 1);
	dhcpmsg_put(&t, &q);
	fuzz_check(!t.overflow && t.n >= 300);
}

static void check_spec(const struct spec *spec, int argc, char **argv)
{
	const char *const strings[] = {
		spec->kernel,
		spec->ramdisk,
		spec->args,
		spec->interface,
		spec->label,
		spec->disk,
		spec->local_disk,
		spec->output,
		spec->output_directory,
		spec->local_bootloader,
		spec->identity.vendor_class,
		spec->identity.user_class,
		spec->identity.hostname,
		spec->location,
		spec->config_dir,
	};
	int at = 1;

	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
		check_string(strings[i], argc, argv);
	/* The toolstack's own are arguments of ours, in their order. */
	fuzz_check(spec->toolstack_n <= SPEC_TOOLSTACK_ARGS);
	for (size_t i = 0; i < spec->toolstack_n; i++) {
		while (at < argc && argv[at] != spec->toolstack[i])
			at++;
		fuzz_check(at++ < argc);
	}
	if (spec->action > SPEC_EXPLAIN)
		return;
	fuzz_check(spec->uid && spec->uid != UINT32_MAX);
	fuzz_check(mac_is_station(&spec->vif.mac));
	fuzz_check(spec->vif.bridge[0] && strlen(spec->vif.bridge) < 16);
	fuzz_check(spec->timeout && spec->dhcp_timeout);
	check_identity(&spec->identity);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *argv[ARGS + 1], reason[512];
	struct text why = TEXT(reason);
	int argc = cut(data, n, argv), rc;
	struct spec spec;

	why.clip = true;
	rc = spec_parse(argc, argv, &spec, &why);
	if (!rc && spec_waits(&spec)) /* for what then says nothing */
		rc = spec_complete(&spec, &why);
	fuzz_check_reason(rc, &why);
	if (!rc)
		check_spec(&spec, argc, argv);
	while (argc--)
		free(argv[argc]);
	return 0;
}
