/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/tmpfs_list.h"
#include "homes.h"

static void close_file(FILE **file)
{
	if (*file)
		fclose(*file);
	*file = NULL;
}

static void write_path(FILE *file, const char *path)
{
	for (const char *at = path; *at; at++) {
		if (strchr("\\;:, \t", *at))
			fputc('\\', file);
		fputc(*at, file);
	}
}

static void write_need(FILE *file, const struct need *need)
{
	write_path(file, need->path);
	if (need->is_lacking)
		fprintf(file, ":mode=%04o", need->mode);
	if (need->is_lacking && need->has_owner && need->uid)
		fprintf(file, ":uid=%u", need->uid);
	if (need->is_lacking && need->has_owner && need->gid)
		fprintf(file, ":gid=%u", need->gid);
	if (need->has_programs)
		fputs(":exec", file);
}

static int check(const char *value, struct error *error)
{
	AUTO_TMPFS_LIST list = {0};

	return tmpfs_list_parse(value, error, &list);
}

int value_write(const struct needs *needs, struct error *error, char **ret_value)
{
	AUTO_FREE char *value = NULL;
	size_t size;
	CLEANUP(close_file) FILE *file = open_memstream(&value, &size);
	bool failed;
	int r;

	if (!file)
		return error_memory(error);
	for (size_t i = 0; i < needs->count; i++) {
		if (i)
			fputc(';', file);
		write_need(file, &needs->items[i]);
	}
	failed = ferror(file);
	failed |= fclose(take_ptr(file)) != 0;
	/* glibc's fclose() succeeds even if its last allocation fails. */
	if (failed || !value)
		return error_memory(error);
	r = *value ? check(value, error) : 0;
	if (r < 0)
		return r;
	*ret_value = take_ptr(value);
	return 0;
}

static int read_entry(const struct tmpfs_entry *entry, struct needs *needs)
{
	struct need *need;

	if (home_is_programs(entry->path))
		return needs_leave_out(needs, entry->path, "it contains the image's programs");
	if (!needs_is_plain(entry->path))
		return needs_leave_out(needs, entry->path,
				       "its name cannot be written in an annotation");
	if (needs_add(needs, entry->path, &need) < 0)
		return -ENOMEM;
	need->has_programs = !(entry->flags & FLAG_NOEXEC);
	need->is_lacking = entry->given & GIVEN_MODE;
	need->mode = entry->mode;
	need->has_owner = entry->given & (GIVEN_UID | GIVEN_GID);
	need->uid = entry->given & GIVEN_UID ? entry->uid : 0;
	need->gid = entry->given & GIVEN_GID ? entry->gid : 0;
	return 0;
}

int value_read(const char *value, struct error *error, struct needs *needs)
{
	AUTO_TMPFS_LIST list = {0};
	int r;

	r = tmpfs_list_parse(value, error, &list);
	if (r < 0)
		return r;
	for (size_t i = 0; i < list.count; i++) {
		if (read_entry(&list.entries[i], needs) < 0)
			return error_memory(error);
	}
	return 0;
}
