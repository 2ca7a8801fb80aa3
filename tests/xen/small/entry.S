/* SPDX-License-Identifier: BSD-3-Clause */

/* How Xen enters the small guest: see xen/include/public/xen.h, elfnote.h,
 * arch-x86/hvm/start_info.h and docs/misc/pvh.pandoc. */

#define NOTE(kind, value)       \
	.pushsection .note.Xen, "a", @note; \
	.balign 4;              \
	.long 4, 2f - 1f, kind; \
	.asciz "Xen";           \
1:	value;                  \
2:	.balign 4;              \
	.popsection

NOTE(1, .quad enter_pv)
NOTE(2, .quad hypercalls)
NOTE(3, .quad 0)                /* virtual base */
NOTE(4, .quad 0)                /* of physical addresses */
NOTE(5, .asciz "xen-3.0")
NOTE(6, .asciz "small")
NOTE(8, .asciz "generic")
#ifndef NO_PVH
NOTE(18, .quad enter_pvh)
#endif

	.text
	.code64
	.globl enter_pv
enter_pv:
	lea stack_end(%rip), %rsp
	mov %rsi, %rdi
	call main_pv
	ud2

/* long hypercall(long number, long a, long b): the first two arguments. */
	.globl hypercall
hypercall:
	mov %rdi, %rax
	shl $5, %rax
	lea hypercalls(%rip), %rcx
	add %rcx, %rax
	mov %rsi, %rdi
	mov %rdx, %rsi
	call *%rax
	ret

/* 32 bits, no paging, and *%ebx is the start info.  Maps the first 4 GiB to
 * themselves and goes to 64 bits. */
	.code32
	.globl enter_pvh
enter_pvh:
	cld
	mov $stack_end, %esp
	mov %ebx, %ebp
	mov $directories, %edi
	mov $0x83, %eax         /* present, writable, 2 MiB */
	mov $4 * 512, %ecx
1:	mov %eax, (%edi)
	add $0x200000, %eax
	add $8, %edi
	loop 1b
	mov $0x40000000, %eax   /* Xen's leaves of CPUID */
	add $2, %eax
	cpuid
	mov %ebx, %ecx
	mov $hypercalls, %eax
	xor %edx, %edx
	wrmsr
	mov %cr4, %eax
	or $0x20, %eax          /* PAE */
	mov %eax, %cr4
	mov $top, %eax
	mov %eax, %cr3
	mov $0xc0000080, %ecx
	rdmsr
	or $0x100, %eax         /* long mode */
	wrmsr
	mov %cr0, %eax
	or $0x80000000, %eax
	mov %eax, %cr0
	lgdt table_pointer
	ljmp $8, $2f
	.code64
2:	xor %eax, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	mov %ebp, %edi
	call main_pvh
	ud2

	.data
	.balign 8
table:
	.quad 0, 0x00af9b000000ffff
table_pointer:
	.word . - table - 1
	.long table

	.balign 4096
top:
	.quad thirds + 3
	.fill 511, 8, 0
thirds:
	.quad directories + 3, directories + 0x1003
	.quad directories + 0x2003, directories + 0x3003
	.fill 508, 8, 0

	.section .text.hypercalls, "ax", @progbits
	.balign 4096
hypercalls:
	.fill 4096, 1, 0xcc

	.bss
	.balign 4096
directories:
	.fill 4 * 4096
	.fill 16384
stack_end:

	.section .note.GNU-stack, "", @progbits
