/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "race.h"

#define LEVELS 100
/* Enough that a directory is read long before the last of them is opened. */
#define FILES 60
#define T     "rootfs/srv/t"

/* How a link leads out: from the root, up from its directory, or through /proc. */
#define UP    "../../../../../../../../.."
#define MAGIC "/proc/self/root"

static const struct kind kinds[] = {
	{"target-link", "/srv/t", T, "rootfs/srv/x", OTHER_LINK, "", "t", NULL, 1, false, NULL},
	{"target-relative", "/srv/t", T, "rootfs/srv/x", OTHER_LINK, UP, "t", NULL, 1, false, NULL},
	{"target-magic", "/srv/t", T, "rootfs/srv/x", OTHER_LINK, MAGIC, "t", NULL, 1, false, NULL},
	{"target-file", "/srv/t", T, "rootfs/srv/x", OTHER_FILE, NULL, NULL, NULL, 1, false, NULL},
	{"target-fifo", "/srv/t", T, "rootfs/srv/x", OTHER_FIFO, NULL, NULL, NULL, 1, false, NULL},
	{"target-overlay", "/srv/t:seed=overlay", T, "rootfs/srv/x", OTHER_LINK, "", "t", NULL, 1,
	 false, NULL},
	{"target-nested", "/srv;/srv/t", T, "rootfs/x", OTHER_LINK, "", "t", NULL, 2, false, NULL},
	{"parent-link", "/srv/t", "rootfs/srv", "rootfs/x", OTHER_LINK, "", "", NULL, 1, false,
	 NULL},
	{"parent-directory", "/srv/t/sub", T, "rootfs/x", OTHER_DIRECTORY, NULL, NULL, NULL, 1,
	 false, NULL},
	{"made-link", "/srv/new/deep", "rootfs/srv/new", "rootfs/x", OTHER_LINK, "", "", NULL, 1,
	 true, NULL},
	{"seed-directory", "/srv", T "/sub", "rootfs/x", OTHER_LINK, "", "t", NULL, 1, false, NULL},
	{"seed-file", "/srv", T "/many/30", "rootfs/x", OTHER_LINK, "", "file", NULL, 1, false,
	 NULL},
	{"seed-fifo", "/srv", T "/many/30", "rootfs/x", OTHER_FIFO, NULL, NULL, NULL, 1, false,
	 NULL},
	{"seed-device", "/srv", T "/many/30", "rootfs/x", OTHER_DEVICE, NULL, NULL, NULL, 1, false,
	 NULL},
	{"seed-deep", "/srv", T "/d/d/d", "rootfs/x", OTHER_LINK, "", "t", NULL, 1, false, NULL},
	{"seed-moved", "/srv", T "/d/d/d", "rootfs/x", OTHER_DIRECTORY, NULL, NULL, NULL, 1, false,
	 NULL},
	{"place-link", "/srv/t", T "/vol", "rootfs/x", OTHER_LINK, "", "t", T "/vol", 1, false,
	 NULL},
	{"place-directory", "/srv/t", T "/vol", "rootfs/x", OTHER_DIRECTORY, NULL, NULL, T "/vol",
	 1, false, NULL},
	{"place-file", "/srv/t", T "/file", "rootfs/x", OTHER_DIRECTORY, NULL, NULL, T "/file", 1,
	 false, NULL},
	{"place-parent", "/srv/t", T "/p", "rootfs/x", OTHER_LINK, "", "t", T "/p/vol", 1, false,
	 NULL},
	{"volume-target", "/data/t", "volume/t", "volume/x", OTHER_LINK, "", "t", "rootfs/data", 1,
	 false, NULL},
};

bool find_kind(const char *name, const char *dir, struct kind *ret_kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, name) != 0)
			continue;
		*ret_kind = kinds[i];
		ret_kind->dir = dir;
		return true;
	}
	return false;
}

void list_kinds(void)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		puts(kinds[i].name);
}

static void make_directory(const char *path)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		die("mkdir", path);
}

static void make_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die("open", path);
	close(fd);
}

/* The image and the canary have the same names, so that a hook on a wrong path finds everything
 * that it looks for. */
