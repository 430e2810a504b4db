/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads containerd's configuration, and merges imported files as containerd does. */
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
	const char *section; /* the CRI plugin's section name in a file of this version */
	bool counts;	     /* its section is not replaced by a later file */
	struct toml toml;
};

struct containerd_config {
	struct containerd_file *files; /* in the order they are read: later files take precedence */
	size_t count;
	size_t capacity;
	bool is_known; /* all of it could be read; otherwise findings say why not */
};

void containerd_config_done(struct containerd_config *config);

#define AUTO_CONTAINERD_CONFIG CLEANUP(containerd_config_done) struct containerd_config

/* How a later file affects the CRI plugin's section of an earlier one. */
enum containerd_merge {
	CONTAINERD_REPLACES, /* before 2.0 */
	CONTAINERD_MERGES,
	CONTAINERD_MAY_MERGE, /* the release is unknown */
};

/* Reads the configuration. A missing file is an empty configuration. */
void containerd_config_read(const struct tree *tree, enum containerd_merge merge,
			    struct diagnoses *findings, struct containerd_config *ret_config);

/* Does disabled_plugins of any file contain the CRI plugin? */
bool containerd_config_has_no_cri(const struct containerd_config *config);

/* Adds the name of each of the CRI plugin's runtimes once, as written in keys. Returns 0 or
 * -ENOMEM. */
int containerd_config_runtimes(const struct containerd_config *config, struct name_list *ret_names);

/*
 * Returns a value of the CRI plugin, by its key below the plugin's section. A value of an
 * unsupported form adds a finding and is treated as absent. ret_path is the file that contains the
 * value.
 */
const struct toml_entry *containerd_config_get(const struct containerd_config *config,
					       const char *key, enum toml_kind kind,
					       struct diagnoses *findings, const char **ret_path);

#endif
