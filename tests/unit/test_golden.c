/* SPDX-License-Identifier: BSD-3-Clause */
/* needs LWPXE_MENU or LWPXE_EXPLAIN */
#include "unit.h"

#include <dirent.h>
#include <libgen.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot/choose.h"
#include "format/cmdline.h"
#include "format/pxecfg.h"
#include "format/url.h"

/* Runs the cases in tests/golden, each as a test with its own name.
 *
 * A case is a tree of configuration files and what boots from it:
 *
 *   @case NAME           what it shows
 *   @label LABEL         --label=, if it is given
 *   @args TEXT           xl.cfg's own arguments, likewise
 *   @ignored             shows the lines that mean nothing, too
 *   @failing             what is chosen cannot be loaded: what is next?
 *   @file NAME [how]     the first is the configuration, the others are for
 *   ...                  INCLUDE and the like; "how" is crlf, escaped (\xNN)
 *                        or unterminated
 *   @expect              what show() writes about it
 *   ...
 *
 * Lines before the first case are comments. */

#define CASES 384
#define FILES 32

struct file {
	struct span name, how, text;
};

struct golden {
	char name[96];
	struct span label, args, expected; /* label.p is NULL without one */
	bool ignored, failing;
	struct file file[FILES];
	size_t files;
};

static struct golden cases[CASES];
static size_t cases_n;

/* Ends the program for a mistake in the cases themselves. */
static void die(const char *what, struct span where)
{
	fprintf(stderr, "tests/golden: %s: %.*s\n", what, SPAN_ARG(where));
	exit(1);
}

/* Takes a line, without its end. */
static struct span take_line(struct span *s)
{
	struct span line;

	span_get_until(s, '\n', &line);
	return line;
}

/* Takes all lines up to the next that begins with "@". */
static struct span take_block(struct span *s)
{
	struct span block = *s;

	while (s->n && s->p[0] != '@')
		take_line(s);
	block.n -= s->n;
	return block;
}

static struct golden *add_case(const char *from, struct span name)
{
	struct golden *c = &cases[cases_n++];
	struct text t = TEXT(c->name);

	text_printf(&t, "%s: %.*s", from, SPAN_ARG(name));
	if (t.overflow || cases_n == CASES)
		die("too many cases, or too long a name", name);
	return c;
}

static void add_file(struct golden *c, struct span rest, struct span *s)
{
	struct file *f = &c->file[c->files++];

	if (c->files == FILES)
		die("too many files", span_of(c->name));
	f->name = span_get_word(&rest);
	f->how = rest;
	f->text = take_block(s);
}

/* Reads the cases of one file; `from` becomes the front of their names. */
static void read_cases(struct span s, const char *from)
{
	struct golden *c = NULL;

	take_block(&s);
	while (s.n) {
		struct span rest = take_line(&s), word;

		word = span_get_word(&rest);
		if (span_eq(word, SPAN_LIT("@case")))
			c = add_case(from, rest);
		else if (!c)
			die("no @case before", word);
		else if (span_eq(word, SPAN_LIT("@file")))
			add_file(c, rest, &s);
		else if (span_eq(word, SPAN_LIT("@expect")))
			c->expected = span_trim_end(take_block(&s));
		else if (span_eq(word, SPAN_LIT("@args")))
			c->args = rest;
		else if (span_eq(word, SPAN_LIT("@ignored")))
			c->ignored = true;
		else if (span_eq(word, SPAN_LIT("@failing")))
			c->failing = true;
		else if (span_eq(word, SPAN_LIT("@label")))
			c->label = rest.p ? rest : SPAN_LIT("");
		else
			die("unknown marker", word);
	}
}

static void read_directory(void)
{
	static char path[4096], bytes[1 << 20];
	struct dirent **names;
	size_t used = 0;
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 64);
	int n;

	path[length > 0 ? length : 0] = '\0';
	strcat(dirname(path), "/../../../tests/golden");
	if (chdir(path))
		die("no such directory", span_of(path));
	n = scandir(".", &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		char *name = names[i]->d_name, *dot = strrchr(name, '.');
		size_t size;
		FILE *f;

		if (dot && !strcmp(dot, ".txt")) {
			f = fopen(name, "r");
			size = fread(bytes + used, 1, sizeof(bytes) - used, f);
			fclose(f);
			*dot = '\0';
			read_cases((struct span){ (uint8_t *)bytes + used,
						  size },
				   name);
			used += size;
		}
		free(names[i]);
	}
	free(names);
}

