# changes src/format/dhcpopt.c
# SPDX-License-Identifier: BSD-3-Clause
# The option's length is believed, however little of its area is left.
s/span_get(area, length, value);/(*value = (struct span){ area->p, length }, area->p += length, area->n -= length, true);/
