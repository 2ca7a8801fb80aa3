/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/tftpsock.h"

#include "port/netif.h"
#include "port/sys.h"

struct udp_pcb *tftp_open(udp_recv_fn receive, void *arg)
{
	struct udp_pcb *pcb = udp_new();

	if (!pcb)
		return NULL;
	for (int i = 0; i < SYS_PORT_TRIES; i++) {
		if (udp_bind(pcb, IP4_ADDR_ANY, sys_random_port()) != ERR_OK)
			continue;
		udp_recv(pcb, receive, arg);
		return pcb;
	}
	udp_remove(pcb);
	return NULL;
}

void tftp_send(struct udp_pcb *pcb, const ip_addr_t *to, uint16_t port,
	       struct span packet)
{
	struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)packet.n, PBUF_RAM);

	if (!p)
		return;
	pbuf_take(p, packet.p, (u16_t)packet.n);
	udp_sendto(pcb, p, to, port);
	pbuf_free(p);
}

void tftp_send_ack(struct udp_pcb *pcb, const ip_addr_t *to, uint16_t port,
		   uint16_t block)
{
	char packet[8];
	struct text t = TEXT(packet);

	tftp_put_ack(&t, block);
	tftp_send(pcb, to, port, text_span(&t));
}

void tftp_send_error(struct udp_pcb *pcb, const ip_addr_t *to, uint16_t port,
		     enum tftp_error code, const char *message)
{
	char packet[64];
	struct text t = TEXT(packet);

	tftp_put_error(&t, code, message);
	tftp_send(pcb, to, port, text_span(&t));
}

bool tftp_refused(const struct udp_pcb *pcb, uint32_t server, uint16_t port,
		  struct icmp_refusal *r)
{
	*r = (struct icmp_refusal){
		.to = server,
		.protocol = ICMP_UDP,
		.to_port = port,
		.from_port = pcb->local_port,
	};
	return netif_refused(r);
}
