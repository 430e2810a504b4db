/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layer_root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/path.h"
#include "linux/input.h"

/* The maximum size of the file "lower", enough for 500 layers. */
#define LOWER_LENGTH_MAX 65536

#define XATTRS_MAX 4096

/* Directories in the storage of podman, CRI-O and Docker: HOME/ID/merged, HOME/ID/diff. */
struct storage {
	char *home; /* NULL if the root is not in a storage */
	char *dir;  /* HOME/ID */
};

static void storage_done(struct storage *storage)
{
	free_ptr(&storage->home);
	free_ptr(&storage->dir);
}

static int find_storage(const char *root_path, struct storage *storage)
{
	const char *name = strrchr(root_path, '/');

	if (!name || strcmp(name, "/merged") != 0)
		return 0;
	storage->dir = strndup(root_path, (size_t)(name - root_path));
	storage->home = storage->dir ? strdup(storage->dir) : NULL;
	if (!storage->home)
		return -ENOMEM;
	path_cut(storage->home);
	return 0;
}

/* Returns the path without symlinks, as mount tables have it; NULL if it does not exist. */
static char *real_path(const char *path)
{
	AUTO_FD fd = open(path, O_PATH | O_CLOEXEC);
	char link[32];
	char real[PATH_LENGTH_MAX + 1];
	ssize_t length;

	if (fd < 0)
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, real, sizeof(real) - 1);
	if (length < 0)
		return NULL;
	real[length] = '\0';
	return strdup(real);
}

static const struct mounts_entry *topmost(const struct mounts *mounts, const char *target)
{
	const struct mounts_entry *found = NULL;

	for (size_t i = 0; i < mounts->count; i++) {
		if (!strcmp(mounts->entries[i].target, target))
			found = &mounts->entries[i];
	}
	return found;
}

/* Returns the path of a storage's lower directory. A relative one is below HOME. */
static char *lower_path(const struct storage *storage, const char *written, size_t length)
{
	char *path = NULL;

	if (*written == '/')
		return strndup(written, length);
	if (storage->home)
		(void)!path_join(storage->home, written, length, &path);
	return path;
}

/* Returns the name of an image's layer, taken from its directory: .../ID/diff, or containerd's
 * .../snapshots/NUMBER/fs. NULL for ID-init, which Docker creates for each container. */
static char *layer_name(const char *path)
{
	AUTO_FREE char *real = real_path(path);
	const char *name;
	size_t length;

	if (!real)
		return NULL;
	path_cut(real);
	name = strrchr(real, '/');
	if (!name || !name[1])
		return NULL;
	length = strlen(name);
	if (length > 5 && !strcmp(name + length - 5, "-init"))
		return NULL;
	return strdup(name + 1);
}

/* Returns the first layer of a list of lower directories that belongs to the image. */
static char *image_of(const struct storage *storage, const char *list)
{
	while (list && *list) {
		size_t length = strcspn(list, ":\n");
		AUTO_FREE char *path = lower_path(storage, list, length);
		char *name = path ? layer_name(path) : NULL;

		if (name)
			return name;
		list += length + (list[length] != '\0');
	}
	return NULL;
}

/* Do a directory's attributes show that a kernel overlay has used it? */
static bool is_overlays(int upper)
{
	AUTO_FD fd = openat(upper, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char names[XATTRS_MAX];
	ssize_t length = fd < 0 ? -1 : flistxattr(fd, names, sizeof(names));

	for (ssize_t at = 0; at < length; at += (ssize_t)strlen(names + at) + 1) {
		if (!strncmp(names + at, "trusted.overlay.", 16) ||
		    !strncmp(names + at, "user.overlay.", 13))
			return true;
	}
	return false;
}

static int open_lowers(const struct storage *storage, const char *list, struct layer *layer)
{
	layer->lowers = calloc(LAYER_LOWERS_MAX, sizeof(*layer->lowers));
	if (!layer->lowers)
		return -ENOMEM;
	while (*list && layer->lowers_count < LAYER_LOWERS_MAX) {
		size_t length = strcspn(list, ":\n");
		AUTO_FREE char *path = lower_path(storage, list, length);
		AUTO_FD fd = path && length ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -EBADF;

		if (fd >= 0)
			layer->lowers[layer->lowers_count++] = take_fd(&fd);
		list += length + (list[length] != '\0');
	}
	return 0;
}

/* Opens the upper directory of a storage whose overlay is fuse-overlayfs, or is not mounted any
 * more. */
static int open_stored(const struct storage *storage, bool is_fuse, struct error *error,
		       struct layer *layer, char **ret_image)
{
	AUTO_FD dir = open(storage->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_FREE char *lower = NULL;
	size_t length;

	if (dir < 0)
		return error_set(error, STATUS_INPUT, errno, "its root is gone");
	layer->upper = openat(dir, "diff", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (layer->upper < 0)
		return error_set(error, STATUS_INPUT, 0, "its root has no upper directory");
	/* The attributes do not say what the image has, so the lower directories are searched. */
	layer->kind = LAYER_FUSE;
	if (!is_fuse && is_overlays(layer->upper))
		layer->kind = layer_check_rights(&(struct layer){.kind = LAYER_TRUSTED}, error) == 0
				      ? LAYER_TRUSTED
				      : LAYER_USER;
	if (input_read_file(dir, "lower", LOWER_LENGTH_MAX, &lower, &length) < 0 || !lower)
		return error_set(error, STATUS_INPUT, 0, "its storage does not list its layers");
	*ret_image = image_of(storage, lower);
	return open_lowers(storage, lower, layer) < 0 ? error_memory(error) : 0;
}

static int open_mounted(const struct storage *storage, const struct mounts_entry *mount,
			struct error *error, struct layer *layer, char **ret_image)
{
	AUTO_FREE char *lower = layer_option(mount->options, "lowerdir");
	int r;

	r = layer_open(mount, storage->home, error, layer);
	if (r == 0)
		r = layer_check_rights(layer, error);
	if (r == 0)
		*ret_image = image_of(storage, lower);
	return r;
}

static int open_layer(const char *root_path, const struct mounts *mounts, struct error *error,
		      struct layer *layer, char **ret_image)
{
	CLEANUP(storage_done) struct storage storage = {0};
	AUTO_FREE char *real = real_path(root_path);
	const struct mounts_entry *mount = real ? topmost(mounts, real) : NULL;
	bool is_fuse = mount && !strcmp(mount->fstype, "fuse.fuse-overlayfs");

	if (find_storage(real ? real : root_path, &storage) < 0)
		return error_memory(error);
	if (mount && !strcmp(mount->fstype, "overlay") && !strcmp(mount->root, "/"))
		return open_mounted(&storage, mount, error, layer, ret_image);
	if (storage.dir)
		return open_stored(&storage, is_fuse, error, layer, ret_image);
	if (!real)
		return error_set(error, STATUS_INPUT, ENOENT, "its root is gone");
	return error_set(error, STATUS_INPUT, 0, "its root has no upper directory");
}

int layer_of_root(const char *root_path, const struct mounts *mounts, struct error *error,
		  struct layer *ret_layer, char **ret_image)
{
	AUTO_LAYER layer = LAYER_NONE;
	AUTO_FREE char *image = NULL;
	int r = open_layer(root_path, mounts, error, &layer, &image);

	if (r < 0)
		return r;
	*ret_layer = layer;
	layer = LAYER_NONE;
	*ret_image = take_ptr(image);
	return 0;
}
