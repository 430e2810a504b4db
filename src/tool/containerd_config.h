/* SPDX-License-Identifier: GPL-2.0-or-later */
/* containerd's configuration: a file and what it imports, merged as containerd does. */
#ifndef ORH_TOOL_CONTAINERD_CONFIG_H
#define ORH_TOOL_CONTAINERD_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "config_file.h"
#include "diagnosis.h"
#include "tree.h"

#define CONTAINERD_SUBJECT "containerd"
#define CONTAINERD_CONFIG  "/etc/containerd/config.toml"

struct containerd_file {
	char *path;	     /* owned */
	const char *section; /* of the CRI plugin, in a file of this version */
	bool counts;	     /* its section is not replaced by that of a later file */
	struct toml toml;
};

struct containerd_config {
	struct containerd_file *files; /* in the order in which they are read: a later one counts */
	size_t count;
	size_t capacity;
	bool is_known; /* all of it could be read; else findings say why not */
};

void containerd_config_done(struct containerd_config *config);

#define AUTO_CONTAINERD_CONFIG CLEANUP(containerd_config_done) struct containerd_config

/* What a later file does to the CRI plugin's section of an earlier one. */
enum containerd_merge {
	CONTAINERD_REPLACES, /* before 2.0 */
	CONTAINERD_MERGES,
	CONTAINERD_MAY_MERGE, /* its release is not known */
};

/* Reads the configuration; without the file, it is empty. */
void containerd_config_read(const struct tree *tree, enum containerd_merge merge,
			    struct diagnoses *findings, struct containerd_config *ret_config);

/* Does disabled_plugins of any file have the CRI plugin? */
bool containerd_config_has_no_cri(const struct containerd_config *config);

/* The names of the CRI plugin's runtimes, as they are in keys, each once. Returns 0 or -ENOMEM. */
int containerd_config_runtimes(const struct containerd_config *config, struct name_list *ret_names);

/*
 * A value of the CRI plugin, by its key below the plugin's section. A form that is not read adds a
 * finding and counts as absent. ret_path is the file that it is in.
 */
const struct toml_entry *containerd_config_get(const struct containerd_config *config,
					       const char *key, enum toml_kind kind,
					       struct diagnoses *findings, const char **ret_path);

#endif
