/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/tftpask.h"

/* What every network carries in one frame. */
#define MTU_ORDINARY 1500

enum tftp_asking tftpask_after(enum tftp_asking asking, unsigned tries)
{
	if (tries >= TFTPASK_WITH_OPTIONS)
		return ASK_NOTHING;
	return tries >= TFTPASK_BIG && asking < ASK_ORDINARY ? ASK_ORDINARY :
							       asking;
}

uint32_t tftpask_blksize(enum tftp_asking asking, uint32_t mtu)
{
	if (asking == ASK_NOTHING)
		return 0;
	if (asking == ASK_ORDINARY && mtu > MTU_ORDINARY)
		mtu = MTU_ORDINARY;
	if (asking == ASK_BIG || mtu - TFTP_OVERHEAD > TFTP_BLKSIZE_MAX)
		return TFTP_BLKSIZE_MAX;
	return mtu - TFTP_OVERHEAD;
}

static uint32_t window(enum tftp_asking asking)
{
	return asking == ASK_BIG ? WINDOW_BIG : WINDOW;
}

bool tftpask_put(struct text *t, enum tftp_asking asking, uint32_t mtu,
		 struct span name)
{
	text_reset(t);
	tftp_put_rrq(t, name, tftpask_blksize(asking, mtu), window(asking));
	return !t->overflow;
}

bool tftpask_is_met(enum tftp_asking asking, uint32_t mtu,
		    const struct tftppkt *oack)
{
	return !oack->bad_option && asking != ASK_NOTHING &&
	       (!oack->has_blksize ||
		oack->blksize <= tftpask_blksize(asking, mtu)) &&
	       (!oack->has_windowsize || oack->windowsize <= WINDOW);
}
