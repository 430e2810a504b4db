/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "measure.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cut.h"
#include "data.h"
#include "walk.h"
#include "work.h"

/* tmpfs keeps a symlink's text beside the inode up to this length, in a page of its own beyond. */
#define SHORT_LINK 128

static uint64_t bytes_of(const struct stat *st)
{
	if (S_ISLNK(st->st_mode))
		return st->st_size >= SHORT_LINK ? data_whole_pages(1) : 0;
	return S_ISREG(st->st_mode) ? data_bytes(st) : 0;
}

/* Every name takes an inode of a tmpfs, a further hard link too (shmem_link in the kernel's
 * mm/shmem.c). */
static int measure_entry(struct thread *thread, struct directory *directory, const char *name,
			 unsigned char type)
{
	struct tree *tree = thread->tree;
	const struct cut_node *cut = NULL;
	struct stat st = {.st_mode = S_IFDIR};
	uint64_t bytes;

	thread->result.files++;
	cut = cuts_find(directory->cut, name);
	if (type != DT_DIR && fstatat(directory->source, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return seed_fail(thread, directory, name, errno, "can't be looked at");
	if (S_ISDIR(st.st_mode)) {
		if (directory_add(tree, directory, name, cut, cut && !cut->child) < 0)
			return seed_fail(thread, directory, name, ENOMEM, "can't be remembered");
		return 0;
	}
	if (cut && !cut->child)
		return 0;
	bytes = bytes_of(&st);
	/* Names of one file share its contents; counting each in part keeps no table, and comes out
	 * right where all are met. */
	if (st.st_nlink > 1)
		bytes /= st.st_nlink;
	thread->result.bytes += bytes;
	return 0;
}

int seed_measure(const struct seed_request *request, struct error *error,
		 struct seed_need *ret_need)
{
	struct seed_request walk = *request;
	struct tree tree = {.visit = measure_entry};
	int r;

	walk.copy = -EBADF;
	r = seed_walk(&tree, &walk, error);
	if (r < 0)
		return r;
	*ret_need = (struct seed_need){
		.bytes = data_whole_pages(tree.result.bytes),
		.inodes = tree.result.files + 1,
	};
	return 0;
}
