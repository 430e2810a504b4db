/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Creates and writes files, and nothing else: a lower bound for any copy of the same files with the
 * same number of threads.
 *
 *	floor LIST DIR [FROM]
 *
 * A line of LIST is a file's size, or "d" for a directory that contains the files after it. Prints
 * the seconds from the first thread's start to the last one's end, without reading LIST. bench/run
 * also uses it to create its trees.
 *
 * With FROM, which was created from the same LIST, the files are copied from there with the fewest
 * calls that preserve contents, mode, times and extended attributes (which are listed, but not
 * copied). A copy that preserves these cannot be much faster. Nothing is checked, and owners, hard
 * links, holes and large files are ignored.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "threads.h"

#define BUFFER_SIZE ((size_t)1024 * 1024)

struct list {
	uint64_t *sizes;
	size_t sizes_count;
	size_t *firsts; /* the index of each directory's first size, and sizes_count after the last
			   one */
	size_t directories;
	int top;
	int from; /* -EBADF: nothing is copied */
	char *buffer;
	atomic_size_t next;
};

static _Noreturn void fail(const char *what, const char *name)
{
	fprintf(stderr, "floor: %s %s: %s\n", what, name, strerror(errno));
	exit(1);
}

/* Makes room for one more, and doubles the array at every power of two. */
static void *grow(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	array = realloc(array, (count ? 2 * count : 1) * size);
	if (!array)
		fail("realloc", "");
	return array;
}

static void add_directory(struct list *list)
{
	list->firsts = grow(list->firsts, list->directories, sizeof(*list->firsts));
	list->firsts[list->directories++] = list->sizes_count;
}

static void read_list(struct list *list, const char *name)
{
	FILE *file = fopen(name, "r");
	char line[64];

	if (!file)
		fail("open", name);
	while (fgets(line, sizeof(line), file)) {
		if (line[0] == 'd') {
			add_directory(list);
			continue;
		}
		list->sizes = grow(list->sizes, list->sizes_count, sizeof(*list->sizes));
		list->sizes[list->sizes_count++] = strtoull(line, NULL, 10);
	}
	fclose(file);
	if (!list->directories) {
		errno = EINVAL;
		fail("no directory in", name);
	}
	add_directory(list);
	list->directories--;
}

static void make_file(const struct list *list, int directory, const char *name, uint64_t size)
{
	int fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0)
		fail("make", name);
	while (size) {
		ssize_t n =
			write(fd, list->buffer, (size_t)(size < BUFFER_SIZE ? size : BUFFER_SIZE));

		if (n < 0)
			fail("write", name);
		size -= (uint64_t)n;
	}
	close(fd);
}

static void copy_file(int from, int to, const char *name, char *buffer)
{
	int source = openat(from, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	int copy;

	if (source < 0 || fstat(source, &st) < 0)
		fail("look at", name);
	copy = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, st.st_mode & 0777);
	if (copy < 0)
		fail("make", name);
	for (;;) {
		ssize_t n = read(source, buffer, BUFFER_SIZE);

		if (n < 0 || write(copy, buffer, (size_t)n) != n)
			fail("copy", name);
		st.st_size -= n;
		if (n == 0 || st.st_size <= 0)
			break;
	}
	if (flistxattr(source, NULL, 0) < 0 && errno != EOPNOTSUPP)
		fail("list the attributes of", name);
	if (futimens(copy, (struct timespec[]){st.st_atim, st.st_mtim}) < 0)
		fail("set the times of", name);
	close(source);
	close(copy);
}

static int open_directory(int top, const char *name)
{
	int directory = openat(top, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (directory < 0)
		fail("open", name);
	return directory;
}

static void *work(void *data)
{
	struct list *list = data;
	char *buffer = malloc(BUFFER_SIZE);
	size_t at;

	if (!buffer)
		fail("malloc", "");

	while ((at = atomic_fetch_add(&list->next, 1)) < list->directories) {
		char name[32];
		int directory;
		int from = -EBADF;

		snprintf(name, sizeof(name), "d%zu", at);
		if (mkdirat(list->top, name, 0755) < 0)
			fail("make", name);
		directory = open_directory(list->top, name);
		if (list->from >= 0)
			from = open_directory(list->from, name);
		for (size_t i = list->firsts[at]; i < list->firsts[at + 1]; i++) {
			snprintf(name, sizeof(name), "f%zu", i - list->firsts[at]);
			if (from >= 0)
				copy_file(from, directory, name, buffer);
			else
				make_file(list, directory, name, list->sizes[i]);
		}
		close(directory);
		if (from >= 0)
			close(from);
	}
	free(buffer);
	return NULL;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char *argv[])
{
	struct list list = {.top = -EBADF, .from = -EBADF};
	pthread_t threads[THREADS_MOST];
	unsigned started = 0;
	double start;

	if (argc != 3 && argc != 4) {
		fputs("usage: floor LIST DIR [FROM]\n", stderr);
		return 64;
	}
	read_list(&list, argv[1]);
	list.top = open_directory(AT_FDCWD, argv[2]);
	if (argc == 4)
		list.from = open_directory(AT_FDCWD, argv[3]);
	list.buffer = malloc(BUFFER_SIZE);
	if (!list.buffer)
		fail("malloc", "");
	for (size_t i = 0; i < BUFFER_SIZE; i++)
		list.buffer[i] = (char)('a' + i % 26);
	umask(0);
	start = now();
	while (started + 1 < count_threads() &&
	       pthread_create(&threads[started], NULL, work, &list) == 0)
		started++;
	work(&list);
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	printf("%.6f\n", now() - start);
	free(list.buffer);
	free(list.sizes);
	free(list.firsts);
	return 0;
}
