/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "links.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "directory.h"

/* A hash table with chains, of the files that have further links to be found. It never contains a
 * file with a single link, and drops a file after its last link. */
struct link_entry {
	struct link_entry *next;
	struct directory *directory; /* the directory of the copy; a reference */
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtim;
	nlink_t left; /* links that are still to be found */
	char name[];
};

struct links {
	pthread_mutex_t lock;
	struct link_entry **chains;
	size_t size; /* a power of two */
	size_t count;
};

#define FIRST_SIZE 256

struct links *links_new(void)
{
	struct links *links = calloc(1, sizeof(*links));

	if (!links)
		return NULL;
	links->chains = calloc(FIRST_SIZE, sizeof(*links->chains));
	if (!links->chains) {
		free(links);
		return NULL;
	}
	links->size = FIRST_SIZE;
	pthread_mutex_init(&links->lock, NULL);
	return links;
}

void links_free(struct tree *tree, struct links *links)
{
	if (!links)
		return;
	for (size_t i = 0; i < links->size; i++) {
		struct link_entry *entry = links->chains[i];

		while (entry) {
			struct link_entry *next = entry->next;

			directory_unref(tree, entry->directory);
			free(entry);
			entry = next;
		}
	}
	pthread_mutex_destroy(&links->lock);
	free(links->chains);
	free(links);
}

static size_t chain_of(const struct links *links, dev_t dev, ino_t ino)
{
	/* Fibonacci hashing, because inode numbers are often consecutive, and an image may control
	 * their order. */
	uint64_t hash = ((uint64_t)ino ^ (uint64_t)dev << 32) * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(hash >> 32) & (links->size - 1);
}

static struct link_entry **links_find(struct links *links, const struct stat *st)
{
	struct link_entry **place = &links->chains[chain_of(links, st->st_dev, st->st_ino)];

	while (*place && ((*place)->dev != st->st_dev || (*place)->ino != st->st_ino))
		place = &(*place)->next;
	return place;
}

/* Doubles the number of chains. Without memory for that, the chains grow longer. */
static void links_grow(struct links *links)
{
	struct link_entry **old = links->chains;
	size_t old_size = links->size;
	struct link_entry **chains = calloc(old_size * 2, sizeof(*chains));

	if (!chains)
		return;
	links->chains = chains;
	links->size = old_size * 2;
	for (size_t i = 0; i < old_size; i++) {
		while (old[i]) {
			struct link_entry *entry = old[i];
			struct link_entry **chain =
				&chains[chain_of(links, entry->dev, entry->ino)];

			old[i] = entry->next;
			entry->next = *chain;
			*chain = entry;
		}
	}
	free(old);
}

static int links_add(struct thread *thread, struct directory *directory, const char *name,
		     const struct stat *st)
{
	struct links *links = thread->tree->links;
	size_t length = strlen(name) + 1;
	struct link_entry *entry = malloc(sizeof(*entry) + length);
	struct link_entry **chain;

	if (!entry)
		return -ENOMEM;
	if (links->count >= links->size)
		links_grow(links);
	*entry = (struct link_entry){
		.directory = directory,
		.dev = st->st_dev,
		.ino = st->st_ino,
		.size = st->st_size,
		.mtim = st->st_mtim,
		.left = st->st_nlink - 1,
	};
	memcpy(entry->name, name, length);
	directory_ref(thread->tree, directory);
	chain = &links->chains[chain_of(links, st->st_dev, st->st_ino)];
	entry->next = *chain;
	*chain = entry;
	links->count++;
	return 0;
}

/* Two files to which an overlay or FUSE filesystem gives one inode number must not become one. */
static bool is_same(const struct link_entry *entry, const struct stat *st)
{
	return entry->size == st->st_size && entry->mtim.tv_sec == st->st_mtim.tv_sec &&
	       entry->mtim.tv_nsec == st->st_mtim.tv_nsec;
}

static int link_to(struct thread *thread, struct link_entry **place, struct directory *directory,
		   const char *name)
{
	struct links *links = thread->tree->links;
	struct link_entry *entry = *place;
	int r;

	r = directory_open(thread, entry->directory);
	if (r < 0)
		return r;
	if (linkat(entry->directory->copy, entry->name, directory->copy, name, 0) < 0)
		r = seed_fail(thread, directory, name, errno, "cannot be linked");
	directory_close(thread->tree, entry->directory);
	if (r < 0)
		return r;
	if (--entry->left == 0) {
		*place = entry->next;
		links->count--;
		directory_unref(thread->tree, entry->directory);
		free(entry);
	}
	return 1;
}

int links_make(struct thread *thread, struct directory *directory, const char *name,
	       const struct stat *st,
	       int (*make)(struct thread *, struct directory *, const char *, void *), void *data)
{
	struct links *links = thread->tree->links;
	struct link_entry **place;
	int r;

	pthread_mutex_lock(&links->lock);
	place = links_find(links, st);
	if (*place && is_same(*place, st)) {
		r = link_to(thread, place, directory, name);
	} else {
		bool is_other = *place != NULL;

		r = make(thread, directory, name, data);
		if (r == 0 && !is_other && links_add(thread, directory, name, st) < 0)
			r = seed_fail(thread, directory, name, ENOMEM,
				      "out of memory keeping track of it");
	}
	pthread_mutex_unlock(&links->lock);
	return r;
}
