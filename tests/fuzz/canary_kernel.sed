# changes src/format/kernel.c
# SPDX-License-Identifier: BSD-3-Clause
# What a header leads to is read wherever it is.
s/at <= f->size && n <= f->size - at &&//
