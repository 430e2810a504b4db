/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "containerd_config.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "core/path.h"

#define SUBJECT CONTAINERD_SUBJECT

/* Each file is read once, even if files import one another. */
#define FILES_MAX 256

#define KEY_MAX 1024

#define RUNTIMES ".containerd.runtimes"

void containerd_config_done(struct containerd_config *config)
{
	for (size_t i = 0; i < config->count; i++) {
		free(config->files[i].path);
		toml_done(&config->files[i].toml);
	}
	free(config->files);
	*config = (struct containerd_config){0};
}

/* Returns the version of a file. An imported file has the version of the main file, unless it sets
 * another one. */
static int64_t version_of(const struct toml *toml, int64_t inherited)
{
	const struct toml_entry *entry = NULL;

	if (toml_find(toml, "version", TOML_NUMBER, &entry) != TOML_FOUND)
		return inherited;
	return entry->number;
}

static const char *section_of(int64_t version)
{
	if (version <= 1)
		return "plugins.cri";
	if (version == 2)
		return "plugins.\"io.containerd.grpc.v1.cri\"";
	return "plugins.\"io.containerd.cri.v1.runtime\"";
}

struct loader {
	const struct tree *tree;
	struct diagnoses *findings;
	struct containerd_config *config;
	struct name_list pending; /* the files, in the order they are read */
	int64_t version;	  /* the version of the main file */
	enum containerd_merge merge;
};

static void give_up(struct loader *loader)
{
	loader->findings->is_short = true;
	loader->config->is_known = false;
}

static void add_pending(struct loader *loader, const char *directory, const char *name)
{
	int r = *directory ? names_add(&loader->pending, "%s/%s", directory, name)
			   : names_add(&loader->pending, "%s", name);

	if (r < 0)
		give_up(loader);
}

/* Imports the files that match a path with "*". A "*" is supported in the last component only. */
static void import_glob(struct loader *loader, const char *parent, const char *glob)
{
	AUTO_FREE char *directory = strdup(glob);
	AUTO_NAMES names = {0};
	const char *pattern = strrchr(glob, '/') + 1;
	int r;

	if (!directory) {
		give_up(loader);
		return;
	}
	path_cut(directory);
	if (strpbrk(directory, "*?[\\")) {
		config_unclear(SUBJECT, parent, "imports", loader->findings);
		loader->config->is_known = false;
		return;
	}
	r = tree_list(loader->tree, directory, "", &names);
	if (r < 0 && r != -ENOENT && r != -ENOTDIR) {
		config_unreadable(SUBJECT, directory, r, loader->findings);
		loader->config->is_known = false;
	}
	for (size_t i = 0; i < names.count; i++) {
		if (fnmatch(pattern, names.items[i], 0) == 0)
			add_pending(loader, directory, names.items[i]);
	}
}

/* A relative path is relative to the importing file's directory. Before 2.0, a relative glob is
 * relative to the daemon's working directory. */
static void import(struct loader *loader, const char *parent, const char *path)
{
	AUTO_FREE char *directory = strdup(parent);
	AUTO_FREE char *whole = NULL;

	if (!directory) {
		give_up(loader);
		return;
	}
	path_cut(directory);
	if (asprintf(&whole, "%s/%s", directory, path) < 0) {
		whole = NULL;
		give_up(loader);
	} else if (!strchr(path, '*')) {
		add_pending(loader, "", *path == '/' ? path : whole);
	} else if (*path == '/') {
		import_glob(loader, parent, path);
	} else if (loader->merge == CONTAINERD_MERGES) {
		import_glob(loader, parent, whole);
	} else {
		config_unclear(SUBJECT, parent, "imports", loader->findings);
		loader->config->is_known = false;
	}
}

static void import_all(struct loader *loader, const char *path, const struct toml *toml)
{
	const struct toml_entry *imports = NULL;
	enum toml_found found = toml_find(toml, "imports", TOML_STRINGS, &imports);

	if (found == TOML_UNCLEAR) {
		config_unclear(SUBJECT, path, "imports", loader->findings);
		loader->config->is_known = false;
	}
	for (size_t i = 0; found == TOML_FOUND && i < imports->count; i++)
		import(loader, path, imports->strings[i]);
}

static bool is_loaded(const struct containerd_config *config, const char *path)
{
	for (size_t i = 0; i < config->count; i++) {
		if (strcmp(config->files[i].path, path) == 0)
			return true;
	}
	return false;
}

static void load_file(struct loader *loader, const char *path)
{
	struct containerd_config *config = loader->config;
	struct containerd_file file = {.counts = true};
	enum config_file state;

	if (is_loaded(config, path))
		return;
	state = config_read_toml(loader->tree, SUBJECT, path, loader->findings, &file.toml);
	/* containerd does not start if an imported file is missing. */
	if (state == CONFIG_ABSENT && config->count)
		config_unreadable(SUBJECT, path, -ENOENT, loader->findings);
	if (state == CONFIG_UNKNOWN || (state == CONFIG_ABSENT && config->count))
		config->is_known = false;
	if (state != CONFIG_READ)
		return;
	file.path = strdup(path);
	if (!file.path || config->count >= FILES_MAX ||
	    array_reserve(&config->files, &config->capacity, config->count, sizeof(file)) < 0) {
		free(file.path);
		toml_done(&file.toml);
		give_up(loader);
		return;
	}
	if (!config->count)
		loader->version = version_of(&file.toml, 1);
	file.section = section_of(version_of(&file.toml, loader->version));
	config->files[config->count++] = file;
	import_all(loader, path, &config->files[config->count - 1].toml);
}

