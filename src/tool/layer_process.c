/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layer_process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mounttab.h"
#include "core/path.h"
#include "fuse.h"
#include "linux/input.h"

/* The kernel allows 340 lines. */
#define ID_MAP_LENGTH_MAX 65536
#define ID_MAP_LINES_MAX  340

#define STAT_LENGTH_MAX 4096

/* How many levels above "ID/merged" the storage of podman, CRI-O and Docker is. */
#define ABOVE_MERGED 2

static int unseen(int err, struct error *error)
{
	if (err == ENOENT || err == ESRCH)
		return error_set(error, STATUS_INPUT, err, "it is gone");
	return error_set(error, STATUS_INPUT, err,
			 "cannot be inspected (only by root or the container's owner)");
}

static int open_process(const char *name, struct error *error)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s", name);
	/* No O_NOFOLLOW, because "self" is a symlink. */
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? unseen(errno, error) : fd;
}

/* Checks only the source. A container that forges it gets a tmpfs suggested where it already has
 * one. */
static bool is_hooks(const struct mounts_entry *mount)
{
	return !strcmp(mount->source, MOUNT_SOURCE) &&
	       (!strcmp(mount->fstype, "tmpfs") || !strcmp(mount->fstype, "overlay"));
}

static int note_mounts(const struct mounts *mounts, struct record *record, struct error *error)
{
	int r = 0;

	record->has_mounts = true;
	for (size_t i = 0; i < mounts->count && r != -ENOMEM; i++) {
		const struct mounts_entry *mount = &mounts->entries[i];

		/* Skip a mount that the process cannot reach: it cannot write there. */
		r = record_add_mount(record, mount->target);
		if (r == 0 && is_hooks(mount))
			r = record_add_kept(record, mount->target, !mount->is_noexec);
	}
	return r == -ENOMEM ? error_memory(error) : 0;
}

/* The working directory is left out if it cannot be read. */
static void note_cwd(int process, struct record *record)
{
	char path[PATH_LENGTH_MAX + 1];
	ssize_t length = readlinkat(process, "cwd", path, sizeof(path) - 1);

	if (length < 0)
		return;
	path[length] = '\0';
	if (path_is_normal(path))
		record->cwd = strdup(path);
}

static pid_t parent_of(int process)
{
	AUTO_FREE char *text = NULL;
	const char *end;
	size_t length;
	int parent;

	if (input_read_file(process, "stat", STAT_LENGTH_MAX, &text, &length) < 0)
		return 0;
	/* A program's name may contain any character, also ")". */
	end = strrchr(text, ')');
	if (!end || sscanf(end + 1, " %*c %d", &parent) != 1)
		return 0;
	return parent;
}

/* Returns where the root of the filesystem with this device is mounted for a process; NULL if
 * nowhere. */
static char *mounted_at(const char *process_name, dev_t dev)
{
	AUTO_MOUNTS mounts = {0};
	struct error ignored;
	AUTO_FD process = open_process(process_name, &ignored);

	if (process < 0 || mounts_read(process, &ignored, &mounts) < 0)
		return NULL;
	for (size_t i = 0; i < mounts.count; i++) {
		const struct mounts_entry *mount = &mounts.entries[i];

		if (mount->dev == dev && !strcmp(mount->root, "/"))
			return strdup(mount->target);
	}
	return NULL;
}

/*
 * Returns the directory that a relative upper directory is below. It is derived from where the
 * engine or its monitor, the parent of the process, has mounted the same overlay. NULL if it has
 * not.
 */
static char *find_base(int process, dev_t dev)
{
	char parent[16];
	char *path = mounted_at("self", dev);

	if (!path) {
		snprintf(parent, sizeof(parent), "%d", (int)parent_of(process));
		path = mounted_at(parent, dev);
	}
	for (int i = 0; path && i < ABOVE_MERGED; i++)
		path_cut(path);
	return path;
}

static int open_layer(int process, const struct mounts_entry *root, struct error *error,
		      struct layer *ret_layer)
{
	AUTO_FREE char *base = NULL;

	if (!strcmp(root->fstype, "fuse.fuse-overlayfs"))
		return fuse_open(root->dev, error, ret_layer);
	if (strcmp(root->fstype, "overlay") != 0 || strcmp(root->root, "/") != 0)
		return error_set(error, STATUS_INPUT, 0,
				 "its root, %" NAME_SHOWN
				 ", has no upper directory: give the output of podman diff or "
				 "docker diff instead",
				 root->fstype);
	base = find_base(process, root->dev);
	return layer_open(root, base, error, ret_layer);
}

