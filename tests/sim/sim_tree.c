/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_tree.h"

#include <string.h>

const struct sim_file *tree_find(struct span path)
{
	for (size_t i = 0; i < sim->files; i++)
		if (span_eq(path, span_of(sim->file[i].path)))
			return &sim->file[i];
	return NULL;
}

size_t tree_size(const struct sim_file *f)
{
	return f->text ? strlen(f->text) : f->size;
}

/* No two places of a file look alike for long, so a block that is missing, out
 * of order or there twice shows. */
static uint8_t made_up(const struct sim_file *f, size_t at)
{
	uint32_t x = (uint32_t)at * 2654435761u + (uint8_t)f->path[5] * 97u;

	return (uint8_t)((x ^ x >> 15) >> 8);
}

void tree_read(const struct sim_file *f, size_t at, uint8_t *p, size_t n)
{
	size_t size = tree_size(f);

	for (size_t i = 0; i < n; i++)
		p[i] = f->text ? (uint8_t)(at + i < size ? f->text[at + i] :
							   '#') :
				 made_up(f, at + i);
}
