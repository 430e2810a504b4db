/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decide.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/path.h"
#include "homes.h"
#include "noise.h"

/* The mode of a directory that the image lacks, if its mode in the container is unknown. */
#define MODE_UNKNOWN 0755

struct maker {
	const struct record *record;
	const struct view *views;
	const char *const *include;
	size_t include_count;
	struct needs *needs;
};

static bool is_included(const struct maker *maker, const char *dir)
{
	for (size_t i = 0; i < maker->include_count; i++) {
		if (path_is_below(dir, maker->include[i]))
			return true;
	}
	return false;
}

/* Is path included by the user, while dir, which contains path, is not? */
static bool begins_included(const struct maker *maker, const char *dir, const char *path)
{
	return is_included(maker, path) && !is_included(maker, dir);
}

/* Replaces path by the directory that becomes the tmpfs: path itself, or one above it. Returns
 * NULL, or why there is none. */
static const char *place(const struct maker *maker, char *path)
{
	char above[PATH_LENGTH_MAX + 1];

	if (is_included(maker, path))
		return needs_is_plain(path) ? NULL : "its name cannot be written in an annotation";
	if (home_is_programs(path))
		return path[1] ? "it contains the image's programs, or is below them"
			       : "it is directly in /, which stays read-only";
	path[home_length(path)] = '\0';
	memcpy(above, path, strlen(path) + 1);
	while (!needs_is_plain(above)) {
		path_cut(above);
		if (!above[1] || home_is_broad(above))
			return "its name cannot be written in an annotation";
	}
	memcpy(path, above, strlen(above) + 1);
	return NULL;
}

static void count_reason(struct reasons *reasons, const struct trace *trace)
{
	if (reasons->count < REASONS_SHOWN)
		reasons->traces[reasons->count] = trace;
	reasons->count++;
}

static int need_placed(const struct maker *maker, const char *path, const struct trace *trace,
		       struct need **ret_need)
{
	struct needs *needs = maker->needs;
	struct need *need = needs->count ? &needs->items[needs->count - 1] : NULL;

	/* Traces of one directory are consecutive. */
	if (!need || strcmp(need->path, path) != 0) {
		if (needs_add(needs, path, &need) < 0)
			return -ENOMEM;
	}
	count_reason(&need->reasons, trace);
	*ret_need = need;
	return 0;
}

/* Adds a need for dir, which the image has. */
static int need_dir(const struct maker *maker, const char *dir, const struct trace *trace)
{
	char path[PATH_LENGTH_MAX + 1];
	struct need *need;
	const char *why;

	memcpy(path, dir, strlen(dir) + 1);
	why = place(maker, path);
	if (why)
		return needs_leave_out(maker->needs, path[1] ? path : trace->path, why);
	return need_placed(maker, path, trace, &need);
}

/* Adds a need for dir, which the image lacks, if no directory above it can be used. */
static int need_lacking(const struct maker *maker, const struct trace *dir,
			const struct trace *trace)
{
	struct need *need;
	int r;

	if (!needs_is_plain(dir->path))
		return needs_leave_out(maker->needs, dir->path,
				       "its name cannot be written in an annotation");
	if (home_is_programs(dir->path) && !is_included(maker, dir->path))
		return needs_leave_out(maker->needs, dir->path,
				       "it contains the image's programs, or is below them");
	r = need_placed(maker, dir->path, trace, &need);
	if (r < 0)
		return r;
	need->is_lacking = true;
	need->has_owner = dir->has_owner && dir->uid != ID_UNKNOWN && dir->gid != ID_UNKNOWN;
	need->mode = dir->has_owner ? dir->mode & 07777 : MODE_UNKNOWN;
	need->uid = dir->uid;
	need->gid = dir->gid;
	return 0;
}

/*
 * Something was added in dir, which should not become a tmpfs itself if this can be avoided. top is
 * the trace of the entry that was added directly in dir, and trace is that entry or one below it.
 */
static int need_in_broad(const struct maker *maker, const char *dir, size_t top,
			 const struct trace *trace)
{
	const struct record *record = maker->record;
	const struct trace *added = &record->traces[top];
	const struct view *view = &maker->views[top];
	bool is_top = !strcmp(dir, "/") || !strcmp(dir, "/var");

	if (added->type == TRACE_DIRECTORY)
		return need_lacking(maker, added, trace);
	/* A single name below another one looks like a volume's mount point. */
	if (added->type == TRACE_UNKNOWN && !record->has_mounts && view->leaves == 1)
		return needs_leave_out(maker->needs, added->path,
				       "it looks like a mount point that the engine created");
	if (is_top && view->has_below)
		return need_lacking(maker, added, trace);
	return need_dir(maker, dir, trace);
}

/* Adds a need for the directory above the trace. The image may lack this directory and those above
 * it. */
