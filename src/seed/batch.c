/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies small files several at a time: each system call is made for all of them before the next
 * call. The kernel's code for the call then stays in the CPU caches. bench/README.md has the
 * figures.
 */
#include "batch.h"

#include <errno.h>

#include "core/memory.h"
#include "data.h"
#include "file.h"
#include "meta.h"

/* Maximum size of a small file. The files of a batch share the thread's buffer. */
#define SMALL_FILE ((off_t)16 * 1024)

static int open_source(struct thread *thread, struct directory *directory, struct batch_file *file)
{
	return file_open(thread, directory, file->name, &file->source);
}

static int look_at_source(struct thread *thread, struct directory *directory,
			  struct batch_file *file)
{
	return file_look(thread, directory, file->name, file->source, &file->st);
}

/* Copies a file by itself if it needs more than the calls that all files have in common, or does
 * not fit the buffer. Done before the buffer is filled. */
static int sort_out(struct thread *thread, struct directory *directory, struct batch_file *file)
{
	struct batch *batch = &thread->batch;
	const struct stat *st = &file->st;

	file->is_single = st->st_size > SMALL_FILE || st->st_nlink > 1 || data_is_sparse(st) ||
			  (size_t)st->st_size > sizeof(thread->data) - batch->used;
	if (file->is_single)
		return file_copy(thread, directory, file->name, &file->source, st, false);
	file->at = batch->used;
	batch->used += (size_t)st->st_size;
	return 0;
}

static int read_source(struct thread *thread, struct directory *directory, struct batch_file *file)
{
	ssize_t length = data_read(thread, directory, file->name, file->source,
				   thread->data + file->at, (size_t)file->st.st_size);

	if (length < 0)
		return (int)length;
	file->length = (size_t)length;
	return 0;
}

static int make_copy(struct thread *thread, struct directory *directory, struct batch_file *file)
{
	return file_make(thread, directory, file->name, &file->st, &file->copy);
}

static int write_copy(struct thread *thread, struct directory *directory, struct batch_file *file)
{
	return data_write(thread, directory, file->name, file->copy, thread->data + file->at,
			  file->length);
}

static int set_attributes(struct thread *thread, struct directory *directory,
			  struct batch_file *file)
{
	return meta_but_times(thread, directory, file->name, file->source, file->copy, &file->st);
}

static int set_times(struct thread *thread, struct directory *directory, struct batch_file *file)
{
	return meta_times(thread, directory, file->name, file->copy, &file->st);
}

static void close_all(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		close_fd(&batch->files[i].source);
	for (size_t i = 0; i < batch->count; i++)
		close_fd(&batch->files[i].copy);
	batch->count = 0;
	batch->used = 0;
}

int batch_copy(struct thread *thread, struct directory *directory)
{
	static int (*const steps[])(struct thread *, struct directory *, struct batch_file *) = {
		open_source, look_at_source, sort_out,	     read_source,
		make_copy,   write_copy,     set_attributes, set_times,
	};
	struct batch *batch = &thread->batch;
	int r = 0;

	for (size_t step = 0; step < ARRAY_SIZE(steps) && r == 0; step++) {
		for (size_t i = 0; i < batch->count && r == 0; i++) {
			if (!batch->files[i].is_single)
				r = steps[step](thread, directory, &batch->files[i]);
		}
	}
	close_all(batch);
	return r;
}

int batch_add(struct thread *thread, struct directory *directory, const char *name)
{
	struct batch *batch = &thread->batch;

	batch->files[batch->count++] =
		(struct batch_file){.name = name, .source = -EBADF, .copy = -EBADF};
	return batch->count == BATCH_FILES ? batch_copy(thread, directory) : 0;
}
