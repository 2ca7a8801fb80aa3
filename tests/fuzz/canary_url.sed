# changes src/format/url.c
# SPDX-License-Identifier: BSD-3-Clause
# The path's builder believes in one byte more than its field has.
s/struct text path = TEXT(u->path)/struct text path = text_over(u->path, sizeof(u->path) + 1)/
