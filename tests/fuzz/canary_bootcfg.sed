# changes src/format/bootcfg.c
# SPDX-License-Identifier: BSD-3-Clause
# A GOTO to a menu that is not there leads to number 65535.
s/e->action = ACTION_DISABLED;/;/
