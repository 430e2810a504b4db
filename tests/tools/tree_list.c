/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists a tree with one line for each fact about each file, so that diff can compare two trees:
 *
 *	tree_list DIR
 *
 * Names and values are escaped to ASCII without blanks. The top directory is ".". Every access time
 * is read before the file is opened, and files are opened with O_NOATIME. Mount points below DIR
 * are listed, but not entered.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define XATTR_MAX 65536
#define HUGE_PAGE ((off_t)2 << 20)

struct file {
	dev_t dev;
	ino_t ino;
	char *name; /* escaped; the first of its names */
};

static struct file *files;
static size_t files_count;
static dev_t top_dev;

static void die(const char *what, const char *name)
{
	fprintf(stderr, "tree_list: %s %s: %s\n", what, name, strerror(errno));
	exit(1);
}

/* Allocates the result. */
static char *escape(const void *bytes, size_t length)
{
	const unsigned char *from = bytes;
	char *text = malloc(length * 4 + 1);
	char *to = text;

	if (!text)
		die("malloc", "");
	for (size_t i = 0; i < length; i++) {
		if (from[i] > ' ' && from[i] < 0x7f && from[i] != '\\')
			*to++ = (char)from[i];
		else
			to += sprintf(to, "\\x%02x", from[i]);
	}
	*to = '\0';
	return text;
}

/* A 64-bit FNV-1a hash. Accidental differences are detected. */
static uint64_t hash(uint64_t value, const unsigned char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		value = (value ^ bytes[i]) * 0x100000001b3u;
	return value;
}

