/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading an engine's configuration file, and saying what cannot be told of it. */
#ifndef ORH_TOOL_CONFIG_FILE_H
#define ORH_TOOL_CONFIG_FILE_H

#include "diagnosis.h"
#include "toml.h"
#include "tree.h"

enum config_file {
	CONFIG_ABSENT,
	CONFIG_READ,
	CONFIG_UNKNOWN, /* a finding says why */
};

/* Reads a file of TOML. */
enum config_file config_read_toml(const struct tree *tree, const char *subject, const char *path,
				  struct diagnoses *findings, struct toml *ret_toml);

/* Adds a finding about a key that is there in a form that is not read. */
void config_unclear(const char *subject, const char *path, const char *key,
		    struct diagnoses *findings);

/* Adds a finding about a file, or a directory, that cannot be read; r is -errno. */
void config_unreadable(const char *subject, const char *path, int r, struct diagnoses *findings);

/*
 * Adds the paths of a directory's files with a suffix, in the order of their names. A directory
 * that is not there has none. Returns false if it cannot be read: a finding says so.
 */
bool config_list(const struct tree *tree, const char *subject, const char *directory,
		 const char *suffix, struct diagnoses *findings, struct name_list *paths);

/*
 * Takes over hooks_dir of a file, if it has it: each later file replaces it, or appends to it.
 * appends is kept from file to file, as containers.conf(5) has it. Returns false if it cannot be
 * told.
 */
bool config_take_dirs(const char *subject, const char *path, const struct toml *toml,
		      const char *key, struct diagnoses *findings, bool *appends,
		      struct name_list *dirs);

#endif