/* Is the process in a user namespace other than the caller's? */
static int has_other_users(int process, struct error *error, bool *ret_other)
{
	struct stat own, other;

	if (stat("/proc/self/ns/user", &own) < 0)
		return error_set(error, STATUS_INPUT, errno, "/proc/self/ns/user: cannot read");
	if (fstatat(process, "ns/user", &other, 0) < 0)
		return unseen(errno, error);
	*ret_other = own.st_dev != other.st_dev || own.st_ino != other.st_ino;
	return 0;
}

static int read_id_map(int process, const char *name, struct error *error, struct id_map *map)
{
	AUTO_FREE char *text = NULL;
	struct id_mapping line;
	size_t length;
	int at = 0;
	int r;

	r = input_read_file(process, name, ID_MAP_LENGTH_MAX, &text, &length);
	if (r < 0)
		return unseen(-r, error);
	for (const char *next = text; sscanf(next, " %" SCNu32 " %" SCNu32 " %" SCNu32 "%n",
					     &line.container, &line.host, &line.size, &at) == 3;
	     next += at) {
		if (map->count == ID_MAP_LINES_MAX ||
		    array_reserve(&map->lines, &map->capacity, map->count, sizeof(line)) < 0)
			return error_memory(error);
		map->lines[map->count++] = line;
	}
	return 0;
}

/* Opens the user namespace to enter: the container's, or that ancestor of it that is a child of the
 * caller's. In podman's, for instance, all users of the storage are mapped. */
static int outermost_users(int process, struct error *error)
{
	AUTO_FD ns = openat(process, "ns/user", O_RDONLY | O_CLOEXEC);
	struct stat own, above;

	if (ns < 0)
		return unseen(errno, error);
	if (stat("/proc/self/ns/user", &own) < 0)
		return error_set(error, STATUS_INPUT, errno, "/proc/self/ns/user: cannot read");
	for (;;) {
		AUTO_FD parent = ioctl(ns, NS_GET_PARENT);

		if (parent < 0 || fstat(parent, &above) < 0)
			return unseen(errno, error);
		if (above.st_dev == own.st_dev && above.st_ino == own.st_ino)
			return take_fd(&ns);
		close_fd(&ns);
		ns = take_fd(&parent);
	}
}

static int enter_users(int process, struct error *error)
{
	AUTO_FD ns = outermost_users(process, error);

	if (ns < 0)
		return ns;
	return setns(ns, CLONE_NEWUSER) < 0 ? unseen(errno, error) : 0;
}

/* Without root, other users' directories are readable only in the namespace that maps these
 * users. */
static int enter_if_needed(int process, struct error *error)
{
	bool other = false;
	int r = 0;

	if (geteuid() != 0)
		r = has_other_users(process, error, &other);
	return other ? enter_users(process, error) : r;
}

static int read_id_maps(int process, struct error *error, struct layer *layer)
{
	bool other = false;
	int r;

	r = has_other_users(process, error, &other);
	if (r == 0 && other)
		r = read_id_map(process, "uid_map", error, &layer->uids);
	if (r == 0 && other)
		r = read_id_map(process, "gid_map", error, &layer->gids);
	return r;
}

/* Does the caller have the same root? */
static bool shares_root(const struct mounts_entry *root)
{
	AUTO_MOUNTS mounts = {0};
	struct error ignored;
	AUTO_FD self = open_process("self", &ignored);
	const struct mounts_entry *own;

	if (self < 0 || mounts_read(self, &ignored, &mounts) < 0)
		return false;
	own = mounts_root(&mounts);
	return own && own->dev == root->dev && !strcmp(own->root, root->root);
}

static int look(int process, struct error *error, struct record *record, struct layer *layer)
{
	AUTO_MOUNTS mounts = {0};
	const struct mounts_entry *root;
	int r;

	r = mounts_read(process, error, &mounts);
	if (r < 0)
		return r;
	root = mounts_root(&mounts);
	if (!root || shares_root(root))
		return error_set(error, STATUS_INPUT, 0, "it is in no container");
	record->is_readonly = root->is_readonly;
	r = note_mounts(&mounts, record, error);
	if (r < 0)
		return r;
	note_cwd(process, record);
	r = enter_if_needed(process, error);
	if (r == 0)
		r = open_layer(process, root, error, layer);
	if (r == 0)
		r = read_id_maps(process, error, layer);
	return r < 0 ? r : layer_check_rights(layer, error);
}

int layer_of_process(pid_t pid, struct error *error, struct record *record, struct layer *ret_layer)
{
	AUTO_LAYER layer = LAYER_NONE;
	AUTO_FD process = -EBADF;
	char name[16];
	int r;

	snprintf(name, sizeof(name), "%d", (int)pid);
	process = open_process(name, error);
	r = process < 0 ? process : look(process, error, record, &layer);
	if (r < 0)
		return error_wrap(error, "process %d", (int)pid);
	*ret_layer = layer;
	layer = LAYER_NONE;
	return 0;
}
