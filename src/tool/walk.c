/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <time.h>

#include "core/path.h"
#include "linux/sys.h"

/* fuse-overlayfs uses names to mark deleted files, and directories that hide the image's. */
#define FUSE_MARK   ".wh."
#define FUSE_OPAQUE ".wh..wh..opq"

/* In nanoseconds. If a directory was changed later than all its remaining entries by more than
 * this, it had another entry before. */
#define CHANGED_LATER (20 * 1000000LL)

/* The clock is read once per this number of entries. */
#define CLOCK_EVERY 128

struct walker {
	const struct layer *layer;
	const struct walk_limits *limits;
	struct error *error;
	struct record *record;
	char **queue; /* directories to read, as absolute paths in the container; owned */
	size_t queue_count;
	size_t queue_capacity;
	size_t entries;
	bool is_over; /* the limit of entries or time is reached */
};

/* The directory being read. */
struct place {
	const char *path;
	int fd;
	DIR *stream;
	size_t children;
	int64_t latest; /* latest change of a child */
};

static void walker_done(struct walker *walker)
{
	for (size_t i = 0; i < walker->queue_count; i++)
		free_ptr(&walker->queue[i]);
	free_ptr(&walker->queue);
}

static void close_stream(DIR **stream)
{
	if (*stream)
		closedir(*stream);
	*stream = NULL;
}

int64_t walk_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t nanoseconds(const struct timespec *time)
{
	return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

/* Do the limits allow one more entry? */
static bool may_go_on(struct walker *walker)
{
	const struct walk_limits *limits = walker->limits;

	walker->entries++;
	if (walker->entries % CLOCK_EVERY == 0) {
		if (limits->alive)
			limits->alive(walker->entries);
		if (limits->deadline && walk_clock() > limits->deadline)
			walker->is_over = true;
	}
	if (walker->entries > limits->entries)
		walker->is_over = true;
	walker->record->is_cut |= walker->is_over;
	return !walker->is_over;
}

static int add(struct walker *walker, const struct trace *trace)
{
	int r = record_add(walker->record, trace);

	if (r == -ENOMEM)
		return error_memory(walker->error);
	if (r < 0)
		walker->record->is_cut = true;
	return 0;
}

static void set_owner(const struct layer *layer, const struct stat *st, struct trace *trace)
{
	trace->has_owner = true;
	trace->mode = st->st_mode & 07777;
	trace->uid = layer_id(&layer->uids, st->st_uid);
	trace->gid = layer_id(&layer->gids, st->st_gid);
}

static const char *origin_name(const struct layer *layer)
{
	static const char *const names[] = {
		[LAYER_TRUSTED] = "trusted.overlay.origin",
		[LAYER_USER] = "user.overlay.origin",
		[LAYER_FUSE] = "user.fuseoverlayfs.origin",
	};

	return names[layer->kind];
}

/* Does a lower directory contain a directory at that path? */
static bool lower_has(const struct layer *layer, const char *path)
{
	for (size_t i = 0; i < layer->lowers_count; i++) {
		AUTO_FD fd =
			sys_openat2(layer->lowers[i], path + 1, O_PATH | O_DIRECTORY | O_NOFOLLOW,
				    0, RESOLVE_INSIDE | RESOLVE_LINKLESS);

		if (fd >= 0)
			return true;
	}
	return false;
}

/* Does the image have the directory? */
static bool image_has(const struct layer *layer, const struct place *place)
{
	if (layer->kind != LAYER_FUSE && fgetxattr(place->fd, origin_name(layer), NULL, 0) >= 0)
		return true;
	return lower_has(layer, place->path);
}

/* podman writes the user of --user to these files in place, so they have an origin. Other programs
 * replace them. */
static bool is_written_in_place(const struct walker *walker, const struct place *place,
				const char *name)
{
	char path[64 + PATH_COMPONENT_MAX];

	if (strcmp(place->path, "/etc") != 0 ||
	    (strcmp(name, "passwd") != 0 && strcmp(name, "group") != 0))
		return false;
	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", place->fd, name);
	return lgetxattr(path, origin_name(walker->layer), NULL, 0) >= 0;
}

static int enqueue(struct walker *walker, char **path)
{
	if (array_reserve(&walker->queue, &walker->queue_capacity, walker->queue_count,
			  sizeof(*walker->queue)) < 0)
		return error_memory(walker->error);
	walker->queue[walker->queue_count++] = take_ptr(*path);
	return 0;
}

static int add_entry(struct walker *walker, struct place *place, const char *name,
		     const struct stat *st)
{
	AUTO_FREE char *path = NULL;
	struct trace trace = {.kind = TRACE_ADDED, .type = TRACE_OTHER};
	bool is_mark = false;
	int r;

	if (walker->layer->kind == LAYER_FUSE && !strncmp(name, FUSE_MARK, strlen(FUSE_MARK))) {
		is_mark = true;
		name += strlen(FUSE_MARK);
	}
	r = path_join(place->path, name, strlen(name), &path);
	if (r == -ENOMEM)
		return error_memory(walker->error);
	if (r < 0) {
		walker->record->is_cut = true;
		return 0;
	}
	if (S_ISDIR(st->st_mode))
		return enqueue(walker, &path);
	trace.path = path;
	set_owner(walker->layer, st, &trace);
	if (is_mark || (S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0)))
		trace.kind = TRACE_DELETED;
	else if (S_ISREG(st->st_mode))
		trace.type = TRACE_FILE;
	if (trace.type == TRACE_FILE && is_written_in_place(walker, place, name))
		trace.kind = TRACE_CHANGED;
	return add(walker, &trace);
}

