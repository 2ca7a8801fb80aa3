# changes port/netif.c
# SPDX-License-Identifier: BSD-3-Clause
# A frame that makes no sense keeps its buffer for ever.
/^\t\tif (p)$/,/pbuf_free/d
