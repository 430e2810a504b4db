/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/path.h"
#include "cut.h"
#include "tree.h"

/* A regular file of the copy, once it is made. */
struct file {
	const struct stat *st;
	bool is_empty;
	int copy;
};

/* Before a byte of it is written: the kernel would kill for what is over a memory limit. */
static int reserve(struct worker *worker, const struct stat *st)
{
	uint64_t most = worker->tree->request->bytes_max;
	uint64_t bytes = data_bytes(st);

	if (!most)
		return 0;
	return atomic_fetch_add(&worker->tree->reserved, bytes) + bytes > most ? -EDQUOT : 0;
}

static int make_file(struct worker *worker, struct directory *directory, const char *name,
		     void *data)
{
	struct file *file = data;
	int r = file->is_empty ? 0 : reserve(worker, file->st);

	if (r < 0)
		return seed_fail(worker, directory, name, -r, "can't be written");
	file->copy =
		openat(directory->copy, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		       file->st->st_mode & 0777);
	if (file->copy < 0)
		return seed_fail(worker, directory, name, errno, "can't be made");
	worker->result.files++;
	return 0;
}

int file_make(struct worker *worker, struct directory *directory, const char *name,
	      const struct stat *st, int *ret_copy)
{
	struct file file = {.st = st, .copy = -EBADF};
	int r = make_file(worker, directory, name, &file);

	if (r == 0)
		*ret_copy = file.copy;
	return r;
}

int file_copy(struct worker *worker, struct directory *directory, const char *name, int *source,
	      const struct stat *st, bool is_empty)
{
	struct file file = {.st = st, .is_empty = is_empty, .copy = -EBADF};
	AUTO_FD copy = -EBADF;
	int r;

	/* What is cut off must not become another name's contents. */
	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): who calls has it */
	if (st->st_nlink > 1 && !is_empty)
		r = links_make(worker, directory, name, st, make_file, &file);
	else
		r = make_file(worker, directory, name, &file);
	if (r != 0)
		return r < 0 ? r : 0;
	copy = file.copy;
	if (!is_empty) {
		r = large_copy(worker, directory, name, source, &copy, st);
		if (r == 0)
			r = data_copy(worker, directory, name, *source, copy, st);
		else if (r > 0)
			return 0;
		if (r < 0)
			return r;
	}
	return meta_of_file(worker, directory, name, *source, copy, st);
}

