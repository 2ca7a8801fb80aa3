# changes src/format/inject.c
# SPDX-License-Identifier: BSD-3-Clause
# A value may have the byte that ends it.
s/SPAN_LIT("-._~:\/?&=%+@,")/SPAN_LIT("-._~:\/?\&=%+@,'")/
