/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmount, loaded when it is needed. Only kernels without statmount(2) need it, and with what it
 * brings along (libblkid, libselinux, pcre2) it is a quarter of what the hook costs a container
 * that asks for nothing. The functions that mounttab calls are defined here and hand on to the
 * library; the program is not linked with it.
 */
#ifndef ORH_LINUX_LIBMOUNT_H
#define ORH_LINUX_LIBMOUNT_H

#include <stdbool.h>

#include "core/error.h"

/* Loads it. Not once a container has been entered: the library would be the image's. Errors:
 * STATUS_SYSTEM. */
int libmount_load(struct error *error);

bool libmount_is_loaded(void);

#endif
