# changes src/format/progress.c
# SPDX-License-Identifier: BSD-3-Clause
# A byte that is shown as four columns counts as one.
s/return c < 0x20 || c > 0x7e ? 4 : 1;/return 1;/
