/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/vfs.h>

#include "input.h"
#include "sys.h"

#define CGROUP_FILE_MAX (1024 * 1024)

void memory_cgroup_done(struct memory_cgroup *cgroup)
{
	close_fd(&cgroup->dir);
	close_fd(&cgroup->procs);
}

/* Is name one of the controllers in a line's second field, "cpu,memory"? */
static bool has_controller(const char *field, size_t length, const char *name)
{
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
 * Finds the line of /proc/PID/cgroup for a controller: v1's if it names the controller, else v2's
 * ("0::/path"). Returns the path, which points into the text; the text is split into lines. NULL if
 * there is no such line.
 */
static char *find_line(char *text, const char *controller, bool *ret_is_v2)
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
		if (has_controller(controllers, (size_t)(path - controllers), controller)) {
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
	if ((long)fs.f_type != magic)
		return -ENOENT;
	return take_fd(&fd);
}

static int open_root(const char *controller, bool is_v2)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/sys/fs/cgroup/%s", controller);
	if (!is_v2)
		return open_hierarchy(path, CGROUP_SUPER_MAGIC);
	fd = open_hierarchy("/sys/fs/cgroup", CGROUP2_SUPER_MAGIC);
	return fd >= 0 ? fd : open_hierarchy("/sys/fs/cgroup/unified", CGROUP2_SUPER_MAGIC);
}

/* Opens a process's cgroup for a controller. proc is the process's directory in /proc. */
static int open_cgroup(int proc, const char *controller, bool *ret_is_v2)
{
	AUTO_FREE char *text = NULL;
	AUTO_FD root = -EBADF;
	const char *path;
	size_t length;
	int r;

	r = input_read_file(proc, "cgroup", CGROUP_FILE_MAX, &text, &length);
	if (r < 0)
		return r;
	path = find_line(text, controller, ret_is_v2);
	if (!path)
		return -ENOENT;
	root = open_root(controller, *ret_is_v2);
	if (root < 0)
		return root;
	while (*path == '/')
		path++;
	/* As seen from another cgroup namespace, the path begins with "..", which RESOLVE_INSIDE
	 * refuses. */
	return sys_openat2(root, *path ? path : ".", O_RDONLY | O_DIRECTORY, 0,
			   RESOLVE_INSIDE | RESOLVE_LINKLESS | RESOLVE_ONE_MOUNT);
}

