/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests of code that opens paths by openat2(2), which valgrind 3.19 does not know. */
#ifndef ORH_TESTS_NEED_OPENAT2_H
#define ORH_TESTS_NEED_OPENAT2_H

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>

#include "core/memory.h"
#include "linux/sys.h"

static inline void need_openat2(void)
{
	AUTO_FD fd = sys_openat2(AT_FDCWD, "/", O_PATH, 0, 0);

	if (fd == -ENOSYS)
		cr_skip_test("there is no openat2, as under valgrind");
}

#endif
