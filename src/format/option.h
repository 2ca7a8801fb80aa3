/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_OPTION_H
#define FORMAT_OPTION_H

#include <stdint.h>

#include "base/text.h"

/* The options that argv may have: the toolstack's, ours, and those of the
 * programs that this one stands in for. */

/* What an option is. */
enum option_flags {
	OPTION_VALUE = 1,     /* takes a value */
	OPTION_TOOLSTACK = 2, /* libxl says it to any boot loader */
	OPTION_OPTIONAL = 4,  /* its value may be missing, with the "=" */
};

/* What it does; one that does nothing is accepted since others' users pass
 * it. */
enum option_effect {
	OPTION_NOTHING,
	OPTION_STRING,
	OPTION_FLAG,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_VIF,
	OPTION_UUID,
	OPTION_VM,
	OPTION_RUNAS,
	OPTION_FORMAT,
	OPTION_NIC,
	OPTION_LINK,
	OPTION_MENU,
	OPTION_CONSOLE,
	OPTION_PREFLIGHT,
	OPTION_EXTRACT,
	OPTION_TIMEOUT,
	OPTION_ARCH,
	OPTION_CLIENT_ID,
	OPTION_ANSWER_FORMAT,
	OPTION_MAC,
	OPTION_PRINT_MAC,
	OPTION_ON_LOCALBOOT,
	OPTION_LINT,
	OPTION_PCAP_ON_ERROR,
	OPTION_INJECT,
	OPTION_VERBOSE,
	OPTION_LOG_FORMAT,
};

/* No pointers: each would cost a relocation besides itself. */
struct option {
	char name[17];
	char letter; /* short form, or 0 */
	uint8_t flags;
	uint8_t effect;
	uint16_t
		field; /* where in struct spec it goes, if it only goes there */
};

/* Returns the option of that name, without its dashes; NULL if there is
 * none. */
const struct option *option_find(struct span name);

/* Returns the option of which `arg` is the short form, "-q"; NULL if it is of
 * none. */
const struct option *option_find_letter(struct span arg);

/* Puts a sentence into `why`: that there is no such option, and which may have
 * been meant. */
void option_explain_unknown(struct span name, struct text *why);

#endif
