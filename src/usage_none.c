/* SPDX-License-Identifier: BSD-3-Clause */
#include "usage.h"

const char usage_all[] = "All options are in the manual: man 8 lwpxeboot\n";
