/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch.h"
#include "core/memory.h"
#include "cut.h"
#include "file.h"
#include "links.h"
#include "meta.h"
#include "walk.h"
#include "work.h"

/* Copies a file that something is mounted on: only its name and attributes. */
static int copy_empty(struct thread *thread, struct directory *directory, const char *name)
{
	AUTO_FD source = -EBADF;
	struct stat st;
	int r;

	r = file_open(thread, directory, name, &source);
	if (r == 0)
		r = file_look(thread, directory, name, source, &st);
	return r < 0 ? r : file_copy(thread, directory, name, &source, &st, true);
}

static int make_node(struct thread *thread, struct directory *directory, const char *name,
		     void *data)
{
	const struct stat *st = data;
	int r;

	if (S_ISLNK(st->st_mode))
		r = symlinkat(thread->link, directory->copy, name);
	else
		r = mknodat(directory->copy, name, st->st_mode, st->st_rdev);
	if (r < 0)
		return errno == EPERM && (S_ISBLK(st->st_mode) || S_ISCHR(st->st_mode))
			       ? -EPERM
			       : seed_unmade(thread, directory, name, errno);
	thread->result.files++;
	return 0;
}

/* Copies symlinks, devices, FIFOs and sockets, by name and without opening them. */
static int copy_node(struct thread *thread, struct directory *directory, const char *name,
		     struct stat *st)
{
	int r;

	if (S_ISLNK(st->st_mode)) {
		ssize_t length =
			readlinkat(directory->source, name, thread->link, sizeof(thread->link));

		if (length < 0 || (size_t)length >= sizeof(thread->link))
			return seed_fail(thread, directory, name, length < 0 ? errno : ENAMETOOLONG,
					 "cannot be read");
		thread->link[length] = '\0';
	}
	if (st->st_nlink > 1)
		r = links_make(thread, directory, name, st, make_node, st);
	else
		r = make_node(thread, directory, name, st);
	if (r == -EPERM && !atomic_load(&thread->tree->failed)) {
		thread->result.lost_nodes++;
		return 0;
	}
	if (r != 0)
		return r < 0 ? r : 0;
	return meta_of_node(thread, directory, name, st);
}

/* For a directory that already exists: like a new one, it passes no group on to what is made in it.
 */
static int reset_mode(int parent, const char *name)
{
	AUTO_FD fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 || fchmod(fd, 0700) < 0 ? -errno : 0;
}

static int copy_directory(struct thread *thread, struct directory *directory, const char *name,
			  const struct cut_node *cut)
{
	bool is_there = cut && thread->tree->request->in_place;
	int r = 0;

	if (mkdirat(directory->copy, name, 0700) < 0 && (errno != EEXIST || !is_there))
		return seed_unmade(thread, directory, name, errno);
	if (is_there)
		r = reset_mode(directory->copy, name);
	if (r < 0)
		return seed_fail(thread, directory, name, -r, "its mode cannot be set");
	thread->result.files++;
	if (directory_add(thread->tree, directory, name, cut, cut && !cut->child) < 0)
		return seed_fail(thread, directory, name, ENOMEM,
				 "out of memory keeping track of it");
	return 0;
}

/*
 * type is the name's type from the directory; it may be unknown or outdated. Opening is harmless:
 * devices on the image's mount cannot be opened, O_NONBLOCK keeps a FIFO from blocking, and
 * symlinks are not followed.
 */
static int copy_entry(struct thread *thread, struct directory *directory, const char *name,
		      unsigned char type)
{
	const struct cut_node *cut = cuts_find(directory->cut, name);
	bool in_place = cut && thread->tree->request->in_place;
	struct stat st;

	if (in_place && !cut->child)
		return 0;
	if (type == DT_DIR)
		return copy_directory(thread, directory, name, cut);
	if (type == DT_REG && !in_place)
		return cut && !cut->child ? copy_empty(thread, directory, name)
					  : batch_add(thread, directory, name);
	if (fstatat(directory->source, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return seed_fail(thread, directory, name, errno, "cannot be inspected");
	/* The filesystem does not report types in its directories. */
	if (S_ISDIR(st.st_mode))
		return copy_entry(thread, directory, name, DT_DIR);
	if (in_place) {
		thread->result.lost_names++;
		return 0;
	}
	if (S_ISREG(st.st_mode))
		return copy_entry(thread, directory, name, DT_REG);
	return copy_node(thread, directory, name, &st);
}

int seed_copy(const struct seed_request *request, struct error *error,
	      struct seed_result *ret_result)
{
	struct tree tree = {.visit = copy_entry};
	int r;

	r = seed_walk(&tree, request, error);
	if (r < 0)
		return r;
	*ret_result = tree.result;
	return 0;
}
