/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/kernel.h"

/* More than the tables and notes that are looked at can cost. */
#define READS_MAX 1000000

static struct span file;
static unsigned reads;

static bool read_file(void *arg, uint64_t at, uint8_t *buf, size_t n)
{
	(void)arg;
	fuzz_check(++reads < READS_MAX);
	if (n)
		memcpy(buf, file.p + at, n);
	return true;
}

static const uint16_t machines[] = {
	MACHINE_X86_64,  MACHINE_386,   MACHINE_ARM,
	MACHINE_AARCH64, MACHINE_RISCV,
};

/* The input is a file, behind a byte that says who wants it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = fuzz_copy(data, n);
	struct kernel_file f = { .read = read_file };
	struct kernel_host host = { .major = 4 };
	struct kernel k, cut;
	char reason[256];
	struct text why = TEXT(reason);
	uint8_t who = 0;
	int fits;

	span_get_u8(&s, &who);
	host.machine = machines[who % 5];
	host.guest = (enum spec_guest)(who / 5 % 3);
	host.minor = who / 15;
	file = s;
	f.size = s.n;
	reads = 0;
	kernel_look(&f, &k);
	fits = kernel_fits(&k, &host, &why);
	fuzz_check_reason(!fits, &why);
	fuzz_check(!why.overflow && !fuzz_control_bytes(text_span(&why)));
	/* What depends on more of the file than there is fits nobody. */
	f.size = s.n / 2;
	reads = 0;
	kernel_look(&f, &cut);
	fuzz_check(cut.kind != KERNEL_BZIMAGE || cut.cut ||
		   k.kind == KERNEL_BZIMAGE);
	return 0;
}
