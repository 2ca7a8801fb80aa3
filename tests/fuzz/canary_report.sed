# changes src/format/report.c
# SPDX-License-Identifier: BSD-3-Clause
# The child's word counts for how long its arguments are.
s/r->args_n > CMDLINE_MAX/r->args_n > UINT32_MAX - 1/
