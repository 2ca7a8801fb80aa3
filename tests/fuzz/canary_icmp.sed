# changes src/format/icmp.c
# SPDX-License-Identifier: BSD-3-Clause
# A header shorter than the shortest makes a huge number of what to skip.
s/(version & 15) >= 5 && //
s/span_get(s, ((size_t)(version & 15) - 5) \* 4, &skipped)/(s->p += ((size_t)(version \& 15) - 5) * 4, s->n -= ((size_t)(version \& 15) - 5) * 4, true)/
