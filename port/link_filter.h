/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_LINK_FILTER_H
#define PORT_LINK_FILTER_H

#include <linux/filter.h>

#include "format/addr.h"

/* Which frames of a busy bridge are worth waking up for, as a classic BPF
 * program: IPv4 and ARP, to the guest's address or to everybody. */

#define LINK_FILTER_SIZE 13

/* Fills `code` (LINK_FILTER_SIZE instructions, borrowed by the result) with
 * the program for `mac`. */
struct sock_fprog link_filter(struct sock_filter *code, const struct mac *mac);

#endif
