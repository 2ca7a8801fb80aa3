/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/link_filter.h"

#include <linux/if_ether.h>
#include <string.h>

#define ACCEPT 0x40000u /* bytes; more than any frame */

struct sock_fprog link_filter(struct sock_filter *code, const struct mac *mac)
{
	const uint8_t *b = mac->b;
	const uint32_t high = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
			      (uint32_t)b[2] << 8 | b[3];
	const uint32_t low = (uint32_t)b[4] << 8 | b[5];
	/* A VLAN tag may still stand in the frame; port/link sorts that out. */
	const struct sock_filter program[LINK_FILTER_SIZE] = {
		/* 0 */ BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		/* 1 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 2, 0),
		/* 2 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_ARP, 1, 0),
		/* 3 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_8021Q, 0, 8),
		/* 4 */ BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		/* 5 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, high, 0, 2),
		/* 6 */ BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 4),
		/* 7 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, low, 3, 4),
		/* 8 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, UINT32_MAX, 0, 3),
		/* 9 */ BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 4),
		/* 10 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, UINT16_MAX, 0, 1),
		/* 11 */ BPF_STMT(BPF_RET | BPF_K, ACCEPT),
		/* 12 */ BPF_STMT(BPF_RET | BPF_K, 0),
	};

	memcpy(code, program, sizeof(program));
	return (struct sock_fprog){ .len = LINK_FILTER_SIZE, .filter = code };
}
