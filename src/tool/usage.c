/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "usage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "core/path.h"
#include "linux/sys.h"

/* The maximum number of mounts that are examined in a mount namespace. */
#define MOUNTS_MAX 4096

/* The minimum time for a container in milliseconds, even if others have used up the total. */
#define PATIENCE_LEAST 100

/* Is it a filesystem of the container that is not for its files? */
static bool is_engines_own(const char *target)
{
	return path_is_below(target, "/dev") || path_is_below(target, "/proc") ||
	       path_is_below(target, "/sys") || strcmp(target, "/") == 0;
}

int usage_select(const struct containers *containers, const struct found_container *container,
		 struct error *error, struct usage **ret_usages, size_t *ret_count)
{
	const struct mounts *mounts = &container->mounts;
	struct usage *usages = calloc(mounts->count + 1, sizeof(*usages));
	size_t count = 0;

	if (!usages)
		return error_memory(error);
	for (size_t i = 0; i < mounts->count && count < MOUNTS_MAX; i++) {
		const struct mounts_entry *mount = &mounts->entries[i];
		bool is_hooks = containers_mount_is_hooks(containers, mount);
		bool is_other = strcmp(mount->fstype, "tmpfs") == 0 &&
				strcmp(mount->root, "/") == 0 && !is_engines_own(mount->target) &&
				!mounts_have_device(&containers->host, mount->dev);

		if (is_hooks || is_other)
			usages[count++] = (struct usage){.mount = mount, .is_hooks = is_hooks};
	}
	*ret_usages = usages;
	*ret_count = count;
	return 0;
}

/* What the child reports about a mount. */
struct answer {
	size_t index;
	int err;
	bool is_hidden;
	struct usage_numbers numbers;
};

struct question {
	const struct found_container *container;
	const struct usage *usages;
	size_t count;
};

static int read_numbers(int fd, struct usage_numbers *numbers)
{
	struct statfs fs;
	uint64_t block;

	if (fstatfs(fd, &fs) < 0)
		return -errno;
	/* Only tmpfs and overlays are asked, even if another filesystem is found here. */
	if ((uint32_t)fs.f_type != TMPFS_MAGIC && (uint32_t)fs.f_type != OVERLAYFS_SUPER_MAGIC)
		return -ESTALE;
	block = fs.f_bsize > 0 ? (uint64_t)fs.f_bsize : 1;
	if (__builtin_mul_overflow(fs.f_blocks, block, &numbers->size) ||
	    fs.f_bfree > fs.f_blocks || fs.f_ffree > fs.f_files)
		return -ERANGE;
	numbers->used = (fs.f_blocks - fs.f_bfree) * block;
	numbers->inodes = fs.f_files;
	numbers->files = fs.f_files - fs.f_ffree;
	return 0;
}

/* Follows no symlink, and asks only the mount that the table lists. */
static int ask(int root, const struct mounts_entry *mount, struct answer *answer)
{
	AUTO_FD fd = sys_openat2(root, mount->target, O_PATH | O_NOFOLLOW, 0,
				 RESOLVE_ROOTED | RESOLVE_LINKLESS);
	struct file_id id;
	int r;

	/* If another mount covers it, its mount point may not exist. */
	answer->is_hidden = fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP;
	if (fd < 0)
		return answer->is_hidden ? 0 : fd;
	r = sys_file_id(fd, &id);
	if (r < 0)
		return r;
	answer->is_hidden = id.mount_id != mount->id || !id.is_mount_root;
	return answer->is_hidden ? 0 : read_numbers(fd, &answer->numbers);
}

/* Without root, a path may contain directories that only the container's root may enter. The owner
 * of its user namespace may become this user. On failure, the path may still be accessible. */
static void become_owner(int process)
{
	AUTO_FD userns = -EBADF;

	if (geteuid() == 0)
		return;
	userns = openat(process, "ns/user", O_RDONLY | O_CLOEXEC);
	/* Keeps the container from tracing this process. */
	prctl(PR_SET_DUMPABLE, 0);
	if (userns >= 0 && setns(userns, CLONE_NEWUSER) < 0)
		close_fd(&userns);
	prctl(PR_SET_DUMPABLE, 0);
}

static int open_root(int process)
{
	int root;

	become_owner(process);
	root = openat(process, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root < 0 ? -errno : root;
}

static int answer_all(int out, void *data)
{
	const struct question *question = data;
	AUTO_FD root = open_root(question->container->process);

	for (size_t i = 0; i < question->count; i++) {
		struct answer answer = {.index = i, .err = -root};

		if (root >= 0)
			answer.err = -ask(root, question->usages[i].mount, &answer);
		if (write(out, &answer, sizeof(answer)) != (ssize_t)sizeof(answer))
			return 1;
	}
	return 0;
}

static int64_t milliseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000) + time.tv_nsec / 1000000;
}

static int limit_patience(int patience)
{
	if (patience < PATIENCE_LEAST)
		return PATIENCE_LEAST;
	return patience < USAGE_PATIENCE_ONE ? patience : USAGE_PATIENCE_ONE;
}

int usage_measure(const struct found_container *container, struct usage *usages, size_t count,
		  int *patience, struct error *error)
{
	struct question question = {container, usages, count};
	AUTO_FREE char *result = NULL;
	int64_t start = milliseconds();
	size_t length = 0;
	int r;

	for (size_t i = 0; i < count; i++)
		usages[i].err = ETIMEDOUT;
	r = child_run(answer_all, &question, limit_patience(*patience),
		      count * sizeof(struct answer), &result, &length);
	*patience -= (int)(milliseconds() - start);
	if (r == -ETIMEDOUT)
		return 0;
	if (r != 0)
		return error_set(error, STATUS_SYSTEM, r < 0 ? -r : 0,
				 "process %d: its mounts cannot be measured", (int)container->pid);
	for (size_t i = 0; i + sizeof(struct answer) <= length; i += sizeof(struct answer)) {
		struct answer answer;

		memcpy(&answer, result + i, sizeof(answer));
		usages[answer.index].err = answer.err;
		usages[answer.index].is_hidden = answer.is_hidden;
		usages[answer.index].numbers = answer.numbers;
	}
	return 0;
}

unsigned usage_percent(uint64_t part, uint64_t whole)
{
	uint64_t percent;

	if (!whole)
		return 0;
	if (part >= whole)
		return 100;
	/* Neither product can overflow, because part is less than whole. */
	percent =
		whole > UINT64_MAX / 100 ? part / (whole / 100) : (part * 100 + whole - 1) / whole;
	return percent > 100 ? 100 : (unsigned)percent;
}
