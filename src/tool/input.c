/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "linux/input.h"

int tool_read(const char *name, size_t max, struct error *error, char **ret_text,
	      size_t *ret_length)
{
	AUTO_FD opened = -EBADF;
	const char *shown = name;
	int fd = STDIN_FILENO;
	int r;

	if (!strcmp(name, "-")) {
		shown = "standard input";
	} else {
		opened = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (opened < 0)
			return error_set(error, STATUS_INPUT, errno, "cannot open %" NAME_SHOWN,
					 name);
		fd = opened;
	}
	r = input_read(fd, max, ret_text, ret_length);
	if (r == -EFBIG)
		return error_set(error, STATUS_INPUT, EFBIG,
				 "%" NAME_SHOWN " is larger than %zu bytes", shown, max);
	if (r < 0)
		return error_set(error, STATUS_INPUT, -r, "cannot read %" NAME_SHOWN, shown);
	return 0;
}
