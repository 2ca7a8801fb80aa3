/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BASE_GUARD_H
#define BASE_GUARD_H

/* Gives a function a guard on the stack, and keeps it out of functions without
 * one.  Each function with an array there, by itself or in a structure, has it: a
 * test compares them with the compiler's own list.  What has no array cannot be
 * run past, so a guard there, which -fstack-protector-strong adds for each
 * address of a local, costs kilobytes and guards nothing.  lwIP, port/ and net/
 * are built with that all the same.  Without -strong gcc does not know an array
 * of char for one when it optimizes at link time, hence the word. */
#define GUARDED __attribute__((stack_protect, noinline))

#endif
