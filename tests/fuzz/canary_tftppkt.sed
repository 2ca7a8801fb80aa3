# changes src/format/tftppkt.c
# SPDX-License-Identifier: BSD-3-Clause
# A block may have any size up to the largest, none at all too.
s/v >= TFTP_BLKSIZE_MIN && //
