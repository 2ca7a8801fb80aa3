/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/help.h"

#include "boot/download.h"
#include "format/helptext.h"

/* More than a message file ever has. */
#define FILE_BYTES 65536

static int wait_for_key(struct tty *t, int *key)
{
	static const char prompt[] = "[ any key ]", blank[] = "           ";
	int rc;

	tty_put(t, SPAN_LIT("\r"));
	tty_put(t, span_of(prompt));
	rc = tty_key(t, MS_NEVER, key);
	tty_put(t, SPAN_LIT("\r"));
	tty_put(t, span_of(blank));
	tty_put(t, SPAN_LIT("\r"));
	return rc;
}

static int show(struct tty *t, struct span file, int *key)
{
	static char buf[SCREEN_COLUMNS + 1];
	struct text line = TEXT(buf);
	unsigned rows = t->boot->terminal->rows, row = 1;
	int rc = 0, more;

	while (!rc && helptext_line(&file, tty_columns(t), &line)) {
		tty_line(t, text_span(&line));
		text_reset(&line);
		if (++row >= rows && file.n) {
			rc = wait_for_key(t, &more);
			row = 1;
		}
	}
	return rc || !key ? rc : wait_for_key(t, key);
}

int help_show(struct tty *t, struct span name, int *key)
{
	static char file[FILE_BYTES];
	static char reason[512];
	struct text contents = TEXT(file), why = TEXT(reason);
	struct sink sink = { .fd = -1,
			     .memory = &contents,
			     .limit = FILE_BYTES - 1 };
	struct span word;
	int rc;

	word = span_get_word(&name);
	rc = download(t->boot, word, &sink, 0, &why);
	if (!rc)
		return show(t, text_span(&contents), key);
	text_reset(&contents);
	text_put(&contents, word);
	text_printf(&contents, ": %s; %s\n", reason, download_advice(rc));
	return show(t, text_span(&contents), key);
}
