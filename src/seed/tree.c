/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/memory.h"

/* Maximum number of descriptors that one thread has open: for a batch, a large file, or two links,
 * and for their directories. */
#define THREAD_OPEN_MAX (2 * BATCH_FILES + 8)

/* The length of the end of a long path that a message shows. */
#define PATH_SHOWN 300

/* Writes directory/name, relative to the seed's top, to the end of buffer. Returns its start. */
static const char *show_path(const struct directory *directory, const char *name, char *buffer,
			     size_t size)
{
	size_t at = size - 1;

	buffer[at] = '\0';
	while (directory) {
		size_t length = name ? strlen(name) : 0;

		if (length + 4 > at) {
			at -= 3;
			memcpy(buffer + at, "...", 3);
			break;
		}
		at -= length;
		memcpy(buffer + at, name ? name : "", length);
		if (length && directory->parent)
			buffer[--at] = '/';
		name = directory->name;
		directory = directory->parent;
	}
	return buffer[at] == '/' ? buffer + at + 1 : buffer + at;
}

int share_descriptors(struct tree *tree)
{
	int first = fcntl(tree->request->image, F_DUPFD_CLOEXEC, 0);
	unsigned most, free, held;
	struct rlimit limit;

	if (first < 0)
		return -errno;
	close(first);
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -errno;
	most = limit.rlim_cur < INT_MAX ? (unsigned)limit.rlim_cur : INT_MAX;
	free = (unsigned)first < most ? most - (unsigned)first : 0;
	/* Half of the descriptors are for the threads, half for idle directories. */
	tree->threads = free / 2 / THREAD_OPEN_MAX;
	if (tree->threads > tree->request->threads)
		tree->threads = tree->request->threads;
	if (tree->threads < 1)
		tree->threads = 1;
	held = tree->threads * THREAD_OPEN_MAX;
	tree->crowded = most > held ? (int)(most - held) : 0;
	return 0;
}

int seed_fail(struct thread *thread, struct directory *directory, const char *name, int err,
	      const char *what)
{
	struct tree *tree = thread->tree;
	char buffer[PATH_SHOWN];

	pthread_mutex_lock(&tree->lock);
	if (!atomic_exchange(&tree->failed, true)) {
		const char *path = show_path(directory, name, buffer, sizeof(buffer));

		error_set(tree->error, STATUS_SEED, err, "%s%s%s", path, *path ? ": " : "", what);
	}
	pthread_cond_broadcast(&tree->wake);
	pthread_mutex_unlock(&tree->lock);
	return -err;
}

int seed_stop(struct thread *thread)
{
	struct tree *tree = thread->tree;

	pthread_mutex_lock(&tree->lock);
	if (!atomic_exchange(&tree->failed, true))
		tree->is_stopped = true;
	pthread_cond_broadcast(&tree->wake);
	pthread_mutex_unlock(&tree->lock);
	return -ECANCELED;
}

int seed_unopened(struct thread *thread, struct directory *directory, const char *name, int err)
{
	/* In a user namespace, root cannot open files of unmapped users. */
	return seed_fail(
		thread, directory, name, err,
		err == EACCES
			? "cannot be opened by the container's root (seed=overlay leaves it as it is)"
			: "cannot be opened");
}

int seed_unmade(struct thread *thread, struct directory *directory, const char *name, int err)
{
	/* Only a security module can refuse this to root in the hook's tmpfs. */
	return seed_fail(
		thread, directory, name, err,
		err == EACCES
			? "cannot be created: a security module, such as SELinux, refuses it; the audit log has the reason"
			: "cannot be created");
}

void result_add(struct tree *tree, const struct seed_result *result)
{
	pthread_mutex_lock(&tree->lock);
	tree->result.files += result->files;
	tree->result.bytes += result->bytes;
	tree->result.programs += result->programs;
	tree->result.lost_xattrs += result->lost_xattrs;
	tree->result.lost_owners += result->lost_owners;
	tree->result.lost_nodes += result->lost_nodes;
	tree->result.lost_names += result->lost_names;
	pthread_mutex_unlock(&tree->lock);
}
