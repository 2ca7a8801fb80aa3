/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/logs.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/guard.h"
#include "base/log.h"
#include "base/oserror.h"
#include "config.h"
#include "format/json.h"
#include "priv/environment.h"

/* A daemon whose queue is full may take so long for a line, which is lost then:
 * one that has stopped keeps no guest from booting. */
#define PATIENCE_US 20000

static GUARDED int open_syslog(void)
{
	const struct timeval patience = { .tv_usec = PATIENCE_US };
	const struct sockaddr_un a = { .sun_family = AF_UNIX,
				       .sun_path = "/dev/log" };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && !connect(fd, (const struct sockaddr *)&a, sizeof(a)) &&
	    !setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
			sizeof(patience)))
		return fd;
	log_warn("--syslog: no daemon takes anything at /dev/log: %s",
		 OSERROR_SHOW(errno));
	if (fd >= 0)
		close(fd);
	return 0;
}

static void put(void *arg, struct span s)
{
	text_put(arg, s);
}

/* Returns what each JSON object says of the guest. */
static const char *members(const struct spec *spec)
{
	static char buf[6 * SPEC_NAME_SIZE + 128], mac[18], uuid[37];
	struct text t = TEXT(buf), m = TEXT(mac), u = TEXT(uuid);
	struct json j = { .put = put, .arg = &t };

	mac_put(&m, &spec->vif.mac, ':');
	uuid_put(&u, &spec->uuid);
	if (mac_is_station(&spec->vif.mac))
		json_string(&j, "mac", text_span(&m));
	if (spec->uuid.known)
		json_string(&j, "uuid", text_span(&u));
	if (spec->name[0])
		json_string(&j, "name", span_of(spec->name));
	if (t.n)
		text_puts(&t, ",");
	return buf;
}

/* Returns what each line for syslog begins with. */
static const char *tag(const struct spec *spec)
{
	static char buf[SPEC_NAME_SIZE + 96];
	struct text t = TEXT(buf);

	text_printf(&t, "lwpxeboot[%u]: ", (unsigned)getpid());
	if (spec->name[0])
		text_printf(&t, "%s ", spec->name);
	if (spec->uuid.known)
		uuid_put(&t, &spec->uuid);
	else
		mac_put(&t, &spec->vif.mac, ':');
	text_puts(&t, ": ");
	return buf;
}

void logs_identify(const struct spec *spec, int syslog)
{
	if (LWPXE_SYSLOG && spec->logs_json)
		log_set_json(members(spec));
	if (LWPXE_SYSLOG && syslog)
		log_set_syslog(syslog, tag(spec));
}

void logs_open(const struct spec *spec, int fd, int *syslog)
{
	const struct span term = environment_get(SPAN_LIT("TERM"));
	const bool dumb = !term.n || span_eq(term, SPAN_LIT("dumb"));

	log_open(fd);
	log_set_quiet(spec->quiet && spec->action != SPEC_LINT);
	log_set_verbose(spec->verbose);
	if (dumb || spec->unattended || spec->restricted)
		log_set_plain();
	/* libxl says vt100, which had none. */
	if (!dumb && !span_starts(term, SPAN_LIT("vt")) &&
	    !environment_get(SPAN_LIT("NO_COLOR")).n)
		log_set_color();
	logs_identify(spec, 0);
	*syslog = LWPXE_SYSLOG && spec->syslog ? open_syslog() : 0;
	logs_identify(spec, *syslog);
}
