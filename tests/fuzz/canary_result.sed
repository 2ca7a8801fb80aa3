# changes src/format/result.c
# SPDX-License-Identifier: BSD-3-Clause
# The class of XSA-198: a value may hold what ends it.
s/if (holds(items\[i\]\.value, separator))/if (!items[i].name)/
