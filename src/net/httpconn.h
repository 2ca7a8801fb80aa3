/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef NET_HTTPCONN_H
#define NET_HTTPCONN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* The TCP connections of the HTTP client: as many as it has transfers.  One
 * that nobody owns waits for the next file of its server. */

struct httpconn;
struct http; /* a transfer, which owns at most one; see http.c */

/* How a connection was lost. */
enum httpconn_end {
	HTTPCONN_CLOSED, /* in good order */
	HTTPCONN_RESET,  /* by the server; to begin with: refused */
	HTTPCONN_SILENT, /* lwIP has given up repeating what it sent */
};

/* Gives `x` a connection to a server (host order): one that waits, unless
 * `fresh`, which sets *reused; else a new one, which cannot be sent to before
 * http_connected().  Returns NULL if lwIP has no room. */
struct httpconn *httpconn_take(struct http *x, uint32_t server, uint16_t port,
			       bool fresh, bool *reused);

/* Sends a copy of `s`.  Returns false if lwIP has no room. */
bool httpconn_send(struct httpconn *c, struct span s);

/* The owner's last word: let it wait, close it, or cut it off at once, which
 * must not happen in one of its own callbacks. */
void httpconn_keep(struct httpconn *c);
void httpconn_close(struct httpconn *c);
void httpconn_abort(struct httpconn *c);

/* Cuts off what waits. */
void httpconn_leave(void);

/* What http.c does when something happens to the connection that `x` owns;
 * with http_lost(), x owns none any more. */
void http_connected(struct http *x);
void http_receive(struct http *x, struct span s);
void http_lost(struct http *x, enum httpconn_end how);

#endif
