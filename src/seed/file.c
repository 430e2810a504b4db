/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "data.h"
#include "large.h"
#include "links.h"
#include "meta.h"

/* A regular file of the copy. */
struct file {
	const struct stat *st;
	bool is_empty;
	int copy;
};

/* Called before data is written, because the kernel kills processes that exceed a memory limit. */
static int reserve(struct thread *thread, const struct stat *st)
{
	uint64_t most = thread->tree->request->bytes_max;
	uint64_t bytes = data_bytes(st);

	if (!most)
		return 0;
	return atomic_fetch_add(&thread->tree->reserved, bytes) + bytes > most ? -EDQUOT : 0;
}

static int make_file(struct thread *thread, struct directory *directory, const char *name,
		     void *data)
{
	struct file *file = data;
	int r = file->is_empty ? 0 : reserve(thread, file->st);

	if (r < 0)
		return seed_fail(thread, directory, name, -r, "cannot be written");
	file->copy =
		openat(directory->copy, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		       file->st->st_mode & 0777);
	if (file->copy < 0)
		return seed_unmade(thread, directory, name, errno);
	thread->result.files++;
	thread->result.programs += !file->is_empty && (file->st->st_mode & 0111);
	return 0;
}

int file_make(struct thread *thread, struct directory *directory, const char *name,
	      const struct stat *st, int *ret_copy)
{
	struct file file = {.st = st, .copy = -EBADF};
	int r = make_file(thread, directory, name, &file);

	if (r == 0)
		*ret_copy = file.copy;
	return r;
}

int file_copy(struct thread *thread, struct directory *directory, const char *name, int *source,
	      const struct stat *st, bool is_empty)
{
	struct file file = {.st = st, .is_empty = is_empty, .copy = -EBADF};
	AUTO_FD copy = -EBADF;
	int r;

	/* A file that is copied without its contents must not be hard-linked to another name. */
	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): set by callers */
	if (st->st_nlink > 1 && !is_empty)
		r = links_make(thread, directory, name, st, make_file, &file);
	else
		r = make_file(thread, directory, name, &file);
	if (r != 0)
		return r < 0 ? r : 0;
	copy = file.copy;
	if (!is_empty) {
		r = large_copy(thread, directory, name, source, &copy, st);
		if (r == 0)
			r = data_copy(thread, directory, name, *source, copy, st);
		else if (r > 0)
			return 0;
		if (r < 0)
			return r;
	}
	return meta_of_file(thread, directory, name, *source, copy, st);
}

int file_open(struct thread *thread, struct directory *directory, const char *name, int *ret_source)
{
	int fd = openat(directory->source, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return seed_unopened(thread, directory, name, errno);
	*ret_source = fd;
	return 0;
}

int file_look(struct thread *thread, struct directory *directory, const char *name, int source,
	      struct stat *ret_st)
{
	if (fstat(source, ret_st) < 0)
		return seed_fail(thread, directory, name, errno, "cannot be inspected");
	if (!S_ISREG(ret_st->st_mode))
		return seed_fail(thread, directory, name, EINVAL,
				 "it was exchanged for another kind of file meanwhile");
	return 0;
}
