/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include "format/report.h"
#include "sim_random.h"

/* Somebody at the console who types anything at all, at menus that have
 * everything: each boot ends, with a guest, the disk or a reason. */

#define BOOTS 3000

static const char with_menu[] =
	"ui menu.c32\nmenu title All of it\nallowoptions 1\nprompt 1\n"
	"f1 one.txt\nf2 missing.txt\nf12 one.txt\nmenu autoboot {a,b,c} # s\n"
	"label heading\n  menu label A heading\n  menu disable\n"
	"label one\n  menu label The ^first \x1b[2J\n  menu indent 200\n"
	"  kernel vmlinuz\n  initrd initrd.gz\n  append number=1\n"
	"  text help\nThis is the first.\n\x1b]0;title\x07\n  endtext\n"
	"label two\n  menu label s^econd\n  kernel vmlinuz\n  append number=2\n"
	"  menu passwd secret\n"
	"menu separator\nmenu begin more\n  menu title More of it\n"
	"  label three\n    menu label ^Three\n    kernel vmlinuz\n"
	"    menu immediate\n  label back\n    menu label ^Back\n    menu exit\n"
	"menu end\n"
	"label out\n  menu label ^Out of here\n  menu quit\n"
	"label help\n  menu label ^Help\n  menu help one.txt\n"
	"label disk\n  localboot 0\n"
	"label other\n  config pxelinux.cfg/other\n"
	"label files\n  kernel menu.c32\n  append ~ pxelinux.cfg/other\n";

static const char with_prompt[] =
	"prompt 1\ntimeout 50\ndisplay one.txt\nf1 one.txt\n"
	"label one\n  kernel vmlinuz\nlabel two\n  kernel vmlinuz\n"
	"label m\n  kernel vesamenu.c32\n";

static void prepare(struct sim *s, unsigned i)
{
	static const uint32_t rows[] = { 24, 50, 12, 10, 9, 1, 200 };
	static const uint32_t columns[] = { 80, 300, 40, 20, 19, 1, 1000 };
	struct sim_random r = random_from(i, 8);

	s->person = true;
	s->rows = rows[random_below(&r, 7)];
	s->columns = columns[random_below(&r, 7)];
	s->dumb = random_below(&r, 5) == 0;
	s->file[0].text = random_below(&r, 3) ? with_menu : with_prompt;
	s->file[3].path = "boot/one.txt";
	s->file[3].text =
		"\x0f\x07Help \x1b[2J\n\tof F1, page one\x0c\nand two\n";
	s->file[4].path = "boot/pxelinux.cfg/other";
	s->file[4].text = with_prompt;
	s->files = 5;
	s->fault.lost = random_below(&r, 4) ? 0 : 300;
	s->server[0].dies_at = random_below(&r, 8) ? 0 :
						     30 + random_below(&r, 60);
}

/* What sim_run() looks at holds for every boot. */
static void judge(unsigned i, struct sim_result *r)
{
	(void)i, (void)r;
}

static void any_keys_end_well_or_with_a_reason(void **state)
{
	const struct sweep w = { .boots = sweep_size(BOOTS),
				 .prepare = prepare,
				 .judge = judge };
	struct sweep_tally t;

	(void)state;
	sweep_run(&w, &t);
	if (!getenv("SIM_SEED"))
		assert_in_range(t.booted[0], w.boots / 10, w.boots);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_keys_end_well_or_with_a_reason),
	};

	return sweep_main("person", tests);
}
