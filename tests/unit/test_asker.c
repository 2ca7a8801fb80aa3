/* SPDX-License-Identifier: BSD-3-Clause */
/* needs LWPXE_MENU */
#include "read_config.h"

#include "base/err.h"
#include "boot/choose.h"

/* What boots when somebody at the console answers. */

static struct choice choice;
static char reason[256];

/* One word of a script: what is asked next, and the answer. */
struct scripted {
	bool menu;      /* else the prompt */
	uint16_t shown; /* the menu that is shown */
	int rc;
	struct answer answer;
};

static const struct scripted *script;
static size_t script_left;

static int answer(bool menu, uint16_t shown, struct answer *a)
{
	assert_int_not_equal(script_left, 0);
	assert_int_equal(script->menu, menu);
	assert_int_equal(script->shown, shown);
	*a = script->answer;
	script_left--;
	return script++->rc;
}

static int answer_menu(void *arg, const struct bootcfg *c, uint16_t menu,
		       struct answer *a)
{
	assert_ptr_equal(arg, &script);
	assert_ptr_equal(c, &cfg);
	assert_int_equal(a->kind, ANSWER_TIMEOUT);
	return answer(true, menu, a);
}

static int answer_prompt(void *arg, const struct bootcfg *c, struct answer *a)
{
	assert_ptr_equal(arg, &script);
	assert_ptr_equal(c, &cfg);
	return answer(false, 0, a);
}

static int choose_asked(const char *config, const struct scripted *s, size_t n)
{
	const struct asker asker = { &script, answer_menu, answer_prompt };
	struct text why = TEXT(reason);
	int rc;

	why.clip = true;
	read_config(config);
	script = s;
	script_left = n;
	rc = choose_entry(&cfg, &asker, NULL, &choice, &why);
	assert_int_equal(script_left, 0);
	return rc;
}

#define asked(config, ...) \
	choose_asked((config), (const struct scripted[]){ __VA_ARGS__ }, \
		     sizeof((const struct scripted[]){ __VA_ARGS__ }) / \
			     sizeof(struct scripted))

#define MENU(m, ...) \
	{ \
		.menu = true, .shown = (m), .answer = { __VA_ARGS__ } \
	}
#define PROMPT(...) \
	{ \
		.answer = { __VA_ARGS__ } \
	}
#define TYPED(s) ANSWER_COMMAND, .text = SPAN_LIT(s)

static const char labels[] =
	"UI menu.c32\nLABEL a\nKERNEL ka\n"
	"LABEL b\nLINUX kb\nAPPEND x\nINITRD i\nSYSAPPEND 2\n"
	"MENU BEGIN m\nLABEL c\nMENU GOTO .top\nLABEL d\nMENU END\n"
	"LABEL q\nMENU QUIT\nLABEL h\nMENU HELP f\nMENU SEPARATOR\n";

enum { A, B, M, C, D, Q, H, SEPARATOR };

static void label_is_not_asked_about(void **state)
{
	(void)state;
	assert_int_equal(choose_asked("DEFAULT a\nLABEL a\n", NULL, 0), 0);
	assert_int_equal(choose_asked("UI menu.c32\nMENU SHIFTKEY\nLABEL a\n",
				      NULL, 0),
			 0);
	assert_int_equal(choose_asked("NOESCAPE 1\nPROMPT 1\nDEFAULT a\n", NULL,
				      0),
			 0);
	assert_false(choice.asked);
}

static void menus_time_may_end(void **state)
{
	(void)state;
	assert_int_equal(asked(labels, MENU(0, ANSWER_TIMEOUT)), 0);
	assert_span(choice.kernel, "ka");
	assert_false(choice.asked);
	/* Somebody went to the submenu, and away. */
	assert_int_equal(asked(labels, MENU(0, ANSWER_TIMEOUT, .menu = 1),
			       MENU(0, ANSWER_TIMEOUT)),
			 0);
	assert_span(choice.kernel, "ka");
	assert_int_equal(asked("UI menu.c32\nMENU BEGIN m\nLABEL a\n"
			       "MENU END\nLABEL b\n",
			       MENU(0, ANSWER_TIMEOUT),
			       MENU(1, ANSWER_TIMEOUT, .menu = 1)),
			 0);
	assert_span(choice.kernel, "a");
}

static void entry_may_be_chosen(void **state)
{
	(void)state;
	assert_int_equal(asked(labels, MENU(0, ANSWER_ENTRY, .entry = B)), 0);
	assert_int_equal(choice.entry, B);
	assert_span(choice.append, "x");
	assert_span(choice.line, "b");
	assert_string_equal(choice.because, "it was chosen");
	assert_true(choice.asked);
	assert_int_equal(asked(labels, MENU(0, ANSWER_ENTRY, .entry = M),
			       MENU(1, ANSWER_ENTRY, .entry = C),
			       MENU(0, ANSWER_ENTRY, .entry = H),
			       MENU(0, ANSWER_ENTRY, .entry = SEPARATOR),
			       MENU(0, ANSWER_ENTRY, .entry = D)),
			 0);
	assert_span(choice.kernel, "d");
}

