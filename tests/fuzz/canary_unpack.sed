# changes src/format/layer.c
# SPDX-License-Identifier: BSD-3-Clause
# Where the stream ends up is beside the area's end, not before it.
s/l->u.cap = l->room = area->n;/l->u.cap = l->room = area->n + 4096;/
