/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/disk.h"
#include "format/lint.h"

/* A disk alone: what it is made of is from the text. */
static void check_disk(struct span s)
{
	char reason[512];
	struct text why = TEXT(reason);
	struct disk d;
	int rc;

	why.clip = true;
	rc = disk_parse(s, &d, &why);
	fuzz_check_reason(rc, &why);
	fuzz_check(fuzz_inside(d.target, s) && fuzz_inside(d.format, s));
	fuzz_check(fuzz_inside(d.vdev, s) && fuzz_inside(d.script, s));
	fuzz_check(fuzz_inside(d.backend, s) && (rc || d.vdev.n));
}

static uint32_t lines_of(struct span s)
{
	uint32_t n = 1;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

/* The input is an xl.cfg. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct lint l;
	struct span s = fuzz_copy(data, n);
	const struct span room = { (const uint8_t *)l.room, sizeof(l.room) };
	const uint32_t last = lines_of(s);
	bool errors = false;

	lint_check(&l, "web1.cfg", s);
	fuzz_check(l.findings <= LINT_FINDINGS && l.vifs <= LINT_VIFS);
	for (size_t i = 0; i < l.findings; i++) {
		const struct lint_finding *f = &l.finding[i];

		fuzz_check(f->line && f->line <= last);
		fuzz_check(f->sentence.n && fuzz_inside(f->sentence, room));
		errors |= f->kind == LINT_ERROR;
	}
	fuzz_check(errors == l.has_errors || l.text.overflow);
	for (size_t i = 0; i < l.vifs; i++)
		fuzz_check(mac_is_station(&l.vif[i].mac) &&
			   l.vif[i].line <= last);
	fuzz_check(l.disk.line <= last && l.kernel.line <= last);
	check_disk(s);
	return 0;
}
