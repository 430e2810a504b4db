/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads libmount on demand. Only kernels without statmount(2) need it. With its dependencies
 * (libblkid, libselinux, pcre2), it is a quarter of the hook's cost for a container that requests
 * nothing. This file defines the functions that mounttab calls and forwards them to the library.
 * The program is not linked with libmount.
 */
#ifndef ORH_LINUX_LIBMOUNT_H
#define ORH_LINUX_LIBMOUNT_H

#include <stdbool.h>

#include "core/error.h"

/* Loads the library. Must not be called after a container has been entered, because it would load
 * the image's library. Errors: STATUS_SYSTEM. */
int libmount_load(struct error *error);

bool libmount_is_loaded(void);

#endif
