# changes src/net/tftp.c
# SPDX-License-Identifier: BSD-3-Clause
# A packet that is none of TFTP keeps its buffer for ever.
s/^\tif (tftp_get(s, &packet) && !x->f->done) {$/\tif (!tftp_get(s, \&packet))\n\t\treturn;\n\tif (!x->f->done) {/
