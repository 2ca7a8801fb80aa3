# changes src/format/bootsource.c
# SPDX-License-Identifier: BSD-3-Clause
# A server may have any address, 0.0.0.0 and 127.0.0.1 too.
s/!ip4_is_host(ip) || //
