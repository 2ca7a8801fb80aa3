/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_HTTPD_H
#define SIM_HTTPD_H

#include "sim_tcp.h"

/* An HTTP server; RFC 9110 and 9112, and the manners of real ones: struct
 * sim_httpd.  It is as hard on requests as RFC 9112 lets one be. */

/* Takes what has come to c->in, and answers a request if that is whole. */
void httpd_take(struct tcp_conn *c);

#endif