static void entry_may_be_edited(void **state)
{
	(void)state;
	assert_int_equal(asked(labels, MENU(0, ANSWER_EDITED, .entry = B,
					    .text = SPAN_LIT(" k2  y z "))),
			 0);
	assert_int_equal(choice.entry, B);
	assert_int_equal(choice.kind, KIND_LINUX);
	assert_int_equal(choice.sysappend, 2);
	assert_span(choice.kernel, "k2");
	assert_span(choice.append, "y z ");
	assert_int_equal(choice.initrd.n, 0);
}

static void command_may_be_typed(void **state)
{
	static const char config[] = "PROMPT 1\nDEFAULT a\nSYSAPPEND 1\n"
				     "LABEL a\nAPPEND x\n";

	(void)state;
	assert_int_equal(asked(config, PROMPT(TYPED(" a y "))), 0);
	assert_int_equal(choice.entry, 0);
	assert_span(choice.extra, "y");
	assert_string_equal(choice.because, "it was typed");
	assert_int_equal(asked(config, PROMPT(TYPED("k z"))), 0);
	assert_int_equal(choice.entry, BOOTCFG_NONE);
	assert_span(choice.kernel, "k");
	assert_span(choice.append, "z");
	assert_int_equal(choice.sysappend, 1);
	/* Nothing is the default command; no time left is the same here. */
	assert_int_equal(asked(config, PROMPT(TYPED(" "))), 0);
	assert_span(choice.append, "x");
	assert_int_equal(asked(config, PROMPT(ANSWER_TIMEOUT)), 0);
	assert_span(choice.append, "x");
	assert_int_equal(asked("ONTIMEOUT b\nLABEL a\n",
			       PROMPT(ANSWER_TIMEOUT)),
			 0);
	assert_span(choice.kernel, "b");
}

static void what_names_nothing_is_asked_again(void **state)
{
	static const char config[] = "PROMPT 1\nIMPLICIT 0\nLABEL a\n"
				     "UI menu.c32\n";

	(void)state;
	assert_int_equal(asked("PROMPT 1\nIMPLICIT 0\nLABEL a\n",
			       PROMPT(TYPED("b")), PROMPT(TYPED("k x")),
			       PROMPT(TYPED("a"))),
			 0);
	assert_span(choice.kernel, "a");
	assert_int_equal(asked(config, MENU(0, TYPED("b")), MENU(0, TYPED("")),
			       MENU(0, TYPED("a"))),
			 0);
	assert_int_equal(asked("PROMPT 1\nLABEL a\n", PROMPT(TYPED(""))),
			 -E_NO_ENTRY);
}

static void options_may_be_forbidden(void **state)
{
	static const char config[] = "ALLOWOPTIONS 0\nPROMPT 1\nDEFAULT a\n"
				     "LABEL a\nAPPEND x\n";

	(void)state;
	assert_int_equal(asked(config, PROMPT(TYPED("a init=/bin/sh"))), 0);
	assert_span(choice.append, "x");
	assert_int_equal(choice.extra.n, 0);
	assert_int_equal(asked(config, PROMPT(TYPED("k init=/bin/sh"))), 0);
	assert_int_equal(choice.append.n, 0);
}

static void menu_may_be_left_for_the_prompt(void **state)
{
	(void)state;
	assert_int_equal(asked(labels, MENU(0, ANSWER_PROMPT),
			       PROMPT(TYPED("")),
			       MENU(0, ANSWER_ENTRY, .entry = Q),
			       PROMPT(TYPED("b y"))),
			 0);
	assert_int_equal(choice.entry, B);
	assert_span(choice.extra, "y");
	/* Where there is none, the menu comes back. */
	assert_int_equal(asked("NOESCAPE 1\nUI menu.c32\nLABEL a\n",
			       MENU(0, ANSWER_PROMPT),
			       MENU(0, ANSWER_ENTRY, .entry = A)),
			 0);
}

static void asker_may_end_it(void **state)
{
	(void)state;
	assert_int_equal(asked(labels, { .menu = true, .rc = -E_INTERRUPTED }),
			 -E_INTERRUPTED);
	assert_string_equal(reason, "");
	assert_int_equal(asked("PROMPT 1\n", { .rc = -E_TIMEOUT }), -E_TIMEOUT);
}

/* However long somebody walks about, it is no circle. */
static void somebody_may_walk_in_circles(void **state)
{
	struct scripted walk[201];

	(void)state;
	for (size_t i = 0; i < 200; i++)
		walk[i] = (struct scripted)MENU(i % 2, ANSWER_ENTRY,
						.entry = i % 2 ? C : M);
	walk[200] = (struct scripted)MENU(0, ANSWER_ENTRY, .entry = B);
	assert_int_equal(choose_asked(labels, walk, 201), 0);
	assert_int_equal(choice.entry, B);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(label_is_not_asked_about),
		cmocka_unit_test(menus_time_may_end),
		cmocka_unit_test(entry_may_be_chosen),
		cmocka_unit_test(entry_may_be_edited),
		cmocka_unit_test(command_may_be_typed),
		cmocka_unit_test(what_names_nothing_is_asked_again),
		cmocka_unit_test(options_may_be_forbidden),
		cmocka_unit_test(menu_may_be_left_for_the_prompt),
		cmocka_unit_test(asker_may_end_it),
		cmocka_unit_test(somebody_may_walk_in_circles),
	};

	return cmocka_run_group_tests_name("asker", tests, NULL, NULL);
}