/* ---- one case */

/* Puts a file's text as the boot server would send it. */
static void put_file(struct text *t, const struct file *f)
{
	bool crlf = span_eq(f->how, SPAN_LIT("crlf"));
	bool escaped = span_eq(f->how, SPAN_LIT("escaped"));
	struct span s = f->text;
	unsigned byte;

	if (span_eq(f->how, SPAN_LIT("unterminated")))
		s = span_trim_end(s);
	for (size_t i = 0; i < s.n; i++) {
		if (crlf && s.p[i] == '\n')
			text_put_u8(t, '\r');
		if (escaped &&
		    sscanf((const char *)s.p + i, "\\x%2x", &byte) == 1) {
			text_put_u8(t, (uint8_t)byte);
			i += 3;
		} else {
			text_put_u8(t, s.p[i]);
		}
	}
}

static struct pxecfg reader;
static struct bootcfg cfg;

static char prefix[256]; /* what CONFIG's directory has made of it */

static void show_text(const char *key, struct span s)
{
	printf("%s \"", key);
	for (size_t i = 0; i < s.n; i++)
		printf(s.p[i] >= 0x20 && s.p[i] <= 0x7e ? "%c" : "\\x%02x",
		       s.p[i]);
	printf("\"\n");
}

static void show_ignored(void *arg, struct span file, uint32_t line,
			 struct span text)
{
	char where[256];
	struct text t = TEXT(where);

	(void)arg;
	text_printf(&t, "ignored %.*s:%u", SPAN_ARG(file), line);
	show_text(where, text);
}

static void show_say(struct span text)
{
	show_text("says", text);
}

/* Finds the file; NULL if there is none. */
static const struct file *find_file(const struct golden *c, struct span name)
{
	char buf[512];
	struct text t = TEXT(buf);

	if (span_eq(name, SPAN_LIT("~")))
		name = c->file[0].name;
	if (!url_is_absolute(name))
		text_puts(&t, prefix);
	text_put(&t, name);
	for (size_t i = 0; i < c->files; i++)
		if (span_eq(c->file[i].name, text_span(&t)))
			return &c->file[i];
	return NULL;
}

/* Reads the files as one, and shows which are not there.  `directory` counts
 * once the first is open. */
static int read_tree(const struct golden *c, struct span names,
		     struct span directory, struct text *why)
{
	struct text to = { .p = prefix, .cap = sizeof(prefix) };
	struct span name;
	int rc = 0;

	pxecfg_init(&reader, &cfg);
	reader.ignored = c->ignored ? show_ignored : NULL;
	reader.say = show_say;
	pxecfg_queue(&reader, names);
	while (!rc &&
	       (rc = pxecfg_read(&reader, &name, why)) == PXECFG_INCLUDE) {
		const struct file *f = find_file(c, name);
		struct text room = pxecfg_room(&reader);

		rc = 0;
		if (!f) {
			printf("missing %.*s\n", SPAN_ARG(name));
			continue;
		}
		put_file(&room, f);
		rc = pxecfg_open(&reader, name, room.n, why);
		if (directory.n) {
			to.n = url_is_absolute(directory) ? 0 : strlen(prefix);
			text_put(&to, directory);
			directory.n = 0;
		}
	}
	return rc;
}

static const struct cmdline_identity guest = {
	.client = 0xc000020a,
	.server = 0xc0000201,
	.router = 0xc00002fe,
	.mask = 0xffffff00,
	.mac = { { 0x00, 0x16, 0x3e, 0x12, 0x34, 0x56 } },
	.uuid = { { 0x11, 0x22, 0x33 }, true },
};

static int show_cmdline(const struct golden *c, const struct choice *choice,
			struct text *why)
{
	static char buf[CMDLINE_MAX + 2];
	struct text line = TEXT(buf);
	struct span initrds, name;
	const struct cmdline_parts parts = {
		.kernel = choice->kernel,
		.append = choice->append,
		.initrd = choice->initrd,
		.sysappend = choice->sysappend,
		.extra = choice->extra,
		.args = c->args,
	};
	int rc = cmdline_build(&line, &parts, &guest, &initrds, why);

	if (rc)
		return rc;
	show_text("cmdline", text_span(&line));
	while (initrds.n) {
		span_get_until(&initrds, ',', &name);
		show_text("initrd", name);
	}
	return 0;
}

static struct choice choice;

