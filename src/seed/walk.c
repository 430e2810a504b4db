/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "walk.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "batch.h"
#include "core/memory.h"
#include "core/path.h"
#include "directory.h"
#include "large.h"
#include "links.h"
#include "meta.h"
#include "work.h"

/* The buffer is aligned, and the kernel aligns each entry in it. */
static const struct dirent64 *entry_at(const struct thread *thread, size_t at)
{
	return (const struct dirent64 *)(const void *)(thread->piece + at);
}

static int visit_piece(struct thread *thread, struct directory *directory, size_t length)
{
	for (size_t at = 0; at < length;) {
		const struct dirent64 *entry = entry_at(thread, at);
		int r;

		at += entry->d_reclen;
		if (path_is_dot(entry->d_name))
			continue;
		if (atomic_load_explicit(&thread->tree->failed, memory_order_relaxed))
			return -ECANCELED;
		r = thread->tree->visit(thread, directory, entry->d_name, entry->d_type);
		if (r < 0)
			return r;
	}
	/* The batch refers to names in the piece, which is about to be reused. */
	return batch_copy(thread, directory);
}

/* The offset of the next piece, needed if the directory is closed before it is read. */
static off_t piece_offset(const struct thread *thread, size_t length)
{
	off_t offset = 0;

	for (size_t at = 0; at < length;) {
		const struct dirent64 *entry = entry_at(thread, at);

		offset = entry->d_off;
		at += entry->d_reclen;
	}
	return offset;
}

static void work_at(struct thread *thread, struct directory *directory)
{
	struct tree *tree = thread->tree;
	ssize_t length = 0;

	if (directory_open(thread, directory) < 0)
		return;
	if (!directory->shallow) {
		length =
			getdents64(directory->source, (void *)thread->piece, sizeof(thread->piece));
		if (length < 0)
			seed_fail(thread, directory, NULL, errno, "cannot be read");
	}
	if (length > 0) {
		directory->offset = piece_offset(thread, (size_t)length);
		work_again(tree, directory);
		visit_piece(thread, directory, (size_t)length);
	}
	/* The directory's contents are complete: nothing changes its times any more, and no file
	 * inherits its ACL. */
	if (work_done(tree, directory, length == 0) && directory->copy >= 0 &&
	    !atomic_load(&tree->failed))
		meta_of_directory(thread, directory);
	directory_close(tree, directory);
}

static void *work(void *data)
{
	struct thread *thread = data;
	struct job job;

	while (work_take(thread->tree, &job)) {
		if (job.large)
			large_join(thread, job.large);
		else
			work_at(thread, job.directory);
		work_leave(thread->tree, job.directory);
	}
	result_add(thread->tree, &thread->result);
	return NULL;
}

static void *work_in_thread(void *data)
{
	struct thread *thread = data;

	/* A separate working directory for this thread, to access attributes of files that cannot
	 * be opened. */
	if (unshare(CLONE_FS) < 0) {
		seed_fail(thread, NULL, NULL, errno,
			  "a thread cannot get a separate working directory");
		return NULL;
	}
	return work(thread);
}

/* Large enough: no function here uses more than a kilobyte of stack. */
#define THREAD_STACK ((size_t)256 * 1024)
#define THREADS_MAX  16

static int start_thread(struct thread *thread, pthread_t *ret_id)
{
	pthread_attr_t attributes;
	int r;

	r = pthread_attr_init(&attributes);
	if (r)
		return -r;
	r = pthread_attr_setstacksize(&attributes, THREAD_STACK);
	if (!r)
		r = pthread_create(ret_id, &attributes, work_in_thread, thread);
	pthread_attr_destroy(&attributes);
	return -r;
}

static void run_threads(struct tree *tree, struct thread *own, unsigned count)
{
	struct thread *others[THREADS_MAX];
	pthread_t ids[THREADS_MAX];
	unsigned started = 0;

	/* If a thread cannot be created (due to the container's pids limit, for instance),
	 * continues with fewer: one is enough. */
	while (started + 1 < count && started < THREADS_MAX) {
		struct thread *thread = calloc(1, sizeof(*thread));

		if (!thread)
			break;
		thread->tree = tree;
		if (start_thread(thread, &ids[started]) < 0) {
			free(thread);
			break;
		}
		others[started++] = thread;
	}
	work(own);
	for (unsigned i = 0; i < started; i++) {
		/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): start_thread() has set it */
		pthread_join(ids[i], NULL);
		free(others[i]);
	}
}

static void free_tree(struct tree *tree)
{
	while (tree->work) {
		struct directory *directory = tree->work;

		tree->work = directory->below;
		directory_unref(tree, directory);
	}
	links_free(tree, tree->links);
	free(tree->cuts);
	pthread_cond_destroy(&tree->wake);
	pthread_mutex_destroy(&tree->lock);
}

int seed_walk(struct tree *tree, const struct seed_request *request, struct error *error)
{
	AUTO_FREE struct thread *own = calloc(1, sizeof(*own));
	int r = -ENOMEM;

	tree->request = request;
	tree->error = error;
	pthread_mutex_init(&tree->lock, NULL);
	pthread_cond_init(&tree->wake, NULL);
	tree->links = links_new();
	/* An earlier walk may have read the top directory to its end. */
	if (own && tree->links)
		r = lseek(request->image, 0, SEEK_SET) < 0
			    ? -errno
			    : cuts_make(request->cuts, request->cuts_count, &tree->cuts);
	if (r == 0)
		r = share_descriptors(tree);
	if (r == 0)
		r = directory_add(tree, NULL, "", tree->cuts, request->empty);
	if (r == 0) {
		own->tree = tree;
		run_threads(tree, own, tree->threads);
	}
	free_tree(tree);
	if (r < 0)
		return error_set(error, STATUS_SEED, -r, "cannot start copying");
	if (!atomic_load(&tree->failed) || tree->is_stopped)
		return 0;
	return error_value(error);
}
