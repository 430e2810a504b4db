/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/path.h"

static void paths_done(struct paths *paths)
{
	for (size_t i = 0; i < paths->count; i++)
		free_ptr(&paths->items[i]);
	free_ptr(&paths->items);
	paths->count = paths->capacity = 0;
}

void record_done(struct record *record)
{
	for (size_t i = 0; i < record->count; i++)
		free_ptr(&record->traces[i].path);
	free_ptr(&record->traces);
	record->count = record->capacity = 0;
	paths_done(&record->mounts);
	for (size_t i = 0; i < record->kept_count; i++)
		free_ptr(&record->kept[i].path);
	free_ptr(&record->kept);
	record->kept_count = record->kept_capacity = 0;
	free_ptr(&record->cwd);
}

/* Could a container have this path? */
static bool is_path(const char *path)
{
	const char *rest = path;
	size_t length;

	if (!path_is_normal(path) || strlen(path) > PATH_LENGTH_MAX)
		return false;
	while (path_next(&rest, &length)) {
		if (length > PATH_COMPONENT_MAX)
			return false;
	}
	return true;
}

int record_add(struct record *record, const struct trace *trace)
{
	char *path;

	if (!is_path(trace->path))
		return -EINVAL;
	if (record->count == RECORD_MAX)
		return -E2BIG;
	if (array_reserve(&record->traces, &record->capacity, record->count,
			  sizeof(*record->traces)) < 0)
		return -ENOMEM;
	path = strdup(trace->path);
	if (!path)
		return -ENOMEM;
	record->traces[record->count] = *trace;
	record->traces[record->count++].path = path;
	return 0;
}

int record_add_mount(struct record *record, const char *path)
{
	struct paths *mounts = &record->mounts;
	char *copy;

	if (!is_path(path))
		return -EINVAL;
	if (!path[1])
		return 0;
	if (mounts->count == RECORD_MAX)
		return -E2BIG;
	if (array_reserve(&mounts->items, &mounts->capacity, mounts->count,
			  sizeof(*mounts->items)) < 0)
		return -ENOMEM;
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	mounts->items[mounts->count++] = copy;
	return 0;
}

int record_add_kept(struct record *record, const char *path, bool is_exec)
{
	char *copy;

	if (!is_path(path) || !path[1])
		return -EINVAL;
	if (record->kept_count == RECORD_MAX)
		return -E2BIG;
	if (array_reserve(&record->kept, &record->kept_capacity, record->kept_count,
			  sizeof(*record->kept)) < 0)
		return -ENOMEM;
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	record->kept[record->kept_count++] = (struct kept){.path = copy, .is_exec = is_exec};
	return 0;
}

int path_compare(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (*a == *b)
		return 0;
	if (!*a || !*b)
		return *a ? 1 : -1;
	if (*a == '/' || *b == '/')
		return *a == '/' ? -1 : 1;
	return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

static int compare_traces(const void *a, const void *b)
{
	return path_compare(((const struct trace *)a)->path, ((const struct trace *)b)->path);
}

static int compare_items(const void *a, const void *b)
{
	return path_compare(*(char *const *)a, *(char *const *)b);
}

/* Merges the second of two traces of one path into the first, and frees it. */
static void merge(struct trace *kept, struct trace *other)
{
	if (kept->kind != other->kind)
		kept->kind = TRACE_CHANGED;
	if (kept->type == TRACE_UNKNOWN)
		kept->type = other->type;
	kept->is_touched |= other->is_touched;
	if (kept->has_owner && other->has_owner)
		kept->mode |= other->mode & (S_IXUSR | S_IXGRP | S_IXOTH);
	if (!kept->has_owner && other->has_owner) {
		kept->has_owner = true;
		kept->mode = other->mode;
		kept->uid = other->uid;
		kept->gid = other->gid;
	}
	free_ptr(&other->path);
}

void record_sort(struct record *record)
{
	struct trace *traces = record->traces;
	size_t count = 0;

	if (record->count)
		qsort(traces, record->count, sizeof(*traces), compare_traces);
	for (size_t i = 0; i < record->count; i++) {
		if (count && !strcmp(traces[count - 1].path, traces[i].path)) {
			merge(&traces[count - 1], &traces[i]);
			continue;
		}
		if (count != i) {
			traces[count] = traces[i];
			traces[i].path = NULL;
		}
		count++;
	}
	record->count = count;
	if (record->mounts.count)
		qsort(record->mounts.items, record->mounts.count, sizeof(char *), compare_items);
}

/* Returns the number of mount points that are not sorted after path. */
static size_t mounts_up_to(const struct record *record, const char *path)
{
	size_t low = 0;
	size_t high = record->mounts.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (path_compare(record->mounts.items[middle], path) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool record_is_mounted(const struct record *record, const char *path)
{
	char above[PATH_LENGTH_MAX + 1];

	if (!record->mounts.count)
		return false;
	snprintf(above, sizeof(above), "%s", path);
	/* Look up every directory above it, because mounts may be nested. */
	while (above[1]) {
		size_t at = mounts_up_to(record, above);

		if (at && !strcmp(record->mounts.items[at - 1], above))
			return true;
		path_cut(above);
	}
	return false;
}

bool record_leads_to_mount(const struct record *record, const char *path)
{
	size_t at = mounts_up_to(record, path);

	return at < record->mounts.count && path_is_below(record->mounts.items[at], path);
}
