/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "noise.h"

#include <errno.h>
#include <string.h>

#include "core/path.h"

/* Is it a path that engines and runtimes create in a container's root, or below one? */
static bool is_engines(const char *path)
{
	static const char *const made[] = {
		"/.dockerenv",	      "/dev",  "/etc/hostname", "/etc/hosts",	    "/etc/mtab",
		"/etc/resolv.conf",   "/proc", "/run/notify",	"/run/podman-init", "/run/secrets",
		"/run/.containerenv", "/sys",
	};

	if (!path[1])
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(made); i++) {
		if (path_is_below(path, made[i]))
			return true;
	}
	return false;
}

/* podman writes the user of --user to these files in place. useradd replaces them, and leaves other
 * files. */
static bool is_user_entry(const struct trace *trace)
{
	return trace->kind == TRACE_CHANGED &&
	       (!strcmp(trace->path, "/etc/passwd") || !strcmp(trace->path, "/etc/group"));
}

/* Was the directory created by a runtime, to contain a mount point or the working directory? */
static bool is_made_for_more(const struct record *record, const struct trace *trace)
{
	if (trace->kind != TRACE_ADDED || trace->type == TRACE_FILE || trace->type == TRACE_OTHER)
		return false;
	/* podman's --systemd mounts a tmpfs there. */
	return !strcmp(trace->path, "/var/log/journal") ||
	       (record->cwd && path_is_below(record->cwd, trace->path)) ||
	       record_leads_to_mount(record, trace->path);
}

/* Is it a directory of the image that has a trace only because of changes below it? */
static bool is_only_above(const struct record *record, const struct trace *trace,
			  const struct view *view)
{
	if (trace->kind != TRACE_CHANGED)
		return false;
	if (record->has_layer)
		return trace->type == TRACE_DIRECTORY && !trace->is_touched;
	/* Changes that engines make in /etc are not always listed. */
	return view->has_below || !strcmp(trace->path, "/etc");
}

static enum noise noise_of(const struct record *record, const struct trace *trace,
			   const struct view *view)
{
	if (is_engines(trace->path))
		return NOISE_ENGINE;
	if (is_user_entry(trace))
		return NOISE_USER;
	if (record_is_mounted(record, trace->path))
		return NOISE_MOUNT;
	if (!view->leaves && is_made_for_more(record, trace))
		return NOISE_WAY;
	return is_only_above(record, trace, view) ? NOISE_ABOVE : NOISE_NONE;
}

static void find_above(const struct record *record, struct view *views)
{
	size_t above = NO_TRACE;

	for (size_t i = 0; i < record->count; i++) {
		while (above != NO_TRACE &&
		       !path_is_below(record->traces[i].path, record->traces[above].path))
			above = views[above].above;
		views[i].above = above;
		if (above != NO_TRACE)
			views[above].has_below = true;
		above = i;
	}
}

int noise_find(const struct record *record, struct view **ret_views)
{
	AUTO_FREE struct view *views = calloc(record->count + 1, sizeof(*views));

	if (!views)
		return -ENOMEM;
	find_above(record, views);
	/* Backwards: the traces below a directory follow it. */
	for (size_t i = record->count; i-- > 0;) {
		struct view *view = &views[i];

		view->noise = noise_of(record, &record->traces[i], view);
		if (view->noise == NOISE_NONE && !view->leaves)
			view->leaves = 1;
		if (view->above != NO_TRACE)
			views[view->above].leaves += view->leaves;
	}
	*ret_views = take_ptr(views);
	return 0;
}