static int read_entries(struct walker *walker, struct place *place)
{
	struct dirent *entry;

	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): open_place() fails without it */
	while (errno = 0, (entry = readdir(place->stream))) {
		struct stat st;
		int r;

		if (path_is_dot(entry->d_name) || !strcmp(entry->d_name, FUSE_OPAQUE))
			continue;
		if (!may_go_on(walker))
			return 0;
		if (fstatat(place->fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		place->children++;
		if (nanoseconds(&st.st_ctim) > place->latest)
			place->latest = nanoseconds(&st.st_ctim);
		r = add_entry(walker, place, entry->d_name, &st);
		if (r < 0)
			return r;
	}
	walker->record->is_cut |= errno != 0;
	return 0;
}

/*
 * Was an entry created and removed in a directory of the image? The overlay keeps the directory's
 * time of change when it copies up the directory or an entry. A directory without children was
 * copied up for another reason: an entry that is gone, an unnamed file, or a change of mode.
 */
static bool is_touched(const struct layer *layer, const struct place *place, const struct stat *st)
{
	if (!place->children)
		return true;
	return layer->kind != LAYER_FUSE &&
	       nanoseconds(&st->st_mtim) - place->latest > CHANGED_LATER;
}

static int add_directory(struct walker *walker, const struct place *place)
{
	struct trace trace = {
		.path = (char *)(uintptr_t)place->path,
		.kind = TRACE_ADDED,
		.type = TRACE_DIRECTORY,
	};
	struct stat st;

	/* The root always differs. */
	if (!place->path[1])
		return 0;
	if (fstat(place->fd, &st) < 0) {
		walker->record->is_cut = true;
		return 0;
	}
	set_owner(walker->layer, &st, &trace);
	if (image_has(walker->layer, place)) {
		trace.kind = TRACE_CHANGED;
		trace.is_touched = is_touched(walker->layer, place, &st);
	}
	return add(walker, &trace);
}

/* Returns 0, or -errno if the directory cannot be opened. */
static int open_place(const struct layer *layer, const char *path, struct place *ret_place)
{
	AUTO_FD fd = sys_openat2(layer->upper, path[1] ? path + 1 : ".",
				 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK, 0,
				 RESOLVE_INSIDE | RESOLVE_LINKLESS | RESOLVE_ONE_MOUNT);
	DIR *stream;

	if (fd < 0)
		return fd;
	stream = fdopendir(fd);
	if (!stream)
		return -errno;
	*ret_place = (struct place){.path = path, .fd = take_fd(&fd), .stream = stream};
	return 0;
}

static int read_directory(struct walker *walker, const char *path)
{
	struct place place = {0};
	int r;

	r = open_place(walker->layer, path, &place);
	if (r < 0 && !path[1])
		return error_set(walker->error, STATUS_INPUT, -r,
				 "the upper directory cannot be read");
	if (r < 0) {
		walker->record->is_cut = true;
		return 0;
	}
	r = read_entries(walker, &place);
	if (r == 0)
		r = add_directory(walker, &place);
	close_stream(&place.stream);
	return r;
}

int walk_layer(const struct layer *layer, const struct walk_limits *limits, struct error *error,
	       struct record *record)
{
	CLEANUP(walker_done)
	struct walker walker = {
		.layer = layer,
		.limits = limits,
		.error = error,
		.record = record,
	};
	AUTO_FREE char *top = strdup("/");
	int r;

	if (!top)
		return error_memory(error);
	record->has_layer = true;
	r = enqueue(&walker, &top);
	while (r == 0 && walker.queue_count && !walker.is_over) {
		AUTO_FREE char *path = walker.queue[--walker.queue_count];

		r = read_directory(&walker, path);
	}
	return r;
}
