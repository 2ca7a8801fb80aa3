/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BASE_OSERROR_H
#define BASE_OSERROR_H

/* What errno means, in words, for the errors that an admin can meet here; the
 * others are "error N".  The C library's table of all of them is three times
 * as large.  The words live until the next error is shown. */
const char *oserror_show(int e);
#define OSERROR_SHOW(e) oserror_show(e)

#endif
