/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "containers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/plan.h"
#include "core/size.h"
#include "linux/input.h"

#define CGROUP_LENGTH_MAX 65536

static void container_put(struct found_container *container)
{
	close_fd(&container->process);
	mounts_done(&container->mounts);
}

void containers_done(struct containers *containers)
{
	for (size_t i = 0; i < containers->count; i++)
		container_put(&containers->items[i]);
	free(containers->items);
	mounts_done(&containers->host);
	close_fd(&containers->proc);
	*containers = (struct containers){.proc = -EBADF};
}

bool containers_id_in(const char *text, char ret_id[static CONTAINER_ID_LENGTH + 1])
{
	while (*text) {
		size_t length = strspn(text, "0123456789abcdef");

		if (length == CONTAINER_ID_LENGTH) {
			memcpy(ret_id, text, length);
			ret_id[length] = '\0';
			return true;
		}
		text += length;
		text += strcspn(text, "0123456789abcdef");
	}
	return false;
}

/* Engines bind-mount these files from a directory whose name contains the id. */
static void find_id_in_mounts(struct found_container *container)
{
	static const char *const targets[] = {"/etc/hostname", "/etc/resolv.conf", "/etc/hosts"};

	for (size_t i = 0; i < container->mounts.count; i++) {
		const struct mounts_entry *mount = &container->mounts.entries[i];

		for (size_t k = 0; k < ARRAY_SIZE(targets); k++) {
			if (strcmp(mount->target, targets[k]) == 0 &&
			    containers_id_in(mount->root, container->id))
				return;
		}
	}
}

static void find_id(struct found_container *container)
{
	AUTO_FREE char *text = NULL;
	size_t length;

	if (input_read_file(container->process, "cgroup", CGROUP_LENGTH_MAX, &text, &length) < 0 ||
	    !containers_id_in(text, container->id))
		find_id_in_mounts(container);
}

bool containers_mount_is_hooks(const struct containers *containers,
			       const struct mounts_entry *mount)
{
	return strcmp(mount->source, MOUNT_SOURCE) == 0 && strcmp(mount->root, "/") == 0 &&
	       (strcmp(mount->fstype, "tmpfs") == 0 || strcmp(mount->fstype, "overlay") == 0) &&
	       !mounts_have_device(&containers->host, mount->dev);
}

bool containers_has_exited(const struct found_container *container)
{
	struct stat st;

	return fstatat(container->process, "ns/mnt", &st, 0) < 0 &&
	       (errno == ENOENT || errno == ESRCH);
}

/* Does the process have another root than the caller, or mounts of the hook? */
static bool is_container(const struct containers *containers,
			 const struct found_container *container)
{
	const struct mounts_entry *own = mounts_root(&containers->host);
	const struct mounts_entry *root = mounts_root(&container->mounts);

	for (size_t i = 0; i < container->mounts.count; i++) {
		if (containers_mount_is_hooks(containers, &container->mounts.entries[i]))
			return true;
	}
	return own && root && (own->dev != root->dev || strcmp(own->root, root->root) != 0);
}

static int unseen(pid_t pid, int err, struct error *error)
{
	if (err == ENOENT || err == ESRCH)
		return error_set(error, STATUS_INPUT, err, "process %d: it is gone", (int)pid);
	return error_set(error, STATUS_INPUT, err,
			 "process %d: cannot be inspected (only by root or the container's owner)",
			 (int)pid);
}

static int open_process(const struct containers *containers, pid_t pid,
			struct found_container *container, struct error *error)
{
	char name[16];
	struct stat st;

