/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <stdio.h>
#include <string.h>

#include "linux/input.h"

/* A line has a few hundred bytes, and the kernel's limit is 100,000 mounts. */
#define LENGTH_MAX (64 * 1024 * 1024)

static void entry_done(struct mounts_entry *entry)
{
	free(entry->root);
	free(entry->target);
	free(entry->fstype);
	free(entry->source);
	free(entry->options);
}

void mounts_done(struct mounts *mounts)
{
	for (size_t i = 0; i < mounts->count; i++)
		entry_done(&mounts->entries[i]);
	free(mounts->entries);
	*mounts = (struct mounts){0};
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

/* libmount calls this for a line that it cannot parse. The table is then refused as incomplete. */
static int refuse_line(struct libmnt_table *table, const char *filename, int line)
{
	(void)table;
	(void)filename;
	(void)line;
	return -1;
}

static char *copy(const char *text)
{
	return strdup(text ? text : "");
}

static bool has_option(const char *options, const char *name)
{
	return options && mnt_optstr_get_option(options, name, NULL, NULL) == 0;
}

static int add_entry(struct mounts *mounts, struct libmnt_fs *fs)
{
	struct mounts_entry *entry;

	/* libmount parses the text as an fstab if its first line looks like one. */
	if (mnt_fs_get_id(fs) <= 0 || mnt_fs_get_parent_id(fs) < 0)
		return -EINVAL;
	if (array_reserve(&mounts->entries, &mounts->capacity, mounts->count, sizeof(*entry)) < 0)
		return -ENOMEM;
	/* Counted before it is complete, so that mounts_done() frees it after a failure. */
	entry = &mounts->entries[mounts->count++];
	*entry = (struct mounts_entry){
		.id = (uint64_t)mnt_fs_get_id(fs),
		.parent = (uint64_t)mnt_fs_get_parent_id(fs),
		.dev = mnt_fs_get_devno(fs),
		.root = copy(mnt_fs_get_root(fs)),
		.target = copy(mnt_fs_get_target(fs)),
		.fstype = copy(mnt_fs_get_fstype(fs)),
		.source = copy(mnt_fs_get_source(fs)),
		.options = copy(mnt_fs_get_fs_options(fs)),
		.is_readonly = has_option(mnt_fs_get_vfs_options(fs), "ro") ||
			       has_option(mnt_fs_get_fs_options(fs), "ro"),
		.is_noexec = has_option(mnt_fs_get_vfs_options(fs), "noexec"),
	};
	if (!entry->root || !entry->target || !entry->fstype || !entry->source || !entry->options)
		return -ENOMEM;
	return 0;
}

static int fill(struct mounts *mounts, const char *text, size_t length)
{
	CLEANUP(put_table) struct libmnt_table *table = mnt_new_table();
	CLEANUP(put_iter) struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	CLEANUP(close_file) FILE *file = fmemopen((void *)(uintptr_t)text, length, "r");
	struct libmnt_fs *fs;
	int r;

	if (!table || !iter || !file)
		return -ENOMEM;
	mnt_table_set_parser_errcb(table, refuse_line);
	r = mnt_table_parse_stream(table, file, "mountinfo");
	while (r == 0 && (r = mnt_table_next_fs(table, iter, &fs)) == 0)
		r = add_entry(mounts, fs);
	return r < 0 ? r : 0;
}

int mounts_parse(const char *text, size_t length, struct error *error, struct mounts *ret_mounts)
{
	AUTO_MOUNTS mounts = {0};
	int r;

	if (!length || memchr(text, '\0', length))
		return error_set(error, STATUS_INPUT, 0, "mount table: it is empty");
	r = fill(&mounts, text, length);
	if (r == -ENOMEM)
		return error_memory(error);
	if (r < 0)
		return error_set(error, STATUS_INPUT, 0, "mount table: a line cannot be parsed");
	*ret_mounts = mounts;
	mounts = (struct mounts){0};
	return 0;
}

int mounts_read(int process, struct error *error, struct mounts *ret_mounts)
{
	AUTO_FREE char *text = NULL;
	size_t length;
	int r;

	r = input_read_file(process, "mountinfo", LENGTH_MAX, &text, &length);
	if (r < 0)
		return error_set(error, STATUS_INPUT, -r, "mount table: cannot read");
	return mounts_parse(text, length, error, ret_mounts);
}

const struct mounts_entry *mounts_root(const struct mounts *mounts)
{
	const struct mounts_entry *root = NULL;

	for (size_t i = 0; i < mounts->count; i++) {
		if (strcmp(mounts->entries[i].target, "/") == 0)
			root = &mounts->entries[i];
	}
	return root;
}

bool mounts_have_device(const struct mounts *mounts, dev_t dev)
{
	for (size_t i = 0; i < mounts->count; i++) {
		if (mounts->entries[i].dev == dev)
			return true;
	}
	return false;
}