static int find_memory_cgroup(int proc, struct memory_cgroup *cgroup)
{
	cgroup->dir = open_cgroup(proc, "memory", &cgroup->is_v2);
	if (cgroup->dir < 0)
		return cgroup->dir;
	cgroup->procs = openat(cgroup->dir, "cgroup.procs", O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	return cgroup->procs < 0 ? -errno : 0;
}

void memory_cgroup_open(int proc, struct memory_cgroup *ret_cgroup)
{
	struct memory_cgroup cgroup = {.dir = -EBADF, .procs = -EBADF};

	cgroup.err = -find_memory_cgroup(proc, &cgroup);
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

/* The number after "name " in a line, or the file's first number if name is NULL. 0 if it cannot be
 * read. */
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

	/* For "no limit", v1 has the largest number of whole pages, and v2 has "max". */
	return limit >= INT64_MAX / 4096 * 4096 ? 0 : limit;
}

uint64_t memory_cgroup_kills(const struct memory_cgroup *cgroup)
{
	return read_number(cgroup->dir, cgroup->is_v2 ? "memory.events" : "memory.oom_control",
			   "oom_kill");
}

/* Far more levels than systemd and the engines create. */
#define LEVELS_MAX 32

/* UINT64_MAX, for no limit, if the file has "max" or cannot be read. */
static uint64_t read_limit(int dir, const char *file)
{
	AUTO_FREE char *text = NULL;
	uint64_t limit;
	size_t length;

	if (input_read_file(dir, file, CGROUP_FILE_MAX, &text, &length) < 0)
		return UINT64_MAX;
	return sscanf(text, "%" SCNu64, &limit) == 1 ? limit : UINT64_MAX;
}

static int open_above(int dir)
{
	return sys_openat2(dir, "..", O_RDONLY | O_DIRECTORY, 0,
			   RESOLVE_LINKLESS | RESOLVE_ONE_MOUNT);
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* Above memory.high, the kernel does not kill the process but slows every allocation down. A seed
 * that exceeds it would run into the engine's timeout, with no reason given. */
static uint64_t read_lower(int dir, const char *file, const char *other_file)
{
	uint64_t limit = read_limit(dir, file);
	uint64_t other = read_limit(dir, other_file);

	return other < limit ? other : limit;
}

/* The lowest v2 limit for memory plus swap. Swap counts up to the machine's total. */
static uint64_t lowest_limit(int cgroup, uint64_t swap)
{
	AUTO_FD dir = openat(cgroup, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t lowest = UINT64_MAX;

	for (int level = 0; dir >= 0 && level < LEVELS_MAX; level++) {
		uint64_t swap_limit = read_limit(dir, "memory.swap.max");
		uint64_t limit = sum(read_lower(dir, "memory.max", "memory.high"),
				     swap_limit < swap ? swap_limit : swap);
		int above = open_above(dir);

		if (limit < lowest)
			lowest = limit;
		close_fd(&dir);
		dir = above;
	}
	return lowest;
}

/* v1 has the lowest limit of all levels in memory.stat. If v1 accounts swap, a second limit covers
 * both. */
static uint64_t hierarchical_limit(int dir, uint64_t swap)
{
	uint64_t limit = read_number(dir, "memory.stat", "hierarchical_memory_limit");
	uint64_t both;

	if (!limit || limit >= INT64_MAX / 4096 * 4096)
		return UINT64_MAX;
	both = read_number(dir, "memory.stat", "hierarchical_memsw_limit");
	limit = sum(limit, swap);
	return both && both < limit ? both : limit;
}

uint64_t memory_cgroup_room(const struct memory_cgroup *cgroup)
{
	struct sysinfo system;
	uint64_t limit;
	uint64_t swap;
	uint64_t held;

	if (cgroup->dir < 0 || sysinfo(&system) < 0)
		return 0;
	swap = (uint64_t)system.totalswap * system.mem_unit;
	limit = cgroup->is_v2 ? lowest_limit(cgroup->dir, swap)
			      : hierarchical_limit(cgroup->dir, swap);
	if (limit == UINT64_MAX)
		return 0;
	held = read_number(cgroup->dir, "memory.stat", "shmem");
	return limit > held ? limit - held : 1;
}

/* cpu.max has two numbers, or "max" instead of the first. */
static bool read_quota(int dir, bool is_v2, uint64_t *ret_quota, uint64_t *ret_period)
{
	AUTO_FREE char *text = NULL;
	size_t length;

	if (!is_v2) {
		*ret_quota = read_number(dir, "cpu.cfs_quota_us", NULL);
		*ret_period = read_number(dir, "cpu.cfs_period_us", NULL);
		/* v1 has -1 for "no limit". */
		return *ret_quota && *ret_quota <= INT64_MAX && *ret_period;
	}
	if (input_read_file(dir, "cpu.max", CGROUP_FILE_MAX, &text, &length) < 0)
		return false;
	return sscanf(text, "%" SCNu64 " %" SCNu64, ret_quota, ret_period) == 2 && *ret_quota &&
	       *ret_period;
}

unsigned cpu_cgroup_quota(int proc, unsigned most)
{
	AUTO_FD dir = -EBADF;
	bool is_v2;

	dir = open_cgroup(proc, "cpu", &is_v2);
	for (int level = 0; dir >= 0 && level < LEVELS_MAX; level++) {
		uint64_t quota, period;
		int above;

		if (read_quota(dir, is_v2, &quota, &period) && (quota - 1) / period + 1 < most)
			most = (unsigned)((quota - 1) / period + 1);
		above = open_above(dir);
		close_fd(&dir);
		dir = above;
	}
	return most;
}
