/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/memory.h"
#include "linux/sys.h"

/* What of a long path a message shows: its end. */
#define PATH_SHOWN 300

/* Writes directory/name, from the seed's top on, to the end of buffer; returns where it begins. */
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
	unsigned most = tree->request->threads;
	int first = fcntl(tree->request->image, F_DUPFD_CLOEXEC, 0);
	struct rlimit limit;
	rlim_t threads;

	if (first < 0)
		return -errno;
	close(first);
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -errno;
	/* Half of them are the threads', half the idle directories'. */
	threads = (limit.rlim_cur - (rlim_t)first) / 2 / THREAD_OPEN_MAX;
	tree->threads = threads < 1 ? 1 : threads < most ? (unsigned)threads : most;
	threads = tree->threads;
	tree->crowded = limit.rlim_cur < threads * THREAD_OPEN_MAX ? 0
			: limit.rlim_cur < INT_MAX
				? (int)(limit.rlim_cur - threads * THREAD_OPEN_MAX)
				: INT_MAX;
	return 0;
}

int seed_fail(struct worker *worker, struct directory *directory, const char *name, int err,
	      const char *what)
{
	struct tree *tree = worker->tree;
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

int seed_unopened(struct worker *worker, struct directory *directory, const char *name, int err)
{
	/* In a user namespace, what belongs to a user that it has not is closed to its root. */
	return seed_fail(
		worker, directory, name, err,
		err == EACCES
			? "can't be opened by the container's root (seed=overlay leaves it as it is)"
			: "can't be opened");
}

/* Takes a directory out of the list of those that are open and idle. */
static void idle_remove(struct tree *tree, struct directory *directory)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): never of none */
	if (!directory->idle)
		return;
	*(directory->newer ? &directory->newer->older : &tree->newest) = directory->older;
	*(directory->older ? &directory->older->newer : &tree->oldest) = directory->newer;
	directory->newer = directory->older = NULL;
	directory->idle = false;
	tree->idle_count--;
}

/* Closes the oldest of those that are idle, but for so many. */
static void idle_trim(struct tree *tree, unsigned most)
{
	while (tree->idle_count > most) {
		struct directory *oldest = tree->oldest;

		idle_remove(tree, oldest);
		close_fd(&oldest->source);
		close_fd(&oldest->copy);
	}
}

/* Puts it in as the newest, and closes the oldest where there are too many: the kernel gives the
 * lowest number that is free. */
static void idle_add(struct tree *tree, struct directory *directory)
{
	directory->older = tree->newest;
	directory->newer = NULL;
	*(tree->newest ? &tree->newest->newer : &tree->oldest) = directory;
	tree->newest = directory;
	directory->idle = true;
	tree->idle_count++;
	idle_trim(tree, directory->source < tree->crowded && directory->copy < tree->crowded
				? IDLE_OPEN_MAX
				: 1);
}

/* What a directory's descriptor tells, the first time, and where to read on, the others. */
static int take_source(struct directory *directory, int *fd)
{
	if (!directory->is_known && fstat(*fd, &directory->st) < 0)
		return -errno;
	directory->is_known = true;
	if (directory->offset && lseek(*fd, directory->offset, SEEK_SET) < 0)
		return -errno;
	directory->source = take_fd(fd);
	return 0;
}

static int open_path(int fd, const char *path)
{
	return sys_openat2(fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0,
			   RESOLVE_INSIDE | RESOLVE_LINKLESS);
}

/* Opens a directory by its path from one above it that is open. */
static int open_below(const struct directory *above, const char *path, struct directory *directory)
{
	AUTO_FD source = open_path(above->source, path);
	/* Nothing is copied where only the size is asked for. */
	AUTO_FD copy = source < 0 || above->copy < 0 ? -EBADF : open_path(above->copy, path);
	int r;

	if (source < 0)
		return source;
	if (copy < 0 && above->copy >= 0)
		return copy;
	r = take_source(directory, &source);
	if (r == 0)
		directory->copy = take_fd(&copy);
	return r;
}

