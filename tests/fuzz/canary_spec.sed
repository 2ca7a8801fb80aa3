# changes src/format/spec.c
# SPDX-License-Identifier: BSD-3-Clause
# Nobody counts the toolstack's arguments.
s/spec->toolstack_n == SPEC_TOOLSTACK_ARGS/spec->toolstack_n == SIZE_MAX/
