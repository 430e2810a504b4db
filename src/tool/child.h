/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs work that may never finish in a child process, with a timeout. */
#ifndef ORH_TOOL_CHILD_H
#define ORH_TOOL_CHILD_H

#include <stddef.h>

/*
 * Calls work() in a child process. Its arguments are a descriptor to write the result to, and data;
 * its return value is the child's exit status. Standard input, output and error of the child are
 * /dev/null. Reads up to max bytes of the result. A child that has not exited after that many
 * milliseconds is killed with its process group. A child that even SIGKILL does not end, because a
 * FUSE filesystem does not answer, is left to init. The caller must be single-threaded.
 *
 * Returns the child's exit status, and the result with a NUL added, which the caller frees; or
 * -ETIMEDOUT; -EFBIG; -ECHILD if the child was killed; or the error of fork(2) and similar calls.
 */
int child_run(int (*work)(int out, void *data), void *data, int milliseconds, size_t max,
	      char **ret_result, size_t *ret_length);

#endif
