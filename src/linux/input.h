/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bounded reads. */
#ifndef ORH_LINUX_INPUT_H
#define ORH_LINUX_INPUT_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Reads fd to its end, in whatever pieces it comes, from where its offset stands. The text has a
 * NUL behind it that ret_length does not count; it is the caller's to free(). Returns 0, -EFBIG
 * where there is more than max bytes, or the error of read(2).
 */
int input_read(int fd, size_t max, char **ret_text, size_t *ret_length);

/* The same of a regular file, found from dirfd; -EINVAL if it is something else. */
int input_read_file(int dirfd, const char *path, size_t max, char **ret_text, size_t *ret_length);

#endif
