# changes src/format/vif.c
# SPDX-License-Identifier: BSD-3-Clause
# A name of 16 bytes is taken to fit a field of 16 that ends in a NUL.
s/value\.n >= sizeof(vif->bridge)/value.n > sizeof(vif->bridge)/
