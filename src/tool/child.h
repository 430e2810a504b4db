/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work that may never end, in a process of its own that is given up after a while. */
#ifndef ORH_TOOL_CHILD_H
#define ORH_TOOL_CHILD_H

#include <stddef.h>

/*
 * Calls work() in a child process, with a descriptor to write its result to, and with /dev/null as
 * its standard input, output and error; what it returns is the child's exit status. Reads up to max
 * bytes of the result. A child that has not ended after so many milliseconds is killed, with what
 * it started; one that even SIGKILL does not end, since a filesystem in user space does not answer
 * it, is left to init. The caller has one thread.
 *
 * Returns the child's exit status, with the result, to which a NUL is added and which is the
 * caller's to free(); -ETIMEDOUT; -EFBIG; -ECHILD if it was killed; or the error of fork(2) and
 * such.
 */
int child_run(int (*work)(int out, void *data), void *data, int milliseconds, size_t max,
	      char **ret_result, size_t *ret_length);

#endif
