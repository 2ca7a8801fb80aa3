# changes src/format/crypt.c
# SPDX-License-Identifier: BSD-3-Clause
# A salt may be longer than the room for what is made of it.
s/h->salt.n = salt_max;/;/