static void list_data(const char *name, int fd, const struct stat *st)
{
	static unsigned char buffer[65536];
	uint64_t value = 0xcbf29ce484222325u;
	off_t end = 0;
	ssize_t got;

	while ((got = read(fd, buffer, sizeof(buffer))) > 0)
		value = hash(value, buffer, (size_t)got);
	if (got < 0)
		die("read", name);
	printf("%s data size=%jd hash=%016" PRIx64 "\n", name, (intmax_t)st->st_size, value);

	/* The parts that are not holes, in units of 2 MiB, because a tmpfs with huge pages has no
	 * smaller ones. */
	while (end < st->st_size) {
		off_t start = lseek(fd, end, SEEK_DATA);

		if (start < 0)
			break;
		end = lseek(fd, start, SEEK_HOLE);
		if (end < 0)
			die("lseek", name);
		end = (end + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
		printf("%s extent %jd-%jd\n", name, (intmax_t)(start / HUGE_PAGE),
		       (intmax_t)(end / HUGE_PAGE));
	}
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_xattrs(const char *name, const char *path)
{
	static char list[XATTR_MAX];
	static char value[XATTR_MAX];
	char *names[1024];
	size_t count = 0;
	ssize_t length = llistxattr(path, list, sizeof(list));

	if (length < 0 && errno != ENOTSUP)
		die("llistxattr", name);
	for (ssize_t i = 0; i < length && count < 1024; i += (ssize_t)strlen(list + i) + 1)
		names[count++] = list + i;
	qsort(names, count, sizeof(names[0]), compare_text);

	for (size_t i = 0; i < count; i++) {
		ssize_t got = lgetxattr(path, names[i], value, sizeof(value));
		char *shown;

		if (got < 0)
			die("lgetxattr", name);
		shown = escape(value, (size_t)got);
		printf("%s xattr %s=%s\n", name, names[i], shown);
		free(shown);
	}
}

static char type_of(mode_t mode)
{
	return S_ISDIR(mode)	? 'd'
	       : S_ISREG(mode)	? 'f'
	       : S_ISLNK(mode)	? 'l'
	       : S_ISFIFO(mode) ? 'p'
	       : S_ISSOCK(mode) ? 's'
	       : S_ISCHR(mode)	? 'c'
				: 'b';
}

/* Prints which earlier name is the same file. Returns whether there is one. */
static bool list_hard_link(const char *name, const struct stat *st)
{
	if (S_ISDIR(st->st_mode) || st->st_nlink < 2)
		return false;
	for (size_t i = 0; i < files_count; i++) {
		if (files[i].dev == st->st_dev && files[i].ino == st->st_ino) {
			printf("%s same-as %s\n", name, files[i].name);
			return true;
		}
	}
	files = realloc(files, (files_count + 1) * sizeof(files[0]));
	if (!files)
		die("realloc", name);
	files[files_count++] =
		(struct file){.dev = st->st_dev, .ino = st->st_ino, .name = strdup(name)};
	return false;
}

static void list_stat(const char *name, const struct stat *st)
{
	printf("%s %c mode=%04o uid=%u gid=%u", name, type_of(st->st_mode), st->st_mode & 07777,
	       st->st_uid, st->st_gid);
	if (!S_ISDIR(st->st_mode))
		printf(" links=%ju", (uintmax_t)st->st_nlink);
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		printf(" rdev=%u:%u", major(st->st_rdev), minor(st->st_rdev));
	printf("\n%s times atime=%jd.%09ld mtime=%jd.%09ld\n", name, (intmax_t)st->st_atim.tv_sec,
	       st->st_atim.tv_nsec, (intmax_t)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
}

static void list_file(const char *name, const char *base);

/* Names sorted, so that the order of readdir() does not matter. Lists the current directory. */
static void list_dir(const char *name, int fd)
{
	DIR *dir = fdopendir(fd);
	char **names = NULL;
	size_t count = 0;
	struct dirent *entry;

	if (!dir)
		die("fdopendir", name);
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		names = realloc(names, (count + 1) * sizeof(names[0]));
		if (!names)
			die("realloc", name);
		names[count++] = strdup(entry->d_name);
	}
	closedir(dir);
	if (count)
		qsort(names, count, sizeof(names[0]), compare_text);
	for (size_t i = 0; i < count; i++) {
		char *shown = escape(names[i], strlen(names[i]));
		char *path = malloc(strlen(name) + strlen(shown) + 2);

		if (!path)
			die("malloc", name);
		sprintf(path, "%s/%s", name, shown);
		list_file(path, names[i]);
		free(path);
		free(shown);
		free(names[i]);
	}
	free(names);
}

/* base is relative to the current directory, which is restored: trees may be deeper than PATH_MAX.
 */
static void list_file(const char *name, const char *base)
{
	struct stat st;
	int fd;

	if (lstat(base, &st))
		die("lstat", name);
	/* Only the first name of a file is described, because reading by it may have set the access
	 * time. */
	if (list_hard_link(name, &st))
		return;
	list_stat(name, &st);
	list_xattrs(name, base);
	if (S_ISLNK(st.st_mode)) {
		char target[PATH_MAX];
		ssize_t length = readlink(base, target, sizeof(target));
		char *shown;

		if (length < 0)
			die("readlink", name);
		shown = escape(target, (size_t)length);
		printf("%s target %s\n", name, shown);
		free(shown);
	}
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
		return;
	fd = open(base, O_RDONLY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC);
	if (fd < 0)
		die("open", name);
	if (S_ISREG(st.st_mode)) {
		list_data(name, fd, &st);
		close(fd);
	} else if (st.st_dev != top_dev) {
		printf("%s mount-point\n", name);
		close(fd);
	} else {
		if (fchdir(fd))
			die("fchdir", name);
		list_dir(name, fd);
		if (strcmp(base, ".") && chdir(".."))
			die("chdir", name);
	}
}

int main(int argc, char *argv[])
{
	struct stat st;

	if (argc != 2) {
		fputs("usage: tree_list DIR\n", stderr);
		return 64;
	}
	if (chdir(argv[1]) || stat(".", &st))
		die("chdir", argv[1]);
	top_dev = st.st_dev;
	list_file(".", ".");
	return fflush(stdout) ? 1 : 0;
}
