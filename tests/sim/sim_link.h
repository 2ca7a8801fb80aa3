/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_LINK_H
#define SIM_LINK_H

#include "port/link.h"
#include "sim.h"

/* The link that the client has, and the wire behind it: what is sent at one
 * end arrives at the other as sim->fault wants.  link_send() is here too. */

extern const struct link_ops link_sim;

/* Takes the client's frames of TCP; NULL: there must be none. */
extern void (*link_peer)(struct span frame);

/* Starts the wire. */
void link_start(void);

/* Lets frames pass as they are from now on, without noise. */
void link_repair(void);

/* Returns true if a frame waits for the client. */
bool link_has_frame(void);

/* Sends a server's frame to the client; `checked` if its checksum is left to
 * hardware. */
void link_send_down(struct span frame, bool checked);

#endif
