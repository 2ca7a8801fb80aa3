/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/menuview.h"

#include "format/key.h"

static uint8_t upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - ('a' - 'A')) : c;
}

/* Returns the hot key of a label, upper case; 0 without one. */
static uint8_t hotkey_of(struct span label)
{
	struct span before;
	uint8_t c = 0;

	span_get_until(&label, '^', &before);
	span_get_u8(&label, &c);
	return upper(c);
}

bool menuview_enabled(const struct bootcfg_entry *e)
{
	return !e->separator && e->action != ACTION_DISABLED;
}

struct span menuview_label(const struct bootcfg_entry *e)
{
	if (e->separator)
		return (struct span){ 0 };
	return e->menu_label.n ? e->menu_label : e->label;
}

struct span menuview_title(const struct bootcfg *cfg, uint16_t menu)
{
	const struct bootcfg_menu *m = &cfg->menu[menu];

	if (m->title.n)
		return m->title;
	return m->parent_entry == BOOTCFG_NONE ?
		       SPAN_LIT("Boot menu") :
		       menuview_label(&cfg->entry[m->parent_entry]);
}

void menuview_put_label(struct text *t, struct span label, size_t max)
{
	uint8_t c;

	while (max && span_get_u8(&label, &c)) {
		if (c == '^')
			continue;
		text_put_u8(t, screen_byte(c));
		max--;
	}
}

struct span menuview_message(const struct bootcfg_menu *m,
			     enum bootcfg_message which)
{
	static const char usual[][34] = {
		"Automatic boot in # second{,s}...",
		"Press [Tab] to edit options",
		"",
		"Password required",
	};

	return m->message[which].p ? m->message[which] : span_of(usual[which]);
}

/* Returns the form of "singular,dual,plural" that goes with a number; what is
 * missing is as the form before it. */
static struct span form_for(struct span forms, unsigned number)
{
	unsigned which = number == 1 ? 0 : number == 2 ? 1 : 2;
	struct span form, rest = forms;
	bool more = span_get_until(&rest, ',', &form);

	for (unsigned i = 0; i < which && more; i++)
		more = span_get_until(&rest, ',', &form);
	return form;
}

static void put_form(struct text *t, struct span forms, unsigned number)
{
	struct span form = form_for(forms, number);

	for (size_t i = 0; i < form.n; i++)
		text_put_u8(t, screen_byte(form.p[i]));
}

void menuview_put_countdown(struct text *t, struct span text, unsigned seconds)
{
	struct span forms;
	uint8_t c;

	while (span_get_u8(&text, &c)) {
		if (c == '#') {
			text_printf(t, "%u", seconds);
		} else if (c == '{') {
			span_get_until(&text, '}', &forms);
			put_form(t, forms, seconds);
		} else {
			text_put_u8(t, screen_byte(c));
		}
	}
}

static bool usable(const struct menuview *v, unsigned i)
{
	return menuview_enabled(&v->cfg->entry[v->entry[i]]);
}

/* Moves the bar by `step` entries, then on to one that can be chosen, or back
 * if there is none. */
static void move_bar(struct menuview *v, bool down, unsigned step)
{
	unsigned last = v->n ? v->n - 1 : 0, to;

	if (down)
		to = step > last - v->bar ? last : v->bar + step;
	else
		to = step > v->bar ? 0 : v->bar - step;
	v->bar = to;
	while (!usable(v, v->bar) && v->bar != (down ? last : 0))
		v->bar = down ? v->bar + 1 : v->bar - 1;
	while (!usable(v, v->bar) && v->bar != (down ? 0 : last))
		v->bar = down ? v->bar - 1 : v->bar + 1;
}

void menuview_open(struct menuview *v, const struct bootcfg *cfg, uint16_t menu)
{
	v->cfg = cfg;
	v->menu = menu;
	v->n = v->bar = v->top = 0;
	for (uint16_t i = 0; i < cfg->entries; i++)
		if (cfg->entry[i].menu == menu)
			v->entry[v->n++] = i;
	menuview_select(v, cfg->menu[menu].default_entry);
}

void menuview_select(struct menuview *v, uint16_t entry)
{
	for (unsigned i = 0; i < v->n; i++)
		if (v->entry[i] == entry)
			v->bar = i;
	if (v->n)
		move_bar(v, true, 0);
}

uint16_t menuview_chosen(const struct menuview *v)
{
	return v->n && usable(v, v->bar) ? v->entry[v->bar] : BOOTCFG_NONE;
}

bool menuview_move(struct menuview *v, int key, unsigned rows)
{
	bool down = true;
	unsigned step = 1;

	switch (key) {
	case KEY_UP:
	case KEY_CTRL('P'):
	case '-':
		down = false;
		break;
	case KEY_DOWN:
	case KEY_CTRL('N'):
	case '+':
		break;
	case KEY_PAGE_UP:
	case KEY_LEFT:
	case KEY_CTRL('B'):
	case '<':
		down = false;
		step = rows;
		break;
	case KEY_PAGE_DOWN:
	case KEY_RIGHT:
	case KEY_CTRL('F'):
	case '>':
	case ' ':
		step = rows;
		break;
	case KEY_HOME:
	case KEY_CTRL('A'):
		v->bar = step = 0;
		break;
	case KEY_END:
	case KEY_CTRL('E'):
		v->bar = v->n ? v->n - 1 : 0;
		step = 0;
		down = false;
		break;
	default:
		return false;
	}
	if (v->n)
		move_bar(v, down, step);
	return true;
}

/* Of several entries with the same key the first has it. */
uint16_t menuview_hotkey(const struct menuview *v, int key)
{
	const struct bootcfg_entry *e;

	if (key <= ' ' || key > 0xff)
		return BOOTCFG_NONE;
	for (unsigned i = 0; i < v->n; i++) {
		e = &v->cfg->entry[v->entry[i]];
		if (menuview_enabled(e) &&
		    hotkey_of(menuview_label(e)) == upper((uint8_t)key))
			return v->entry[i];
	}
	return BOOTCFG_NONE;
}
