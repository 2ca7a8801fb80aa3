# changes src/base/log.c
# SPDX-License-Identifier: BSD-3-Clause
# The escape character counts as printable, with which a terminal is steered.
s/if (c < 0x20 ||/if ((c < 0x20 \&\& c != 0x1b) ||/
