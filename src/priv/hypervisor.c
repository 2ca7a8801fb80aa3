/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/hypervisor.h"

#include "base/guard.h"
#include "priv/smallfile.h"

static GUARDED uint32_t read_number(const char *path)
{
	uint8_t text[16];
	struct span s;
	uint32_t v = 0;

	if (smallfile_read(path, text, sizeof(text), &s))
		span_get_number(&s, UINT16_MAX, &v);
	return v;
}

void hypervisor_identify(struct spec *spec)
{
	spec->xen_major = read_number("/sys/hypervisor/version/major");
	spec->xen_minor = read_number("/sys/hypervisor/version/minor");
}
