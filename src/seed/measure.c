/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "measure.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "cut.h"
#include "data.h"
#include "meta.h"
#include "walk.h"
#include "work.h"

/* tmpfs stores a symlink's text up to this length with the inode, and a longer one in a separate
 * page. */
#define SHORT_LINK 128

/* In a tmpfs, the part of the inode limit that one inode takes: BOGO_INODE_SIZE in the kernel's
 * mm/shmem.c. */
#define INODE_ROOM 1024

struct measure {
	struct tree tree; /* first, so that a pointer to it is also one to this struct */
	const struct seed_need *most;
};

static uint64_t bytes_of(const struct stat *st)
{
	if (S_ISLNK(st->st_mode))
		return st->st_size >= SHORT_LINK ? data_whole_pages(1) : 0;
	return S_ISREG(st->st_mode) ? data_bytes(st) : 0;
}

/* In a tmpfs, every name takes an inode, including further hard links (shmem_link() in the kernel's
 * mm/shmem.c). */
static int count_entry(struct thread *thread, struct directory *directory, const char *name,
		       unsigned char type)
{
	struct tree *tree = thread->tree;
	const struct cut_node *cut = NULL;
	struct stat st = {.st_mode = S_IFDIR};
	uint64_t bytes;

	thread->result.files++;
	cut = cuts_find(directory->cut, name);
	if (type != DT_DIR && fstatat(directory->source, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return seed_fail(thread, directory, name, errno, "cannot be inspected");
	if (S_ISDIR(st.st_mode)) {
		if (directory_add(tree, directory, name, cut, cut && !cut->child) < 0)
			return seed_fail(thread, directory, name, ENOMEM,
					 "out of memory keeping track of it");
		return 0;
	}
	if (cut && !cut->child)
		return 0;
	bytes = bytes_of(&st);
	/* Links share the contents. Each counts for its part, which needs no table and gives the
	 * right sum if all links are found. */
	if (st.st_nlink > 1)
		bytes /= st.st_nlink;
	thread->result.bytes += bytes;
	return 0;
}

static struct seed_need need_of(const struct seed_result *result)
{
	return (struct seed_need){
		.bytes = data_whole_pages(result->bytes),
		.inodes = result->files + 1,
	};
}

static int measure_entry(struct thread *thread, struct directory *directory, const char *name,
			 unsigned char type)
{
	const struct seed_need *most = ((const struct measure *)thread->tree)->most;
	struct seed_need need;
	int r = count_entry(thread, directory, name, type);

	if (r < 0 || !most)
		return r;
	/* With most there is a single thread, whose counters are the total. */
	need = need_of(&thread->result);
	return need.inodes > most->inodes || need.bytes > most->bytes ? seed_stop(thread) : 0;
}

int seed_measure(const struct seed_request *request, const struct seed_need *most,
		 struct error *error, struct seed_need *ret_need)
{
	struct seed_request walk = *request;
	struct measure measure = {.tree = {.visit = measure_entry}, .most = most};
	int r;

	walk.copy = -EBADF;
	if (most)
		walk.threads = 1;
	r = seed_walk(&measure.tree, &walk, error);
	if (r < 0)
		return r;
	*ret_need = need_of(&measure.tree.result);
	return 0;
}

/* Counts attributes in the place of contents. */
static int measure_attributes(struct thread *thread, struct directory *directory, const char *name,
			      unsigned char type)
{
	uint64_t before = thread->result.bytes;
	int r = count_entry(thread, directory, name, type);

	if (r == 0)
		thread->result.bytes = before + meta_attributes_room(thread, directory, name);
	return r;
}

int seed_measure_attributes(const struct seed_request *request, struct error *error,
			    uint64_t *ret_inodes)
{
	AUTO_FREE struct thread *own = calloc(1, sizeof(*own));
	const struct directory top = {.source = request->image};
	struct seed_request walk = *request;
	struct measure measure = {.tree = {.visit = measure_attributes}};
	uint64_t bytes;
	int r;

	if (!own)
		return error_memory(error);
	walk.copy = -EBADF;
	r = seed_walk(&measure.tree, &walk, error);
	if (r == 0) {
		own->tree = &measure.tree;
		bytes = measure.tree.result.bytes + meta_attributes_room(own, &top, NULL);
		/* An attribute must leave a byte over. */
		*ret_inodes = bytes ? bytes / INODE_ROOM + 1 : 0;
	}
	return r;
}