static int need_for_above(const struct maker *maker, size_t at)
{
	const struct record *record = maker->record;
	const struct trace *trace = &record->traces[at];
	char dir[PATH_LENGTH_MAX + 1];
	size_t top = at;

	memcpy(dir, trace->path, strlen(trace->path) + 1);
	path_cut(dir);
	for (;;) {
		size_t above = maker->views[top].above;

		if (above == NO_TRACE || record->traces[above].kind != TRACE_ADDED ||
		    strcmp(record->traces[above].path, dir) != 0)
			break;
		top = above;
		path_cut(dir);
	}
	if (record->traces[top].kind == TRACE_ADDED &&
	    (home_is_broad(dir) || begins_included(maker, dir, record->traces[top].path)))
		return need_in_broad(maker, dir, top, trace);
	return need_dir(maker, dir, trace);
}

/* A diff does not say whether a changed entry is a file, which needs its directory, or a directory
 * in which something was created and removed. */
static bool is_likely_file(const char *path, const char *dir)
{
	if (home_is_known(path) || home_has_directories(dir))
		return false;
	return home_is_known(dir) || home_length(path) < strlen(path) ||
	       strchr(strrchr(path, '/'), '.');
}

static int need_for_changed(const struct maker *maker, const struct trace *trace)
{
	char dir[PATH_LENGTH_MAX + 1];

	memcpy(dir, trace->path, strlen(trace->path) + 1);
	path_cut(dir);
	if (trace->type == TRACE_UNKNOWN && is_likely_file(trace->path, dir))
		return need_dir(maker, dir, trace);
	return need_dir(maker, trace->path, trace);
}

static int need_for(const struct maker *maker, size_t at)
{
	const struct trace *trace = &maker->record->traces[at];

	if (maker->views[at].noise != NOISE_NONE) {
		count_reason(&maker->needs->noise[maker->views[at].noise], trace);
		return 0;
	}
	if (trace->kind == TRACE_CHANGED &&
	    (trace->type == TRACE_UNKNOWN || trace->type == TRACE_DIRECTORY))
		return need_for_changed(maker, trace);
	/* The entry was created or deleted, or is a file: the directory above is needed. */
	return need_for_above(maker, at);
}

/* Finds executable files among the traces of each need: a noexec tmpfs would keep them from
 * running. */
static void find_programs(const struct maker *maker)
{
	for (size_t i = 0; i < maker->record->count; i++) {
		const struct trace *trace = &maker->record->traces[i];
		struct need *need;

		if (trace->type != TRACE_FILE || !trace->has_owner ||
		    trace->kind == TRACE_DELETED ||
		    !(trace->mode & (S_IXUSR | S_IXGRP | S_IXOTH)) ||
		    maker->views[i].noise != NOISE_NONE)
			continue;
		need = needs_find(maker->needs, trace->path);
		if (!need)
			continue;
		need->has_programs = true;
		if (!need->program)
			need->program = trace;
	}
}

/* Adds a directory that may be needed without a trace, unless something is mounted there. */
static int offer(const struct maker *maker, const char *path)
{
	struct need *need;

	if (record_is_mounted(maker->record, path))
		return 0;
	if (needs_add(maker->needs, path, &need) < 0)
		return -ENOMEM;
	need->offer =
		"always suggested: files that are created and removed there may leave no trace";
	return 0;
}

/* Adds a tmpfs that the hook has mounted: writes there leave no traces. */
static int keep(const struct maker *maker, const struct kept *kept)
{
	struct need *need;

	if (home_is_programs(kept->path) || !needs_is_plain(kept->path))
		return 0;
	if (needs_add(maker->needs, kept->path, &need) < 0)
		return -ENOMEM;
	need->offer = "kept: the hook has mounted a tmpfs there";
	need->has_programs = kept->is_exec;
	return 0;
}

static int make(const struct maker *maker)
{
	int r = 0;

	for (size_t i = 0; i < maker->record->count && r == 0; i++)
		r = need_for(maker, i);
	for (size_t i = 0; i < maker->record->kept_count && r == 0; i++)
		r = keep(maker, &maker->record->kept[i]);
	if (r == 0)
		r = offer(maker, "/tmp");
	/* podman's diff does not report changes of /run, and is empty for a stopped container. */
	if (r == 0 && !maker->record->has_layer)
		r = offer(maker, "/run");
	if (r < 0)
		return r;
	needs_reduce(maker->needs);
	find_programs(maker);
	return 0;
}

int decide_needs(struct record *record, const char *const include[], size_t include_count,
		 struct needs *ret_needs)
{
	AUTO_NEEDS needs = {0};
	AUTO_FREE struct view *views = NULL;
	struct maker maker = {
		.record = record,
		.include = include,
		.include_count = include_count,
		.needs = &needs,
	};
	int r;

	record_sort(record);
	r = noise_find(record, &views);
	if (r < 0)
		return r;
	maker.views = views;
	r = make(&maker);
	if (r < 0)
		return r;
	*ret_needs = needs;
	needs = (struct needs){0};
	return 0;
}
