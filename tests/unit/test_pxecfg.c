/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "base/err.h"
#include "format/pxecfg.h"

/* What the language means is in tests/golden; here are the reader's limits and
 * the places it remembers. */

static struct pxecfg reader;
static struct bootcfg cfg;
static char reason[512];

/* Opens as a file what was put into the room. */
static int open_room(const struct text *room, const char *name)
{
	struct text why = TEXT(reason);

	assert_false(room->overflow);
	return pxecfg_open(&reader, span_of(name), room->n, &why);
}

static int open_text(const char *name, const char *text)
{
	struct text room = pxecfg_room(&reader);

	text_puts(&room, text);
	return open_room(&room, name);
}

static int start(const char *text)
{
	pxecfg_init(&reader, &cfg);
	return open_text("default", text);
}

static int read_on(struct span *name)
{
	struct text why = TEXT(reason);
	int rc = pxecfg_read(&reader, name, &why);

	assert_int_equal(rc < 0, reason[0] != '\0');
	return rc;
}

static char told[512];

static void tell(void *arg, struct span file, uint32_t line, struct span text)
{
	struct text t = { .p = told, .cap = sizeof(told), .n = strlen(told) };

	assert_ptr_equal(arg, &cfg);
	text_printf(&t, "%.*s:%u:%.*s;", SPAN_ARG(file), line, SPAN_ARG(text));
}

static void lines_that_mean_nothing_are_told(void **state)
{
	struct span name;

	(void)state;
	told[0] = '\0';
	assert_int_equal(start("# x\n  #y\n\n \t\nfrob  nicate x \r\n"
			       "LABEL a\nTEXT HELP\nnothing\nENDTEXT\n"
			       "  allow me\ninclude b\nz"),
			 0);
	reader.ignored = tell;
	reader.ignored_arg = &cfg;
	assert_int_equal(read_on(&name), PXECFG_INCLUDE);
	assert_int_equal(open_text("b", "\n#\ny"), 0);
	assert_int_equal(read_on(&name), PXECFG_END);
	assert_string_equal(told, "default:5:frob  nicate x;"
				  "default:10:allow me;b:3:y;default:12:z;");
	assert_int_equal(start("x\n"), 0);
	assert_null(reader.ignored);
}

static void entries_know_where_they_stand(void **state)
{
	struct span name;

	(void)state;
	assert_int_equal(start("\n# x\nLABEL a\nINCLUDE more\nLABEL c\n"), 0);
	assert_int_equal(read_on(&name), PXECFG_INCLUDE);
	assert_span(name, "more");
	assert_int_equal(open_text("more", "KERNEL k\n\nMENU BEGIN m\n"
					   "LABEL b\nMENU END"),
			 0);
	assert_int_equal(read_on(&name), PXECFG_END);
	assert_int_equal(cfg.entries, 4);
	for (unsigned i = 0; i < 4; i++) {
		static const uint16_t files[] = { 0, 1, 1, 0 };
		static const uint32_t lines[] = { 3, 3, 4, 5 };

		assert_int_equal(cfg.entry[i].file, files[i]);
		assert_int_equal(cfg.entry[i].line, lines[i]);
	}
	assert_span(pxecfg_file_name(&reader, 0), "default");
	assert_span(pxecfg_file_name(&reader, 1), "more");
}

static void reader_can_be_used_again(void **state)
{
	struct span name;

	(void)state;
	assert_int_equal(start("APPEND x\nSYSAPPEND 3\nIMPLICIT 0\nPROMPT 1\n"
			       "ONTIMEOUT t\nUI menu.c32\nDEFAULT a\n"
			       "MENU BEGIN\nMENU START\nLABEL a\n"),
			 0);
	assert_int_equal(read_on(&name), PXECFG_END);
	assert_int_equal(start("LABEL b\n"), 0);
	assert_int_equal(read_on(&name), PXECFG_END);
	assert_int_equal(cfg.entries, 1);
	assert_int_equal(cfg.menus, 1);
	assert_int_equal(cfg.start_menu, 0);
	assert_int_equal(cfg.entry[0].append.n, 0);
	assert_int_equal(cfg.entry[0].sysappend, 0);
	assert_int_equal(cfg.ontimeout.n, 0);
	assert_true(cfg.implicit);
	assert_false(cfg.prompt || cfg.has_ui || cfg.has_command);
}

/* Opens `n` times the same line. */
static int start_repeated(const char *line, unsigned n)
{
	struct text room;

	pxecfg_init(&reader, &cfg);
	room = pxecfg_room(&reader);
	while (n--)
		text_puts(&room, line);
	return open_room(&room, "default");
}

