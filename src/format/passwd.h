/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_PASSWD_H
#define FORMAT_PASSWD_H

#include <stdbool.h>

#include "base/span.h"

/* Passwords of MENU PASSWD and MENU MASTER PASSWD: as they are, or hashed in a
 * form that begins with a letter between dollar signs (com32/menu/passwd.c). */

/* Returns true if `typed` is the password `stored`. */
bool passwd_matches(struct span stored, struct span typed);

/* Returns true if `stored` is in a form that this build can compare. */
bool passwd_known(struct span stored);

/* Returns true if `stored` is hashed. */
bool passwd_is_hashed(struct span stored);

/* The hashed ones, chosen by LWPXE_MENU_PASSWORDS: 1 is MD5, 5 SHA-256 and 6
 * SHA-512 as by crypt(3), 4 Syslinux' own SHA-1.  Return as above. */
bool crypt_matches(struct span stored, struct span typed);
bool crypt_known(struct span stored);

#endif
