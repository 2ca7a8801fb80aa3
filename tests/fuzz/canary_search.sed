# changes src/format/search.c
# SPDX-License-Identifier: BSD-3-Clause
# The address is shortened once too often, down to no digit.
s/LAST_IP = IP + 7/LAST_IP = IP + 8/