static int read_repeated(const char *line, unsigned n)
{
	struct span name;
	int rc = start_repeated(line, n);

	return rc ? rc : read_on(&name);
}

static void labels_have_a_limit(void **state)
{
	(void)state;
	assert_int_equal(read_repeated("LABEL a\n", LWPXE_CONFIG_LABELS),
			 PXECFG_END);
	assert_int_equal(cfg.entries, LWPXE_CONFIG_LABELS);
	assert_int_equal(read_repeated("LABEL a\n", LWPXE_CONFIG_LABELS + 1),
			 -E_CONFIG);
	assert_contains(reason, "LWPXE_CONFIG_LABELS");
	assert_contains(reason, "default line");
}

static void menus_have_a_limit(void **state)
{
	(void)state;
	/* The top menu is one of them. */
	assert_int_equal(read_repeated("MENU BEGIN\n", LWPXE_CONFIG_MENUS - 1),
			 PXECFG_END);
	assert_int_equal(cfg.menus, LWPXE_CONFIG_MENUS);
	assert_int_equal(read_repeated("MENU BEGIN\n", LWPXE_CONFIG_MENUS),
			 -E_CONFIG);
	assert_contains(reason, "LWPXE_CONFIG_MENUS");
}

static void includes_that_nest_too_deep_are_refused(void **state)
{
	struct span name;
	unsigned deep = 1;
	int rc = start("INCLUDE default\n");

	(void)state;
	while (!rc && deep < LWPXE_CONFIG_DEPTH * 2) {
		assert_int_equal(read_on(&name), PXECFG_INCLUDE);
		rc = open_text("default", "INCLUDE default\n");
		deep += !rc;
	}
	assert_int_equal(rc, -E_CONFIG);
	assert_int_equal(deep, LWPXE_CONFIG_DEPTH);
	assert_contains(reason, "default is one INCLUDE too deep");
	assert_contains(reason, "LWPXE_CONFIG_DEPTH");
}

static void files_have_a_limit(void **state)
{
	struct span name;
	unsigned files = 1;
	int rc = start_repeated("INCLUDE x\n", LWPXE_CONFIG_FILES);

	(void)state;
	while (!rc) {
		assert_int_equal(read_on(&name), PXECFG_INCLUDE);
		rc = open_text("x", "LABEL a");
		files += !rc;
	}
	assert_int_equal(rc, -E_CONFIG);
	assert_int_equal(files, LWPXE_CONFIG_FILES);
	assert_contains(reason, "x is one file too many");
	assert_contains(reason, "LWPXE_CONFIG_FILES");
}

/* All room is used, and not a byte more: the caller may fill the room but for
 * the NUL behind it. */
static void text_may_fill_the_buffer(void **state)
{
	struct text room;
	struct span name;

	(void)state;
	pxecfg_init(&reader, &cfg);
	room = pxecfg_room(&reader);
	assert_int_equal(room.cap, LWPXE_CONFIG_BYTES);
	text_puts(&room, "LABEL a\nINCLUDE b\n");
	while (room.n < room.cap - 1)
		text_put_u8(&room, '\n');
	assert_int_equal(open_room(&room, "default"), 0);
	assert_int_equal(read_on(&name), PXECFG_INCLUDE);
	room = pxecfg_room(&reader);
	assert_int_equal(room.cap, 1);
	assert_int_equal(open_room(&room, "b"), 0);
	assert_int_equal(read_on(&name), PXECFG_END);
	assert_int_equal(cfg.entries, 1);
	assert_span(pxecfg_file_name(&reader, 1), "");
}

/* Reads "APPEND xxx…" of `n` bytes behind LABEL a. */
static int read_line_of(size_t n, const char *directive)
{
	struct text room;
	struct span name;
	int rc;

	pxecfg_init(&reader, &cfg);
	room = pxecfg_room(&reader);
	text_puts(&room, "LABEL a\n");
	text_puts(&room, directive);
	while (room.n < n + sizeof("LABEL a\n") - 1)
		text_put_u8(&room, 'x');
	text_puts(&room, "\nKERNEL k\n");
	rc = open_room(&room, "default");
	return rc ? rc : read_on(&name);
}

