# changes src/format/json.c
# SPDX-License-Identifier: BSD-3-Clause
# A quotation mark ends the string that it stands in.
s/if (s\.p\[i\] == '"' || s\.p\[i\] == '\\\\')/if (s.p[i] == '\\\\')/
