/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config_file.h"

#include <errno.h>

void config_unreadable(const char *subject, const char *path, int r, struct diagnoses *findings)
{
	char name[16];

	diagnoses_add(findings, VERDICT_UNKNOWN, subject, "config-unreadable",
		      "%s: cannot read it: %s", path,
		      r == -EINVAL ? "not a regular file" : error_name(-r, name));
	diagnoses_fix(findings, "Run doctor as root.");
}

void config_unclear(const char *subject, const char *path, const char *key,
		    struct diagnoses *findings)
{
	diagnoses_add(findings, VERDICT_UNKNOWN, subject, "config-unclear",
		      "%s: %s: in a form that doctor does not read", path, key);
	diagnoses_fix(findings,
		      "Write it as a string, or an array of strings, below the header of its "
		      "table.");
}

enum config_file config_read_toml(const struct tree *tree, const char *subject, const char *path,
				  struct diagnoses *findings, struct toml *ret_toml)
{
	AUTO_FREE char *text = NULL;
	struct error error;
	size_t length;
	int r;

	r = tree_read(tree, path, TREE_FILE_MAX, &text, &length);
	if (r == -ENOENT || r == -ENOTDIR)
		return CONFIG_ABSENT;
	if (r < 0) {
		config_unreadable(subject, path, r, findings);
		return CONFIG_UNKNOWN;
	}
	if (toml_parse(text, length, &error, ret_toml) < 0) {
		diagnoses_add(findings, VERDICT_UNKNOWN, subject, "config-invalid", "%s: %s", path,
			      error.text);
		diagnoses_fix(findings, "Correct the line.");
		return CONFIG_UNKNOWN;
	}
	return CONFIG_READ;
}

bool config_list(const struct tree *tree, const char *subject, const char *directory,
		 const char *suffix, struct diagnoses *findings, struct name_list *paths)
{
	AUTO_NAMES names = {0};
	int r = tree_list(tree, directory, suffix, &names);

	if (r == -ENOENT || r == -ENOTDIR)
		return true;
	if (r < 0) {
		config_unreadable(subject, directory, r, findings);
		return false;
	}
	for (size_t i = 0; i < names.count; i++) {
		if (names_add(paths, "%s/%s", directory, names.items[i]) < 0)
			findings->is_short = true;
	}
	return true;
}

bool config_take_dirs(const char *subject, const char *path, const struct toml *toml,
		      const char *key, struct diagnoses *findings, bool *appends,
		      struct name_list *dirs)
{
	const struct toml_entry *entry = NULL;
	enum toml_found found = toml_find(toml, key, TOML_STRINGS, &entry);

	if (found == TOML_ABSENT)
		return true;
	if (found == TOML_UNCLEAR) {
		config_unclear(subject, path, key, findings);
		return false;
	}
	*appends = *appends || entry->appends;
	if (!*appends)
		names_done(dirs);
	for (size_t i = 0; i < entry->count; i++) {
		if (names_add_dir(dirs, entry->strings[i]) < 0)
			findings->is_short = true;
	}
	return true;
}
