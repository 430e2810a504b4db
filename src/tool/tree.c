/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#include "linux/input.h"
#include "linux/sys.h"

/* The length of a descriptor's name in /proc. */
#define PROC_NAME_MAX 32

void names_done(struct name_list *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
	*names = (struct name_list){0};
}

int names_add(struct name_list *names, const char *format, ...)
{
	char *name;
	va_list args;
	int r;

	va_start(args, format);
	r = vasprintf(&name, format, args);
	va_end(args);
	if (r < 0)
		return -ENOMEM;
	if (array_reserve(&names->items, &names->capacity, names->count, sizeof(char *)) < 0) {
		free(name);
		return -ENOMEM;
	}
	names->items[names->count++] = name;
	return 0;
}

int names_add_dir(struct name_list *names, const char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	return names_add(names, "%.*s", (int)length, path);
}

bool names_have(const struct name_list *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (strcmp(names->items[i], name) == 0)
			return true;
	}
	return false;
}

void tree_done(struct tree *tree)
{
	close_fd(&tree->fd);
}

static bool selinux_is_active(void)
{
	struct statfs fs;

	return statfs("/sys/fs/selinux", &fs) == 0 && (uint32_t)fs.f_type == SELINUX_MAGIC;
}

int tree_open(const char *root, struct error *error, struct tree *ret_tree)
{
	AUTO_FD fd = open(root ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set(error, STATUS_INPUT, errno, "%" NAME_SHOWN ": cannot open",
				 root ? root : "/");
	*ret_tree = (struct tree){
		.fd = take_fd(&fd),
		.is_host = !root,
		.has_labels = root || selinux_is_active(),
		.owner = st.st_uid,
	};
	return 0;
}

static int open_path(const struct tree *tree, const char *path)
{
	return sys_openat2(tree->fd, path, O_PATH, 0, RESOLVE_ROOTED);
}

/* Reopens a file by its O_PATH descriptor, so that it cannot be exchanged meanwhile, and a device
 * is never opened. */
static int open_again(int fd, int flags)
{
	char name[PROC_NAME_MAX];
	int again;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	again = open(name, flags | O_CLOEXEC);
	return again < 0 ? -errno : again;
}

int tree_stat(const struct tree *tree, const char *path, struct stat *ret_stat)
{
	AUTO_FD fd = open_path(tree, path);

	if (fd < 0)
		return fd;
	return fstat(fd, ret_stat) < 0 ? -errno : 0;
}

bool tree_has(const struct tree *tree, const char *path)
{
	struct stat st;

	return tree_stat(tree, path, &st) == 0;
}

int tree_read(const struct tree *tree, const char *path, size_t max, char **ret_text,
	      size_t *ret_length)
{
	AUTO_FD found = open_path(tree, path);
	AUTO_FD fd = -EBADF;
	struct stat st;

	if (found < 0)
		return found;
	if (fstat(found, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	fd = open_again(found, O_RDONLY);
	if (fd < 0)
		return fd;
	return input_read(fd, max, ret_text, ret_length);
}

static void close_directory(DIR **dir)
{
	if (*dir)
		closedir(*dir);
	*dir = NULL;
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t length = strlen(name);
	size_t end = strlen(suffix);

	return length >= end && strcmp(name + length - end, suffix) == 0;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static int read_names(DIR *dir, const char *suffix, struct name_list *names)
{
	struct dirent *entry;

	for (errno = 0; (entry = readdir(dir)); errno = 0) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    !has_suffix(entry->d_name, suffix))
			continue;
		if (names->count >= TREE_NAMES_MAX)
			return -E2BIG;
		if (names_add(names, "%s", entry->d_name) < 0)
			return -ENOMEM;
	}
	return -errno;
}

int tree_list(const struct tree *tree, const char *path, const char *suffix,
	      struct name_list *ret_names)
{
	AUTO_FD fd = sys_openat2(tree->fd, path, O_RDONLY | O_DIRECTORY, 0, RESOLVE_ROOTED);
	CLEANUP(close_directory) DIR *dir = NULL;
	AUTO_NAMES names = {0};
	int r;

	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir)
		return -errno;
	take_fd(&fd);
	r = read_names(dir, suffix, &names);
	if (r < 0)
		return r;
	if (names.count)
		qsort(names.items, names.count, sizeof(char *), compare_names);
	*ret_names = names;
	names = (struct name_list){0};
	return 0;
}

int tree_label(const struct tree *tree, const char *path, char ret_label[static TREE_LABEL_MAX])
{
	AUTO_FD fd = open_path(tree, path);
	char name[PROC_NAME_MAX];
	ssize_t length;

	if (fd < 0)
		return fd;
	if (!tree->has_labels)
		return -EOPNOTSUPP;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	length = getxattr(name, "security.selinux", ret_label, TREE_LABEL_MAX - 1);
	if (length < 0)
		return -errno;
	ret_label[length] = '\0';
	return 0;
}

char *tree_program(const struct tree *tree, const char *const directories[], const char *name)
{
	for (; *directories; directories++) {
		char *path;
		struct stat st;

		if (asprintf(&path, "%s/%s", *directories, name) < 0)
			return NULL;
		if (tree_stat(tree, path, &st) == 0 && S_ISREG(st.st_mode))
			return path;
		free(path);
	}
	return NULL;
}

void tree_writer(const struct tree *tree, const struct stat *st, char buffer[static 64])
{
	buffer[0] = '\0';
	if (st->st_mode & S_IWOTH)
		snprintf(buffer, 64, "everyone can write to it");
	else if (st->st_uid != 0 && st->st_uid != tree->owner)
		snprintf(buffer, 64, "it belongs to user %u", st->st_uid);
	else if (st->st_mode & S_IWGRP && st->st_gid != 0 && st->st_uid == 0)
		snprintf(buffer, 64, "group %u can write to it", st->st_gid);
}
