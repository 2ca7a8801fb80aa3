/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BASE_GUARD_H
#define BASE_GUARD_H

/* Gives a function a guard on the stack, and keeps it out of functions without
 * one.  The compiler gives one to every function that has an array of char or
 * uint8_t on its stack, by itself or in a structure; those that have arrays of
 * anything else ask for it, and a test sees to that.  What has no array cannot be
 * run past, so a guard there, which is what -fstack-protector-strong adds for
 * each address of a local, costs 6 kB and guards nothing. */
#define GUARDED __attribute__((stack_protect, noinline))

#endif
