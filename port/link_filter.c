/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/link_filter.h"

#include <linux/if_ether.h>
#include <netinet/in.h>
#include <string.h>

#define AT_PROTOCOL 23
#define DHCP_CLIENT 68
#define ACCEPT 0x40000u /* bytes; more than any frame */

struct sock_fprog link_filter(struct sock_filter *code, const struct mac *mac)
{
	const uint8_t *b = mac->b;
	const uint32_t high = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
			      (uint32_t)b[2] << 8 | b[3];
	const uint32_t low = (uint32_t)b[4] << 8 | b[5];
	/* A VLAN tag may still stand in the frame; port/link sorts that out. */
	const struct sock_filter program[LINK_FILTER_SIZE] = {
		/* To whom? */
		/* 0 */ BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		/* 1 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, UINT32_MAX, 7, 0),
		/* 2 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, high, 0, 17),
		/* 3 */ BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 4),
		/* 4 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, low, 0, 15),
		/* The guest: IPv4, ARP, or either in a VLAN. */
		/* 5 */ BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		/* 6 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 14, 0),
		/* 7 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_ARP, 13, 0),
		/* 8 */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_8021Q, 12, 11),
		/* All: of IPv4 only what is for a DHCP client. */
		/* 9 */ BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 4),
		/* 10 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, UINT16_MAX, 0, 9),
		/* 11 */ BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		/* 12 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_ARP, 8, 0),
		/* 13 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_8021Q, 7, 0),
		/* 14 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 5),
		/* 15 */ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_PROTOCOL),
		/* 16 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 3),
		/* 17 */ BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, ETH_HLEN),
		/* 18 */ BPF_STMT(BPF_LD | BPF_H | BPF_IND, ETH_HLEN + 2),
		/* 19 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DHCP_CLIENT, 1, 0),
		/* 20 */ BPF_STMT(BPF_RET | BPF_K, 0),
		/* 21 */ BPF_STMT(BPF_RET | BPF_K, ACCEPT),
	};

	memcpy(code, program, sizeof(program));
	return (struct sock_fprog){ .len = LINK_FILTER_SIZE, .filter = code };
}
