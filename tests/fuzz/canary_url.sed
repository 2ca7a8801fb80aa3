# changes src/format/url.c
# SPDX-License-Identifier: BSD-3-Clause
# A percent code is resolved without a look at how much is left of the name.
s/c == '%' && s\.n >= 2 &&/c == '%' \&\&/
