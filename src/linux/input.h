/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bounded reads. */
#ifndef ORH_LINUX_INPUT_H
#define ORH_LINUX_INPUT_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Reads fd from its current offset to its end, including short reads. The text is terminated by a
 * NUL that ret_length does not count. The caller frees it. Returns 0, -EFBIG if there are more than
 * max bytes, or the error of read(2).
 */
int input_read(int fd, size_t max, char **ret_text, size_t *ret_length);

/* Opens a regular file relative to dirfd for reading, with additional flags of open(2). Returns the
 * descriptor, -EINVAL if it is not a regular file, or the error of openat(2). */
int input_open(int dirfd, const char *path, int flags);

/* Opens it in this way, and reads it. */
int input_read_file(int dirfd, const char *path, size_t max, char **ret_text, size_t *ret_length);

#endif
