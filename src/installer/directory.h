/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directories of the host. Its symlinks are resolved within it, as on the host itself. */
#ifndef ORH_INSTALLER_DIRECTORY_H
#define ORH_INSTALLER_DIRECTORY_H

#include <stdbool.h>

#include "core/error.h"

/* Opens the host's root directory. Refuses one without /etc: nothing was mounted there. Errors:
 * STATUS_PATH. */
int directory_open_host(const char *path, struct error *error, int *ret_fd);

/*
 * Opens a directory of the host, for reading. path is absolute and in normal form. Refuses a
 * directory if it, or one above it, can be written to by others than root, because they could
 * replace what engines execute as root. Missing directories are created if make is true. Otherwise,
 * *ret_fd is -EBADF if the directory is missing. Errors: STATUS_PATH, STATUS_SYSTEM.
 */
int directory_open(int host, const char *path, bool make, struct error *error, int *ret_fd);

#endif
