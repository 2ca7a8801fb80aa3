/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_UUIDMAC_H
#define FORMAT_UUIDMAC_H

#include "format/addr.h"

/* A MAC address for a guest that has only a UUID, the same each time.
 *
 * It is 00:16:3e, Xen's own prefix, and the first three bytes of the SHA-256
 * hash of the UUID as uuid_put() writes it, the highest of their bits cleared as
 * xl does in the ones that it makes up.  For the guest's interface number N
 * other than 0, "/N" is hashed behind the UUID.  In a shell:
 * printf %s UUID | sha256sum. */

/* Makes it, of a UUID that is known. */
void uuidmac_make(const struct uuid *uuid, uint32_t nic, struct mac *mac);

#endif
