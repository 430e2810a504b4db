/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a bundle's config.json and replaces it atomically. */
#ifndef ORH_RUNTIME_CONFIGFILE_H
#define ORH_RUNTIME_CONFIGFILE_H

#include <stddef.h>

#include "core/error.h"
#include "core/memory.h"

struct configfile {
	int directory;
	int fd;
	char *name; /* in the directory */
	char *text; /* NUL-terminated */
	size_t length;
};

#define CONFIGFILE_NONE ((struct configfile){.directory = -EBADF, .fd = -EBADF})

void configfile_done(struct configfile *file);

#define AUTO_CONFIGFILE CLEANUP(configfile_done) struct configfile

/* Reads config.json in bundle, or the file config if it is not NULL. A symlink is refused, because
 * the rename would replace it by a regular file. Errors: STATUS_INPUT. */
int configfile_open(const char *bundle, const char *config, struct error *error,
		    struct configfile *ret_file);

/* Replaces the file by one with this text, by rename. The new file gets the owner, mode and
 * security label of the old one. Errors: STATUS_SYSTEM; the file is then unchanged. */
int configfile_replace(const struct configfile *file, const char *text, size_t length,
		       struct error *error);

#endif
