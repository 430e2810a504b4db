/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "data.h"

#include <errno.h>
#include <sys/sendfile.h>
#include <unistd.h>

/* Maximum length of one sendfile(2): long enough for a negligible overhead, short enough to notice
 * another thread's error. */
#define SEND_MAX ((size_t)16 * 1024 * 1024)

ssize_t data_read(struct thread *thread, struct directory *directory, const char *name, int source,
		  char *data, size_t size)
{
	size_t length = 0;

	while (length < size) {
		ssize_t n = read(source, data + length, size - length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return seed_fail(thread, directory, name, errno, "cannot be read");
		if (n == 0)
			break;
		length += (size_t)n;
	}
	return (ssize_t)length;
}

int data_write(struct thread *thread, struct directory *directory, const char *name, int copy,
	       const char *data, size_t length)
{
	for (size_t done = 0; done < length;) {
		ssize_t n = write(copy, data + done, length - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return seed_fail(thread, directory, name, errno, "cannot be written");
		done += (size_t)n;
	}
	thread->result.bytes += length;
	return 0;
}

/* Copies a file that fits the buffer. */
static int copy_small(struct thread *thread, struct directory *directory, const char *name,
		      int source, int copy, size_t size)
{
	ssize_t length = data_read(thread, directory, name, source, thread->data, size);

	return length < 0 ? (int)length
			  : data_write(thread, directory, name, copy, thread->data, (size_t)length);
}

/* Copies the bytes [from, to) to the same offset. */
static int copy_range(struct thread *thread, struct directory *directory, const char *name,
		      int source, int copy, off_t from, off_t to)
{
	if (lseek(copy, from, SEEK_SET) < 0)
		return seed_fail(thread, directory, name, errno, "cannot be written");
	while (from < to) {
		off_t start = from;
		ssize_t n;

		if (atomic_load_explicit(&thread->tree->failed, memory_order_relaxed))
			return -ECANCELED;
		n = sendfile(copy, source, &from,
			     to - from > (off_t)SEND_MAX ? SEND_MAX : (size_t)(to - from));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return seed_fail(thread, directory, name, errno, "cannot be copied");
		if (n == 0)
			break;
		from = start + n;
		thread->result.bytes += (uint64_t)n;
	}
	return 0;
}

/* Copies a file with holes, if its filesystem reports them, skipping the holes. */
static int copy_sparse(struct thread *thread, struct directory *directory, const char *name,
		       int source, int copy, off_t size)
{
	off_t at = 0;

	while (at < size) {
		off_t data = lseek(source, at, SEEK_DATA);
		off_t hole;
		int r;

		if (data < 0 && errno == ENXIO)
			break;
		hole = data < 0 ? data : lseek(source, data, SEEK_HOLE);
		if (hole < 0)
			return seed_fail(thread, directory, name, errno,
					 "its holes cannot be found");
		/* A faulty server of a network filesystem could otherwise cause an endless loop. */
		if (data < at || hole <= data)
			return seed_fail(thread, directory, name, EIO, "its holes cannot be found");
		if (data >= size)
			break;
		r = copy_range(thread, directory, name, source, copy, data,
			       hole < size ? hole : size);
		if (r < 0)
			return r;
		at = hole;
	}
	if (ftruncate(copy, size) < 0)
		return seed_fail(thread, directory, name, errno, "cannot be given its size");
	return 0;
}

uint64_t data_whole_pages(uint64_t bytes)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	return bytes > UINT64_MAX - page ? bytes : (bytes + page - 1) / page * page;
}

uint64_t data_bytes(const struct stat *st)
{
	uint64_t size = (uint64_t)st->st_size;
	uint64_t held = (uint64_t)st->st_blocks * 512;

	return data_whole_pages(held < size ? held : size);
}

bool data_is_sparse(const struct stat *st)
{
	return (uint64_t)st->st_blocks * 512 < (uint64_t)st->st_size;
}

int data_copy(struct thread *thread, struct directory *directory, const char *name, int source,
	      int copy, const struct stat *st)
{
	if (st->st_size == 0)
		return 0;
	if (data_is_sparse(st))
		return copy_sparse(thread, directory, name, source, copy, st->st_size);
	if ((uint64_t)st->st_size <= sizeof(thread->data))
		return copy_small(thread, directory, name, source, copy, (size_t)st->st_size);
	return copy_range(thread, directory, name, source, copy, 0, st->st_size);
}
