/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_SPEC_COMPLETE_H
#define FORMAT_SPEC_COMPLETE_H

#include "format/spec.h"

/* The end of spec_parse(), once all that it waits for is known: checks what options mean
 * together, and fills in what none of them said.  Returns 0, or -E_USAGE with
 * a sentence in `why`. */
int spec_complete(struct spec *spec, struct text *why);

#endif
