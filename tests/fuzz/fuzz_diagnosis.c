/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/diagnosis.h"

/* What was counted is the network's doing; the sentence has room for all of it,
 * and says cause and remedy. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = fuzz_copy(data, n);
	uint32_t words[7] = { 0 };
	uint8_t flags = 0;
	char buf[320];
	struct text t = TEXT(buf);
	struct diagnosis d;

	span_get_u8(&s, &flags);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		span_get_be32(&s, &words[i]);
	d = (struct diagnosis){
		.offers = flags & 1,
		.is_port = flags & 2,
		.carrier = flags & 4,
		.filters_vlans = flags & 8,
		.frames = words[0],
		.strays = words[1],
		.wrong_sums = words[2],
		.port_waits = words[3],
		.seconds = words[4],
		.pvid = (uint16_t)words[5],
		.vlan = (uint16_t)(words[5] >> 16),
		.stray_vlan = (uint16_t)words[6],
	};
	diagnosis_put_no_lease(&t, &d);
	fuzz_check(!t.overflow && t.n > 40);
	for (size_t i = 0; i < t.n; i++)
		fuzz_check(buf[i] >= 0x20 && buf[i] <= 0x7e);
	t = TEXT(buf);
	diagnosis_put_deaf_hop(&t, words[0], words[1]);
	fuzz_check(!t.overflow && t.n > 40);
	return 0;
}
