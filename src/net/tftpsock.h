/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef NET_TFTPSOCK_H
#define NET_TFTPSOCK_H

#include "format/icmp.h"
#include "format/tftppkt.h"
#include "lwip/udp.h"

/* Sending TFTP packets over lwIP's UDP.  What cannot be sent is lost, as on any
 * network; timers repeat it. */

/* Opens a socket on a port that nobody can guess (RFC 1350 section 4), whose
 * packets go to `receive` with `arg`.  Returns NULL if there is none left; else
 * to be removed with udp_remove(). */
struct udp_pcb *tftp_open(udp_recv_fn receive, void *arg);

/* Sends a packet. */
void tftp_send(struct udp_pcb *pcb, const ip_addr_t *to, uint16_t port,
	       struct span packet);

void tftp_send_ack(struct udp_pcb *pcb, const ip_addr_t *to, uint16_t port,
		   uint16_t block);

void tftp_send_error(struct udp_pcb *pcb, const ip_addr_t *to, uint16_t port,
		     enum tftp_error code, const char *message);

/* Returns true, with the reason in *r, if word came that `port` of `server`, host
 * order, cannot be reached from there. */
bool tftp_refused(const struct udp_pcb *pcb, uint32_t server, uint16_t port,
		  struct icmp_refusal *r);

#endif
