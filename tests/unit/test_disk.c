/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "base/err.h"
#include "format/disk.h"

static char reason[256];

static int parse(const char *text, struct disk *disk)
{
	struct text why = TEXT(reason);
	int rc = disk_parse(span_of(text), disk, &why);

	assert_int_equal(!rc, !why.n);
	return rc;
}

/* The cases of xl-disk-configuration(5) and of libxlu_disk_l.l, old and new. */
static void both_grammars_are_read(void **state)
{
	static const struct {
		const char *text, *target, *format, *vdev, *script, *backend;
		bool cdrom;
	} cases[] = {
		{ "/dev/vg/a,raw,xvda,rw", "/dev/vg/a", "raw", "xvda", "", "",
		  0 },
		{ "/dev/vg/a,,xvda", "/dev/vg/a", "", "xvda", "", "", 0 },
		{ "format=raw, vdev=xvda, access=rw, target=/dev/a,b",
		  "/dev/a,b", "raw", "xvda", "", "", 0 },
		{ "phy:/dev/vg/a,xvda,w", "/dev/vg/a", "", "xvda", "", "", 0 },
		{ "file:/a.img,xvda1,w", "/a.img", "", "xvda1", "", "", 0 },
		{ "tap:aio:/a.img,xvda,w", "/a.img", "", "xvda", "", "", 0 },
		{ "tap2:qcow2:/a,xvda,w", "/a", "qcow2", "xvda", "", "", 0 },
		{ "vhd:/a,xvda", "/a", "vhd", "xvda", "", "", 0 },
		{ "drbd:web1,xvda,w", "web1", "", "xvda", "drbd", "", 0 },
		{ "/a,qcow2,xvda,w", "/a", "qcow2", "xvda", "", "", 0 },
		{ "vdev=xvda,script=block-iscsi,target=iqn.2001:x",
		  "iqn.2001:x", "", "xvda", "block-iscsi", "", 0 },
		{ "/a,raw,xvda,w,backend=store", "/a", "raw", "xvda", "",
		  "store", 0 },
		{ "/a.iso,raw,hdc,devtype=cdrom", "/a.iso", "raw", "hdc", "",
		  "", 1 },
		{ "cdrom,,vdev=hdc", "", "", "hdc", "", "", 1 },
		{ ",hdc:cdrom,r", "", "", "hdc", "", "", 1 },
		{ "/a,raw,hdc:cdrom,r", "/a", "raw", "hdc", "", "", 1 },
		{ "/a,raw,xvda,w,direct-io-safe,discard,backendtype=phy", "/a",
		  "raw", "xvda", "", "", 0 },
		{ " /a , raw,xvda,w", "/a ", "raw", "xvda", "", "", 0 },
	};
	struct disk d;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(parse(cases[i].text, &d), 0);
		assert_span(d.target, cases[i].target);
		assert_span(d.format, cases[i].format);
		assert_span(d.vdev, cases[i].vdev);
		assert_span(d.script, cases[i].script);
		assert_span(d.backend, cases[i].backend);
		assert_int_equal(d.is_cdrom, cases[i].cdrom);
	}
}

static void mistakes_are_told(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "no name for the guest" },
		{ ",", "no name for the guest" },
		{ "/dev/vg/a", "no name for the guest" },
		{ "phy:/dev/vg/a", "no name for the guest" },
		{ "/a,raw,xvda,w,w", "\"w\" in the disk is one word too many" },
		{ "/a,raw,xvda,colour=red",
		  "\"colour\" in the disk is no key" },
		{ "/a,raw,=", "\"\" in the disk is no key" },
	};
	struct disk d;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(parse(cases[i].text, &d), -E_USAGE);
		assert_contains(reason, cases[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_grammars_are_read),
		cmocka_unit_test(mistakes_are_told),
	};

	return cmocka_run_group_tests_name("disk", tests, NULL, NULL);
}
