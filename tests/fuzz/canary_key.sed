# changes src/format/lineedit.c
# SPDX-License-Identifier: BSD-3-Clause
# Delete at the end of the line takes out what is behind it.
s/if (e->at < n)/if (e->at <= n)/
