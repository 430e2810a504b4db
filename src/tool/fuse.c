/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuse.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "linux/input.h"
#include "linux/sys.h"

#define PROGRAM "fuse-overlayfs"

/* Enough for a command line with 500 layers. The kernel's limit for a single argument is lower. */
#define COMMAND_MAX (1024 * 1024)

/* The options of a command line. The strings are owned. */
struct served {
	char *options;
	char *target; /* where it is mounted */
};

static void served_done(struct served *served)
{
	free_ptr(&served->options);
	free_ptr(&served->target);
}

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
	*dir = NULL;
}

/* text is length bytes of NUL-terminated arguments, with one more NUL at the end. */
static bool parse_command(const char *text, size_t length, struct served *served)
{
	const char *name = strrchr(text, '/');
	const char *options = NULL;
	const char *last = NULL;

	if (!length || strcmp(name ? name + 1 : text, PROGRAM) != 0)
		return false;
	for (const char *at = text + strlen(text) + 1; at < text + length; at += strlen(at) + 1) {
		if (!strncmp(at, "-o", 2) && strstr(at, "upperdir="))
			options = at + 2;
		else if (strstr(at, "upperdir="))
			options = at;
		last = at;
	}
	if (!options || !last)
		return false;
	served->options = strdup(options);
	served->target = strdup(last);
	return served->options && served->target;
}

/* Is the device mounted on the command line's target in the mount namespace of the process? */
static bool serves(int process, const struct served *served, dev_t dev)
{
	AUTO_MOUNTS mounts = {0};
	struct error ignored;

	if (mounts_read(process, &ignored, &mounts) < 0)
		return false;
	for (size_t i = 0; i < mounts.count; i++) {
		if (mounts.entries[i].dev == dev &&
		    !strcmp(mounts.entries[i].target, served->target))
			return true;
	}
	return false;
}

static int open_directory(int root, int cwd, const char *path)
{
	if (*path == '/')
		return sys_openat2(root, path, O_PATH | O_DIRECTORY, 0, RESOLVE_ROOTED);
	return sys_openat2(cwd, path, O_PATH | O_DIRECTORY, 0, RESOLVE_INSIDE);
}

static int open_lowers(int root, int cwd, char *list, struct layer *layer)
{
	char *state;

	layer->lowers = calloc(LAYER_LOWERS_MAX, sizeof(*layer->lowers));
	if (!layer->lowers)
		return -ENOMEM;
	for (char *path = strtok_r(list, ":", &state); path; path = strtok_r(NULL, ":", &state)) {
		int fd = open_directory(root, cwd, path);

		if (fd < 0)
			return fd;
		if (layer->lowers_count == LAYER_LOWERS_MAX) {
			close_fd(&fd);
			return -E2BIG;
		}
		layer->lowers[layer->lowers_count++] = fd;
	}
	return 0;
}

static int open_layer(int process, const struct served *served, struct layer *layer)
{
	AUTO_FREE char *upper = layer_option(served->options, "upperdir");
	AUTO_FREE char *lower = layer_option(served->options, "lowerdir");
	AUTO_FD root = openat(process, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD cwd = openat(process, "cwd", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0 || cwd < 0)
		return -errno;
	if (!upper || !lower)
		return -EINVAL;
	layer->kind = LAYER_FUSE;
	layer->upper = open_directory(root, cwd, upper);
	return layer->upper < 0 ? layer->upper : open_lowers(root, cwd, lower, layer);
}

/* Returns 1 and opens layer if the process serves the device; 0 if it does not; or -errno. */
static int try_process(int proc, const char *pid, dev_t dev, struct layer *layer)
{
	AUTO_FD process = openat(proc, pid, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP(served_done) struct served served = {0};
	AUTO_FREE char *text = NULL;
	size_t length;
	int r;

	if (process < 0 || input_read_file(process, "cmdline", COMMAND_MAX, &text, &length) < 0 ||
	    !parse_command(text, length, &served) || !serves(process, &served, dev))
		return 0;
	r = open_layer(process, &served, layer);
	return r < 0 ? r : 1;
}

int fuse_open(dev_t dev, struct error *error, struct layer *ret_layer)
{
	AUTO_FD proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(close_dir) DIR *dir = opendir("/proc");
	AUTO_LAYER layer = LAYER_NONE;
	struct dirent *entry;
	int r = 0;

	if (proc < 0 || !dir)
		return error_set(error, STATUS_INPUT, errno, "/proc: cannot read");
	while (r == 0 && (entry = readdir(dir))) {
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			r = try_process(proc, entry->d_name, dev, &layer);
	}
	if (r < 0)
		return error_set(error, STATUS_INPUT, -r,
				 "the directories of its " PROGRAM " cannot be opened");
	if (r == 0)
		return error_set(error, STATUS_INPUT, 0,
				 "its root is of " PROGRAM
				 ", and no process of that name serves it");
	*ret_layer = layer;
	layer = LAYER_NONE;
	return 0;
}
