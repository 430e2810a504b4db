/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes trees that are meant to be too large, faster than a shell can:
 *
 *	tree_hostile deep N DIR		N nested directories, with a file in the last
 *	tree_hostile wide N DIR		N empty files in one directory
 *	tree_hostile links N DIR	N names of as few files as the filesystem allows
 *	tree_hostile deep-links N DIR	N nested directories, each with a file that is
 *					also linked in DIR/links
 *	tree_hostile sparse N DIR	a file of N bytes, with data at both ends
 *	tree_hostile attribute N DIR	a file with an extended attribute of N bytes
 *
 * DIR must not exist. Needs root.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static void check(intmax_t result, const char *what, const char *name)
{
	if (result >= 0)
		return;
	fprintf(stderr, "tree_hostile: %s %s: %s\n", what, name, strerror(errno));
	exit(1);
}

static void make_file(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	check(fd, "open", name);
	close(fd);
}

static void make_deep(uintmax_t count)
{
	for (uintmax_t i = 0; i < count; i++) {
		check(mkdir("d", 0751), "mkdir", "d");
		check(chdir("d"), "chdir", "d");
	}
	make_file("bottom");
}

static void make_wide(uintmax_t count)
{
	char name[32];

	for (uintmax_t i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%ju", i);
		make_file(name);
	}
}

static void make_links(uintmax_t count)
{
	char first[32] = "0";
	char name[32];

	make_file(first);
	for (uintmax_t i = 1; i < count; i++) {
		snprintf(name, sizeof(name), "%ju", i);
		if (link(first, name) == 0)
			continue;
		if (errno != EMLINK)
			check(-1, "link", name);
		strcpy(first, name);
		make_file(first);
	}
}

static void make_deep_links(uintmax_t count)
{
	int links;
	char name[32];

	check(mkdir("links", 0755), "mkdir", "links");
	links = open("links", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	check(links, "open", "links");
	for (uintmax_t i = 0; i < count; i++) {
		check(mkdir("d", 0751), "mkdir", "d");
		check(chdir("d"), "chdir", "d");
		make_file("file");
		snprintf(name, sizeof(name), "%ju", i);
		check(linkat(AT_FDCWD, "file", links, name, 0), "link", name);
	}
	close(links);
}

static void make_sparse(uintmax_t size)
{
	int fd = open("sparse", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	check(fd, "open", "sparse");
	check(write(fd, "a", 1), "write", "sparse");
	check(pwrite(fd, "z", 1, (off_t)size - 1), "pwrite", "sparse");
	close(fd);
}

static void make_attribute(uintmax_t count)
{
	size_t size = (size_t)count;
	char *value = malloc(size);

	if (!value)
		check(-1, "malloc", "");
	memset(value, 'v', size);
	make_file("attribute");
	check(setxattr("attribute", "trusted.large", value, size, 0), "setxattr", "attribute");
	free(value);
}

int main(int argc, char *argv[])
{
	static const struct {
		const char *name;
		void (*make)(uintmax_t);
	} kinds[] = {{"deep", make_deep},     {"wide", make_wide},
		     {"links", make_links},   {"deep-links", make_deep_links},
		     {"sparse", make_sparse}, {"attribute", make_attribute}};

	for (size_t i = 0; argc == 4 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(argv[1], kinds[i].name) != 0)
			continue;
		umask(0);
		check(mkdir(argv[3], 0755), "mkdir", argv[3]);
		check(chdir(argv[3]), "chdir", argv[3]);
		kinds[i].make(strtoumax(argv[2], NULL, 10));
		return 0;
	}
	fputs("usage: tree_hostile deep|wide|links|deep-links|sparse|attribute N DIR\n", stderr);
	return 64;
}
