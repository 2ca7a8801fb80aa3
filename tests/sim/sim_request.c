/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_request.h"

#include "format/addr.h"

enum field {
	HOST,
	USER_AGENT,
	ACCEPT_ENCODING,
	AUTHORIZATION,
	RANGE,
	IF_RANGE,
	FIELDS,
};

static const char *const names[] = {
	"Host",          "User-Agent", "Accept-Encoding",
	"Authorization", "Range",      "If-Range",
};

/* Takes a line with its end; the whole head is there. */
static struct span get_line(struct span *s)
{
	struct span line, end;

	if (!span_get_until(s, '\r', &line) || !span_get(s, 1, &end) ||
	    *end.p != '\n')
		sim_break("it sent a line of a request that has a bad end");
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] < ' ' || line.p[i] > '~')
			sim_break("it sent the byte %02x in a request",
				  line.p[i]);
	return line;
}

static void take_first(struct span line, struct request *r)
{
	struct span method, target;

	if (!span_get_until(&line, ' ', &method) ||
	    !span_get_until(&line, ' ', &target) ||
	    !span_eq(line, SPAN_LIT("HTTP/1.1")) ||
	    !span_starts(target, SPAN_LIT("/")))
		sim_break("it sent a bad first line of a request");
	r->head = span_eq(method, SPAN_LIT("HEAD"));
	if (!r->head && !span_eq(method, SPAN_LIT("GET")))
		sim_break("it sent a request of the method %.*s",
			  SPAN_ARG(method));
	r->path = (struct span){ target.p + 1, target.n - 1 };
}

static void take_range(struct span s, struct request *r)
{
	struct span unit;

	if (!span_get_until(&s, '=', &unit) ||
	    !span_eq(unit, SPAN_LIT("bytes")) || !s.n || *s.p == '0')
		sim_break("it sent a bad Range");
	r->ranged = true;
	for (r->from = 0; s.n > 1; s.p++, s.n--) {
		if (*s.p < '0' || *s.p > '9' || r->from >= UINT64_MAX / 10)
			sim_break("it sent a bad number in a Range");
		r->from = r->from * 10 + (*s.p - '0');
	}
	if (*s.p != '-')
		sim_break("it sent a Range with an end");
}

static void check_host(struct span s, uint32_t ip)
{
	if (!span_eq(s, span_of(IP4_SHOW(ip))) &&
	    !span_eq(s, SPAN_LIT(SIM_BOOT_NAME)) &&
	    !span_eq(s, SPAN_LIT(SIM_BOOT_NAME "." SIM_DOMAIN)))
		sim_break("it sent a request for the host %.*s to %s",
			  SPAN_ARG(s), IP4_SHOW(ip));
}

static void take_field(struct span line, uint32_t ip, struct request *r,
		       unsigned *seen)
{
	struct span name;
	unsigned field = 0;

	if (!span_get_until(&line, ':', &name) ||
	    !span_starts(line, SPAN_LIT(" ")))
		sim_break("it sent a bad field of a request");
	line = span_skip_blanks(line);
	while (field < FIELDS && !span_eq(name, span_of(names[field])))
		field++;
	if (field == FIELDS || *seen >> field & 1)
		sim_break("it sent the field %.*s%s", SPAN_ARG(name),
			  field == FIELDS ? "" : " twice");
	*seen |= 1u << field;
	if (field == HOST)
		check_host(line, ip);
	if (field == RANGE)
		take_range(line, r);
	if (field == IF_RANGE)
		r->validator = line;
}

bool request_get(struct span *s, uint32_t ip, struct request *r)
{
	size_t end = span_find(*s, SPAN_LIT("\r\n\r\n"));
	struct span head, line;
	unsigned seen = 0;

	if (end == SIZE_MAX)
		return false;
	*r = (struct request){ .head = false };
	span_get(s, end + 4, &head);
	take_first(get_line(&head), r);
	for (line = get_line(&head); line.n; line = get_line(&head))
		take_field(line, ip, r, &seen);
	if (!(seen & 1u << HOST))
		sim_break("it sent a request without a Host");
	if (!(seen & 1u << RANGE) != !(seen & 1u << IF_RANGE))
		sim_break("it sent one of Range and If-Range");
	if (head.n || (r->ranged && (r->head || !r->validator.n)))
		sim_break("it sent a request that makes no sense");
	return true;
}
