# SPDX-License-Identifier: BSD-3-Clause
# src/priv/jail.c and parent.c for callgrind, whose own files and memory the
# jail would deny it, and which has to write its sum when the child has ended.
/^int jail_enter(/,/^}/s/^\tint r;$/	int r = 0;\
\
	if (!r)\
		return r;/
s/^\t\tkill(pid, SIGKILL);$//
