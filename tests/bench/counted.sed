# SPDX-License-Identifier: BSD-3-Clause
# jail.c and parent.c of src/priv for callgrind, whose own files and memory the
# jail would deny it, and which has to write its sum when the child has ended.
/^int jail_enter(/,/^{/s/^{/{\
	if (j->uid)\
		return 0;/
s/^\(	*\)kill(pid, SIGKILL);/\1;/
