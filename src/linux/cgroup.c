/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include "input.h"
#include "sys.h"

#define CGROUP_FILE_MAX (1024 * 1024)

void memory_cgroup_done(struct memory_cgroup *cgroup)
{
	close_fd(&cgroup->dir);
	close_fd(&cgroup->procs);
}

/* Is "memory" one of the controllers of a line's second field, "cpu,memory"? */
static bool has_memory(const char *field, size_t length)
{
	static const char name[] = "memory";
	const char *end = field + length;

	while (field < end) {
		const char *comma = memchr(field, ',', (size_t)(end - field));
		size_t part = comma ? (size_t)(comma - field) : (size_t)(end - field);

		if (part == strlen(name) && memcmp(field, name, part) == 0)
			return true;
		field += part + 1;
	}
	return false;
}

/*
 * Picks the line of /proc/PID/cgroup that accounts for memory: v1's with the controller, else v2's
 * ("0::/path"). Returns its path within the text, which it cuts at the line's end; NULL where there
 * is none.
 */
static char *find_line(char *text, bool *ret_is_v2)
{
	char *unified = NULL;
	char *rest = text;
	char *line;

	while ((line = strsep(&rest, "\n"))) {
		char *controllers = strchr(line, ':');
		char *path = controllers ? strchr(controllers + 1, ':') : NULL;

		if (!path)
			continue;
		controllers++;
		if (has_memory(controllers, (size_t)(path - controllers))) {
			*ret_is_v2 = false;
			return path + 1;
		}
		if (path == controllers && line[0] == '0')
			unified = path + 1;
	}
	*ret_is_v2 = true;
	return unified;
}

static int open_hierarchy(const char *path, long magic)
{
	AUTO_FD fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0)
		return -errno;
	if (fstatfs(fd, &fs) < 0)
		return -errno;
	if (fs.f_type != magic)
		return -ENOENT;
	return take_fd(&fd);
}

static int open_root(bool is_v2)
{
	int fd;

	if (!is_v2)
		return open_hierarchy("/sys/fs/cgroup/memory", CGROUP_SUPER_MAGIC);
	fd = open_hierarchy("/sys/fs/cgroup", CGROUP2_SUPER_MAGIC);
	return fd >= 0 ? fd : open_hierarchy("/sys/fs/cgroup/unified", CGROUP2_SUPER_MAGIC);
}

static int cgroup_find(int proc, struct memory_cgroup *cgroup)
{
	AUTO_FREE char *text = NULL;
	AUTO_FD root = -EBADF;
	const char *path;
	size_t length;
	int r;

	r = input_read_file(proc, "cgroup", CGROUP_FILE_MAX, &text, &length);
	if (r < 0)
		return r;
	path = find_line(text, &cgroup->is_v2);
	if (!path)
		return -ENOENT;
	root = open_root(cgroup->is_v2);
	if (root < 0)
		return root;
	while (*path == '/')
		path++;
	/* A path seen from another cgroup namespace begins with "..", which RESOLVE_INSIDE refuses.
	 */
	cgroup->dir = sys_openat2(root, *path ? path : ".", O_RDONLY | O_DIRECTORY, 0,
				  RESOLVE_INSIDE | RESOLVE_LINKLESS | RESOLVE_ONE_MOUNT);
	if (cgroup->dir < 0)
		return cgroup->dir;
	cgroup->procs = openat(cgroup->dir, "cgroup.procs", O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	return cgroup->procs < 0 ? -errno : 0;
}

void memory_cgroup_open(int proc, struct memory_cgroup *ret_cgroup)
{
	struct memory_cgroup cgroup = {.dir = -EBADF, .procs = -EBADF};

	cgroup.err = -cgroup_find(proc, &cgroup);
	*ret_cgroup = cgroup;
}

int memory_cgroup_join(const struct memory_cgroup *cgroup)
{
	if (cgroup->procs < 0)
		return -ENOENT;
	if (write(cgroup->procs, "0", 1) < 0)
		return -errno;
	return 0;
}

/* The number behind "name " at the start of a line; with name NULL, the file's first number. */
static uint64_t read_number(int dir, const char *file, const char *name)
{
	AUTO_FREE char *text = NULL;
	char *rest;
	char *line;
	size_t length;

	if (dir < 0 || input_read_file(dir, file, CGROUP_FILE_MAX, &text, &length) < 0)
		return 0;
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		uint64_t number;

		if (name) {
			if (strncmp(line, name, strlen(name)) != 0 || line[strlen(name)] != ' ')
				continue;
			line += strlen(name) + 1;
		}
		return sscanf(line, "%" SCNu64, &number) == 1 ? number : 0;
	}
	return 0;
}

uint64_t memory_cgroup_limit(const struct memory_cgroup *cgroup)
{
	uint64_t limit = read_number(cgroup->dir,
				     cgroup->is_v2 ? "memory.max" : "memory.limit_in_bytes", NULL);

	/* v1 says "no limit" as the largest number of whole pages; v2 says "max". */
	return limit >= INT64_MAX / 4096 * 4096 ? 0 : limit;
}

uint64_t memory_cgroup_kills(const struct memory_cgroup *cgroup)
{
	return read_number(cgroup->dir, cgroup->is_v2 ? "memory.events" : "memory.oom_control",
			   "oom_kill");
}
