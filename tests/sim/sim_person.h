/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_PERSON_H
#define SIM_PERSON_H

#include <stdbool.h>

#include "format/screen.h"

/* Somebody at the console, who types whatever the seed says, and some day goes
 * home. */

/* Seats the person at descriptor 0.  Returns the terminal. */
const struct terminal *person_open(void);

/* The program waits for a key.  Returns true if there is one by now. */
bool person_types(void);

#endif
