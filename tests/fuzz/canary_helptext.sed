# changes src/format/helptext.c
# SPDX-License-Identifier: BSD-3-Clause
# Bytes that terminals take for control characters, as 0x9b, are let through.
s/screen_byte(c)/c != 0x7f ? c : '?'/
