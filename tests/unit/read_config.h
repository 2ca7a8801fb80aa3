/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_READ_CONFIG_H
#define TESTS_READ_CONFIG_H

/* A configuration in one file, read for a test about what its lines do. */
#include "format/pxecfg.h"
#include "unit.h"

static struct pxecfg reader;
static struct bootcfg cfg;

static inline void read_config(const char *config)
{
	char reason[256];
	struct text room, why = TEXT(reason);
	struct span name;

	pxecfg_init(&reader, &cfg);
	room = pxecfg_room(&reader);
	text_puts(&room, config);
	assert_int_equal(pxecfg_open(&reader, SPAN_LIT("default"), room.n,
				     &why),
			 0);
	assert_int_equal(pxecfg_read(&reader, &name, &why), PXECFG_END);
}

#endif