/* Files in a row are one configuration, of which the last ends the label. */
/* needs LWPXE_MENU or LWPXE_EXPLAIN */
static void files_in_a_queue_are_one(void **state)
{
	struct span name;

	(void)state;
	pxecfg_init(&reader, &cfg);
	pxecfg_queue(&reader, SPAN_LIT(" one\ttwo gone three "));
	assert_int_equal(read_on(&name), PXECFG_INCLUDE);
	assert_span(name, "one");
	assert_int_equal(open_text("one", "LABEL a\nTEXT HELP\nx"), 0);
	assert_int_equal(read_on(&name), PXECFG_INCLUDE);
	assert_span(name, "two");
	assert_int_equal(open_text("two", "INCLUDE more\nKERNEL k\n"), 0);
	assert_int_equal(read_on(&name), PXECFG_INCLUDE);
	assert_span(name, "more");
	assert_int_equal(open_text("more", "APPEND x\n"), 0);
	assert_int_equal(read_on(&name), PXECFG_INCLUDE);
	assert_span(name, "gone");
	assert_int_equal(read_on(&name), PXECFG_INCLUDE);
	assert_span(name, "three");
	assert_int_equal(read_on(&name), PXECFG_END);
	assert_int_equal(cfg.entries, 1);
	assert_span(cfg.entry[0].help, "x");
	assert_span(cfg.entry[0].kernel, "k");
	assert_span(cfg.entry[0].append, "x");
	/* Nothing of the queue is left for the next. */
	assert_int_equal(start(""), 0);
	assert_int_equal(read_on(&name), PXECFG_END);
}

static char ignored[256];

static void keep_ignored(void *arg, struct span file, uint32_t line,
			 struct span text)
{
	text_printf(arg, "%.*s:%u:%.*s;", SPAN_ARG(file), line, SPAN_ARG(text));
}

/* needs LWPXE_MENU or LWPXE_EXPLAIN */
static void ignored_lines_are_told(void **state)
{
	struct text t = TEXT(ignored);
	struct span name;

	(void)state;
	assert_int_equal(start("\n#x\n  y z\nTEXT\nq\nENDTEXT\nMENU\n"
			       "MENU ROWS 3\nMENU GOTO m\n\x1f\n"),
			 0);
	reader.ignored = keep_ignored;
	reader.ignored_arg = &t;
	assert_int_equal(read_on(&name), PXECFG_END);
	assert_string_equal(ignored, "default:3:y z;default:7:MENU;"
				     "default:9:MENU GOTO m;");
}

static void longer_line_than_pxelinux_reads_is_refused(void **state)
{
	(void)state;
	assert_int_equal(read_line_of(4095, "APPEND "), PXECFG_END);
	assert_int_equal(cfg.entry[0].append.n, 4095 - 7);
	assert_int_equal(read_line_of(4096, "APPEND "), -E_CONFIG);
	assert_contains(reason, "default line 2");
	assert_contains(reason, "4095");
	/* ...unless it says nothing. */
	assert_int_equal(read_line_of(9000, "# "), PXECFG_END);
	assert_span(cfg.entry[0].kernel, "k");
}

static void file_name_is_cut_where_the_room_ends(void **state)
{
	struct text room;

	(void)state;
	pxecfg_init(&reader, &cfg);
	room = pxecfg_room(&reader);
	while (room.n < room.cap - 4)
		text_put_u8(&room, '\n');
	assert_int_equal(open_room(&room, "default"), 0);
	assert_span(pxecfg_file_name(&reader, 0), "def");
}

static void file_name_is_copied(void **state)
{
	char name[] = "default";
	struct text why = TEXT(reason);

	(void)state;
	pxecfg_init(&reader, &cfg);
	assert_int_equal(pxecfg_open(&reader, span_of(name), 0, &why), 0);
	memset(name, 'x', sizeof(name) - 1);
	assert_span(pxecfg_file_name(&reader, 0), "default");
}

static void empty_file_is_an_empty_configuration(void **state)
{
	struct span name;

	(void)state;
	assert_int_equal(start(""), 0);
	assert_int_equal(read_on(&name), PXECFG_END);
	assert_int_equal(cfg.entries, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_that_mean_nothing_are_told),
		cmocka_unit_test(entries_know_where_they_stand),
		cmocka_unit_test(reader_can_be_used_again),
		cmocka_unit_test(labels_have_a_limit),
		cmocka_unit_test(menus_have_a_limit),
		cmocka_unit_test(includes_that_nest_too_deep_are_refused),
		cmocka_unit_test(files_have_a_limit),
		cmocka_unit_test(text_may_fill_the_buffer),
		cmocka_unit_test(files_in_a_queue_are_one),
		cmocka_unit_test(ignored_lines_are_told),
		cmocka_unit_test(longer_line_than_pxelinux_reads_is_refused),
		cmocka_unit_test(file_name_is_cut_where_the_room_ends),
		cmocka_unit_test(file_name_is_copied),
		cmocka_unit_test(empty_file_is_an_empty_configuration),
	};

	return cmocka_run_group_tests_name("pxecfg", tests, NULL, NULL);
}
