/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_HTTPMSG_H
#define FORMAT_HTTPMSG_H

#include "base/span.h"
#include "base/text.h"
#include "format/url.h"

/* HTTP/1.1 messages, at the client's side: RFC 9110 and RFC 9112. */

#define HTTPMSG_PORT 80

/* Longest line of a head whose meaning matters here; others may have any
 * length within HTTPMSG_HEAD_MAX, which is for all lines of a head. */
#define HTTPMSG_LINE_SIZE 1024
#define HTTPMSG_HEAD_MAX 131072

struct httpmsg_request {
	bool head; /* HEAD instead of GET */
	const struct url *url;
	const char *host;      /* for a URL that names none */
	uint64_t from;         /* first byte wanted; 0: the whole file */
	const char *validator; /* of the part we have, when `from` is not 0 */
};

/* Appends a request.  What of the URL cannot stand in one is percent-encoded;
 * its user is sent as Basic credentials (RFC 7617). */
void httpmsg_put_request(struct text *t, const struct httpmsg_request *r);

enum httpmsg_event {
	HTTPMSG_MORE,   /* all bytes are taken, and the message goes on */
	HTTPMSG_HEAD,   /* the fields below are known */
	HTTPMSG_DATA,   /* bytes of the file */
	HTTPMSG_END,    /* the message is complete; what follows is not its */
	HTTPMSG_BROKEN, /* no HTTP, or not to be trusted: see `broken` */
};

/* A response, read as it arrives. */
struct httpmsg {
	/* From HTTPMSG_HEAD on. */
	uint32_t status;
	char reason[48]; /* the server's word for it; may be cut */
	bool persistent; /* the connection may be used again */
	bool has_length;
	uint64_t length; /* bytes of content, of this message */
	bool has_range, has_total;
	uint64_t first, last; /* which bytes of the file these are */
	uint64_t total;       /* size of the file */
	char location[HTTPMSG_LINE_SIZE];
	char validator[128]; /* a strong ETag, else Last-Modified; "": none */
	const char *broken;  /* after HTTPMSG_BROKEN: "it …" */

	/* The reader's own. */
	unsigned state, seen;
	bool head_only, old, chunked, etag, ignored;
	size_t taken;
	uint64_t left;
	struct text line;
	char line_bytes[HTTPMSG_LINE_SIZE];
};

/* Begins to read the response to a GET or, with `head_only`, to a HEAD. */
void httpmsg_start(struct httpmsg *m, bool head_only);

/* Takes bytes off `s` up to the next event.  *data borrows from `s`.  Call it
 * until HTTPMSG_MORE, HTTPMSG_END or HTTPMSG_BROKEN; the events are the same
 * wherever the bytes are cut, but that data comes in other pieces.
 *
 * Interim responses (1xx) are skipped.  Refused are, with what RFC 9112 says
 * must be: a Content-Length beside Transfer-Encoding, or two that differ;
 * other codings than chunked; repeated fields whose meaning matters. */
enum httpmsg_event httpmsg_get(struct httpmsg *m, struct span *s,
			       struct span *data);

/* Returns true if the message is complete when the connection ends here. */
bool httpmsg_ends(const struct httpmsg *m);

#endif
