/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Installs the hook on a host, and removes it. Engines silently skip a hooks file whose program is
 * missing: the program comes first and goes last. */
#ifndef ORH_INSTALLER_INSTALL_H
#define ORH_INSTALLER_INSTALL_H

#include "arguments.h"
#include "core/error.h"

/* Everything that can be checked is checked before the first file is replaced. Installing again
 * replaces both files. Errors: any status of directory.h, file.h and hooksfile.h. */
int install(const struct arguments *arguments, struct error *error);

/* Removes both files. A missing file is not an error. Directories stay. */
int uninstall(const struct arguments *arguments, struct error *error);

#endif
