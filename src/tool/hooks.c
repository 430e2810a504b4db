/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hooks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "registration.h"

/* Directories in which packages and operators put hooks files, also by mistake. */
static const char *const known_dirs[] = {
	HOOKS_DIR_DEFAULT,
	HOOKS_DIR_ETC,
	"/run/containers/oci/hooks.d",
	"/usr/local/share/containers/oci/hooks.d",
	"/usr/libexec/oci/hooks.d",
	"/usr/local/libexec/oci/hooks.d",
	"/usr/share/oci/hooks.d",
	"/etc/oci/hooks.d",
};

struct hooks_entry {
	char *name;
	char *path;
	bool is_there; /* exists, and is not a dangling symlink */
	enum hooks_program program;
};

struct hooks_dir {
	const char *path;
	bool is_read; /* an engine reads it */
	struct hooks_entry *entries;
	size_t count;
	size_t capacity;
};

struct hooks {
	const struct tree *tree;
	struct diagnoses *findings;
	struct hooks_dir *dirs;
	size_t count;
	size_t capacity;
};

static void hooks_done(struct hooks *hooks)
{
	for (size_t i = 0; i < hooks->count; i++) {
		for (size_t k = 0; k < hooks->dirs[i].count; k++) {
			free(hooks->dirs[i].entries[k].name);
			free(hooks->dirs[i].entries[k].path);
		}
		free(hooks->dirs[i].entries);
	}
	free(hooks->dirs);
	*hooks = (struct hooks){0};
}

static struct hooks_dir *find_dir(const struct hooks *hooks, const char *path)
{
	for (size_t i = 0; i < hooks->count; i++) {
		if (strcmp(hooks->dirs[i].path, path) == 0)
			return &hooks->dirs[i];
	}
	return NULL;
}

static void add_dir(struct hooks *hooks, const char *path, bool is_read)
{
	struct hooks_dir *dir = find_dir(hooks, path);

	if (!dir && array_reserve(&hooks->dirs, &hooks->capacity, hooks->count, sizeof(*dir)) == 0)
		dir = &hooks->dirs[hooks->count++];
	if (!dir) {
		hooks->findings->is_short = true;
		return;
	}
	dir->path = path;
	dir->is_read = dir->is_read || is_read;
}

/* Errors in a file that no engine reads are not reported. */
static void add_entry(struct hooks *hooks, struct hooks_dir *dir, const char *name)
{
	AUTO_DIAGNOSES ignored = {0};
	struct hooks_entry entry = {.name = strdup(name)};

	if (asprintf(&entry.path, "%s/%s", dir->path, name) < 0)
		entry.path = NULL;
	if (!entry.name || !entry.path ||
	    array_reserve(&dir->entries, &dir->capacity, dir->count, sizeof(entry)) < 0) {
		free(entry.name);
		free(entry.path);
		hooks->findings->is_short = true;
		return;
	}
	entry.is_there = tree_has(hooks->tree, entry.path);
	entry.program = registration_judge(hooks->tree, entry.path,
					   dir->is_read ? hooks->findings : &ignored);
	dir->entries[dir->count++] = entry;
}

static void load_dir(struct hooks *hooks, struct hooks_dir *dir)
{
	AUTO_NAMES names = {0};
	char name[16];
	int r = tree_list(hooks->tree, dir->path, ".json", &names);

	if (r < 0 && r != -ENOENT && dir->is_read) {
		diagnoses_add(hooks->findings, VERDICT_UNKNOWN, "hooks files",
			      "hooks-dir-unreadable", "%s: cannot list it: %s", dir->path,
			      error_name(-r, name));
		diagnoses_fix(hooks->findings, "Run doctor as root.");
	}
	for (size_t i = 0; i < names.count; i++)
		add_entry(hooks, dir, names.items[i]);
}

/* Returns the file in effect of all files with this name: the one in the last directory. */
static const struct hooks_entry *preferred(const struct hooks *hooks,
					   const struct hooks_reader *reader, const char *name)
{
	for (size_t i = reader->dirs.count; i-- > 0;) {
		const struct hooks_dir *dir = find_dir(hooks, reader->dirs.items[i]);

		for (size_t k = 0; dir && k < dir->count; k++) {
			if (dir->entries[k].is_there && strcmp(dir->entries[k].name, name) == 0)
				return &dir->entries[k];
		}
	}
	return NULL;
}

static bool is_in_etc(const char *path)
{
	return strncmp(path, "/etc/", 5) == 0;
}

/* It is not a problem if an operator's file overrides the packaged one. */
static void judge_masked(const struct hooks *hooks, const struct hooks_reader *reader,
			 const struct hooks_entry *masked, const struct hooks_entry *by)
{
	if (by->program == masked->program && !(is_in_etc(masked->path) && !is_in_etc(by->path))) {
		diagnoses_add(hooks->findings, VERDICT_OK, reader->subject, "hooks-file-overridden",
			      "%s overrides %s", by->path, masked->path);
		return;
	}
	diagnoses_add(hooks->findings, VERDICT_PROBLEM, reader->subject, "hooks-file-masked",
		      "%s: it is masked by %s, which has the same name in a preferred directory",
		      masked->path, by->path);
	diagnoses_fix(hooks->findings, "Rename one of them, or remove %s.", by->path);
}