/* Gives a directory back that was held open. */
static void put_open(struct tree *tree, struct directory *directory)
{
	if (--directory->users == 0 && directory->parent)
		idle_add(tree, directory);
}

static void take_open(struct tree *tree, struct directory *directory)
{
	idle_remove(tree, directory);
	directory->users++;
}

/* The furthest on the way down to directory whose path fits a system call; writes the path. */
static struct directory *path_down(const struct directory *from, const struct directory *directory,
				   char path[static PATH_MAX])
{
	struct directory *at = from->down;
	size_t end = strlen(at->name);

	memcpy(path, at->name, end + 1);
	while (at != directory) {
		size_t length = strlen(at->down->name);

		if (end + 1 + length >= PATH_MAX)
			break;
		at = at->down;
		path[end] = '/';
		memcpy(path + end + 1, at->name, length + 1);
		end += 1 + length;
	}
	return at;
}

/* Opens a directory from the next above it that is open. Those between stay closed: the tree may be
 * ten thousands deep. */
static int open_chain(struct tree *tree, struct directory *directory)
{
	struct directory *at = directory;

	while (at->source < 0) {
		at->parent->down = at;
		at = at->parent;
	}
	while (at != directory) {
		struct directory *next = path_down(at, directory, tree->path);
		int r;

		take_open(tree, at);
		r = open_below(at, tree->path, next);
		put_open(tree, at);
		if (r < 0)
			return r;
		idle_add(tree, next);
		at = next;
	}
	return 0;
}

/*
 * Opens the directory above one that is open, where it is closed: a single step here, many from the
 * top. What is not the same any more (somebody moved the directory) is left to open_chain().
 */
