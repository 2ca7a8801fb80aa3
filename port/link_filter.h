/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_LINK_FILTER_H
#define PORT_LINK_FILTER_H

#include <linux/filter.h>

#include "format/addr.h"

/* Which frames of a busy bridge are worth waking up for, as a classic BPF
 * program: IPv4 and ARP to the guest's address; ARP to everybody, and of IPv4 only
 * what is for DHCP clients, not what machines tell each other all day. */

#define LINK_FILTER_SIZE 22

/* Fills `code` (LINK_FILTER_SIZE instructions, borrowed by the result) with
 * the program for `mac`. */
struct sock_fprog link_filter(struct sock_filter *code, const struct mac *mac);

#endif
