/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "large.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/memory.h"
#include "data.h"
#include "directory.h"
#include "linux/sys.h"
#include "meta.h"

/* Minimum size of a large file. */
#define LARGE_FILE ((off_t)4 * 1024 * 1024)

/* A multiple of all common huge page sizes, and large enough to keep the number of calls small. */
#define PART ((uint64_t)8 * 1024 * 1024)

/*
 * Enables huge pages for the following files, if the kernel has them and the entry does not set
 * huge=. within_size uses a huge page only if all of it is within the file, so that small files are
 * unaffected. Returns whether huge pages are enabled, now or before.
 */
static bool has_huge_pages(struct thread *thread)
{
	struct tree *tree = thread->tree;
	AUTO_FD context = -EBADF;

	if (tree->request->huge != SEED_HUGE_ASK)
		return tree->request->huge == SEED_HUGE_YES;
	pthread_mutex_lock(&tree->lock);
	if (!tree->has_asked) {
		tree->has_asked = true;
		context = sys_fspick(tree->request->copy);
		tree->is_huge = context >= 0 &&
				sys_fsconfig_string(context, "huge", "within_size") == 0 &&
				sys_fsconfig_reconfigure(context) == 0;
	}
	pthread_mutex_unlock(&tree->lock);
	return tree->is_huge;
}

static void large_free(struct tree *tree, struct large *large)
{
	close_fd(&large->source);
	close_fd(&large->copy);
	directory_unref(tree, large->directory);
	free(large);
}

/* Copies through a buffer if reading to the mapping fails, to get the actual error. */
static ssize_t copy_buffered(struct thread *thread, const struct large *large, uint64_t from,
			     uint64_t to)
{
	size_t length =
		to - from < sizeof(thread->data) ? (size_t)(to - from) : sizeof(thread->data);
	ssize_t n = pread(large->source, thread->data, length, (off_t)from);

	return n <= 0 ? n : pwrite(large->copy, thread->data, (size_t)n, (off_t)from);
}

/*
 * Reads directly to the copy's pages through a mapping. The kernel then copies once, allocates huge
 * pages, and does not lock the file as write(2) does, so that several threads can work in parallel.
 * If a page cannot be allocated, read fails with EFAULT; if the hook accessed it directly, it would
 * get a signal.
 */
static int copy_part(struct thread *thread, struct large *large, uint64_t from, uint64_t to)
{
	size_t length = (size_t)(to - from);
	uint64_t start = from;
	char *map =
		mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, large->copy, (off_t)from);
	int r = 0;

	while (from < to && r == 0) {
		ssize_t n = -1;

		errno = EFAULT;
		if (map != MAP_FAILED)
			n = pread(large->source, map + (from - start), (size_t)(to - from),
				  (off_t)from);
		if (n < 0 && errno == EFAULT)
			n = copy_buffered(thread, large, from, to);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			r = seed_fail(thread, large->directory, large->name, errno,
				      "cannot be copied");
		else if (n == 0)
			r = seed_fail(thread, large->directory, large->name, EIO,
				      "it became shorter meanwhile");
		else
			from += (uint64_t)n;
	}
	if (map != MAP_FAILED)
		munmap(map, length);
	thread->result.bytes += from - start;
	return r;
}

void large_join(struct thread *thread, struct large *large)
{
	struct tree *tree = thread->tree;
	uint64_t size = (uint64_t)large->st.st_size;

	while (!atomic_load(&tree->failed)) {
		uint64_t from = atomic_fetch_add(&large->next, PART);

		if (from >= size ||
		    copy_part(thread, large, from, size - from < PART ? size : from + PART) < 0)
			break;
	}
	if (!work_unlist(tree, large))
		return;
	if (!atomic_load(&tree->failed))
		meta_of_file(thread, large->directory, large->name, large->source, large->copy,
			     &large->st);
	large_free(tree, large);
}

static int large_begin(struct thread *thread, struct directory *directory, const char *name,
		       const struct stat *st, struct large **ret_large)
{
	size_t length = strlen(name) + 1;
	struct large *large = malloc(sizeof(*large) + length);

	if (!large)
		return seed_fail(thread, directory, name, ENOMEM,
				 "out of memory keeping track of it");
	*large = (struct large){
		.directory = directory,
		.source = -EBADF,
		.copy = -EBADF,
		.st = *st,
		.users = 1,
	};
	memcpy(large->name, name, length);
	directory_ref(thread->tree, directory);
	*ret_large = large;
	return 0;
}

int large_copy(struct thread *thread, struct directory *directory, const char *name, int *source,
	       int *copy, const struct stat *st)
{
	struct large *large = NULL;
	int r;

	if (st->st_size < LARGE_FILE || data_is_sparse(st) || !has_huge_pages(thread))
		return 0;
	/* First the size: within_size depends on it, and parts are written in any order. */
	if (ftruncate(*copy, st->st_size) < 0)
		return seed_fail(thread, directory, name, errno, "cannot be given its size");
	r = large_begin(thread, directory, name, st, &large);
	if (r < 0)
		return r;
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): or r < 0 */
	large->source = take_fd(source);
	large->copy = take_fd(copy);
	work_list(thread->tree, large);
	large_join(thread, large);
	return atomic_load(&thread->tree->failed) ? -ECANCELED : 1;
}
