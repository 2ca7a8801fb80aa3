# changes src/format/screen.c
# SPDX-License-Identifier: BSD-3-Clause
# The escape character counts as printable, with which a terminal is steered.
s/return c >= 0x20 &&/return (c >= 0x20 || c == 0x1b) \&\&/
