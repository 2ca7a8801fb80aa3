/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/explain.h"

void explain_start(const struct boot *b)
{
	(void)b;
}

bool explain_only(void)
{
	return false;
}

void explain_tried(struct span name, int rc, size_t n, const struct text *why)
{
	(void)name, (void)rc, (void)n, (void)why;
}

void explain_reading(struct pxecfg *reader)
{
	(void)reader;
}

bool explain_no_include(const struct pxecfg *reader, struct span name)
{
	(void)reader, (void)name;
	return false;
}

bool explain_config(const struct bootcfg *cfg, const struct pxecfg *reader)
{
	(void)cfg, (void)reader;
	return false;
}

bool explain_choice(const struct choice *c)
{
	(void)c;
	return false;
}

void explain_file(const char *what, struct span name, int rc,
		  const struct fetch *f, const struct text *why)
{
	(void)what, (void)name, (void)rc, (void)f, (void)why;
}

bool explain_failure(int rc, const char *sentence)
{
	(void)rc, (void)sentence;
	return false;
}

int explain_later(int rc)
{
	return rc;
}

int explain_end(struct report *r, int rc)
{
	(void)r;
	return rc;
}
