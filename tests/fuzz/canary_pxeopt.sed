# changes src/format/pxeopt.c
# SPDX-License-Identifier: BSD-3-Clause
# The count of a boot server's addresses is believed, whatever is left.
s/!span_get(list, count \* sizeof(\*ip), group))/(*group = (struct span){ list->p, count * 4u }, list->n = 0, false))/
