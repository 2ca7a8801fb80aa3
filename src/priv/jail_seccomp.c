/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/guard.h"
#include "priv/jail.h"
#include "seccomp.h"

#define CALLS (sizeof(jail_calls) / sizeof(*jail_calls))
#define ALL_CALLS (CALLS + sizeof(jail_tree_calls) / sizeof(*jail_tree_calls))

/* The architecture check, one comparison per call, and what they lead to.  The
 * list is short enough that a search tree would not be faster. */
#define PROGRAM_SIZE (4 + ALL_CALLS + 5)

/* Instructions from the one that looks at close()'s descriptor, its argument's
 * lower half on these architectures, to the one that allows. */
#define ALLOW 3

static unsigned emit(struct sock_filter *at, uint16_t code, uint32_t k,
		     uint8_t jump_true, uint8_t jump_false)
{
	*at = (struct sock_filter){ code, jump_true, jump_false, k };
	return 1;
}

/* syscalls: exit_group rt_sigreturn
 *
 * Of what it keeps, a process without a tree may close 0 to 2 only: that its
 * socket hangs up shall mean that it has ended, see parent.c. */
GUARDED int jail_filter_syscalls(bool reads_tree)
{
	const size_t calls = reads_tree ? ALL_CALLS : CALLS;
	struct sock_filter code[PROGRAM_SIZE];
	struct sock_fprog program = { .filter = code };
	unsigned n = 0;

	n += emit(&code[n], BPF_LD | BPF_W | BPF_ABS,
		  offsetof(struct seccomp_data, arch), 0, 0);
	n += emit(&code[n], BPF_JMP | BPF_JEQ | BPF_K, JAIL_ARCH, 1, 0);
	n += emit(&code[n], BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
	n += emit(&code[n], BPF_LD | BPF_W | BPF_ABS,
		  offsetof(struct seccomp_data, nr), 0, 0);
	for (size_t i = 0; i < calls; i++)
		n += emit(
			&code[n], BPF_JMP | BPF_JEQ | BPF_K,
			i < CALLS ? jail_calls[i] : jail_tree_calls[i - CALLS],
			(uint8_t)(calls - i +
				  (!reads_tree && i < CALLS &&
						   jail_calls[i] == SYS_close ?
					   0 :
					   ALLOW)),
			0);
	n += emit(&code[n], BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
	n += emit(&code[n], BPF_LD | BPF_W | BPF_ABS,
		  offsetof(struct seccomp_data, args), 0, 0);
	n += emit(&code[n], BPF_JMP | BPF_JGT | BPF_K, STDERR_FILENO, 0, 1);
	n += emit(&code[n], BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
	n += emit(&code[n], BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	program.len = (unsigned short)n;
	return syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER,
		       &program) ?
		       -errno :
		       0;
}
