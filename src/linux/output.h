/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Complete writes. */
#ifndef ORH_LINUX_OUTPUT_H
#define ORH_LINUX_OUTPUT_H

#include <stddef.h>

/* Writes all of it, also after short writes and signals. Returns 0, or the error of write(2). */
int output_write(int fd, const void *from, size_t length);

#endif
