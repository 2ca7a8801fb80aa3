/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#include "config.h"

/* All of lwIP's configuration, with the reason for each line. */

#define LWIP_HOOK_FILENAME "port/ooseq.h"

/* One thread, one loop, one interface. */
#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_SINGLE_NETIF 1
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_RAW 0

/* Of all statistics, what was dropped since its checksum is wrong. */
#define LWIP_STATS 1
#define LINK_STATS 0
#define ETHARP_STATS 0
#define IP_STATS 0
#define IPFRAG_STATS 0
#define MEM_STATS 0
#define MEMP_STATS 0
#define SYS_STATS 0
#define TCP_STATS 1

/* Static memory only: the jailed process cannot ask for more. */
#define MEM_ALIGNMENT 8
#define MEM_SIZE 16384   /* frames being sent; each is at most 1.5 kB */
#define MEMP_NUM_PBUF 8  /* the frame being received, and headers */
#define PBUF_POOL_SIZE 4 /* lwIP's own copies */
#define MEMP_NUM_UDP_PCB \
	(4 + 2 * LWPXE_TRANSFERS) /* DHCP, transfers, one
				   * that lingers, DNS */
#define MEMP_NUM_SYS_TIMEOUT (LWIP_NUM_SYS_TIMEOUT_INTERNAL + 2)

/* Protocols: what a PXE client speaks, and nothing else. */
#define LWIP_IPV4 1
#define LWIP_IPV6 0
#define LWIP_ARP 1
#define LWIP_ICMP 0 /* nobody needs to ping a guest to be */
#define LWIP_IGMP 0
#define LWIP_UDP 1
#define LWIP_TCP LWPXE_HTTP
#define LWIP_DNS LWPXE_DNS
#define LWIP_DHCP 0 /* takes the first offer unseen; we have ours */
#define LWIP_AUTOIP 0
#define LWIP_ACD 0 /* probing costs seconds, the guest does it */

/* DHCP's answer may be unicast to an address that we do not have yet. */
#define LWIP_IP_ACCEPT_UDP_PORT(port) ((port) == PP_HTONS(68))

/* Reassembly is where other boot loaders had their worst bugs, so it is there
 * only for the one thing that needs it: a TFTP block of 64 KiB, one or two at a
 * time for each transfer, whose rest comes within milliseconds or never.  It is
 * 45 fragments on Ethernet, and with the smallest MTU, of 576, 119. */
#define IP_REASSEMBLY LWPXE_BIG_BLOCKS
#define IP_REASS_MAX_PBUFS (2 * 119 * LWPXE_TRANSFERS)
#define MEMP_NUM_REASSDATA (2 * LWPXE_TRANSFERS)
#define IP_REASS_MAXAGE 1 /* seconds */
#define IP_FRAG 0
#define IP_FORWARD 0
#define IP_OPTIONS_ALLOWED 0

/* Several requests may go to one unresolved address at the same time. */
#define ARP_QUEUEING 1
#define ARP_QUEUE_LEN 4
#define MEMP_NUM_ARP_QUEUE 8
#define ARP_TABLE_SIZE 8
#define ETHARP_SUPPORT_VLAN 0 /* port/link takes tags off */

/* A window that fills a path of 3 Gbit/s and 10 ms, the largest of its scale; what
 * arrives out of order waits in it, and the lost frame always finds room. */
#define LWIP_WND_SCALE 1
#define TCP_RCV_SCALE 6
#define TCP_WND ((4 << 20) - 65536)
#define TCP_MSS 1460
#define TCP_OVERSIZE 128 /* no 1.4 kB for a request of 200 bytes */
#define TCP_SND_BUF 4096 /* requests only */
#define TCP_SND_QUEUELEN 8
#define TCP_QUEUE_OOSEQ 1
#define LWIP_TCP_SACK_OUT 1
#define MEMP_NUM_TCP_PCB (2 * LWPXE_TRANSFERS)
#define MEMP_NUM_TCP_SEG (3072 + MEMP_NUM_TCP_PCB * TCP_SND_QUEUELEN)
#define MEMP_NUM_TCP_PCB_LISTEN 1 /* none; lwIP wants one */
#define TCP_LISTEN_BACKLOG 0
#define LWIP_HOOK_TCP_INPACKET_PCB(pcb, segment, optlen, opt1len, opt2, p) \
	ooseq_admit(pcb, segment)
#define LWIP_DISABLE_TCP_SANITY_CHECKS 1 /* frames have a pool of their own */

/* A lost SYN or request costs 0.4 s and not three.  Every segment asks for an
 * ACK, of which port/ack sends the last one of a batch: no ACK is delayed. */
#define TCP_TMR_INTERVAL 50
#define LWIP_TCP_RTO_TIME 400
#define TCP_WND_UPDATE_THRESHOLD 1

/* A SYN is repeated for 5 s, and the first number of a connection is one that
 * nobody can guess: RFC 6528 asks for that, and for its growth only where a port
 * is used again within minutes. */
#define TCP_SYNMAXRTX 12
#define LWIP_HOOK_TCP_ISN(local, local_port, remote, remote_port) \
	((void)(local), (void)(local_port), (void)(remote), \
	 (void)(remote_port), sys_random())

#define LWIP_DNS_SECURE \
	(LWIP_DNS_SECURE_RAND_XID | LWIP_DNS_SECURE_NO_MULTIPLE_OUTSTANDING | \
	 LWIP_DNS_SECURE_RAND_SRC_PORT)
#define DNS_MAX_SERVERS 1                    /* the lease's first */
#define DNS_TABLE_SIZE (LWPXE_TRANSFERS + 1) /* redirects are to names */
#define DNS_MAX_NAME_LENGTH 256

/* port/frame_pool lends lwIP the buffers that frames are received into. */
#define LWIP_SUPPORT_CUSTOM_PBUF LWPXE_FRAME_POOL

/* port/netif hands in whole frames that it may write to, sends whole frames,
 * and knows per frame who has checked the checksums. */
#define LWIP_NETIF_TX_SINGLE_PBUF 1
#define LWIP_CHECKSUM_CTRL_PER_NETIF 1
#define LWIP_NETIF_HWADDRHINT 0

/* Assertions stay: a frame that breaks lwIP stops one boot, not Dom0. */
#define LWIP_NOASSERT_ON_ERROR 0

#endif
