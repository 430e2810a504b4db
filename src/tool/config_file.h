/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads an engine's configuration file, and reports what cannot be understood. */
#ifndef ORH_TOOL_CONFIG_FILE_H
#define ORH_TOOL_CONFIG_FILE_H

#include "diagnosis.h"
#include "toml.h"
#include "tree.h"

enum config_file {
	CONFIG_ABSENT,
	CONFIG_READ,
	CONFIG_UNKNOWN, /* a finding explains why */
};

/* Reads a TOML file. */
enum config_file config_read_toml(const struct tree *tree, const char *subject, const char *path,
				  struct diagnoses *findings, struct toml *ret_toml);

/* Adds a finding about a key whose value has an unsupported form. */
void config_unclear(const char *subject, const char *path, const char *key,
		    struct diagnoses *findings);

/* Adds a finding about a file or a directory that cannot be read; r is -errno. */
void config_unreadable(const char *subject, const char *path, int r, struct diagnoses *findings);

/* Adds the paths of a directory's files with a suffix, sorted by name. A missing directory has no
 * files. Returns false, and adds a finding, if the directory cannot be read. */
bool config_list(const struct tree *tree, const char *subject, const char *directory,
		 const char *suffix, struct diagnoses *findings, struct name_list *paths);

/*
 * Reads hooks_dir of a file, if it is set: each later file replaces the list or appends to it.
 * appends is kept between files, as containers.conf(5) describes. Returns false if the value cannot
 * be understood.
 */
bool config_take_dirs(const char *subject, const char *path, const struct toml *toml,
		      const char *key, struct diagnoses *findings, bool *appends,
		      struct name_list *dirs);

#endif
