# changes src/format/pcap.c
# SPDX-License-Identifier: BSD-3-Clause
# A part may say that more of it is used than there is.
s/if (r->rest.n > PCAP_PART)/if (r->rest.n > 2 * PCAP_PART)/
