/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_SPACE_H
#define PRIV_SPACE_H

#include <stdbool.h>
#include <stdint.h>

/* What there is room for, in bytes; 0 where nobody can tell. */
struct space {
	uint64_t disk;   /* free in the output directory */
	uint64_t memory; /* that the Dom0 can do without: MemAvailable */
	bool in_memory;  /* the directory's files take memory */
};

/* Measures it for an open directory. */
void space_measure(int directory, struct space *s);

/* Returns how many bytes can be written to files there, 0 if nobody knows. */
uint64_t space_for_files(const struct space *s);

#endif
