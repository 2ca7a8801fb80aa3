/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/prompt.h"

#include "boot/help.h"
#include "format/cmdline.h"

static char typed[CMDLINE_MAX + 1];

/* Returns entry number i's name at the prompt if it starts with `prefix`: the
 * label's first word. */
static bool matching(const struct bootcfg *cfg, uint16_t i, struct span prefix,
		     struct span *word)
{
	struct span label = cfg->entry[i].label;

	if (cfg->entry[i].action != ACTION_BOOT)
		return false;
	*word = span_get_word(&label);
	return word->n && span_starts(*word, prefix);
}

/* Puts what all labels that start with `prefix` have in common into *common.
 * Returns how many there are. */
static unsigned find_common(const struct bootcfg *cfg, struct span prefix,
			    struct span *common)
{
	unsigned found = 0;
	struct span word;

	for (uint16_t i = 0; i < cfg->entries; i++) {
		if (!matching(cfg, i, prefix, &word))
			continue;
		if (!found++)
			*common = word;
		while (!span_starts(word, *common))
			common->n--;
	}
	return found;
}

static void list_labels(struct tty *t, const struct bootcfg *cfg,
			struct span prefix)
{
	static char buf[SCREEN_COLUMNS + 1];
	struct text line = TEXT(buf);
	struct span word;

	tty_line(t, SPAN_LIT(""));
	for (uint16_t i = 0; i < cfg->entries; i++) {
		if (!matching(cfg, i, prefix, &word))
			continue;
		if (line.n && line.n + 1 + word.n > tty_columns(t)) {
			tty_line(t, text_span(&line));
			text_reset(&line);
		}
		if (line.n)
			text_puts(&line, " ");
		line.clip = true;
		text_put(&line, word);
	}
	tty_line(t, text_span(&line));
}

/* Completes the word before the cursor as far as it is clear, or lists what it
 * may become. */
static void complete(struct tty *t, const struct bootcfg *cfg,
		     struct lineedit *e)
{
	struct span prefix = { (uint8_t *)e->line->p, e->at }, common = { 0 };

	for (size_t i = 0; i < prefix.n; i++)
		if (is_blank(prefix.p[i]))
			return;
	if (!find_common(cfg, prefix, &common))
		return;
	if (common.n == prefix.n) {
		list_labels(t, cfg, prefix);
		return;
	}
	span_get(&common, prefix.n, &prefix);
	lineedit_insert(e, common);
}

/* Does what a key means that edits nothing.  Returns 0 to go on. */
static int take_key(struct tty *t, const struct bootcfg *cfg,
		    struct lineedit *e, int key)
{
	if (key == KEY_TAB && !cfg->nocomplete)
		complete(t, cfg, e);
	if (key == KEY_ESC || key == KEY_CTRL('C'))
		lineedit_key(e, KEY_CTRL('U'));
	if (key >= KEY_F1 && key <= KEY_F12 && cfg->fkey[key - KEY_F1].n) {
		tty_line(t, SPAN_LIT(""));
		return help_show(t, cfg->fkey[key - KEY_F1], NULL);
	}
	return 0;
}

/* Where the file says no timeout, nobody knows that there is one. */
static void say_ceiling(struct tty *t)
{
	static char buf[80];
	struct text line = TEXT(buf);

	if (!t->at_ceiling || t->typed)
		return;
	text_printf(&line, "Boots in %u seconds without a key.",
		    tty_seconds(t));
	tty_line(t, text_span(&line));
}

int prompt_ask(void *arg, const struct bootcfg *cfg, struct answer *answer)
{
	struct tty *t = arg;
	struct text line = TEXT(typed);
	struct lineedit e = lineedit_over(&line);
	int key = KEY_NONE, rc = 0;

	tty_question(t, cfg->timeout, cfg->totaltimeout);
	if (cfg->display.n)
		rc = help_show(t, cfg->display, NULL);
	say_ceiling(t);
	while (!rc && key != KEY_ENTER) {
		rc = tty_edit(t, SPAN_LIT("boot: "), &e, false, &key);
		if (!rc)
			rc = take_key(t, cfg, &e, key);
	}
	tty_line(t, SPAN_LIT(""));
	answer->kind = rc ? ANSWER_TIMEOUT : ANSWER_COMMAND;
	answer->text = text_span(&line);
	return rc == TTY_OVER ? 0 : rc;
}
