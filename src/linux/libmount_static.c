/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For programs that are linked statically: they contain libmount. */
#include "libmount.h"

/* If the kernel has statmount, facts does not ask for libmount. */
static bool is_loaded;

int libmount_load(struct error *error)
{
	(void)error;
	is_loaded = true;
	return 0;
}

bool libmount_is_loaded(void)
{
	return is_loaded;
}
