/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BASE_OSERROR_H
#define BASE_OSERROR_H

/* What errno means, in words, for the errors that an admin can meet here; the
 * others are "error N".  The C library's table of all of them is three times
 * as large. */
struct oserror_shown {
	char s[32];
};
struct oserror_shown oserror_show(int e);

/* The words for one log line: they live until its statement ends. */
#define OSERROR_SHOW(e) (oserror_show(e).s)

#endif
