/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mounttab.h"

#include <libmount/libmount.h>
#include <stdio.h>
#include <string.h>

#include "tmpfs_entry.h"

void mounttab_done(struct mounttab *table)
{
	for (size_t i = 0; i < table->count; i++) {
		free(table->lines[i].target);
		free(table->lines[i].fstype);
		free(table->lines[i].source);
	}
	free(table->lines);
	*table = (struct mounttab){0};
}

/* libmount calls this for a line that it cannot parse. Stops, so that no line is skipped. */
static int refuse_line(struct libmnt_table *table, const char *filename, int line)
{
	int *refused = mnt_table_get_userdata(table);

	(void)filename;
	*refused = line;
	return -1;
}

static void put_table(struct libmnt_table **table)
{
	mnt_unref_table(*table);
	*table = NULL;
}

static void put_iter(struct libmnt_iter **iter)
{
	mnt_free_iter(*iter);
	*iter = NULL;
}

static void close_file(FILE **file)
{
	if (*file)
		fclose(*file);
	*file = NULL;
}

/* The flags of the mount, not of its filesystem: field 6 of mountinfo. */
static unsigned line_flags(const char *options)
{
	static const struct {
		const char *name;
		unsigned flag;
	} names[] = {
		{"ro", FLAG_RO},
		{"noexec", FLAG_NOEXEC},
		{"nosuid", FLAG_NOSUID},
		{"nodev", FLAG_NODEV},
		{"noatime", FLAG_NOATIME},
		{"nodiratime", FLAG_NODIRATIME},
		{"nosymfollow", FLAG_NOSYMFOLLOW},
	};
	unsigned flags = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (mnt_optstr_get_option(options, names[i].name, NULL, NULL) == 0)
			flags |= names[i].flag;
	}
	/* The kernel prints "relatime" for the default, and nothing for strictatime. */
	if (!(flags & FLAG_NOATIME) && mnt_optstr_get_option(options, "relatime", NULL, NULL) != 0)
		flags |= FLAG_STRICTATIME;
	return flags;
}

int mounttab_add(struct mounttab *table, const struct mount_line *line)
{
	struct mount_line *copy;

	if (table->count >= MOUNTTAB_MAX)
		return -E2BIG;
	if (array_reserve(&table->lines, &table->capacity, table->count, sizeof(*table->lines)) < 0)
		return -ENOMEM;
	/* Counted before it is complete, so that a partial copy is freed with the table. */
	copy = &table->lines[table->count++];
	*copy = *line;
	copy->target = strdup(line->target);
	copy->fstype = strdup(line->fstype);
	copy->source = line->source ? strdup(line->source) : NULL;
	if (!copy->target || !copy->fstype || (line->source && !copy->source))
		return -ENOMEM;
	return 0;
}

static int add_parsed(struct mounttab *table, struct libmnt_fs *fs)
{
	const char *options = mnt_fs_get_vfs_options(fs);
	const char *propagation = mnt_fs_get_optional_fields(fs);
	const char *root = mnt_fs_get_root(fs);
	struct mount_line line = {
		.id = (uint64_t)mnt_fs_get_id(fs),
		.parent = (uint64_t)mnt_fs_get_parent_id(fs),
		.dev = mnt_fs_get_devno(fs),
		.is_whole = root && strcmp(root, "/") == 0,
		.is_shared = propagation && strstr(propagation, "shared:"),
		.is_slave = propagation && strstr(propagation, "master:"),
		/* Only copied from, never modified. */
		.target = (char *)(uintptr_t)mnt_fs_get_target(fs),
		.fstype = (char *)(uintptr_t)mnt_fs_get_fstype(fs),
		.source = (char *)(uintptr_t)mnt_fs_get_source(fs),
	};

	/* A line without an id is an fstab line: libmount takes the text for fstab if its first
	 * line looks like one. */
	if (!line.target || !line.fstype || !options || mnt_fs_get_id(fs) <= 0 ||
	    mnt_fs_get_parent_id(fs) < 0)
		return -EINVAL;
	line.flags = line_flags(options);
	return mounttab_add(table, &line);
}

