# changes src/format/cmdline.c
# SPDX-License-Identifier: BSD-3-Clause
# Ramdisks are looked for in xl.cfg's arguments too.
s/own = t->n;/own = t->n + (parts->args.n ? 1 + parts->args.n : 0);/
