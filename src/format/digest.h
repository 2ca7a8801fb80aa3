/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_DIGEST_H
#define FORMAT_DIGEST_H

#include "base/span.h"

/* The hash functions that passwords are kept in: MD5 (RFC 1321), SHA-1, SHA-256
 * and SHA-512 (FIPS 180-4).  Small rather than fast. */

enum digest_kind { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA512 };

#define DIGEST_MAX 64

struct digest {
	enum digest_kind kind;
	uint64_t state[8];  /* words of 32 bits, of SHA-512 of 64 */
	uint64_t n;         /* bytes added so far */
	uint8_t block[128]; /* those of them not yet hashed */
};

/* Starts over. */
void digest_start(struct digest *d, enum digest_kind kind);

/* Adds bytes. */
void digest_add(struct digest *d, struct span s);

/* Puts the hash into `out` and returns it as a span over that.  The digest is
 * to be started again then. */
struct span digest_end(struct digest *d, uint8_t out[DIGEST_MAX]);

#endif
