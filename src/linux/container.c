/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "container.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/memory.h"
#include "input.h"
#include "sys.h"

/* A line of mountinfo has at most 4 KiB per path, and in practice 300 bytes. The kernel's default
 * limit is 100,000 mounts. */
#define MOUNTINFO_MAX (256 * 1024 * 1024)

/* The kernel's limit is 340 lines. */
#define UID_MAP_MAX 65536

void container_done(struct container *container)
{
	close_fd(&container->proc);
	close_fd(&container->process);
	close_fd(&container->pidfd);
	close_fd(&container->mountinfo);
	close_fd(&container->engine_mountinfo);
	memory_cgroup_done(&container->cgroup);
}

static const char *advice(int err)
{
	return (err == EPERM || err == EACCES) && geteuid() != 0
		       ? " (without root, start the container through podman)"
		       : "";
}

/* Rootless crun runs its hooks outside the container's user namespace, where they may not inspect
 * the container's processes. */
static int unseen(pid_t pid, int err, struct error *error)
{
	if (err == ENOENT || err == ESRCH)
		return error_set(error, STATUS_INPUT, err, "process %d: it is gone", (int)pid);
	return error_set(error, STATUS_INPUT, err, "process %d: it cannot be inspected%s", (int)pid,
			 advice(err));
}

