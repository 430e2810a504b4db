/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "linux/sys.h"

/* Maximum number of idle directories that stay open, with two descriptors each. */
#define IDLE_OPEN_MAX 64

/* Maximum depth of a directory below the top. A hard link to a file takes time in proportion to the
 * file's depth, and all of them together take quadratic time. */
#define DEPTH_MAX 16384

/* Removes a directory from the list of open idle directories. */
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

/* Closes the oldest idle directories. The parameter most is how many stay open. */
static void idle_trim(struct tree *tree, unsigned most)
{
	while (tree->idle_count > most) {
		struct directory *oldest = tree->oldest;

		idle_remove(tree, oldest);
		close_fd(&oldest->source);
		close_fd(&oldest->copy);
	}
}

/* Adds a directory as the newest, and closes the oldest if too many are open. A high descriptor
 * number means that descriptors are scarce, because the kernel assigns the lowest free one. */
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

/* Takes the descriptor of a directory. Reads its attributes the first time, and seeks to the last
 * offset after that. */
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

/* Opens a directory by its path relative to an open ancestor. */
static int open_below(const struct directory *above, const char *path, struct directory *directory)
{
	AUTO_FD source = open_path(above->source, path);
	/* Without a copy, only the size is measured. */
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

/* Releases a directory taken with take_open(). */
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

/* Follows the chain towards directory as far as the path fits a system call, and writes this path.
 * Returns the last directory on it. */
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

/* Opens a directory from its nearest open ancestor. Those between stay closed: the tree may be tens
 * of thousands of directories deep. */
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
 * Opens the closed parent of an open directory. This is a single step, while the way from the top
 * may have many. If the parent has changed (somebody moved the directory), it stays closed for
 * open_chain() to open.
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
		/* No other process can reach this tree. */
		copy = openat(directory->copy, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (copy < 0)
			return;
	}
	if (take_source(above, &source) < 0)
		return;
	above->copy = take_fd(&copy);
	idle_add(tree, above);
}

int directory_open(struct thread *thread, struct directory *directory)
{
	struct tree *tree = thread->tree;
	int r;

	_Static_assert(DEPTH_MAX == 16384, "the message says it");
	if (directory->depth > DEPTH_MAX)
		return seed_fail(
			thread, directory, NULL, ENAMETOOLONG,
			"it is more than 16384 directories deep (seed=overlay leaves it as it is)");
	pthread_mutex_lock(&tree->lock);
	r = open_chain(tree, directory);
	if (r == 0)
		take_open(tree, directory);
	pthread_mutex_unlock(&tree->lock);
	if (r < 0)
		return seed_unopened(thread, directory, NULL, -r);
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

/* Not recursive: this directory may have the last reference to its parent, and so on up. */
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