static void make_branch(const char *top, const char *text)
{
	static const char *const directories[] = {"", "/sub", "/sub/sub", "/p", "/p/vol", "/vol"};
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", top, directories[i]);
		make_directory(path);
		snprintf(path, sizeof(path), "%s%s/file", top, directories[i]);
		make_file(path, text);
		if (setxattr(path, "trusted.race", text, strlen(text), 0) < 0)
			die("setxattr", path);
	}
	snprintf(path, sizeof(path), "%s/many", top);
	make_directory(path);
	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "%s/many/%d", top, i);
		make_file(path, text);
	}
	snprintf(path, sizeof(path), "%s", top);
	for (int i = 0; i < LEVELS; i++) {
		strcat(path, "/d");
		make_directory(path);
	}
}

static void make_other(const struct kind *kind)
{
	char text[PATH_MAX];
	int r = 0;

	switch (kind->other) {
	case OTHER_LINK:
		snprintf(text, sizeof(text), "%s%s/canary/%s", kind->text, kind->dir, kind->below);
		r = symlink(text, kind->b);
		break;
	case OTHER_DIRECTORY:
		make_branch(kind->b, "image");
		break;
	case OTHER_FILE:
		make_file(kind->b, "image");
		break;
	case OTHER_FIFO:
		r = mkfifo(kind->b, 0666);
		break;
	case OTHER_DEVICE:
		/* /dev/zero: reading it would never end. */
		r = mknod(kind->b, S_IFCHR | 0666, makedev(1, 5));
		break;
	}
	if (r < 0)
		die("cannot make", kind->b);
}

void make_trees(const struct kind *kind)
{
	static const char *const directories[] = {"rootfs",	 "rootfs/srv", "rootfs/proc",
						  "rootfs/data", "bundle",     "canary",
						  "canary/new"};
	char text[PATH_MAX + 200];

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		make_directory(directories[i]);
	make_branch("rootfs/srv/t", "image");
	make_branch("canary/t", "canary");
	make_file("canary/file", "canary");
	make_directory("volume");
	make_branch("volume/t", "image");
	snprintf(
		text, sizeof(text),
		"{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"%s/rootfs\"},\"process\":{\"cwd\":\"/"
		"\",\"user\":{\"uid\":0,\"gid\":0}},\"mounts\":[],\"linux\":{\"namespaces\":[{"
		"\"type\":\"mount\"}]},\"annotations\":{}}",
		kind->dir);
	make_file("bundle/config.json", text);
	make_other(kind);
}

void clean_round(const struct kind *kind)
{
	if (!kind->toggles)
		return;
	rmdir("rootfs/srv/new/deep");
	rmdir("rootfs/srv/new");
}

/* A 64-bit FNV-1a hash. */
static uint64_t hash(uint64_t value, const void *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		value = (value ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
	return value;
}

static uint64_t hash_stat(uint64_t value, const struct stat *st)
{
	/* Listing a directory sets its access time. */
	struct timespec accessed = S_ISDIR(st->st_mode) ? (struct timespec){0, 0} : st->st_atim;
	uint64_t all[] = {st->st_ino,
			  st->st_mode,
			  st->st_nlink,
			  st->st_uid,
			  st->st_gid,
			  (uint64_t)st->st_size,
			  (uint64_t)accessed.tv_sec,
			  (uint64_t)accessed.tv_nsec,
			  (uint64_t)st->st_mtim.tv_sec,
			  (uint64_t)st->st_mtim.tv_nsec,
			  (uint64_t)st->st_ctim.tv_sec,
			  (uint64_t)st->st_ctim.tv_nsec};

	return hash(value, all, sizeof(all));
}

static uint64_t hash_contents(uint64_t value, const char *path)
{
	char buffer[65536];
	ssize_t length = llistxattr(path, buffer, sizeof(buffer));
	int fd;

	if (length > 0)
		value = hash(value, buffer, (size_t)length);
	length = lgetxattr(path, "trusted.race", buffer, sizeof(buffer));
	if (length > 0)
		value = hash(value, buffer, (size_t)length);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC);
	if (fd < 0)
		die("open", path);
	while ((length = read(fd, buffer, sizeof(buffer))) > 0)
		value = hash(value, buffer, (size_t)length);
	close(fd);
	return value;
}

