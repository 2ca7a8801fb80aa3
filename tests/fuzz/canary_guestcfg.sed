# changes src/format/xlcfg.c
# SPDX-License-Identifier: BSD-3-Clause
# A string that never ends is looked for behind the text.
s/for (n = 1; n < s->n && s->p\[n\] != c && s->p\[n\] != '\\n'; n++)/for (n = 1; s->p[n] != c \&\& s->p[n] != '\\n'; n++)/
