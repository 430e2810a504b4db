/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files in a directory that only root can write to. Engines may read it at any time. */
#ifndef ORH_INSTALLER_FILE_H
#define ORH_INSTALLER_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/error.h"

#define FILE_LABEL_MAX 4096

/* An SELinux label. Length 0: none. */
struct label {
	char text[FILE_LABEL_MAX];
	size_t length;
};

/* A file to be written. */
struct new_file {
	int directory;	  /* open for reading */
	const char *name; /* in the directory */
	const char *path; /* on the host, for errors */
	const char *text;
	size_t length;
	mode_t mode;
	const struct label *label; /* NULL: the one that the kernel gives it */
};

/* Writes the whole file to disk, and then renames it over what has its name. Errors: STATUS_PATH.
 */
int file_replace(const struct new_file *file, struct error *error);

/* Removes a file, and waits until the directory is on disk. *ret_removed is false if there was
 * none. Errors: STATUS_PATH. */
int file_remove(int directory, const char *name, const char *path, struct error *error,
		bool *ret_removed);

/* Reads the SELinux label of a file. A filesystem without labels has none. Returns 0 or -errno. */
int file_label(int fd, struct label *ret_label);

#endif