static int compare(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

uint64_t hash_tree(const char *path)
{
	char *paths[] = {(char *)path, NULL};
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, compare);
	uint64_t value = 0xcbf29ce484222325u;
	FTSENT *entry;

	if (!fts)
		die("fts_open", path);
	while ((entry = fts_read(fts))) {
		value = hash(value, entry->fts_path, strlen(entry->fts_path) + 1);
		value = hash_stat(value, entry->fts_statp);
		if (entry->fts_info == FTS_F)
			value = hash_contents(value, entry->fts_accpath);
	}
	fts_close(fts);
	return value;
}

/* --- mount tables --- */

/* Calls visit for each line, with its mount point and flags; stops if it returns true. */
static bool any_mount(pid_t pid,
		      bool (*visit)(const char *point, const char *flags, const char *source,
				    const void *data),
		      const void *data)
{
	char path[64];
	char line[8192];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/mountinfo", pid);
	file = fopen(path, "re");
	if (!file)
		die("open", path);
	while (!found && fgets(line, sizeof(line), file)) {
		char point[4096];
		char flags[512];
		const char *separator = strstr(line, " - ");
		char source[512] = "";

		if (!separator || sscanf(line, "%*s %*s %*s %*s %4095s %511s", point, flags) != 2)
			continue;
		sscanf(separator, " - %*s %511s", source);
		found = visit(point, flags, source, data);
	}
	fclose(file);
	return found;
}

static bool is_ours(const char *point, const char *flags, const char *source, const void *data)
{
	(void)point;
	(void)flags;
	(void)data;
	return strcmp(source, "oci-readonly-hook") == 0;
}

bool has_our_mounts(pid_t pid)
{
	return any_mount(pid, is_ours, NULL);
}

static bool is_below(const char *point, const char *flags, const char *source, const void *data)
{
	(void)flags;
	(void)source;
	return strncmp(point, data, strlen(data)) == 0;
}

bool has_mounts_below(pid_t pid, const char *path)
{
	return any_mount(pid, is_below, path);
}

/* --- the promise --- */

struct found {
	char root[PATH_MAX];
	char at[256];
	unsigned ours;
	bool is_outside;
	bool is_readonly;
	bool has_canary;
	pid_t pid;
};

/* Whether a file of the mount contains the canary's text. */
static bool has_canary(pid_t pid, const char *point)
{
	char top[PATH_MAX];
	char *paths[] = {top, NULL};
	bool found = false;
	FTSENT *entry;
	FTS *fts;

	snprintf(top, sizeof(top), "/proc/%d/root%s", pid, point);
	fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	if (!fts)
		die("fts_open", top);
	while ((entry = fts_read(fts))) {
		char text[16] = "";
		FILE *file = entry->fts_info == FTS_F ? fopen(entry->fts_accpath, "re") : NULL;

		if (!file)
			continue;
		found |= fgets(text, sizeof(text), file) && strcmp(text, "image") != 0;
		fclose(file);
	}
	fts_close(fts);
	return found;
}

static bool look(const char *point, const char *flags, const char *source, const void *data)
{
	struct found *found = *(struct found *const *)data;
	size_t length = strlen(found->root);

	/* The last line with that path is the topmost. */
	if (strcmp(point, found->root) == 0)
		found->is_readonly = strncmp(flags, "ro", 2) == 0;
	if (strcmp(source, "oci-readonly-hook") != 0)
		return false;
	if (!found->ours++)
		snprintf(found->at, sizeof(found->at), "%s",
			 strncmp(point, found->root, length) == 0 ? point + length : point);
	found->is_outside |= strncmp(point, found->root, length) != 0 || point[length] != '/';
	found->has_canary |= has_canary(found->pid, point);
	return false;
}

const char *promise_broken(const struct kind *kind, pid_t container, char *ret_at, size_t size)
{
	struct found found = {.pid = container};
	struct found *at = &found;

	snprintf(found.root, sizeof(found.root), "%s/rootfs", kind->dir);
	any_mount(container, look, &at);
	snprintf(ret_at, size, "%s", found.at);
	if (found.is_outside)
		return "a mount outside the root";
	if (found.ours != kind->ours)
		return "not as many mounts as promised";
	if (found.has_canary)
		return "the host's files are in the seed";
	return found.is_readonly ? NULL : "the root is not read-only";
}
