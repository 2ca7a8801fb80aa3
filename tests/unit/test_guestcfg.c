/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "base/err.h"
#include "format/guestcfg.h"

static struct spec spec;
static char reason[1024];

static int apply(const char *text)
{
	struct text why = TEXT(reason);
	int rc = guestcfg_apply(span_of(text), &spec, &why);

	assert_int_equal(!rc, !why.n);
	return rc;
}

#define WEB1 \
	"name = 'web1'\n" \
	"type = \"pvh\" # since 4.10\n" \
	"memory = 1024\n" \
	"uuid = '6d1b5b1e-2f0c-4a55-9c3a-0f5e7d8c9b1a'\n" \
	"vif = [ 'mac=00:16:3e:01:02:03,bridge=br1',\n" \
	"        'mac=00:16:3e:01:02:04,bridge=br2' ]\n" \
	"disk = ['phy:/dev/vg/web1,xvda,w']\n"

static void guest_is_known_by_its_file(void **state)
{
	(void)state;
	spec = (struct spec){ .nic = 0 };
	assert_int_equal(apply(WEB1), 0);
	assert_string_equal(spec.name, "web1");
	assert_int_equal(spec.type, GUEST_PVH);
	assert_int_equal(spec.memory_mib, 1024);
	assert_true(spec.uuid.known);
	assert_int_equal(spec.uuid.b[0], 0x6d);
	assert_int_equal(spec.vif.mac.b[5], 3);
	assert_string_equal(spec.vif.bridge, "br1");
	assert_false(spec.pvshim);
	spec = (struct spec){ .nic = 1 };
	assert_int_equal(apply(WEB1 "pvshim=1\n"), 0);
	assert_int_equal(spec.vif.mac.b[5], 4);
	assert_string_equal(spec.vif.bridge, "br2");
	assert_true(spec.pvshim);
}

static void what_is_known_stays(void **state)
{
	(void)state;
	spec = (struct spec){ .vif = { .given = true,
				       .mac = { { 0, 1, 2, 3, 4, 5 } } },
			      .uuid = { .known = true },
			      .name = "web1",
			      .type = GUEST_PVH };
	assert_int_equal(apply(WEB1), 0);
	assert_int_equal(spec.vif.mac.b[5], 5);
	assert_int_equal(spec.uuid.b[0], 0);
}

/* needs LWPXE_ONCE */
static void once_needs_a_uuid_that_stays(void **state)
{
	static const char without[] = "vif=['mac=00:16:3e:01:02:03']\n";

	(void)state;
	spec = (struct spec){ .once = true };
	assert_int_equal(apply(WEB1), 0);
	spec = (struct spec){ .once = true, .uuid.known = true };
	assert_int_equal(apply(without), -E_USAGE);
	assert_contains(reason, "it has no uuid=, so xl makes up another");
	spec = (struct spec){ .once = true,
			      .uuid.known = true,
			      .uuid_is_given = true };
	assert_int_equal(apply(without), 0);
	spec = (struct spec){ .once = false };
	assert_int_equal(apply(without), 0);
}

static void last_setting_counts(void **state)
{
	(void)state;
	spec = (struct spec){ .nic = 0 };
	assert_int_equal(apply(WEB1 "memory='0x100'\nname='web2'\n"
				    "vif=['mac=00:16:3e:00:00:09']"),
			 0);
	assert_int_equal(spec.memory_mib, 256);
	assert_string_equal(spec.name, "web2");
	assert_int_equal(spec.vif.mac.b[5], 9);
}

static void vifs_may_be_added(void **state)
{
	(void)state;
	spec = (struct spec){ .nic = 2 };
	assert_int_equal(apply(WEB1 "vif += ['mac=00:16:3e:01:02:05']\n"
				    "name += '.example'\n"),
			 0);
	assert_int_equal(spec.vif.mac.b[5], 5);
	assert_string_equal(spec.name, "web1.example");
	spec = (struct spec){ .action = SPEC_PRINT_MAC };
	assert_int_equal(apply("name='a'"), 0);
	spec = (struct spec){ .nic = 0 };
	assert_int_equal(apply("vif=['bridge=br7']"), 0);
	assert_string_equal(spec.vif.bridge, "br7");
	assert_false(mac_is_station(&spec.vif.mac));
	spec = (struct spec){ .nic = 0 };
	assert_int_equal(apply("vif+=['mac=00:16:3e:01:02:06']"), 0);
	assert_int_equal(spec.vif.mac.b[5], 6);
}

static void types_have_old_names(void **state)
{
	static const struct {
		const char *text;
		enum spec_guest type;
	} cases[] = {
		{ "type='pv'", GUEST_PV },
		{ "type='pvh'", GUEST_PVH },
		{ "builder='generic'", GUEST_PV },
		{ "builder='generic';type='pvh'", GUEST_PVH },
		{ "type='what'", GUEST_UNKNOWN },
		{ "", GUEST_UNKNOWN },
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct text t = TEXT(text);

		text_printf(&t, "vif=['mac=00:16:3e:01:02:03']\n%s",
			    cases[i].text);
		spec = (struct spec){ .nic = 0 };
		assert_int_equal(apply(text), 0);
		assert_int_equal(spec.type, cases[i].type);
	}
}

static void mistakes_are_told(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "it has no vif number 0" },
		{ "vif=[]", "it has no vif number 0" },
		{ "vif='mac=00:16:3e:01:02:03'", "line 1: vif is no list" },
		{ "vif=['mac=00:16:3e:01:02:03',]\nname=['a']",
		  "line 2: name is a list" },
		{ "vif=['mac=nonsense']", "mac" },
		{ "vif=['\\q']", "its vif cannot be read" },
		{ "vif=[];vif+='mac=00:16:3e:01:02:03'", "line 1: +=" },
		{ "builder='hvm'", "it is of an HVM guest" },
		{ "type='hvm'", "it is of an HVM guest" },
		{ "name='a\\0'", "its name cannot be read" },
		{ "vif=[", "line 1: the list that begins here" },
		{ "import sys", "line 1: this is no setting" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		spec = (struct spec){ .nic = 0 };
		assert_int_equal(apply(cases[i].text), -E_USAGE);
		assert_non_null(strstr(reason, cases[i].says));
	}
	spec = (struct spec){ .nic = 2 };
	assert_int_equal(apply(WEB1), -E_USAGE);
	assert_non_null(strstr(reason, "it has no vif number 2"));
}

static void another_guest_s_file_is_refused(void **state)
{
	(void)state;
	spec = (struct spec){ .name = "web2" };
	assert_int_equal(apply(WEB1), -E_USAGE);
	assert_string_equal(reason, "it is of \"web1\", and the guest is "
				    "\"web2\"");
	spec = (struct spec){ .name = "web1", .type = GUEST_PV };
	assert_int_equal(apply(WEB1), -E_USAGE);
	assert_non_null(strstr(reason, "its type is not the one"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guest_is_known_by_its_file),
		cmocka_unit_test(what_is_known_stays),
		cmocka_unit_test(once_needs_a_uuid_that_stays),
		cmocka_unit_test(last_setting_counts),
		cmocka_unit_test(vifs_may_be_added),
		cmocka_unit_test(types_have_old_names),
		cmocka_unit_test(mistakes_are_told),
		cmocka_unit_test(another_guest_s_file_is_refused),
	};

	return cmocka_run_group_tests_name("guestcfg", tests, NULL, NULL);
}
