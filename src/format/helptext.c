/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/helptext.h"

#include "format/screen.h"

enum {
	COLOUR = 0x0f,  /* and two hexadecimal digits */
	PICTURE = 0x18, /* and a file's name, up to the end of the line */
	END = 0x1a,     /* of the file, as in MS-DOS */
};

/* Takes a control character's operand. */
static void skip_operand(struct span *file, uint8_t c)
{
	struct span dropped;

	if (c == COLOUR)
		span_get(file, file->n < 2 ? file->n : 2, &dropped);
	else if (c == PICTURE)
		span_get_until(file, '\n', &dropped);
	else if (c == END)
		span_get(file, file->n, &dropped);
}

bool helptext_line(struct span *file, size_t columns, struct text *line)
{
	bool any = false;
	uint8_t c;

	while (line->n < columns && span_get_u8(file, &c)) {
		any = any || c != END;
		if (c == '\n')
			return true;
		if (c == '\t')
			c = ' ';
		if (c < 0x20)
			skip_operand(file, c);
		else
			text_put_u8(line, screen_byte(c));
	}
	/* A line that fits exactly is not followed by an empty one. */
	if (line->n == columns && file->n && file->p[0] == '\n')
		span_get_u8(file, &c);
	return any;
}
