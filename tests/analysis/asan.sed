# SPDX-License-Identifier: BSD-3-Clause
# jail.c of src/priv for the address sanitizer, whose own memory is terabytes.
s/^\(#define ADDRESS_SPACE\) .*/\1 RLIM_INFINITY/
