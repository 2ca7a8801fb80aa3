/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/icmp.h"

/* Reads the same by offsets: two IPv4 headers of their stated lengths, with
 * eight bytes of ICMP between them and the ports behind. */
static int refused(struct span s, struct icmp_refusal *r)
{
	size_t outer, inner;
	const uint8_t *p;

	if (s.n < 20)
		return 0;
	outer = (s.p[0] & 15u) * 4;
	if (s.p[0] >> 4 != 4 || outer < 20 || s.n < outer + 8 + 20 ||
	    s.p[9] != 1 || s.p[outer] != 3)
		return 0;
	p = s.p + outer + 8;
	inner = (p[0] & 15u) * 4;
	if (p[0] >> 4 != 4 || inner < 20 || s.n < outer + 8 + inner + 4 ||
	    (p[9] != 17 && p[9] != 6))
		return 0;
	r->protocol = p[9];
	r->code = s.p[outer + 1];
	r->to = (uint32_t)p[16] << 24 | p[17] << 16 | p[18] << 8 | p[19];
	r->from_port = (uint16_t)(p[inner] << 8 | p[inner + 1]);
	r->to_port = (uint16_t)(p[inner + 2] << 8 | p[inner + 3]);
	return 1;
}

/* The input is a packet that arrived. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = fuzz_copy(data, n);
	struct icmp_refusal got, wanted;
	int is = refused(s, &wanted);
	char words[160];
	struct text t = TEXT(words);

	fuzz_check(icmp_get_refusal(s, &got) == !!is);
	if (!is)
		return 0;
	fuzz_check(got.code == wanted.code && got.to == wanted.to &&
		   got.protocol == wanted.protocol &&
		   got.from_port == wanted.from_port &&
		   got.to_port == wanted.to_port);
	icmp_explain(&t, &got);
	fuzz_check(t.n && !t.overflow);
	return 0;
}