static void open_above(struct tree *tree, struct directory *directory)
{
	struct directory *above = directory->parent;
	AUTO_FD source = -EBADF;
	AUTO_FD copy = -EBADF;
	struct stat st;

	if (!above || above->source >= 0 || directory->source < 0)
		return;
	source = openat(directory->source, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (source < 0 || fstat(source, &st) < 0 || st.st_dev != above->st.st_dev ||
	    st.st_ino != above->st.st_ino)
		return;
	if (directory->copy >= 0) {
		/* Nobody else can reach this tree. */
		copy = openat(directory->copy, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (copy < 0)
			return;
	}
	if (take_source(above, &source) < 0)
		return;
	above->copy = take_fd(&copy);
	idle_add(tree, above);
}

int directory_open(struct worker *worker, struct directory *directory)
{
	struct tree *tree = worker->tree;
	int r;

	_Static_assert(DEPTH_MAX == 16384, "the message says it");
	if (directory->depth > DEPTH_MAX)
		return seed_fail(
			worker, directory, NULL, ENAMETOOLONG,
			"it is more than 16384 directories deep (seed=overlay leaves it as it is)");
	pthread_mutex_lock(&tree->lock);
	r = open_chain(tree, directory);
	if (r == 0)
		take_open(tree, directory);
	pthread_mutex_unlock(&tree->lock);
	if (r < 0)
		return seed_unopened(worker, directory, NULL, -r);
	return 0;
}

void directory_close(struct tree *tree, struct directory *directory)
{
	pthread_mutex_lock(&tree->lock);
	put_open(tree, directory);
	pthread_mutex_unlock(&tree->lock);
}

void directory_ref(struct tree *tree, struct directory *directory)
{
	pthread_mutex_lock(&tree->lock);
	directory->references++;
	pthread_mutex_unlock(&tree->lock);
}

/* Without recursion: what keeps the parent may be this directory alone, and so on up. */
static void unref_locked(struct tree *tree, struct directory *directory)
{
	while (directory && --directory->references == 0) {
		struct directory *parent = directory->parent;

		if (!atomic_load(&tree->failed))
			open_above(tree, directory);
		idle_remove(tree, directory);
		if (parent) {
			close_fd(&directory->source);
			close_fd(&directory->copy);
		}
		free(directory);
		directory = parent;
	}
}

void directory_unref(struct tree *tree, struct directory *directory)
{
	pthread_mutex_lock(&tree->lock);
	unref_locked(tree, directory);
	pthread_mutex_unlock(&tree->lock);
}

int directory_add(struct tree *tree, struct directory *parent, const char *name,
		  const struct cut_node *cut, bool shallow)
{
	size_t length = strlen(name) + 1;
	struct directory *directory = malloc(sizeof(*directory) + length);

	if (!directory)
		return -ENOMEM;
	*directory = (struct directory){
		.parent = parent,
		.cut = cut,
		.source = parent ? -EBADF : tree->request->image,
		.copy = parent ? -EBADF : tree->request->copy,
		.depth = parent ? parent->depth + 1 : 0,
		.references = 1,
		.shallow = shallow,
	};
	memcpy(directory->name, name, length);
	if (!parent && fstat(directory->source, &directory->st) < 0) {
		free(directory);
		return -errno;
	}

	pthread_mutex_lock(&tree->lock);
	if (parent)
		parent->references++;
	directory->below = tree->work;
	tree->work = directory;
	pthread_cond_signal(&tree->wake);
	pthread_mutex_unlock(&tree->lock);
	return 0;
}

bool work_take(struct tree *tree, struct job *ret_job)
{
	struct job job = {0};

	pthread_mutex_lock(&tree->lock);
	while (!tree->work && !tree->large && tree->active && !atomic_load(&tree->failed))
		pthread_cond_wait(&tree->wake, &tree->lock);
	if (atomic_load(&tree->failed)) {
		/* What is left is freed with the tree. */
	} else if (tree->work) {
		job.directory = tree->work;
		tree->work = job.directory->below;
		job.directory->pieces++;
	} else if (tree->large) {
		job.large = tree->large;
		job.large->users++;
	}
	if (job.directory || job.large)
		tree->active++;
	pthread_mutex_unlock(&tree->lock);
	*ret_job = job;
	return job.directory || job.large;
}

void work_list(struct tree *tree, struct large *large)
{
	pthread_mutex_lock(&tree->lock);
	large->below = tree->large;
	tree->large = large;
	large->is_listed = true;
	pthread_cond_broadcast(&tree->wake);
	pthread_mutex_unlock(&tree->lock);
}

bool work_unlist(struct tree *tree, struct large *large)
{
	bool is_last;

	pthread_mutex_lock(&tree->lock);
	if (large->is_listed) {
		struct large **place = &tree->large;

		while (*place != large)
			place = &(*place)->below;
		*place = large->below;
		large->is_listed = false;
	}
	is_last = --large->users == 0;
	pthread_mutex_unlock(&tree->lock);
	return is_last;
}

void work_again(struct tree *tree, struct directory *directory)
{
	pthread_mutex_lock(&tree->lock);
	directory->references++;
	directory->below = tree->work;
	tree->work = directory;
	pthread_cond_signal(&tree->wake);
	pthread_mutex_unlock(&tree->lock);
}

bool work_done(struct tree *tree, struct directory *directory, bool is_read)
{
	bool is_last;

	pthread_mutex_lock(&tree->lock);
	directory->is_read |= is_read;
	is_last = --directory->pieces == 0 && directory->is_read;
	pthread_mutex_unlock(&tree->lock);
	return is_last;
}

void work_leave(struct tree *tree, struct directory *directory)
{
	pthread_mutex_lock(&tree->lock);
	if (directory)
		unref_locked(tree, directory);
	if (--tree->active == 0)
		pthread_cond_broadcast(&tree->wake);
	pthread_mutex_unlock(&tree->lock);
}

void result_add(struct tree *tree, const struct seed_result *result)
{
	pthread_mutex_lock(&tree->lock);
	tree->result.files += result->files;
	tree->result.bytes += result->bytes;
	tree->result.lost_xattrs += result->lost_xattrs;
	tree->result.lost_owners += result->lost_owners;
	tree->result.lost_nodes += result->lost_nodes;
	pthread_mutex_unlock(&tree->lock);
}
