/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>

#include "core/memory.h"

#define FIRST_READ 16384

int input_read(int fd, size_t max, char **ret_text, size_t *ret_length)
{
	AUTO_FREE char *text = NULL;
	size_t size = 0;
	size_t length = 0;

	for (;;) {
		ssize_t n;

		if (length + 1 >= size) {
			size_t more = size ? size * 2 : FIRST_READ;
			char *bigger = realloc(text, more);

			if (!bigger)
				return -ENOMEM;
			text = bigger;
			size = more;
		}
		n = read(fd, text + length, size - length - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		length += (size_t)n;
		if (length > max)
			return -EFBIG;
	}
	text[length] = '\0';
	*ret_text = take_ptr(text);
	*ret_length = length;
	return 0;
}

int input_open(int dirfd, const char *path, int flags)
{
	/* O_NONBLOCK: opening a FIFO must not block. */
	AUTO_FD fd = openat(dirfd, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | flags);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) ? take_fd(&fd) : -EINVAL;
}

int input_read_file(int dirfd, const char *path, size_t max, char **ret_text, size_t *ret_length)
{
	AUTO_FD fd = input_open(dirfd, path, 0);

	return fd < 0 ? fd : input_read(fd, max, ret_text, ret_length);
}
