/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_JSON_H
#define FORMAT_JSON_H

#include "base/span.h"

/* A writer of JSON (RFC 8259) that needs no memory: each piece is handed on
 * as soon as it is made.
 *
 * What is written is ASCII: a byte that is not printable, whoever sent it,
 * becomes \u00XX, so that a reader gets back the bytes as the first 256 code
 * points.  Commas are the writer's business; that every json_open() has its
 * json_close() is the caller's. */
struct json {
	/* Takes the next bytes; borrowed until it returns. */
	void (*put)(void *arg, struct span s);
	void *arg;
	bool comma; /* something stands before the next value */
};

/* Begins an object with '{' or an array with '[', and ends it with '}' or ']'.
 * `key` is the member's name, NULL inside an array and for the outermost. */
void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket);

/* Begins the object of lwpxeboot-json(5): the program, the object's form, and
 * the error, which is null if `code` is 0. */
void json_open_answer(struct json *j, int code, struct span message);

/* Write one value. */
void json_string(struct json *j, const char *key, struct span s);
void json_number(struct json *j, const char *key, uint64_t v);
void json_bool(struct json *j, const char *key, bool v);
void json_null(struct json *j, const char *key);

#endif