static int open_process(pid_t pid, struct container *container, struct error *error)
{
	char name[16];
	struct statfs fs;

	container->proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (container->proc < 0)
		return error_set(error, STATUS_SYSTEM, errno, "/proc: cannot be opened");
	if (fstatfs(container->proc, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return error_set(error, STATUS_SYSTEM, 0, "/proc: it is not a proc filesystem");
	snprintf(name, sizeof(name), "%d", (int)pid);
	container->process =
		openat(container->proc, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (container->process < 0)
		return unseen(pid, errno, error);
	container->pidfd = sys_pidfd_open(pid);
	if (container->pidfd < 0)
		return unseen(pid, -container->pidfd, error);
	/* The process still existed after the pidfd was opened, so that the pidfd and /proc/PID
	 * refer to the same process. */
	container->mountinfo = openat(container->process, "mountinfo", O_RDONLY | O_CLOEXEC);
	if (container->mountinfo < 0)
		return unseen(pid, errno, error);
	container->engine_mountinfo =
		openat(container->proc, "self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (container->engine_mountinfo < 0)
		return error_set(error, STATUS_SYSTEM, errno, "/proc/%s: cannot be read",
				 "self/mountinfo");
	return 0;
}

/* Is the namespace at ns/NAME also the caller's? Returns 1 if so, 0 if not, or negative. */
static int shares_namespace(const struct container *container, const char *name,
			    struct error *error)
{
	char path[32];
	struct stat own;
	struct stat other;

	snprintf(path, sizeof(path), "self/ns/%s", name);
	if (fstatat(container->proc, path, &own, 0) < 0)
		return error_set(error, STATUS_SYSTEM, errno, "/proc/%s: cannot be read", path);
	if (fstatat(container->process, path + strlen("self/"), &other, 0) < 0)
		return unseen(container->pid, errno, error);
	return own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

/* Only the initial user namespace maps all users to themselves. */
static bool in_first_userns(int proc)
{
	AUTO_FREE char *text = NULL;
	unsigned long inside;
	unsigned long outside;
	unsigned long count;
	size_t length;

	return input_read_file(proc, "self/uid_map", UID_MAP_MAX, &text, &length) == 0 &&
	       sscanf(text, "%lu %lu %lu", &inside, &outside, &count) == 3 && inside == 0 &&
	       outside == 0 && count >= UINT32_MAX;
}

static bool has_selinux(void)
{
	struct statfs fs;

	return statfs("/sys/fs/selinux", &fs) == 0 && (uint32_t)fs.f_type == SELINUX_MAGIC;
}

int container_open(pid_t pid, struct error *error, struct container *ret_container)
{
	AUTO_CONTAINER container = CONTAINER_NONE;
	int r;

	container.pid = pid;
	r = open_process(pid, &container, error);
	if (r < 0)
		return r;
	r = shares_namespace(&container, "mnt", error);
	if (r < 0)
		return r;
	if (r > 0)
		return error_set(
			error, STATUS_INPUT, 0,
			"process %d: it shares the hook's mount namespace: the container needs a separate one, "
			"or the hook runs at a stage inside the container; register it for createRuntime",
			(int)pid);
	r = shares_namespace(&container, "user", error);
	if (r < 0)
		return r;
	container.other_userns = r == 0;
	container.is_user = container.other_userns || !in_first_userns(container.proc);
	container.selinux = has_selinux();
	memory_cgroup_open(container.process, &container.cgroup);

	*ret_container = container;
	container = (struct container)CONTAINER_NONE;
	return 0;
}

static int read_map(const struct container *container, const char *name, struct error *error,
		    struct id_map *map)
{
	AUTO_FREE char *text = NULL;
	char *rest;
	const char *line;
	size_t length;
	int r;

	r = input_read_file(container->process, name, UID_MAP_MAX, &text, &length);
	if (r < 0)
		return unseen(container->pid, -r, error);
	map->count = 0;
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		struct id_mapping ids;

		if (sscanf(line, "%" SCNu32 " %" SCNu32 " %" SCNu32, &ids.container, &ids.host,
			   &ids.size) != 3)
			continue;
		if (array_reserve(&map->lines, &map->capacity, map->count, sizeof(*map->lines)) < 0)
			return error_memory(error);
		map->lines[map->count++] = ids;
	}
	return 0;
}

int container_id_maps(const struct container *container, struct error *error, struct bundle *bundle)
{
	int r;

	if (!container->is_user)
		return 0;
	r = read_map(container, "uid_map", error, &bundle->uids);
	return r < 0 ? r : read_map(container, "gid_map", error, &bundle->gids);
}

/* After entering a user namespace, the worker's user is not mapped, and cannot create files. */
static int become_root(struct error *error)
{
	/* Refused if the namespace was created without privilege. The groups then stay. */
	if (setgroups(0, NULL) < 0 && errno != EPERM)
		return error_set(error, STATUS_SYSTEM, errno, "setgroups");
	if (setresgid(0, 0, 0) < 0)
		return error_set(error, STATUS_INPUT, errno,
				 "the container's user namespace: group 0 is not mapped in it");
	if (setresuid(0, 0, 0) < 0)
		return error_set(error, STATUS_INPUT, errno,
				 "the container's user namespace: user 0 is not mapped in it");
	return 0;
}

int container_enter(const struct container *container, struct error *error)
{
	int namespaces = CLONE_NEWNS | (container->other_userns ? CLONE_NEWUSER : 0);
	int r;

	/* setns() with a pidfd, Linux 5.8, enters both namespaces of that process, or none. */
	if (setns(container->pidfd, namespaces) < 0) {
		if (errno == ESRCH)
			return unseen(container->pid, ESRCH, error);
		/* Before Linux 5.8, setns() does not accept a pidfd. */
		if (errno == EINVAL)
			return error_set(error, STATUS_KERNEL, EINVAL,
					 "setns: this kernel is too old; Linux 5.12 is needed");
		return error_set(error, STATUS_INPUT, errno,
				 "process %d: its %s cannot be entered%s", (int)container->pid,
				 container->other_userns ? "user and mount namespaces"
							 : "mount namespace",
				 advice(errno));
	}
	if (container->other_userns) {
		r = become_root(error);
		if (r < 0)
			return r;
	} else if (setresgid(0, 0, 0) < 0) {
		/* The engine may run with another group ("sudo -g", systemd's Group=), which new
		 * files would belong to. */
		return error_set(error, STATUS_SYSTEM, errno, "setresgid");
	}
	if (chdir("/") < 0)
		return error_set(error, STATUS_SYSTEM, errno, "cannot change directory to /");
	return 0;
}

static int read_mountinfo(int fd, struct error *error, char **ret_text, size_t *ret_length)
{
	int r;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return error_set(error, STATUS_SYSTEM, errno, "mount table: cannot be read");
	r = input_read(fd, MOUNTINFO_MAX, ret_text, ret_length);
	if (r < 0)
		return error_set(error, STATUS_SYSTEM, -r, "mount table: cannot be read");
	return 0;
}

int container_mountinfo(const struct container *container, struct error *error, char **ret_text,
			size_t *ret_length)
{
	return read_mountinfo(container->mountinfo, error, ret_text, ret_length);
}

int container_engine_mountinfo(const struct container *container, struct error *error,
			       char **ret_text, size_t *ret_length)
{
	return read_mountinfo(container->engine_mountinfo, error, ret_text, ret_length);
}
