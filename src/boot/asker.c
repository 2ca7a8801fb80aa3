/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/asker.h"

#include "base/err.h"
#include "boot/menu.h"
#include "boot/prompt.h"

/* The parent would only say that the boot took too long. */
static int explain(int rc)
{
	if (rc != -E_TIMEOUT)
		return rc;
	return boot_fail(rc, "nothing was chosen within --timeout=; allow more "
			     "seconds there, or pass --menu=no");
}

static int ask_menu(void *arg, const struct bootcfg *cfg, uint16_t menu,
		    struct answer *answer)
{
	return explain(menu_ask(arg, cfg, menu, answer));
}

static int ask_prompt(void *arg, const struct bootcfg *cfg,
		      struct answer *answer)
{
	return explain(prompt_ask(arg, cfg, answer));
}

static struct tty tty;
static const struct asker asker = { &tty, ask_menu, ask_prompt };

const struct asker *asker_open(struct boot *b)
{
	if (!b->terminal || !b->terminal->present)
		return NULL;
	tty_open(&tty, b);
	return &asker;
}