static void list_dirs(const struct hooks_reader *reader, FILE *file)
{
	for (size_t i = 0; i < reader->dirs.count; i++)
		fprintf(file, "\"%s\", ", reader->dirs.items[i]);
}

static void judge_unread(const struct hooks *hooks, const struct hooks_reader *reader,
			 const struct hooks_dir *dir, const struct hooks_entry *entry)
{
	AUTO_FREE char *dirs = NULL;
	size_t size;
	FILE *file = open_memstream(&dirs, &size);

	if (!file) {
		hooks->findings->is_short = true;
		return;
	}
	list_dirs(reader, file);
	hooks->findings->is_short |= ferror(file);
	/* glibc's fclose() succeeds even if its last allocation fails. */
	hooks->findings->is_short |= fclose(file) != 0 || !dirs;
	diagnoses_add(hooks->findings, VERDICT_PROBLEM, reader->subject, "hooks-dir-unread",
		      "%s: %s does not read this directory", entry->path, reader->subject);
	diagnoses_fix(hooks->findings,
		      "Name the directory in %s; a later one is preferred:\n"
		      "    %s\n"
		      "    hooks_dir = [%s\"%s\"]",
		      reader->config, reader->table, dirs ? dirs : "", dir->path);
}

/* Reports our files in directories that the engine does not read. Returns how many. */
static size_t judge_others(const struct hooks *hooks, const struct hooks_reader *reader)
{
	size_t count = 0;

	for (size_t i = 0; i < hooks->count; i++) {
		const struct hooks_dir *dir = &hooks->dirs[i];

		for (size_t k = 0; !names_have(&reader->dirs, dir->path) && k < dir->count; k++) {
			if (dir->entries[k].program == PROGRAM_OTHER)
				continue;
			judge_unread(hooks, reader, dir, &dir->entries[k]);
			count++;
		}
	}
	return count;
}

struct callers {
	const struct hooks_entry *first;
	const struct hooks_entry *second;
};

/* Judges our files in the directories that the engine reads. */
static void judge_read(const struct hooks *hooks, const struct hooks_reader *reader,
		       struct callers *callers)
{
	for (size_t i = 0; i < reader->dirs.count; i++) {
		const struct hooks_dir *dir = find_dir(hooks, reader->dirs.items[i]);

		for (size_t k = 0; dir && k < dir->count; k++) {
			const struct hooks_entry *entry = &dir->entries[k];
			const struct hooks_entry *by = preferred(hooks, reader, entry->name);

			if (entry->program == PROGRAM_OTHER)
				continue;
			if (by != entry && by)
				judge_masked(hooks, reader, entry, by);
			else if (entry->program == PROGRAM_HOOK && !callers->first)
				callers->first = entry;
			else if (entry->program == PROGRAM_HOOK && callers->first != entry)
				callers->second = entry;
		}
	}
}

static void judge_reader(const struct hooks *hooks, const struct hooks_reader *reader)
{
	struct callers callers = {0};
	size_t others;

	judge_read(hooks, reader, &callers);
	others = judge_others(hooks, reader);
	if (callers.second) {
		diagnoses_add(hooks->findings, VERDICT_PROBLEM, reader->subject, "hook-twice",
			      "%s and %s both call the hook: it runs twice, and the options of one "
			      "of them do not count",
			      callers.first->path, callers.second->path);
		diagnoses_fix(hooks->findings, "Remove one of them.");
	} else if (callers.first) {
		diagnoses_add(hooks->findings, VERDICT_OK, reader->subject, "hook",
			      "the hook's file is %s", callers.first->path);
	} else if (!others) {
		diagnoses_add(hooks->findings, VERDICT_PROBLEM, reader->subject, "hook-absent",
			      "no hooks file that it reads calls oci-readonly-hook");
		diagnoses_fix(hooks->findings,
			      "Install oci-readonly-hook, with its hooks file in %s.",
			      reader->dirs.count ? reader->dirs.items[0] : HOOKS_DIR_DEFAULT);
	}
}

void hooks_judge(const struct tree *tree, const struct hooks_reader *readers, size_t count,
		 const struct name_list *more, struct diagnoses *findings)
{
	CLEANUP(hooks_done) struct hooks hooks = {.tree = tree, .findings = findings};

	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < readers[i].dirs.count; k++)
			add_dir(&hooks, readers[i].dirs.items[k], true);
	}
	for (size_t i = 0; i < ARRAY_SIZE(known_dirs); i++)
		add_dir(&hooks, known_dirs[i], false);
	for (size_t i = 0; i < more->count; i++)
		add_dir(&hooks, more->items[i], false);
	for (size_t i = 0; i < hooks.count; i++)
		load_dir(&hooks, &hooks.dirs[i]);
	for (size_t i = 0; i < count; i++) {
		if (readers[i].is_known)
			judge_reader(&hooks, &readers[i]);
	}
}
