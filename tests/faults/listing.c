/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "faults.h"

static uint64_t hash(uint64_t sum, const void *data, size_t length)
{
	const unsigned char *at = data;
	uint64_t word;

	for (; length >= 8; length -= 8, at += 8) {
		memcpy(&word, at, 8);
		sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		sum ^= sum >> 29;
	}
	while (length--)
		sum = (sum ^ *at++) * UINT64_C(0x100000001b3);
	return sum;
}

static void look_at_file(struct entry *entry, int fd)
{
	off_t at = 0;

	if (!entry->size)
		return;
	/* The same bytes, and the same holes. */
	while (at < entry->size) {
		off_t data = lseek(fd, at, SEEK_DATA);
		off_t hole = data < 0 ? -1 : lseek(fd, data, SEEK_HOLE);
		char *map;

		if (data < 0)
			break;
		MUST(hole);
		entry->holes = hash(entry->holes, (off_t[]){data, hole}, 2 * sizeof(off_t));
		map = mmap(NULL, (size_t)hole, PROT_READ, MAP_SHARED, fd, 0);
		if (map == MAP_FAILED)
			MUST(-1);
		entry->contents = hash(entry->contents, map + data, (size_t)(hole - data));
		munmap(map, (size_t)hole);
		at = hole;
	}
}

/* In any order. */
static uint64_t look_at_attributes(const char *path)
{
	char names[4096];
	char value[4096];
	ssize_t length = llistxattr(path, names, sizeof(names));
	uint64_t sum = 0;

	for (char *name = names; name < names + (length < 0 ? 0 : length);
	     name += strlen(name) + 1) {
		ssize_t size = lgetxattr(path, name, value, sizeof(value));

		sum += hash(hash(1, name, strlen(name)), value, size < 0 ? 0 : (size_t)size);
	}
	return sum;
}

static struct entry *add(struct listing *listing, const char *path, const struct stat *st)
{
	struct entry *entry;
	unsigned i;

	listing->entries =
		realloc(listing->entries, (listing->count + 1) * sizeof(*listing->entries));
	entry = &listing->entries[listing->count++];
	*entry = (struct entry){
		.mode = st->st_mode,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.rdev = st->st_rdev,
		.size = S_ISDIR(st->st_mode) ? 0 : st->st_size,
		.mtime = st->st_mtim,
		.id = {st->st_dev, st->st_ino},
	};
	snprintf(entry->path, sizeof(entry->path), "%s", path);
	for (i = 0; memcmp(listing->entries[i].id, entry->id, sizeof(entry->id)); i++)
		;
	entry->first_name = i;
	return entry;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

void listing_add(struct listing *listing, int root, const char *path)
{
	char link[PATH_MAX];
	struct entry *entry;
	struct dirent **names;
	struct stat st;
	int fd;
	int count;

	if (fstatat(root, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	entry = add(listing, path, &st);
	entry->attributes = look_at_attributes(PATH_OF("/proc/self/fd/%d/%s", root, path));
	if (S_ISLNK(st.st_mode)) {
		ssize_t length = readlinkat(root, path, link, sizeof(link));

		entry->contents = hash(1, link, (size_t)MUST(length));
	}
	if (S_ISREG(st.st_mode)) {
		fd = (int)MUST(openat(root, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
		look_at_file(entry, fd);
		close(fd);
	}
	if (!S_ISDIR(st.st_mode))
		return;
	count = scandirat(root, path, &names, NULL, by_name);
	MUST(count);
	for (int i = 0; i < count; i++) {
		const char *name = names[i]->d_name;

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			listing_add(listing, root, PATH_OF("%s/%s", path, name));
		free(names[i]);
	}
	free(names);
}

void listing_done(struct listing *listing)
{
	free(listing->entries);
	*listing = (struct listing){.count = 0};
}

/* What may be lost is counted, once for all names of a file. Any other difference is a problem. */
static void compare(const struct entry *wanted, const struct entry *found, bool is_first,
		    struct losses *counted, char problem[static 512])
{
	const char *what = NULL;
	mode_t may_lose = 0;

	if (wanted->uid != found->uid || wanted->gid != found->gid) {
		counted->owners += is_first;
		may_lose |= S_ISUID | S_ISGID;
	}
	if (wanted->attributes != found->attributes) {
		counted->attributes += is_first;
		may_lose |= S_IRWXG;
	}
	if ((wanted->mode & ~may_lose) != (found->mode & ~may_lose) ||
	    (found->mode & may_lose & ~wanted->mode))
		what = "mode";
	else if (wanted->rdev != found->rdev)
		what = "device";
	else if (wanted->size != found->size)
		what = "size";
	else if (memcmp(&wanted->mtime, &found->mtime, sizeof(wanted->mtime)))
		what = "time";
	else if (wanted->contents != found->contents)
		what = "contents";
	else if (wanted->holes != found->holes)
		what = "holes";
	if (what)
		snprintf(problem, 512, "/%s: another %s", wanted->path, what);
}

void listing_compare(const struct listing *wanted, const struct listing *found,
		     const struct losses *losses, char problem[static 512])
{
	struct losses counted = {0};
	size_t at = 0;

	problem[0] = '\0';
	for (size_t i = 0; i < wanted->count && !problem[0]; i++) {
		const struct entry *entry = &wanted->entries[i];
		const struct entry *other = at < found->count ? &found->entries[at] : NULL;

		if (!other || strcmp(entry->path, other->path) != 0) {
			counted.nodes++;
			if (!S_ISCHR(entry->mode) && !S_ISBLK(entry->mode))
				snprintf(problem, 512, "/%s: missing, or after something new",
					 entry->path);
			continue;
		}
		at++;
		compare(entry, other, entry->first_name == i, &counted, problem);
		if (!problem[0] && strcmp(wanted->entries[entry->first_name].path,
					  found->entries[other->first_name].path) != 0)
			snprintf(problem, 512, "/%s: another hard link", entry->path);
	}
	if (problem[0])
		return;
	if (at < found->count)
		snprintf(problem, 512, "/%s: nobody's", found->entries[at].path);
	else if (counted.owners > losses->owners || counted.attributes > losses->attributes ||
		 counted.nodes > losses->nodes)
		snprintf(problem, 512,
			 "lost %lu owners, %lu attributes, %lu nodes; logged are %lu, %lu, %lu",
			 counted.owners, counted.attributes, counted.nodes, losses->owners,
			 losses->attributes, losses->nodes);
}
