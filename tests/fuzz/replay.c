/* SPDX-License-Identifier: BSD-3-Clause */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

/* Runs a fuzz target without a fuzzer: replay TARGET FILE-OR-DIRECTORY...
 *
 * All targets are linked in, each under a name of its own; build.sh writes
 * targets.h, which has a row for each. */
struct target {
	const char *name;
	int (*run)(const uint8_t *data, size_t n);
	bool once; /* each input needs a process of its own */
};

#include "targets.h"

#define INPUT_MAX (1 << 20)

static const struct target *target = targets;
static unsigned inputs;

static int die(const char *what, const char *name)
{
	fprintf(stderr, "replay: %s: %s\n", what, name);
	exit(2);
}

/* Returns 0, or 1 if the process that ran it died. */
static int run_input(const uint8_t *data, size_t n)
{
	int status = 0;
	pid_t pid;

	if (!target->once) {
		target->run(data, n);
		return 0;
	}
	pid = fork();
	if (pid == 0) {
		target->run(data, n);
		exit(0);
	}
	return pid < 0 || waitpid(pid, &status, 0) != pid || status;
}

static void run_file(const char *path)
{
	static uint8_t data[INPUT_MAX];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f)
		die("cannot be read", path);
	n = fread(data, 1, sizeof(data), f);
	fclose(f);
	/* Whatever ends the process, this is the last line before. */
	fprintf(stderr, "%s\n", path);
	inputs++;
	if (run_input(data, n))
		exit(1);
}

static void run_path(const char *path)
{
	DIR *d = opendir(path);
	const struct dirent *e;
	char name[4096];

	if (!d) {
		run_file(path);
		return;
	}
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		run_file(name);
	}
	closedir(d);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		die("usage", "replay TARGET FILE-OR-DIRECTORY...");
	for (; target->name; target++)
		if (!strcmp(target->name, argv[1]))
			break;
	if (!target->name)
		die("no such target", argv[1]);
	for (int i = 2; i < argc; i++)
		run_path(argv[i]);
	printf("%u inputs\n", inputs);
	return 0;
}
