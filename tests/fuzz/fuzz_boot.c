/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "base/err.h"
#include "boot/boot.h"
#include "child/rest.h"
#include "child/script.h"
#include "child/world.h"

/* All of what the jailed child does, from its first frame to its report. */

/* What a boot can end with: all codes but those of the parent. */
static const uint8_t documented[] = {
	E_DHCP_SILENT, E_DHCP_REFUSED, E_NO_ANSWER,   E_SERVER,   E_PROTOCOL,
	E_RESOLVE,     E_NO_CONFIG,    E_CONFIG,      E_NO_ENTRY, E_UNSUPPORTED,
	E_NOT_FOUND,   E_EMPTY,        E_TOO_BIG,     E_CMDLINE,  E_KERNEL,
	E_SPACE,       E_TIMEOUT,      E_INTERRUPTED,
};

#define TIMEOUT_MS 900000

/* The first byte of the input... */
enum {
	HAS_PERSON = 1,
	IS_DUMB = 2,
	EXPLAINS = 4,
	LISTS = 8,
	ANSWERS_JSON = 16,
	HAS_KERNEL = 32,
	HAS_LABEL = 64,
	IS_PATIENT = 128
};

/* ...and of the third, besides what the link is. */
enum { HAS_NO_ROOM = 32, LOOKS_INTO_KERNEL = 64, HAS_SHIM = 128 };

static bool patient;
static ms_t deadline;

/* The parent goes when the script is over, or else at the deadline. */
static void turn(bool keys)
{
	if (!script_run(keys) && (!patient || clock_now() >= deadline))
		world_hang_up();
}

static void check_failure(const struct report *r, bool explained)
{
	fuzz_check(memchr(documented, (int)r->rc, sizeof(documented)) != NULL);
	fuzz_check(!r->args_n);
	/* When the parent has gone, there is nobody to be told. */
	if (!explained && r->rc != E_INTERRUPTED)
		fuzz_check(!strncmp(world_last_words(), "lwpxeboot: ", 11) &&
			   strlen(world_last_words()) >= 30);
}

static void check_report(const struct report *r, const struct spec *spec)
{
	char reason[128];
	struct text why = TEXT(reason);

	fuzz_check(report_is_valid(r, sizeof(*r), &why));
	if (r->outcome == REPORT_FAILED)
		check_failure(r, spec->action == SPEC_EXPLAIN);
	if (r->outcome != REPORT_BOOT)
		return;
	fuzz_check(spec->action == SPEC_BOOT);
	fuzz_check(r->kernel_size && r->args_n);
	fuzz_check(r->kernel_size == world_size(WORLD_KERNEL));
	fuzz_check(r->ramdisk_size == world_size(WORLD_RAMDISK));
}

static void boot_child(uint8_t flags, uint8_t size, uint8_t link)
{
	static struct report r;
	static uint8_t area[256 << 10];
	const struct terminal terminal = {
		.present = flags & HAS_PERSON,
		.dumb = flags & IS_DUMB,
		.out = WORLD_SCREEN,
		.rows = size % 32,
		.columns = size % 96,
	};
	const struct spec spec = {
		.vif.mac = world_link.mac,
		.dhcp_timeout = 60000,
		.timeout = TIMEOUT_MS,
		.action = flags & EXPLAINS ? SPEC_EXPLAIN : SPEC_BOOT,
		.explain = flags & EXPLAINS && !(flags & LISTS),
		.list_entries = flags & EXPLAINS && flags & LISTS,
		.json = flags & EXPLAINS && flags & ANSWERS_JSON,
		.kernel = flags & HAS_KERNEL ? "vmlinuz" : NULL,
		.label = flags & HAS_LABEL ? "a" : NULL,
		.local_bootloader = "pygrub",
		.uuid = { { size }, size & 1 },
		.no_preflight = !(link & LOOKS_INTO_KERNEL),
		.pvshim = link & HAS_SHIM,
		.type = size % (GUEST_PVH + 1u),
		.memory_mib = size % 3,
	};
	struct boot b = {
		.spec = &spec,
		.link = &world_link,
		.parent = -1,
		.kernel_fd = WORLD_KERNEL,
		.ramdisk_fd = WORLD_RAMDISK,
		.answer_fd = WORLD_ANSWER,
		.deadline = deadline,
		.terminal = &terminal,
		.room = link & HAS_NO_ROOM ? 1000 : 0,
		.memory = size,
		.area = area,
		.area_n = sizeof(area),
	};

	if (flags & EXPLAINS)
		b.kernel_fd = b.ramdisk_fd = -1;
	memset(&r, 0, sizeof(r));
	boot_ask(&b);
	boot_run(&b, &r);
	fuzz_check(clock_now() <= deadline + 1000);
	check_report(&r, &spec);
	rest_check(&b.loop);
}

/* ...is followed by one for the terminal's size and one for the link, by the
 * configuration files, up to 0x1f, and by a script. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct world_peer the_peer = { turn, peer_hear };
	static const uint16_t mtus[] = { 1500, 576, 9000, 1280 };
	static const ms_t starts[] = { 1, 12345678, 0xffffffff - 3000 };
	struct span in = fuzz_copy(data, n), files;
	uint8_t flags = 0, size = 0, link = 0;

	span_get_u8(&in, &flags);
	span_get_u8(&in, &size);
	span_get_u8(&in, &link);
	span_get_until(&in, 0x1f, &files);
	patient = flags & IS_PATIENT;
	world_start(&the_peer, mtus[link % 4], starts[link / 4 % 3]);
	deadline = clock_now() + TIMEOUT_MS;
	peer_start(files);
	script_start(in);
	boot_child(flags, size, link);
	return 0;
}
