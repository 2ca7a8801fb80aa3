# changes src/format/disk.c
# SPDX-License-Identifier: BSD-3-Clause
# What follows an old prefix is looked for where the text has ended.
s/^	\*s = rest;/	*s = (struct span){ rest.p, rest.n + 1 };/