	container->pid = pid;
	snprintf(name, sizeof(name), "%d", (int)pid);
	container->process =
		openat(containers->proc, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (container->process < 0)
		return unseen(pid, errno, error);
	if (fstatat(container->process, "ns/mnt", &st, 0) < 0)
		return unseen(pid, errno, error);
	container->namespace_dev = st.st_dev;
	container->namespace_ino = st.st_ino;
	return 0;
}

static int read_container(struct found_container *container, struct error *error)
{
	int r = mounts_read(container->process, error, &container->mounts);

	if (r < 0)
		return error_wrap(error, "process %d", (int)container->pid);
	find_id(container);
	return 0;
}

static int keep(struct containers *containers, struct found_container *container,
		struct error *error)
{
	if (array_reserve(&containers->items, &containers->capacity, containers->count,
			  sizeof(*container)) < 0)
		return error_memory(error);
	containers->items[containers->count++] = *container;
	*container = (struct found_container){.process = -EBADF};
	return 0;
}

static bool is_own_namespace(const struct containers *containers,
			     const struct found_container *container)
{
	return container->namespace_dev == containers->namespace_dev &&
	       container->namespace_ino == containers->namespace_ino;
}

int containers_add(struct containers *containers, pid_t pid, struct error *error)
{
	CLEANUP(container_put) struct found_container container = {.process = -EBADF};
	int r;

	r = open_process(containers, pid, &container, error);
	if (r < 0)
		return r;
	if (is_own_namespace(containers, &container))
		return error_set(
			error, STATUS_INPUT, 0,
			"process %d: it is in no container: it has the mounts of this command",
			(int)pid);
	r = read_container(&container, error);
	return r < 0 ? r : keep(containers, &container, error);
}

static bool is_known(const struct containers *containers, const struct found_container *container)
{
	for (size_t i = 0; i < containers->count; i++) {
		if (containers->items[i].namespace_ino == container->namespace_ino &&
		    containers->items[i].namespace_dev == container->namespace_dev)
			return true;
	}
	return false;
}

/* Kernel threads have no executable. One of them has a separate mount namespace, for devtmpfs. */
static bool is_kernel_thread(const struct found_container *container)
{
	char program[2];

	return readlinkat(container->process, "exe", program, sizeof(program)) < 0 &&
	       errno == ENOENT;
}

/* Only the last namespace without a container is remembered, because its processes are usually
 * consecutive. */
static int look_at(struct containers *containers, pid_t pid, ino_t *other, struct error *error)
{
	CLEANUP(container_put) struct found_container container = {.process = -EBADF};
	struct error ignored;

	if (open_process(containers, pid, &container, &ignored) < 0 ||
	    is_own_namespace(containers, &container) || is_known(containers, &container) ||
	    container.namespace_ino == *other || is_kernel_thread(&container) ||
	    read_container(&container, &ignored) < 0)
		return 0;
	if (!is_container(containers, &container)) {
		*other = container.namespace_ino;
		return 0;
	}
	return keep(containers, &container, error);
}

static int compare_pids(const void *left, const void *right)
{
	pid_t a = *(const pid_t *)left;
	pid_t b = *(const pid_t *)right;

	return a < b ? -1 : a > b;
}

static void close_directory(DIR **dir)
{
	if (*dir)
		closedir(*dir);
	*dir = NULL;
}

static int list_pids(const struct containers *containers, pid_t **pids, size_t *count,
		     struct error *error)
{
	AUTO_FD fd = openat(containers->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(close_directory) DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	size_t capacity = 0;
	struct dirent *entry;

	if (!dir)
		return error_set(error, STATUS_SYSTEM, errno, "/proc: cannot list");
	take_fd(&fd);
	while ((entry = readdir(dir))) {
		uint64_t pid;

		if (number_parse(entry->d_name, strlen(entry->d_name), 10, INT32_MAX, &pid) < 0)
			continue;
		if (array_reserve(pids, &capacity, *count, sizeof(**pids)) < 0)
			return error_memory(error);
		(*pids)[(*count)++] = (pid_t)pid;
	}
	if (*pids)
		qsort(*pids, *count, sizeof(**pids), compare_pids);
	return 0;
}

int containers_find(struct containers *containers, struct error *error)
{
	AUTO_FREE pid_t *pids = NULL;
	size_t count = 0;
	ino_t other = 0;
	int r;

	r = list_pids(containers, &pids, &count, error);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = look_at(containers, pids[i], &other, error);
	return r;
}

int containers_begin(struct error *error, struct containers *ret_containers)
{
	AUTO_CONTAINERS containers = {
		.proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC),
	};
	AUTO_FD self = -EBADF;
	struct statfs fs;
	struct stat st;
	int r;

	if (containers.proc < 0)
		return error_set(error, STATUS_SYSTEM, errno, "/proc: cannot open");
	if (fstatfs(containers.proc, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return error_set(error, STATUS_SYSTEM, 0, "/proc: not a proc filesystem");
	self = openat(containers.proc, "self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (self < 0 || fstatat(self, "ns/mnt", &st, 0) < 0)
		return error_set(error, STATUS_SYSTEM, errno, "/proc/self: cannot read");
	containers.namespace_dev = st.st_dev;
	containers.namespace_ino = st.st_ino;
	r = mounts_read(self, error, &containers.host);
	if (r < 0)
		return r;
	*ret_containers = containers;
	containers = (struct containers){.proc = -EBADF};
	return 0;
}
