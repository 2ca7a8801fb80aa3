/* SPDX-License-Identifier: BSD-3-Clause */
#include "emulator.h"

#include "format/key.h"
#include "format/menuview.h"

/* As many keys as are looked at, since each draws a screen. */
#define KEYS 40

static struct bootcfg cfg;
static struct menuview view;
static struct screen screen;
static struct emulator terminal;

/* Makes an entry: flags, then label, menu label and help, separated by 0x1f. */
static void make_entry(struct span part)
{
	struct bootcfg_entry e = { .line = 1 };
	uint8_t flags = 0;

	span_get_u8(&part, &flags);
	e.action = flags & 7 ? (flags & 7) % (ACTION_HELP + 1) : ACTION_BOOT;
	e.separator = flags & 8;
	e.menu_default = flags & 16;
	e.indent = flags & 32 ? 0xff : flags & 64 ? 3 : 0;
	span_get_until(&part, 0x1f, &e.label);
	span_get_until(&part, 0x1f, &e.menu_label);
	e.help = part;
	bootcfg_add(&cfg, 0, &e);
}

/* Draws, and compares the terminal with the cells. */
static void show(const struct menuview_status *status)
{
	char *buf = malloc(SCREEN_PIECE);
	struct text piece = text_over(buf, SCREEN_PIECE);
	bool more;

	menuview_draw(&view, &screen, status);
	do {
		more = screen_draw(&screen, &piece);
		fuzz_check(!piece.overflow);
		emulator_feed(&terminal, text_span(&piece));
		text_reset(&piece);
	} while (more);
	free(buf);
	fuzz_check(terminal.row == screen.row &&
		   terminal.column == screen.column);
	for (unsigned y = 0; y < screen.rows; y++)
		fuzz_check(!memcmp(terminal.cell[y], screen.cell[y],
				   screen.columns * sizeof(screen.cell[0][0])));
}

static void check_bar(void)
{
	uint16_t chosen = menuview_chosen(&view);

	fuzz_check(!view.n || view.bar < view.n);
	fuzz_check(chosen == BOOTCFG_NONE ||
		   menuview_enabled(&cfg.entry[chosen]));
}

/* Types all keys: Tab edits a line, Enter ends that, F1 makes it secret. */
static void type(struct span keys, struct span message)
{
	char line[64], countdown[128];
	struct text t = TEXT(line), c = TEXT(countdown);
	struct lineedit e = lineedit_over(&t);
	struct menuview_status status = { .prompt = message };
	struct key_reader r = { 0 };
	int key;

	c.clip = true;
	menuview_put_countdown(&c, message, keys.n & 3);
	status.countdown = text_span(&c);
	for (int i = 0; i < KEYS; i++) {
		key = key_next(&r, &keys);
		if (key == KEY_NONE)
			break;

		if (key == KEY_TAB || key == KEY_ENTER)
			status.edit = key == KEY_TAB ? &e : NULL;
		else if (key == KEY_F1)
			status.stars = !status.stars;
		else if (key == KEY_CTRL('L'))
			screen_forget(&screen);
		else if (status.edit)
			lineedit_key(&e, key);
		else if (!menuview_move(&view, key,
					menuview_rows(&view, &screen)))
			menuview_select(&view, menuview_hotkey(&view, key));
		check_bar();
		show(&status);
	}
}

/* The input: rows, columns, then separated by 0x1e the keys, a title that is
 * also the countdown and the prompt, and the entries. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span in = fuzz_copy(data, n), keys, title, part;
	uint8_t rows = 0;
	uint16_t columns = 0;

	bootcfg_init(&cfg);
	span_get_u8(&in, &rows);
	span_get_be16(&in, &columns);
	terminal.rows = MENUVIEW_MIN_ROWS + rows % SCREEN_ROWS;
	terminal.columns = MENUVIEW_MIN_COLUMNS + columns % SCREEN_COLUMNS;
	terminal.row = terminal.column = 1;
	terminal.attributes = 0;
	span_get_until(&in, 0x1e, &keys);
	span_get_until(&in, 0x1e, &title);
	cfg.menu[0].title = title;
	cfg.menu[0].allowoptions = keys.n & 1;
	if (keys.n & 2)
		cfg.menu[0].message[MESSAGE_TABMSG] = title;
	while (in.n) {
		span_get_until(&in, 0x1e, &part);
		make_entry(part);
	}
	menuview_open(&view, &cfg, 0);
	screen_open(&screen, terminal.rows, terminal.columns);
	check_bar();
	show(&(struct menuview_status){ .countdown = title });
	type(keys, title);
	return 0;
}
