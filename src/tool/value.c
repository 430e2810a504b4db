/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value.h"

#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/tmpfs_list.h"

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
	if (need->program)
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
	if (failed)
		return error_memory(error);
	r = *value ? check(value, error) : 0;
	if (r < 0)
		return r;
	*ret_value = take_ptr(value);
	return 0;
}
