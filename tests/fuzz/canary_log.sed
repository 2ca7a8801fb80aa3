# changes src/base/log.c
# SPDX-License-Identifier: BSD-3-Clause
# The escape character counts as printable, with which a terminal is steered.
s/s\.p\[i\] >= 0x20 &&/(s.p[i] >= 0x20 || s.p[i] == 0x1b) \&\&/
