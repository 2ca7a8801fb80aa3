/* SPDX-License-Identifier: BSD-3-Clause */

/* A guest that says what it was booted with, one "@name=value" a line, and
 * powers off; in a second, where Linux takes a minute in emulation.
 *
 * The structures are Xen's: xen/include/public/xen.h, io/console.h,
 * arch-x86/hvm/start_info.h, hvm/params.h. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct start_info { /* of a PV guest */
	char magic[32];
	uint64_t pages, shared_info;
	uint32_t flags;
	uint64_t store_frame;
	uint32_t store_port;
	uint64_t console_frame;
	uint32_t console_port;
	uint64_t page_table, page_table_frames, frame_list;
	uint64_t module, module_size;
	char cmdline[1024];
};

struct hvm_start_info { /* of a PVH guest */
	uint32_t magic, version, flags, modules;
	uint64_t module_list, cmdline;
};

struct hvm_module {
	uint64_t address, size;
};

struct console {
	char in[1024], out[2048];
	uint32_t in_cons, in_prod, out_cons, out_prod;
};

struct hvm_param {
	uint16_t domain;
	uint32_t index;
	uint64_t value;
};

enum { SCHED_OP = 29, EVENT_CHANNEL_OP = 32, HVM_OP = 34 };
enum {
	SCHEDOP_YIELD = 0,
	SCHEDOP_SHUTDOWN = 2,
	EVTCHNOP_SEND = 4,
	HVMOP_GET_PARAM = 1
};
enum { PARAM_CONSOLE_FRAME = 17, PARAM_CONSOLE_PORT = 18, DOMID_SELF = 0x7ff0 };
enum { POWEROFF, REBOOT };

#define MACHINE_TO_PHYSICAL ((const uint64_t *)0xffff800000000000)

long hypercall(long number, long a, const void *b);

static volatile struct console *console;
static uint32_t console_port;

static void notify(void)
{
	hypercall(EVENT_CHANNEL_OP, EVTCHNOP_SEND, &console_port);
}

static void put(char c)
{
	while (console->out_prod - console->out_cons == sizeof(console->out)) {
		notify();
		hypercall(SCHED_OP, SCHEDOP_YIELD, NULL);
	}
	console->out[console->out_prod % sizeof(console->out)] = c;
	__sync_synchronize();
	console->out_prod++;
}

static void puts_all(const char *s)
{
	while (*s)
		put(*s++);
}

static void say(const char *name, const char *value)
{
	put('@');
	puts_all(name);
	put('=');
	puts_all(value);
	puts_all("\r\n");
	notify();
}

static void say_number(const char *name, uint64_t n)
{
	char digits[24], *p = digits + sizeof(digits) - 1;

	*p = 0;
	do
		*--p = (char)('0' + n % 10);
	while (n /= 10);
	say(name, p);
}

/* Returns true if a word begins in the first `n` bytes of a line. */
static bool contains(const char *line, const char *word, size_t n)
{
	for (; *line && n; line++, n--) {
		size_t i = 0;

		while (word[i] && line[i] == word[i])
			i++;
		if (!word[i])
			return true;
	}
	return false;
}

static uint64_t hex(const char *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < 8; i++)
		n = n * 16 + (uint64_t)(s[i] <= '9' ? s[i] - '0' :
						      (s[i] | 32) - 'a' + 10);
	return n;
}

/* The names in a cpio archive, as far as it is one, and of archives behind it;
 * "gzip" is what Linux would have to unpack first. */
static void say_archives(const char *p, uint64_t n)
{
	const char *end = p + n;
	uint64_t size, name_n;

	puts_all("@archives=");
	while (p < end) {
		if (!*p) {
			p++;
			continue;
		}
		if (*p == '\x1f')
			puts_all("gzip");
		if (end - p < 110 || !contains(p, "0707", 1))
			break;
		size = hex(p + 54);
		name_n = hex(p + 94);
		puts_all(p + 110);
		put(' ');
		p += ((110 + name_n + 3) & ~3ULL) + ((size + 3) & ~3ULL);
	}
	puts_all("\r\n");
	notify();
}

static _Noreturn void report(const char *type, const char *cmdline,
			     const char *ramdisk, uint64_t ramdisk_n)
{
	uint32_t reason = contains(cmdline, "then=reboot", SIZE_MAX) ? REBOOT :
								       POWEROFF;

	say("type", type);
	say("release", RELEASE);
	say("cmdline", cmdline);
	say_number("ramdisk", ramdisk_n);
	say_archives(ramdisk, ramdisk_n);
	/* Somebody is to type. */
	while (contains(cmdline, "key=wanted", SIZE_MAX) &&
	       console->in_prod == console->in_cons)
		hypercall(SCHED_OP, SCHEDOP_YIELD, NULL);
	say("end", "yes");
	/* Nobody may have listened yet when this was said. */
	while (console->out_prod != console->out_cons) {
		notify();
		hypercall(SCHED_OP, SCHEDOP_YIELD, NULL);
	}
	for (;;)
		hypercall(SCHED_OP, SCHEDOP_SHUTDOWN, &reason);
}

/* The start of physical memory is mapped at 0, as the notes want it. */
_Noreturn void main_pv(const struct start_info *info)
{
	console = (void *)(MACHINE_TO_PHYSICAL[info->console_frame] << 12);
	console_port = info->console_port;
	report("pv", info->cmdline, (const char *)info->module,
	       info->module_size);
}

static uint64_t param(uint32_t index)
{
	struct hvm_param p = { DOMID_SELF, index, 0 };

	hypercall(HVM_OP, HVMOP_GET_PARAM, &p);
	return p.value;
}

_Noreturn void main_pvh(const struct hvm_start_info *info)
{
	const struct hvm_module *module = (const void *)info->module_list;

	console = (void *)(param(PARAM_CONSOLE_FRAME) << 12);
	console_port = (uint32_t)param(PARAM_CONSOLE_PORT);
	report("pvh", (const char *)info->cmdline,
	       (const char *)module->address, info->modules ? module->size : 0);
}
