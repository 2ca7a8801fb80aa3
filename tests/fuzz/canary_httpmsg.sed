# changes src/format/httpmsg.c
# SPDX-License-Identifier: BSD-3-Clause
# The CR of a line's end is looked for in the last piece only.
s/if (whole && m->line.n && m->line.p\[m->line.n - 1\] == /if (whole \&\& part.n \&\& part.p[part.n - 1] == /
