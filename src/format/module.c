/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/module.h"

#include "format/word.h"

enum reason {
	MODULE,
	PROGRAM,
	FLOPPY,
	SECTOR,
	PXECHN,
	MEMDISK,
	WIMBOOT,
	HDT,
	MEMTEST,
	REBOOT,
	POWEROFF,
};

#define REFUSED(why) (MODULE_REFUSED + (why))

/* In the order of enum reason. */
static const char reasons[] =
	"a Syslinux module, which runs on real machines only\0"
	"a network boot program, which runs on real machines only\0"
	"a floppy image, which no guest can boot\0"
	"a boot sector, which runs on real machines only\0"
	"a module that loads another boot program, for real machines\0"
	"a loader of disk images; give the image to the guest as a disk\0"
	"a loader of Windows, which needs type=\"hvm\"\0"
	"a look at a real machine's hardware\0"
	"a test of a real machine's memory\0"
	"a restart of the machine, and there is none yet\0"
	"the machine's power switch, and there is no machine yet\0";

/* A name that ends in "*" is the front of names. */
static const char names[] = "menu\0vesamenu\0chain\0mboot\0ifcpu\0ifcpu64\0"
			    "lua\0gfxboot\0pxechn\0memdisk\0wimboot\0hdt\0"
			    "reboot\0poweroff\0memtest*\0ipxe.*\0undionly*\0"
			    "gpxe*\0"
			    /* With .c32 only: kernels have these names too. */
			    "linux\0config\0";

static const uint8_t meanings[] = {
	MODULE_MENU,      MODULE_MENU,       MODULE_LOCAL,
	MODULE_MBOOT,     MODULE_IFCPU,      MODULE_IFCPU64,
	MODULE_LUA,       MODULE_GFXBOOT,    REFUSED(PXECHN),
	REFUSED(MEMDISK), REFUSED(WIMBOOT),  REFUSED(HDT),
	REFUSED(REBOOT),  REFUSED(POWEROFF), REFUSED(MEMTEST),
	REFUSED(PROGRAM), REFUSED(PROGRAM),  REFUSED(PROGRAM),
	MODULE_LINUX,     MODULE_CONFIG_C32,
};

#define C32_ONLY 18

/* What a name's end says: parse_image_type() in Syslinux'
 * com32/elflink/ldlinux/ldlinux.c. */
static const char extensions[] = ".c32\0.img\0.bss\0.bin\0.bs\0.0\0";

static const uint8_t extension_meanings[] = {
	REFUSED(MODULE), REFUSED(FLOPPY),  REFUSED(SECTOR), REFUSED(SECTOR),
	REFUSED(SECTOR), REFUSED(PROGRAM), MODULE_NONE,
};

/* By enum bootcfg_kind, for what has no better name. */
static const uint8_t kind_meanings[] = {
	MODULE_NONE,     MODULE_NONE,      MODULE_LOCAL,    REFUSED(SECTOR),
	REFUSED(SECTOR), REFUSED(PROGRAM), REFUSED(FLOPPY), REFUSED(MODULE),
	REFUSED(MODULE), MODULE_CONFIG,
};

/* Takes what is behind the last slash of the command's name. */
static struct span base_name(struct span command)
{
	struct span word, last;

	word = span_get_word(&command);
	while (span_get_until(&word, '/', &last))
		;
	return last;
}

static bool fits(struct span name, struct span pattern)
{
	if (!pattern.n || pattern.p[pattern.n - 1] != '*')
		return span_eq_nocase(name, pattern);
	pattern.n--;
	return span_starts_nocase(name, pattern);
}

/* Returns what the name, less its ".c32", means; MODULE_NONE for any other. */
static enum module find_name(struct span name, bool has_c32)
{
	size_t n = has_c32 ? sizeof(meanings) : C32_ONLY;

	for (size_t i = 0; i < n; i++)
		if (fits(name, span_of(word_nth(names, i))))
			return meanings[i];
	return MODULE_NONE;
}

static enum module find_extension(struct span name)
{
	const char *extension;
	size_t i = 0;

	for (; *(extension = word_nth(extensions, i)); i++)
		if (span_ends_nocase(name, span_of(extension)))
			break;
	return extension_meanings[i];
}

enum module module_of(enum bootcfg_kind kind, struct span kernel)
{
	struct span name = base_name(kernel), stem = name;
	bool is_c32 = span_ends_nocase(name, SPAN_LIT(".c32"));
	bool is_com32 = kind == KIND_COM32 || kind == KIND_COMBOOT;
	enum module m;

	if (kind != KIND_KERNEL && kind != KIND_LINUX && !is_com32)
		return kind_meanings[kind];
	if (is_c32)
		stem.n -= 4;
	m = find_name(stem, is_c32 || is_com32);
	/* LINUX insists on a kernel, which only the programs here are. */
	if (kind == KIND_LINUX)
		return m >= MODULE_REFUSED && !is_c32 ? m : MODULE_NONE;
	if (m != MODULE_NONE)
		return m;
	return is_com32 ? kind_meanings[kind] : find_extension(name);
}

const char *module_reason(enum module m)
{
	return word_nth(reasons, (size_t)m - MODULE_REFUSED);
}

/* Takes the words before the next one that is `separator`, and that word.
 * Returns false if there is none. */
static bool take_section(struct span *s, struct span separator,
			 struct span *out)
{
	struct span word;

	*out = *s = span_skip_blanks(*s);
	while (s->n) {
		word = span_get_word(s);
		if (!span_eq(word, separator))
			continue;
		out->n = (size_t)(word.p - out->p);
		return true;
	}
	return false;
}

bool module_split_mboot(struct span args, struct span *kernel,
			struct span *append, struct span *initrd)
{
	const struct span dashes = SPAN_LIT("---");
	struct span section;

	if (!take_section(&args, dashes, &section))
		return false;
	if (span_starts_nocase(base_name(section), SPAN_LIT("tboot")) &&
	    !take_section(&args, dashes, &section))
		return false;
	if (span_find(base_name(section), SPAN_LIT("xen")) == SIZE_MAX)
		return false;
	take_section(&args, dashes, &section);
	*append = span_trim_end(section);
	*kernel = span_get_word(append);
	take_section(&args, dashes, &section);
	*initrd = span_get_word(&section);
	return kernel->n;
}

struct span module_ifcpu_command(enum module m, struct span args)
{
	const struct span dashes = SPAN_LIT("--");
	struct span command;

	if (m == MODULE_IFCPU)
		take_section(&args, dashes, &command);
	take_section(&args, dashes, &command);
	return span_trim_end(command);
}