/* Reads the files that decide. */
static int follow(const struct golden *c, struct text *why)
{
	char buf[8192];
	struct text t = TEXT(buf);
	struct span names, directory;
	int rc;

	text_put(&t, choice.files);
	names = text_span(&t);
	text_put(&t, choice.directory);
	directory = text_span(&t);
	span_get(&directory, names.n, &names);
	printf("reads %s %.*s", choice.for_menu ? "menu" : "config",
	       SPAN_ARG(names));
	printf(directory.n ? " in %.*s\n" : "\n", SPAN_ARG(directory));
	rc = read_tree(c, names, directory, why);
	if (rc != PXECFG_END)
		return rc;
	return choice.for_menu ? choose_in_menu(&cfg, NULL, &choice, why) :
				 choose_entry(&cfg, NULL, NULL, &choice, why);
}

static int show_choice(const struct golden *c, struct text *why)
{
	static const char *const kinds[] = {
		"kernel", "linux",   "localboot", "boot",  "bss",
		"pxe",    "fdimage", "comboot",   "com32", "config",
	};

	if (choice.entry == BOOTCFG_NONE)
		printf("boots no label\n");
	else
		show_text("boots", cfg.entry[choice.entry].label);
	show_text(kinds[choice.kind], choice.kernel);
	if (choice.kind == KIND_KERNEL || choice.kind == KIND_LINUX)
		return show_cmdline(c, &choice, why);
	return 0;
}

/* Chooses, follows where the choice leads, and shows where it ends. */
static int choose(const struct golden *c, struct text *why)
{
	char buf[256];
	struct text label = TEXT(buf);
	int rc;

	text_put(&label, c->label);
	rc = choose_entry(&cfg, NULL, c->label.p ? buf : NULL, &choice, why);
	for (int i = 0; i < 8 && rc == CHOOSE_FILES; i++)
		rc = follow(c, why);
	if (!rc)
		rc = show_choice(c, why);
	if (!c->failing)
		return rc;
	text_reset(why);
	rc = choose_onerror(&cfg, NULL, &choice, why);
	return rc ? rc : show_choice(c, why);
}

/* Writes what the case comes to on standard output. */
static void show(const struct golden *c)
{
	char reason[1024];
	struct text why = TEXT(reason);
	int rc = read_tree(c, c->file[0].name, (struct span){ 0 }, &why);

	if (rc == PXECFG_END)
		rc = choose(c, &why);
	if (rc)
		printf("fails %u\n", (unsigned)-rc);
	fflush(stdout);
}

/* Compares from the first line that differs; cmocka shows 1023 bytes. */
static void compare(char *got, char *expected)
{
	size_t same = 0, i;

	for (i = 0; got[i] && got[i] == expected[i]; i++)
		if (got[i] == '\n')
			same = i + 1;
	if (got[i] || expected[i]) {
		got[same + strnlen(got + same, 480)] = '\0';
		expected[same + strnlen(expected + same, 480)] = '\0';
		assert_string_equal(got + same, expected + same);
	}
}

/* Runs the case in a process of its own: a crash is one case's failure, with
 * the sanitizer's report in the place of its output. */
static void case_gives_what_it_says(void **state)
{
	static char got[1 << 16], expected[1 << 16];
	const struct golden *c = *state;
	size_t n = 0;
	ssize_t r;
	int fd[2], status;
	pid_t pid;

	assert_int_equal(pipe(fd), 0);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		dup2(fd[1], STDOUT_FILENO);
		dup2(fd[1], STDERR_FILENO);
		show(c);
		_exit(0);
	}
	close(fd[1]);
	while ((r = read(fd[0], got + n, sizeof(got) - 1 - n)) > 0)
		n += (size_t)r;
	close(fd[0]);
	got[n] = '\0';
	while (n && got[n - 1] == '\n')
		got[--n] = '\0';
	assert_int_equal(waitpid(pid, &status, 0), pid);
	snprintf(expected, sizeof(expected), "%.*s", (int)c->expected.n,
		 (const char *)c->expected.p);
	compare(got, expected);
	assert_int_equal(status, 0);
}

int main(void)
{
	static struct CMUnitTest tests[CASES];

	read_directory();
	for (size_t i = 0; i < cases_n; i++)
		tests[i] = (struct CMUnitTest){
			.name = cases[i].name,
			.test_func = case_gives_what_it_says,
			.initial_state = &cases[i],
		};
	return _cmocka_run_group_tests("golden", tests, cases_n, NULL, NULL);
}
