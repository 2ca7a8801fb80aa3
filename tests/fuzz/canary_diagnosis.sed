# changes src/format/diagnosis.c
# SPDX-License-Identifier: BSD-3-Clause
# Where nothing but frames of others was heard, nothing is said.
s/else if (d->strays && !d->frames)/else if (d->strays > 0xfff \&\& !d->frames)\n\t\treturn;\n\telse if (d->strays \&\& !d->frames)/