int file_open(struct worker *worker, struct directory *directory, const char *name, int *ret_source)
{
	int fd = openat(directory->source, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return seed_unopened(worker, directory, name, errno);
	*ret_source = fd;
	return 0;
}

int file_look(struct worker *worker, struct directory *directory, const char *name, int source,
	      struct stat *ret_st)
{
	if (fstat(source, ret_st) < 0)
		return seed_fail(worker, directory, name, errno, "can't be looked at");
	if (!S_ISREG(ret_st->st_mode))
		return seed_fail(worker, directory, name, EINVAL,
				 "it was exchanged for another kind of file meanwhile");
	return 0;
}

/* A file below which something is mounted: its name and attributes alone. */
static int copy_empty(struct worker *worker, struct directory *directory, const char *name)
{
	AUTO_FD source = -EBADF;
	struct stat st;
	int r;

	r = file_open(worker, directory, name, &source);
	if (r == 0)
		r = file_look(worker, directory, name, source, &st);
	return r < 0 ? r : file_copy(worker, directory, name, &source, &st, true);
}

static int make_node(struct worker *worker, struct directory *directory, const char *name,
		     void *data)
{
	const struct stat *st = data;
	int r;

	if (S_ISLNK(st->st_mode))
		r = symlinkat(worker->link, directory->copy, name);
	else
		r = mknodat(directory->copy, name, st->st_mode, st->st_rdev);
	if (r < 0)
		return errno == EPERM && (S_ISBLK(st->st_mode) || S_ISCHR(st->st_mode))
			       ? -EPERM
			       : seed_fail(worker, directory, name, errno, "can't be made");
	worker->result.files++;
	return 0;
}

/* Symlinks, devices, FIFOs and sockets: what is copied by name, and never opened. */
static int copy_node(struct worker *worker, struct directory *directory, const char *name,
		     struct stat *st)
{
	int r;

	if (S_ISLNK(st->st_mode)) {
		ssize_t length =
			readlinkat(directory->source, name, worker->link, sizeof(worker->link));

		if (length < 0 || (size_t)length >= sizeof(worker->link))
			return seed_fail(worker, directory, name, length < 0 ? errno : ENAMETOOLONG,
					 "can't be read");
		worker->link[length] = '\0';
	}
	if (st->st_nlink > 1)
		r = links_make(worker, directory, name, st, make_node, st);
	else
		r = make_node(worker, directory, name, st);
	if (r == -EPERM && !atomic_load(&worker->tree->failed)) {
		worker->result.lost_nodes++;
		return 0;
	}
	if (r != 0)
		return r < 0 ? r : 0;
	return meta_of_node(worker, directory, name, st);
}

static int copy_directory(struct worker *worker, struct directory *directory, const char *name,
			  const struct cut_node *cut)
{
	if (mkdirat(directory->copy, name, 0700) < 0)
		return seed_fail(worker, directory, name, errno, "can't be made");
	worker->result.files++;
	if (directory_add(worker->tree, directory, name, cut, cut && !cut->child) < 0)
		return seed_fail(worker, directory, name, ENOMEM, "can't be remembered");
	return 0;
}

/*
 * type is what the directory says of the name; it may say nothing, or be out of date. Opening is
 * harmless: the image is a mount whose devices can't be opened, a FIFO doesn't block with
 * O_NONBLOCK, and no link is followed.
 */
static int copy_entry(struct worker *worker, struct directory *directory, const char *name,
		      unsigned char type)
{
	const struct cut_node *cut = cuts_find(directory->cut, name);
	struct stat st;

	if (type == DT_DIR)
		return copy_directory(worker, directory, name, cut);
	if (type == DT_REG)
		return cut && !cut->child ? copy_empty(worker, directory, name)
					  : batch_add(worker, directory, name);
	if (fstatat(directory->source, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return seed_fail(worker, directory, name, errno, "can't be looked at");
	/* A filesystem that does not say types in its directories. */
	if (S_ISDIR(st.st_mode))
		return copy_entry(worker, directory, name, DT_DIR);
	if (S_ISREG(st.st_mode))
		return copy_entry(worker, directory, name, DT_REG);
	return copy_node(worker, directory, name, &st);
}

/* The kernel aligns each entry, as the buffer is. */
static const struct dirent64 *entry_at(const struct worker *worker, size_t at)
{
	return (const struct dirent64 *)(const void *)(worker->piece + at);
}

static int visit_piece(struct worker *worker, struct directory *directory, size_t length)
{
	for (size_t at = 0; at < length;) {
		const struct dirent64 *entry = entry_at(worker, at);
		int r;

		at += entry->d_reclen;
		if (path_is_dot(entry->d_name))
			continue;
		if (atomic_load_explicit(&worker->tree->failed, memory_order_relaxed))
			return -ECANCELED;
		r = worker->tree->visit(worker, directory, entry->d_name, entry->d_type);
		if (r < 0)
			return r;
	}
	/* Its names stand in the piece. */
	return batch_copy(worker, directory);
}

/* Where the next piece begins, should the directory be closed before it is read. */
static off_t piece_offset(const struct worker *worker, size_t length)
{
	off_t offset = 0;

	for (size_t at = 0; at < length;) {
		const struct dirent64 *entry = entry_at(worker, at);

		offset = entry->d_off;
		at += entry->d_reclen;
	}
	return offset;
}

static void work_at(struct worker *worker, struct directory *directory)
{
	struct tree *tree = worker->tree;
	ssize_t length = 0;

	if (directory_open(worker, directory) < 0)
		return;
	if (!directory->shallow) {
		length =
			getdents64(directory->source, (void *)worker->piece, sizeof(worker->piece));
		if (length < 0)
			seed_fail(worker, directory, NULL, errno, "can't be read");
	}
	if (length > 0) {
		directory->offset = piece_offset(worker, (size_t)length);
		work_again(tree, directory);
		visit_piece(worker, directory, (size_t)length);
	}
	/* All that stands in it has been made: now nothing changes its times, and its ACL is handed
	 * down to nobody. */
	if (work_done(tree, directory, length == 0) && directory->copy >= 0 &&
	    !atomic_load(&tree->failed))
		meta_of_directory(worker, directory);
	directory_close(tree, directory);
}

static void *work(void *data)
{
	struct worker *worker = data;
	struct job job;

	while (work_take(worker->tree, &job)) {
		if (job.large)
			large_join(worker, job.large);
		else
			work_at(worker, job.directory);
		work_leave(worker->tree, job.directory);
	}
	result_add(worker->tree, &worker->result);
	return NULL;
}

static void *work_in_thread(void *data)
{
	struct worker *worker = data;

	/* A working directory of its own: attributes of what can't be opened are reached by it. */
	if (unshare(CLONE_FS) < 0) {
		seed_fail(worker, NULL, NULL, errno,
			  "a thread can't have a working directory of its own");
		return NULL;
	}
	return work(worker);
}

/* A thread needs little: no function here keeps more than a kilobyte. */
#define THREAD_STACK ((size_t)256 * 1024)
#define THREADS_MAX  16

static int start_thread(struct worker *worker, pthread_t *ret_thread)
{
	pthread_attr_t attributes;
	int r;

	r = pthread_attr_init(&attributes);
	if (r)
		return -r;
	r = pthread_attr_setstacksize(&attributes, THREAD_STACK);
	if (!r)
		r = pthread_create(ret_thread, &attributes, work_in_thread, worker);
	pthread_attr_destroy(&attributes);
	return -r;
}

static void run_workers(struct tree *tree, struct worker *own, unsigned threads)
{
	struct worker *workers[THREADS_MAX];
	pthread_t ids[THREADS_MAX];
	unsigned started = 0;

	/* A thread that can't be had (the container's pids limit, for one) is done without: one is
	 * enough. */
	while (started + 1 < threads && started < THREADS_MAX) {
		struct worker *worker = calloc(1, sizeof(*worker));

		if (!worker)
			break;
		worker->tree = tree;
		if (start_thread(worker, &ids[started]) < 0) {
			free(worker);
			break;
		}
		workers[started++] = worker;
	}
	work(own);
	for (unsigned i = 0; i < started; i++) {
		/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): start_thread() has set it */
		pthread_join(ids[i], NULL);
		free(workers[i]);
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
	AUTO_FREE struct worker *own = calloc(1, sizeof(*own));
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
		run_workers(tree, own, tree->threads);
	}
	free_tree(tree);
	if (r < 0)
		return error_set(error, STATUS_SEED, -r, "the work can't be begun");
	return atomic_load(&tree->failed) ? (error->err ? -error->err : -EINVAL) : 0;
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