static bool has_section(const struct containerd_file *file)
{
	for (size_t i = 0; i < file->toml.count; i++) {
		if (toml_below(&file->toml.entries[i], file->section))
			return true;
	}
	return false;
}

/* Decides which files' sections are in effect: only the last one, or all of them. */
static void settle(struct containerd_config *config, enum containerd_merge merge,
		   struct diagnoses *findings)
{
	const struct containerd_file *last = NULL;

	for (size_t i = config->count; i-- > 0 && merge != CONTAINERD_MERGES;) {
		struct containerd_file *file = &config->files[i];

		if (!has_section(file))
			continue;
		if (last && merge == CONTAINERD_MAY_MERGE) {
			diagnoses_add(findings, VERDICT_UNKNOWN, SUBJECT, "containerd-sections",
				      "%s and %s both configure the CRI plugin: before containerd "
				      "2.0, the later one replaces the other",
				      file->path, last->path);
			diagnoses_fix(findings, "Configure the plugin in one file.");
			config->is_known = false;
		}
		file->counts = !last || merge == CONTAINERD_MAY_MERGE;
		last = last ? last : file;
	}
}

void containerd_config_read(const struct tree *tree, enum containerd_merge merge,
			    struct diagnoses *findings, struct containerd_config *ret_config)
{
	struct loader loader = {
		.tree = tree, .findings = findings, .config = ret_config, .merge = merge};

	*ret_config = (struct containerd_config){.is_known = true};
	add_pending(&loader, "", CONTAINERD_CONFIG);
	for (size_t i = 0; i < loader.pending.count && i < FILES_MAX; i++)
		load_file(&loader, loader.pending.items[i]);
	names_done(&loader.pending);
	if (loader.version > 2)
		merge = CONTAINERD_MERGES;
	settle(ret_config, merge, findings);
}

bool containerd_config_has_no_cri(const struct containerd_config *config)
{
	static const char *const plugins[] = {"cri", "io.containerd.grpc.v1.cri",
					      "io.containerd.cri.v1.runtime"};

	for (size_t i = 0; i < config->count; i++) {
		const struct toml_entry *entry = NULL;

		if (toml_find(&config->files[i].toml, "disabled_plugins", TOML_STRINGS, &entry) !=
		    TOML_FOUND)
			continue;
		for (size_t k = 0; k < entry->count * ARRAY_SIZE(plugins); k++) {
			if (strcmp(entry->strings[k / ARRAY_SIZE(plugins)],
				   plugins[k % ARRAY_SIZE(plugins)]) == 0)
				return true;
		}
	}
	return false;
}

/* Adds the runtimes of one file. */
static int add_runtimes(const struct containerd_file *file, struct name_list *names)
{
	char prefix[KEY_MAX];

	snprintf(prefix, sizeof(prefix), "%s" RUNTIMES, file->section);
	for (size_t i = 0; i < file->toml.count; i++) {
		const char *rest = toml_below(&file->toml.entries[i], prefix);
		AUTO_FREE char *name = rest ? strndup(rest, toml_part(rest)) : NULL;

		if (!rest || (name && names_have(names, name)))
			continue;
		if (!name || names_add(names, "%s", name) < 0)
			return -ENOMEM;
	}
	return 0;
}

int containerd_config_runtimes(const struct containerd_config *config, struct name_list *ret_names)
{
	AUTO_NAMES names = {0};

	for (size_t i = 0; i < config->count; i++) {
		if (config->files[i].counts && add_runtimes(&config->files[i], &names) < 0)
			return -ENOMEM;
	}
	*ret_names = names;
	names = (struct name_list){0};
	return 0;
}

const struct toml_entry *containerd_config_get(const struct containerd_config *config,
					       const char *key, enum toml_kind kind,
					       struct diagnoses *findings, const char **ret_path)
{
	for (size_t i = config->count; i-- > 0;) {
		const struct containerd_file *file = &config->files[i];
		const struct toml_entry *entry = NULL;
		enum toml_found found = TOML_ABSENT;
		char whole[KEY_MAX];

		snprintf(whole, sizeof(whole), "%s%s", file->section, key);
		if (file->counts)
			found = toml_find(&file->toml, whole, kind, &entry);
		if (found == TOML_ABSENT)
			continue;
		*ret_path = file->path;
		if (found == TOML_FOUND)
			return entry;
		config_unclear(SUBJECT, file->path, whole, findings);
		return NULL;
	}
	return NULL;
}
