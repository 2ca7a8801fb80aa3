/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_person.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "sim.h"
#include "sim_random.h"

/* Pieces typed until the person goes home. */
#define PATIENCE 300

static const char *const pieces[] = {
	"\r",       "\r",
	"\n",       "\t",
	"\x1b",     "\x1b[A",
	"\x1b[B",   "\x1b[B",
	"\x1bOA",   "\x1b[C",
	"\x1b[D",   "\x1b[5~",
	"\x1b[6~",  "\x1b[H",
	"\x1b[F",   "\x1bOP",
	"\x1b[11~", "\x1b[24~",
	"\x7f",     "\b",
	"\x01",     "\x02",
	"\x03",     "\x04",
	"\x05",     "\x06",
	"\x0b",     "\x0c",
	"\x0e",     "\x10",
	"\x15",     "\x17",
	" ",        "a",
	"e",        "t",
	"one",      "two number=9",
	"x\x1b[",   "\x1b[1;5C",
	"1\r",      "2\r",
	"99\r",     "secret\r",
	"\xff\xfe", "\x1b[999999999999~",
};

static struct terminal terminal;
static struct sim_random random;
static int keyboard;
static unsigned typed;

const struct terminal *person_open(void)
{
	int ends[2];

	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) || dup2(ends[0], 0))
		sim_break("there is no keyboard");
	keyboard = ends[1];
	random = random_from(sim->seed, 9);
	typed = random_below(&random, PATIENCE);
	terminal = (struct terminal){
		.present = true,
		.dumb = sim->dumb,
		.rows = sim->rows,
		.columns = sim->columns,
		.out = open("/dev/null", O_WRONLY),
	};
	return &terminal;
}

bool person_types(void)
{
	const char *piece =
		pieces[random_below(&random, sizeof(pieces) / sizeof(*pieces))];

	if (typed >= PATIENCE || random_below(&random, 4))
		return false;
	typed++;
	return write(keyboard, piece, strlen(piece)) > 0;
}