static int table_fill(struct mounttab *table, struct libmnt_table *parsed, struct libmnt_iter *iter)
{
	struct libmnt_fs *fs;
	int r;

	while ((r = mnt_table_next_fs(parsed, iter, &fs)) == 0) {
		r = add_parsed(table, fs);
		if (r < 0)
			return r;
	}
	return r < 0 ? r : 0;
}

/* An upper bound of what libmount allocates for a text: one structure per line, and each field
 * twice. */
static size_t memory_needed(const char *text, size_t length)
{
	size_t needed = 8 * length + 65536;

	for (const char *at = text; (at = memchr(at, '\n', (size_t)(text + length - at))); at++)
		needed += 2048;
	return needed;
}

static int parse_stream(const char *text, size_t length, struct libmnt_table *parsed)
{
	CLEANUP(close_file) FILE *file = NULL;
	int r = memory_reserve(memory_needed(text, length));

	/* The text is only read, but fmemopen() takes a non-const pointer. */
	file = r == 0 ? fmemopen((void *)(uintptr_t)text, length, "r") : NULL;
	/* If libmount cannot allocate an optional field, such as "shared:", it treats the field as
	 * missing. */
	r = file ? mnt_table_parse_stream(parsed, file, "mountinfo") : -ENOMEM;
	memory_reserve_done();
	return r;
}

int mounttab_parse(const char *text, size_t length, struct error *error, struct mounttab *ret_table)
{
	CLEANUP(put_table) struct libmnt_table *parsed = mnt_new_table();
	CLEANUP(put_iter) struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	AUTO_MOUNTTAB table = {0};
	int refused = 0;
	int r;

	if (!length)
		return error_set(error, STATUS_INPUT, 0, "mount table: it is empty");
	if (memchr(text, '\0', length))
		return error_set(error, STATUS_INPUT, 0, "mount table: it contains a NUL byte");
	if (!parsed || !iter)
		return error_memory(error);
	mnt_table_set_parser_errcb(parsed, refuse_line);
	mnt_table_set_userdata(parsed, &refused);
	r = parse_stream(text, length, parsed);
	if (r == 0)
		r = table_fill(&table, parsed, iter);
	if (r == -ENOMEM)
		return error_memory(error);
	if (r == -E2BIG)
		return error_set(error, STATUS_INPUT, 0, "mount table: more than %d lines",
				 MOUNTTAB_MAX);
	if (r != 0)
		return error_set(error, STATUS_INPUT, 0, "mount table: line %d cannot be parsed",
				 refused ? refused : (int)table.count + 1);

	*ret_table = table;
	table = (struct mounttab){0};
	return 0;
}

struct mount_line *mounttab_find(const struct mounttab *table, uint64_t id)
{
	for (size_t i = 0; i < table->count; i++) {
		if (table->lines[i].id == id)
			return &table->lines[i];
	}
	return NULL;
}

bool mounttab_is_covered(const struct mounttab *table, const struct mount_line *line)
{
	for (size_t i = 0; i < table->count; i++) {
		if (table->lines[i].parent == line->id &&
		    strcmp(table->lines[i].target, line->target) == 0)
			return true;
	}
	return false;
}

bool mount_is_own(const struct mount_line *line)
{
	return line->is_whole && line->is_private && line->source &&
	       strcmp(line->source, MOUNT_SOURCE) == 0 &&
	       (strcmp(line->fstype, "tmpfs") == 0 || strcmp(line->fstype, "overlay") == 0);
}

bool fstype_is_kernel(const char *fstype)
{
	/* The contract's list, and similar filesystems that runtimes and init systems mount in
	 * containers. */
	static const char *const names[] = {
		"proc",	       "sysfs",	   "cgroup",	 "cgroup2",   "devpts",	  "mqueue",
		"debugfs",     "tracefs",  "securityfs", "bpf",	      "devtmpfs", "configfs",
		"pstore",      "efivarfs", "fusectl",	 "selinuxfs", "nsfs",	  "rpc_pipefs",
		"binfmt_misc", "binder",   "resctrl",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(fstype, names[i]) == 0)
			return true;
	}
	return false;
}
