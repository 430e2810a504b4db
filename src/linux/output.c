/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"

#include <errno.h>
#include <unistd.h>

int output_write(int fd, const void *from, size_t length)
{
	const char *next = from;

	while (length) {
		ssize_t n = write(fd, next, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		next += n;
		length -= (size_t)n;
	}
	return 0;
}
