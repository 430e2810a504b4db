/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bundle's config.json: it is read, and replaced as a whole, or not at all. */
#ifndef ORH_RUNTIME_CONFIGFILE_H
#define ORH_RUNTIME_CONFIGFILE_H

#include <stddef.h>

#include "core/error.h"
#include "core/memory.h"

struct configfile {
	int directory;
	int fd;
	char *name; /* in the directory */
	char *text; /* with a NUL behind it */
	size_t length;
};

#define CONFIGFILE_NONE ((struct configfile){.directory = -EBADF, .fd = -EBADF})

void configfile_done(struct configfile *file);

#define AUTO_CONFIGFILE CLEANUP(configfile_done) struct configfile

/*
 * Reads config.json in bundle, or the file config if it is not NULL. A symlink is refused, as what
 * is put in its place would not be one. Errors: STATUS_INPUT.
 */
int configfile_open(const char *bundle, const char *config, struct error *error,
		    struct configfile *ret_file);

/*
 * Puts a file with this text in its place by rename, with owner, mode and security label of the
 * other. Errors: STATUS_SYSTEM; the file is as before then.
 */
int configfile_replace(const struct configfile *file, const char *text, size_t length,
		       struct error *error);

#endif
