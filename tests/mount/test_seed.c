/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a seed by copy preserves, attribute by attribute, with one thread and with several. */
#include "seed/copy.h"

#include <dirent.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "core/memory.h"
#include "core/tmpfs_entry.h"
#include "linux/rootfs.h"
#include "linux/sys.h"
#include "sandbox.h"
#include "seed/measure.h"
#include "seed/vacant.h"

#define TREE SANDBOX "/tree"

static const unsigned thread_counts[] = {1, 2, 3, 4, 8, 16};

/* The root directory of a new detached tmpfs, which keeps the tmpfs alive. */
static int new_tmpfs(const char *size, const char *nr_inodes)
{
	AUTO_FD context = sys_fsopen("tmpfs");
	AUTO_FD mounted = -EBADF;
	int top;

	MUST(context);
	if (size)
		MUST(sys_fsconfig_string(context, "size", size));
	if (nr_inodes)
		MUST(sys_fsconfig_string(context, "nr_inodes", nr_inodes));
	MUST(sys_fsconfig_create(context));
	mounted = sys_fsmount(context, FLAG_NOATIME);
	MUST(mounted);
	top = openat(mounted, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	MUST(top);
	return top;
}

static struct seed_request request_of(int image, int copy, unsigned threads)
{
	return (struct seed_request){
		.image = image,
		.copy = copy,
		.top = {.uid = (uid_t)-1, .gid = (gid_t)-1, .mode = (mode_t)-1},
		.missing_mark = MADE_MARK,
		.huge = SEED_HUGE_ASK,
		.threads = threads,
	};
}

static int open_image(void)
{
	int fd = open(TREE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	MUST(fd);
	return fd;
}

static struct seed_result copy_tree(int copy, unsigned threads)
{
	AUTO_FD image = open_image();
	struct seed_request request = request_of(image, copy, threads);
	struct seed_result result = {0};
	struct error error;
	int r = seed_copy(&request, &error, &result);

	cr_assert(r == 0, "%u threads: %s", threads, error.text);
	return result;
}

static void same_xattrs(const char *name, int from, int to)
{
	char names[4096];
	char other[4096];
	ssize_t length;

	MUST(fchdir(from));
	length = llistxattr(name, names, sizeof(names));
	MUST(length);
	MUST(fchdir(to));
	cr_expect(llistxattr(name, other, sizeof(other)) == length,
		  "%s: another number of attributes", name);
	for (const char *key = names; key < names + length; key += strlen(key) + 1) {
		char value[2][4096];
		ssize_t size[2];

		MUST(fchdir(from));
		size[0] = lgetxattr(name, key, value[0], sizeof(value[0]));
		MUST(fchdir(to));
		size[1] = lgetxattr(name, key, value[1], sizeof(value[1]));
		cr_expect(size[0] >= 0 && size[0] == size[1] &&
				  !memcmp(value[0], value[1], (size_t)size[0]),
			  "%s: %s", name, key);
	}
}

static void same_contents(const char *name, int from, int to, const struct stat *st)
{
	AUTO_FD a = openat(from, name, O_RDONLY | O_CLOEXEC);
	AUTO_FD b = openat(to, name, O_RDONLY | O_CLOEXEC);
	off_t at_a = 0;
	char buffer[2][4096];

	MUST(a);
	MUST(b);
	/* Data and holes are at the same offsets. */
	while (at_a < st->st_size) {
		off_t data = lseek(a, at_a, SEEK_DATA);

		cr_expect(lseek(b, at_a, SEEK_DATA) == data, "%s: another hole at %lld", name,
			  (long long)at_a);
		if (data < 0)
			break;
		at_a = lseek(a, data, SEEK_HOLE);
		cr_expect(lseek(b, data, SEEK_HOLE) == at_a, "%s: other data at %lld", name,
			  (long long)data);
		for (off_t at_data = data; at_data < at_a; at_data += 4096) {
			ssize_t n = pread(a, buffer[0], 4096, at_data);

			cr_assert(pread(b, buffer[1], 4096, at_data) == n && n > 0 &&
					  !memcmp(buffer[0], buffer[1], (size_t)n),
				  "%s: other contents at %lld", name, (long long)at_data);
		}
	}
}

static void same_file(const char *name, int from, int to, const struct stat *a)
{
	struct stat b;

	MUST(fstatat(to, name, &b, AT_SYMLINK_NOFOLLOW));
	cr_expect(a->st_mode == b.st_mode, "%s: mode %o, not %o", name, b.st_mode, a->st_mode);
	cr_expect(a->st_uid == b.st_uid && a->st_gid == b.st_gid, "%s: owner %u:%u", name, b.st_uid,
		  b.st_gid);
	cr_expect(a->st_nlink == b.st_nlink, "%s: %lu links, not %lu", name,
		  (unsigned long)b.st_nlink, (unsigned long)a->st_nlink);
	cr_expect(S_ISDIR(a->st_mode) || a->st_size == b.st_size, "%s: size", name);
	cr_expect(a->st_rdev == b.st_rdev, "%s: device", name);
	cr_expect(a->st_mtim.tv_sec == b.st_mtim.tv_sec && a->st_mtim.tv_nsec == b.st_mtim.tv_nsec,
		  "%s: mtime", name);
	cr_expect(a->st_atim.tv_sec == b.st_atim.tv_sec && a->st_atim.tv_nsec == b.st_atim.tv_nsec,
		  "%s: atime", name);
	same_xattrs(name, from, to);
	if (S_ISLNK(a->st_mode)) {
		char text[2][PATH_MAX] = {{0}};

		MUST(readlinkat(from, name, text[0], PATH_MAX - 1));
		MUST(readlinkat(to, name, text[1], PATH_MAX - 1));
		cr_expect_str_eq(text[0], text[1]);
	}
	if (S_ISREG(a->st_mode))
		same_contents(name, from, to, a);
}

/* Closes both descriptors. Returns the number of names. */
static size_t same_directory(int from, int to)
{
	DIR *dir = fdopendir(from);
	struct dirent *entry;
	size_t count = 0;

	cr_assert(dir);
	while ((entry = readdir(dir))) {
		struct stat st;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		count++;
		MUST(fstatat(from, entry->d_name, &st, AT_SYMLINK_NOFOLLOW));
		same_file(entry->d_name, from, to, &st);
		if (S_ISDIR(st.st_mode)) {
			int a = openat(from, entry->d_name,
				       O_RDONLY | O_DIRECTORY | O_NOATIME | O_CLOEXEC);
			int b = openat(to, entry->d_name,
				       O_RDONLY | O_DIRECTORY | O_NOATIME | O_CLOEXEC);

			MUST(a);
			MUST(b);
			count += same_directory(a, b);
		}
	}
	closedir(dir);
	close(to);
	return count;
}

static void set_times(const char *path, long seed)
{
	const struct timespec times[] = {{981173106 + seed, 123456789},
					 {981173000 - seed, 987654321 - seed}};

	MUST(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW));
}

static void make_sparse(const char *path)
{
	AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	MUST(fd);
	MUST(pwrite(fd, "start", 5, 0));
	MUST(pwrite(fd, "middle", 6, 1024 * 1024));
	MUST(ftruncate(fd, (off_t)1 << 40));
}

static void make_large(const char *path, size_t size)
{
	AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	unsigned char buffer[4096];

	MUST(fd);
	for (size_t done = 0; done < size; done += sizeof(buffer)) {
		for (size_t i = 0; i < sizeof(buffer); i++)
			buffer[i] = (unsigned char)((done >> 12) * 31 + i * 7);
		MUST(write(fd, buffer,
			   size - done < sizeof(buffer) ? size - done : sizeof(buffer)));
	}
}

/* An ACL as an extended attribute: user::rw-, user:77:rwx, group::r--, mask::rwx, other::---. */
static const unsigned char acl[] = {2,	 0,   0,   0,	1,   0,	  6,  0,   255, 255, 255,
				    255, 2,   0,   7,	0,   77,  0,  0,   0,	4,   0,
				    4,	 0,   255, 255, 255, 255, 16, 0,   7,	0,   255,
				    255, 255, 255, 32,	0,   0,	  0,  255, 255, 255, 255};
/* A version 2 file capability, cap_net_raw=ep. */
static const unsigned char capability[] = {1, 0, 0, 2, 0, 32, 0, 0, 0, 0,
					   0, 0, 0, 0, 0, 0,  0, 0, 0, 0};

static void make_attributes(void)
{
	make_text(TREE "/capable", "x");
	MUST(chown(TREE "/capable", 5, 6));
	MUST(setxattr(TREE "/capable", "security.capability", capability, sizeof(capability), 0));
	MUST(setxattr(TREE "/capable", "trusted.other", "a\0b", 3, 0));
	make_text(TREE "/acl", "x");
	MUST(setxattr(TREE "/acl", "system.posix_acl_access", acl, sizeof(acl), 0));
	MUST(setxattr(TREE "/sticky", "system.posix_acl_default", acl, sizeof(acl), 0));
	MUST(symlink("nowhere", TREE "/link with attribute"));
	MUST(lsetxattr(TREE "/link with attribute", "trusted.of.link", "v", 1, 0));
	MUST(mkfifo(TREE "/fifo with attribute", 0600));
	MUST(lsetxattr(TREE "/fifo with attribute", "trusted.of.fifo", "w", 1, 0));
	/* tmpfs supports these since Linux 6.6. */
	if (setxattr(TREE "/acl", "user.mine", "value", 5, 0) < 0)
		cr_assert(errno == EOPNOTSUPP);
}

static void make_tree(void)
{
	char longest[256];

	make_dirs(TREE "/sub/below");
	make_dirs(TREE "/empty");
	MUST(mkdir(TREE "/sticky", 01777));
	MUST(chmod(TREE "/sticky", 03775));
	make_dirs(TREE "/none");
	make_text(TREE "/none/inside", "secret");
	make_text(TREE "/plain", "plain\n");
	make_text(TREE "/nothing", "");
	make_text(TREE "/setuid", "x");
	MUST(chown(TREE "/setuid", 1000, 1001));
	MUST(chmod(TREE "/setuid", 06755));
	make_text(TREE "/unreadable", "x");
	MUST(chmod(TREE "/unreadable", 0));
	make_large(TREE "/large", 3 * 1024 * 1024 + 123);
	make_large(TREE "/sub/below/64k", 65536);
	/* Several full parts, and a remainder. */
	make_large(TREE "/larger", 21 * 1024 * 1024 + 77);
	MUST(link(TREE "/larger", TREE "/sub/larger linked"));
	make_sparse(TREE "/sparse");
	MUST(link(TREE "/plain", TREE "/sub/linked"));
	MUST(link(TREE "/plain", TREE "/sub/below/linked again"));
	MUST(symlink("/etc/passwd", TREE "/absolute"));
	MUST(symlink("../../..", TREE "/sub/out"));
	MUST(lchown(TREE "/sub/out", 3, 4));
	MUST(link(TREE "/sub/out", TREE "/sub/out linked"));
	MUST(mkfifo(TREE "/fifo", 0622));
	MUST(mknod(TREE "/socket", S_IFSOCK | 0755, 0));
	MUST(mknod(TREE "/char", S_IFCHR | 0660, makedev(1, 3)));
	MUST(mknod(TREE "/block", S_IFBLK | 04640, makedev(7, 200)));
	make_text(TREE "/line\nbreak \xff\x01", "x");
	memset(longest, 'n', 255);
	longest[255] = '\0';
	make_text(at("tree/%s", longest), "x");
	make_attributes();
	/* The times, from the inside out. */
	set_times(TREE "/plain", 1);
	set_times(TREE "/absolute", 2);
	set_times(TREE "/sub/out", 3);
	set_times(TREE "/fifo", 4);
	set_times(TREE "/sub/below", 5);
	set_times(TREE "/sub", 6);
	MUST(chown(TREE "/sub", 7, 8));
	MUST(chmod(TREE "/none", 0));
	set_times(TREE "/none", 7);
	MUST(chown(TREE, 11, 12));
	MUST(chmod(TREE, 02751));
	set_times(TREE, 8);
}

Test(seed, torture, .init = sandbox_enter)
{
	make_tree();
	for (size_t i = 0; i < ARRAY_SIZE(thread_counts); i++) {
		AUTO_FD copy = new_tmpfs(NULL, NULL);
		AUTO_FD image = open_image();
		struct seed_result result = copy_tree(copy, thread_counts[i]);
		struct stat st;
		size_t names;

		MUST(fstat(image, &st));
		same_file(".", image, copy, &st);
		names = same_directory(take_fd(&image), fcntl(copy, F_DUPFD_CLOEXEC, 0));
		cr_expect(names == 30, "%zu names", names);
		/* Four names are additional links of three files. */
		cr_expect(result.files == names - 4, "%u threads: %llu files, %zu names",
			  thread_counts[i], (unsigned long long)result.files, names);
		cr_expect(result.lost_xattrs == 0 && result.lost_owners == 0 &&
			  result.lost_nodes == 0);
		/* One file, not three equal ones. */
		struct stat one, other;

		MUST(fstatat(copy, "plain", &one, 0));
		MUST(fstatat(copy, "sub/below/linked again", &other, 0));
		cr_expect(one.st_ino == other.st_ino);
	}
}

Test(seed, requested_top, .init = sandbox_enter)
{
	AUTO_FD copy = new_tmpfs(NULL, NULL);
	AUTO_FD image = -EBADF;
	struct seed_request request;
	struct seed_result result;
	struct error error;
	struct stat st;

	make_dirs(TREE);
	make_text(TREE "/x", "x");
	image = open_image();
	request = request_of(image, copy, 1);
	request.top = (struct seed_top){.uid = 21, .gid = (gid_t)-1, .mode = 0700};
	cr_assert(seed_copy(&request, &error, &result) == 0, "%s", error.text);
	MUST(fstat(copy, &st));
	cr_expect(st.st_uid == 21 && st.st_gid == 0 && (st.st_mode & 07777) == 0700);
}

Test(seed, empty, .init = sandbox_enter)
{
	AUTO_FD copy = new_tmpfs(NULL, NULL);
	AUTO_FD image = -EBADF;
	struct seed_request request;
	struct seed_result result;
	struct error error;
	struct stat st;

	make_dirs(TREE "/sub");
	MUST(chmod(TREE, 0711));
	image = open_image();
	request = request_of(image, copy, 1);
	request.empty = true;
	cr_assert(seed_copy(&request, &error, &result) == 0, "%s", error.text);
	MUST(fstat(copy, &st));
	cr_expect((st.st_mode & 07777) == 0711, "the image's mode");
	cr_expect(fstatat(copy, "sub", &st, 0) < 0 && errno == ENOENT);
	cr_expect(result.files == 0);
}

/* A directory that an earlier run created counts as missing, and its mark is not copied. Returns
 * the mode of a copy of TREE. */
static mode_t mode_of_made(void)
{
	AUTO_FD copy = new_tmpfs(NULL, NULL);
	struct stat st;

	copy_tree(copy, 1);
	MUST(fstat(copy, &st));
	cr_expect(fgetxattr(copy, MADE_MARK, NULL, 0) < 0);
	return st.st_mode & 07777;
}

Test(seed, created_by_the_hook, .init = sandbox_enter)
{
	make_dirs(TREE);
	MUST(chmod(TREE, 0755));
	if (setxattr(TREE, MADE_MARK, "", 0, 0) < 0)
		cr_skip_test("this kernel's tmpfs has no user attributes (Linux 6.6)");
	cr_expect(mode_of_made() == 01777);
	/* Somebody has changed it since. */
	MUST(chmod(TREE, 0750));
	cr_expect(mode_of_made() == 0750);
	MUST(chmod(TREE, 0755));
	MUST(chown(TREE, 5, 0));
	cr_expect(mode_of_made() == 0755);
	MUST(chown(TREE, 0, 5));
	cr_expect(mode_of_made() == 0755);
	MUST(chown(TREE, 0, 0));
	cr_expect(mode_of_made() == 01777);
	make_text(TREE "/x", "x");
	cr_expect(mode_of_made() == 0755);
}

/* Makes a directory or a node. */
static void make_at(int at, const char *name, mode_t mode)
{
	if (S_ISDIR(mode))
		MUST(mkdirat(at, name, mode & 07777));
	else
		MUST(mknodat(at, name, mode, makedev(1, 3)));
}

/* Asks twice, because the first answer moves the descriptor's offset. */
static void expect_vacant(int copy, const struct seed_cut *cuts, size_t count, bool is_vacant,
			  const char *what)
{
	struct seed_request request = request_of(-EBADF, copy, 1);

	request.cuts = cuts;
	request.cuts_count = count;
	for (int times = 0; times < 2; times++) {
		bool answer = !is_vacant;
		struct error error;

		cr_assert(seed_is_vacant(&request, &error, &answer) == 0, "%s", error.text);
		cr_expect(answer == is_vacant, "%s", what);
	}
}

/* A copy that has mount points already: only they and what leads to them may be in it. */
Test(seed, vacant, .init = sandbox_enter)
{
	static const struct seed_cut cuts[] = {{"a/b"}, {"file"}, {"a/b/below"}, {"missing"}};
	static const struct {
		const char *name;
		mode_t mode;
		bool is_vacant;
	} steps[] = {
		{"a", S_IFDIR | 0755, true},
		{"a/b", S_IFDIR | 0755, true},
		{"a/b/hidden", S_IFREG, true},
		{"file", S_IFREG | 0644, true},
		{"missing", S_IFCHR | 0600, false},
		{"a/x", S_IFREG, false},
		{"y", S_IFDIR, false},
		{"z", S_IFIFO, false},
		{"a/d", S_IFDIR, false},
	};

	for (size_t i = 0; i <= ARRAY_SIZE(steps); i++) {
		AUTO_FD copy = new_tmpfs(NULL, NULL);

		/* Those before it that may be there, and it. */
		for (size_t k = 0; k <= i && k < ARRAY_SIZE(steps); k++) {
			if (k == i || steps[k].is_vacant)
				make_at(copy, steps[k].name, steps[k].mode);
		}
		if (i == ARRAY_SIZE(steps))
			expect_vacant(copy, cuts, ARRAY_SIZE(cuts), true, "all that may be");
		else
			expect_vacant(copy, cuts, ARRAY_SIZE(cuts), steps[i].is_vacant,
				      steps[i].name);
	}
}

/* A file where a directory should lead to a mount point. */
Test(seed, vacant_kind, .init = sandbox_enter)
{
	static const struct seed_cut cuts[] = {{"a/b"}};
	AUTO_FD copy = new_tmpfs(NULL, NULL);

	MUST(symlinkat("/", copy, "a"));
	expect_vacant(copy, cuts, ARRAY_SIZE(cuts), false, "a symbolic link");
}

/* The ends of the cuts stay as they are, and what leads to them gets what the image has. */
Test(seed, in_place, .init = sandbox_enter)
{
	static const struct seed_cut cuts[] = {{"a/end"},    {"file"},	    {"link/end"}, {"f/end"},
					       {"gone/end"}, {"end/below"}, {"end"}};
	AUTO_FD image = -EBADF;

	make_dirs(TREE "/a/end");
	make_text(TREE "/a/end/hidden", "hidden");
	make_text(TREE "/a/x", "x");
	MUST(chown(TREE "/a", 3, 4));
	MUST(chmod(TREE "/a", 02751));
	make_text(TREE "/file", "the image's");
	MUST(symlink("/usr", TREE "/link"));
	make_text(TREE "/f", "a file");
	make_dirs(TREE "/end");
	image = open_image();
	for (size_t i = 0; i < ARRAY_SIZE(thread_counts); i++) {
		AUTO_FD copy = new_tmpfs(NULL, NULL);
		struct seed_request request = request_of(image, copy, thread_counts[i]);
		struct seed_result result;
		struct error error;
		struct stat st;

		make_at(copy, "a", S_IFDIR | 02755);
		MUST(fchownat(copy, "a", 0, 9, 0));
		MUST(fchmodat(copy, "a", 02755, 0));
		make_at(copy, "a/end", S_IFDIR | 0700);
		make_at(copy, "file", S_IFREG | 0600);
		make_at(copy, "link", S_IFDIR | 0755);
		make_at(copy, "f", S_IFDIR | 0755);
		make_at(copy, "end", S_IFREG | 0600);
		request.cuts = cuts;
		request.cuts_count = ARRAY_SIZE(cuts);
		request.in_place = true;
		cr_assert(seed_copy(&request, &error, &result) == 0, "%s", error.text);
		MUST(fstatat(copy, "a", &st, 0));
		cr_expect(st.st_uid == 3 && st.st_gid == 4 && (st.st_mode & 07777) == 02751);
		MUST(fstatat(copy, "a/x", &st, 0));
		cr_expect(st.st_gid == 0, "the group of the runtime's directory is not passed on");
		MUST(fstatat(copy, "a/end", &st, 0));
		cr_expect((st.st_mode & 07777) == 02700, "as the runtime made it");
		cr_expect(fstatat(copy, "a/end/hidden", &st, 0) < 0);
		MUST(fstatat(copy, "file", &st, 0));
		cr_expect(st.st_size == 0 && (st.st_mode & 07777) == 0600);
		MUST(fstatat(copy, "link", &st, AT_SYMLINK_NOFOLLOW));
		cr_expect(S_ISDIR(st.st_mode));
		MUST(fstatat(copy, "f", &st, 0));
		cr_expect(S_ISDIR(st.st_mode));
		MUST(fstatat(copy, "end", &st, 0));
		cr_expect(S_ISREG(st.st_mode));
		cr_expect(result.files == 2, "a and a/x, not %lu", (unsigned long)result.files);
		cr_expect(result.lost_names == 2, "link and f");
	}
}

/* A name that is there and leads to no mount point is not written to. */
Test(seed, in_place_exclusive, .init = sandbox_enter)
{
	static const char *const names[] = {"directory", "file", "link", "fifo"};

	make_dirs(TREE "/directory");
	make_text(TREE "/file", "x");
	MUST(symlink("x", TREE "/link"));
	MUST(mkfifo(TREE "/fifo", 0600));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		AUTO_FD image = open_image();
		AUTO_FD copy = new_tmpfs(NULL, NULL);
		struct seed_request request = request_of(image, copy, 1);
		struct seed_result result;
		struct error error;

		request.in_place = true;
		make_at(copy, names[i], S_IFDIR | 0755);
		cr_expect(seed_copy(&request, &error, &result) == -EEXIST, "%s", names[i]);
		cr_expect(error.status == STATUS_SEED && strstr(error.text, names[i]), "%s",
			  error.text);
	}
}

Test(seed, cuts, .init = sandbox_enter)
{
	static const struct seed_cut cuts[] = {{"a/b"}, {"file"}, {"a/missing/c"}, {"linked"}};
	AUTO_FD image = -EBADF;

	make_dirs(TREE "/a/b/c");
	make_text(TREE "/a/b/c/f", "hidden");
	MUST(chmod(TREE "/a/b", 0710));
	make_dirs(TREE "/a/bb");
	make_text(TREE "/a/bb/f", "shown");
	make_text(TREE "/file", "hidden");
	make_text(TREE "/linked", "both names");
	MUST(link(TREE "/linked", TREE "/other name"));
	image = open_image();
	for (size_t i = 0; i < ARRAY_SIZE(thread_counts); i++) {
		AUTO_FD copy = new_tmpfs(NULL, NULL);
		struct seed_request request = request_of(image, copy, thread_counts[i]);
		struct seed_result result;
		struct error error;
		struct stat st;

		request.cuts = cuts;
		request.cuts_count = ARRAY_SIZE(cuts);
		cr_assert(seed_copy(&request, &error, &result) == 0, "%s", error.text);
		MUST(fstatat(copy, "a/b", &st, 0));
		cr_expect((st.st_mode & 07777) == 0710, "it is there, with its own mode");
		cr_expect(fstatat(copy, "a/b/c", &st, 0) < 0, "and nothing in it");
		MUST(fstatat(copy, "a/bb/f", &st, 0));
		MUST(fstatat(copy, "file", &st, 0));
		cr_expect(st.st_size == 0);
		MUST(fstatat(copy, "other name", &st, 0));
		cr_expect(st.st_size == 10, "what is cut is not another name's contents");
		cr_expect(fstatat(copy, "a/missing", &st, 0) < 0);
	}
}

static void make_deep(int levels)
{
	int fd;

	make_dirs(TREE);
	fd = open_image();
	for (int i = 0; i < levels; i++) {
		int next;

		MUST(mkdirat(fd, "d", 0755));
		/* A reason to return to every level. */
		MUST(mkdirat(fd, "e", 0700));
		MUST(mkdirat(fd, "a", 0711));
		next = openat(fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		MUST(next);
		close(fd);
		fd = next;
	}
	close(fd);
}

/* Far deeper than the number of descriptors and the length of a path allow. */
Test(seed, deep, .init = sandbox_enter)
{
	enum { LEVELS = 3000 };
	struct rlimit limit = {256, 256};

	make_deep(LEVELS);
	MUST(setrlimit(RLIMIT_NOFILE, &limit));
	for (size_t i = 0; i < ARRAY_SIZE(thread_counts); i++) {
		AUTO_FD copy = new_tmpfs(NULL, NULL);
		struct seed_result result = copy_tree(copy, thread_counts[i]);
		AUTO_FD at_level = fcntl(copy, F_DUPFD_CLOEXEC, 0);

		cr_expect(result.files == 3 * LEVELS);
		for (int level = 0; level < LEVELS; level++) {
			struct stat st;
			int next;

			MUST(fstatat(at_level, "e", &st, 0));
			cr_assert((st.st_mode & 07777) == 0700, "level %d", level);
			next = openat(at_level, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			MUST(next);
			close_fd(&at_level);
			at_level = next;
		}
	}
}

/* If a thread or two use all descriptors, no more threads start, and directories are closed while
 * others are opened. */
Test(seed, few_descriptors, .init = sandbox_enter)
{
	enum { LEVELS = 300 };
	static const rlim_t limits[] = {200, 120, 64};

	make_deep(LEVELS);
	for (int i = 0; i < LEVELS; i++) {
		MUST(mkdir(at("tree/%d", i), 0755));
		make_text(at("tree/%d/file", i), "x");
	}
	for (int i = 0; i < LEVELS; i++)
		make_text(at("tree/0/%d", i), "x");
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		MUST(setrlimit(RLIMIT_NOFILE, &(struct rlimit){limits[i], limits[i]}));
		for (size_t j = 0; j < ARRAY_SIZE(thread_counts); j++) {
			AUTO_FD copy = new_tmpfs(NULL, NULL);
			struct seed_result result = copy_tree(copy, thread_counts[j]);

			cr_expect(result.files == 6 * LEVELS && result.bytes == 2 * LEVELS);
		}
	}
}

/* A chain of directories, each with a file that has a second name in "links", which is read in
 * another order. */
static void make_deep_links(int levels)
{
	AUTO_FD links = -EBADF;
	int fd;

	make_dirs(TREE "/links");
	links = open(TREE "/links", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	MUST(links);
	fd = open_image();
	for (int i = 0; i < levels; i++) {
		char name[16];
		int next;

		MUST(mkdirat(fd, "d", 0755));
		next = openat(fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		MUST(next);
		close(fd);
		fd = next;
		MUST(mknodat(fd, "file", S_IFREG | 0644, 0));
		snprintf(name, sizeof(name), "%d", i * 7 % levels);
		MUST(linkat(fd, "file", links, name, 0));
	}
	close(fd);
}

/* The directories of the first names were closed long ago, and their paths are too long for one
 * system call. */
Test(seed, deep_links, .init = sandbox_enter)
{
	enum { LEVELS = 3000 };

	make_deep_links(LEVELS);
	for (size_t i = 0; i < ARRAY_SIZE(thread_counts); i++) {
		AUTO_FD copy = new_tmpfs(NULL, NULL);
		struct seed_result result = copy_tree(copy, thread_counts[i]);

		cr_expect(result.files == 2 * LEVELS + 1);
		for (int link = 0; link < LEVELS; link++) {
			char name[32];
			struct stat st;

			snprintf(name, sizeof(name), "links/%d", link);
			MUST(fstatat(copy, name, &st, 0));
			cr_assert(st.st_nlink == 2, "link %d", link);
		}
	}
}

Test(seed, too_deep, .init = sandbox_enter)
{
	enum { MOST = 16384 };
	AUTO_FD copy = new_tmpfs(NULL, NULL);
	AUTO_FD image = -EBADF;
	struct seed_request request;
	struct seed_result result;
	struct error error;

	make_deep(MOST);
	cr_expect(copy_tree(copy, 2).files == 3 * MOST);
	close_fd(&copy);

	/* One level too many. */
	MUST(mkdir(SANDBOX "/top", 0755));
	MUST(rename(TREE "/d", SANDBOX "/top/d"));
	MUST(mkdir(TREE "/d", 0755));
	MUST(rename(SANDBOX "/top/d", TREE "/d/d"));
	copy = new_tmpfs(NULL, NULL);
	image = open_image();
	request = request_of(image, copy, 2);
	cr_expect(seed_copy(&request, &error, &result) == -ENAMETOOLONG);
	cr_expect(error.status == STATUS_SEED && strstr(error.text, "16384"), "%s", error.text);
}

Test(seed, wide, .init = sandbox_enter)
{
	enum { FILES = 20000, DIRECTORIES = 3000 };

	make_dirs(TREE "/flat");
	for (int i = 0; i < FILES; i++)
		make_text(at("tree/flat/%d", i), "x");
	for (int i = 0; i < DIRECTORIES; i++)
		MUST(mkdir(at("tree/%d", i), 0755));
	for (size_t i = 0; i < ARRAY_SIZE(thread_counts); i++) {
		AUTO_FD copy = new_tmpfs(NULL, NULL);
		struct seed_result result = copy_tree(copy, thread_counts[i]);

		cr_expect(result.files == FILES + DIRECTORIES + 1, "%llu",
			  (unsigned long long)result.files);
		cr_expect(result.bytes == FILES);
	}
}

/* Files that are small enough for a batch, with sizes around the limits, between others that are
 * not; as many as fit into one batch, one more and one less. */
Test(seed, batches, .init = sandbox_enter)
{
	static const size_t sizes[] = {0,     1,     4095,  4096,  4097,  16383,
				       16384, 16385, 65535, 65536, 65537, 131072};
	static const size_t counts[] = {1, 15, 16, 17, 33};
	size_t files = 0;

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		make_dirs(at("tree/%zu", counts[i]));
		for (size_t j = 0; j < counts[i]; j++)
			make_large(at("tree/%zu/%zu", counts[i], j),
				   sizes[(i + j) % ARRAY_SIZE(sizes)]);
		files += counts[i] + 1;
	}
	/* More bytes than the buffer's size. */
	make_dirs(TREE "/full");
	for (size_t j = 0; j < 40; j++)
		make_large(at("tree/full/%zu", j), 16384 - j % 2);
	files += 41;
	for (size_t i = 0; i < ARRAY_SIZE(thread_counts); i++) {
		AUTO_FD copy = new_tmpfs(NULL, NULL);
		AUTO_FD image = open_image();
		struct seed_result result = copy_tree(copy, thread_counts[i]);

		cr_expect(result.files == files, "%llu files, not %zu",
			  (unsigned long long)result.files, files);
		cr_expect(same_directory(take_fd(&image), fcntl(copy, F_DUPFD_CLOEXEC, 0)) ==
			  files);
	}
}

/* Every file has a second name, and half of them have a third. */
Test(seed, many_links, .init = sandbox_enter)
{
	enum { FILES = 3000 };

	make_dirs(TREE "/a");
	make_dirs(TREE "/b");
	for (int i = 0; i < FILES; i++) {
		make_text(at("tree/a/%d", i), "x");
		MUST(link(at("tree/a/%d", i), at("tree/b/%d", i)));
		if (i % 2)
			MUST(link(at("tree/a/%d", i), at("tree/c%d", i)));
	}
	for (size_t i = 0; i < ARRAY_SIZE(thread_counts); i++) {
		AUTO_FD copy = new_tmpfs(NULL, NULL);
		struct seed_result result = copy_tree(copy, thread_counts[i]);

		cr_expect(result.files == FILES + 2);
		for (int file = 0; file < FILES; file++) {
			struct stat a, b;
			char name[32];

			snprintf(name, sizeof(name), "a/%d", file);
			MUST(fstatat(copy, name, &a, 0));
			name[0] = 'b';
			MUST(fstatat(copy, name, &b, 0));
			cr_assert(a.st_ino == b.st_ino && a.st_nlink == (nlink_t)(2 + file % 2),
				  "file %d", file);
		}
	}
}

Test(seed, does_not_fit, .init = sandbox_enter)
{
	static const struct {
		const char *size;
		const char *nr_inodes;
	} rows[] = {{"64k", NULL}, {NULL, "20"}};

	make_dirs(TREE "/sub");
	for (int i = 0; i < 40; i++)
		make_text(at("tree/sub/%d", i), "x");
	for (size_t row = 0; row < ARRAY_SIZE(rows); row++) {
		for (size_t i = 0; i < ARRAY_SIZE(thread_counts); i++) {
			AUTO_FD copy = new_tmpfs(rows[row].size, rows[row].nr_inodes);
			AUTO_FD image = open_image();
			struct seed_request request = request_of(image, copy, thread_counts[i]);
			struct seed_result result;
			struct seed_need need;
			struct error error;

			cr_expect(seed_copy(&request, &error, &result) == -ENOSPC);
			cr_expect(error.status == STATUS_SEED && strstr(error.text, "ENOSPC") &&
					  strstr(error.text, "sub"),
				  "%s", error.text);
			cr_assert(seed_measure(&request, NULL, &error, &need) == 0, "%s",
				  error.text);
			cr_expect(need.inodes == 42 && need.bytes == 40 * 4096, "%llu in %llu",
				  (unsigned long long)need.bytes, (unsigned long long)need.inodes);
		}
	}
}

/* For a directory of any size, measuring stops at most one name after the limit. */
Test(seed, measure_stops, .init = sandbox_enter)
{
	static const struct {
		struct seed_need most, need;
	} rows[] = {
		{{UINT64_MAX, 20}, {20 * 4096, 21}},
		{{UINT64_MAX, 1}, {0, 2}},
		{{8 * 4096, UINT64_MAX}, {9 * 4096, 10}},
		{{4096 * 40, 42}, {4096 * 40, 42}},
		{{0, UINT64_MAX}, {4096, 2}},
	};

	make_dirs(TREE "/sub");
	for (int i = 0; i < 40; i++)
		make_text(at("tree/sub/%d", i), "x");
	for (size_t row = 0; row < ARRAY_SIZE(rows); row++) {
		for (size_t i = 0; i < ARRAY_SIZE(thread_counts); i++) {
			AUTO_FD image = open_image();
			struct seed_request request = request_of(image, -EBADF, thread_counts[i]);
			struct seed_need need;
			struct error error;

			cr_assert(seed_measure(&request, &rows[row].most, &error, &need) == 0, "%s",
				  error.text);
			cr_expect(need.inodes >= rows[row].need.inodes &&
					  need.inodes <= rows[row].need.inodes + 1,
				  "%zu: %llu inodes", row, (unsigned long long)need.inodes);
			cr_expect(need.bytes >= rows[row].need.bytes -
							  (rows[row].need.bytes ? 4096 : 0) &&
					  need.bytes <= rows[row].need.bytes,
				  "%zu: %llu bytes", row, (unsigned long long)need.bytes);
		}
	}
}

/* A file that is copied through a mapping. If it does not fit, that is an error and not a signal.
 */
Test(seed, large_file_does_not_fit, .init = sandbox_enter)
{
	make_dirs(TREE);
	make_text(TREE "/large", "x");
	for (int i = 0; i < 8; i++) {
		AUTO_FD fd = open(TREE "/large", O_WRONLY | O_APPEND | O_CLOEXEC);
		static char block[1024 * 1024];

		MUST(fd);
		memset(block, 'a' + i, sizeof(block));
		cr_assert(write(fd, block, sizeof(block)) == sizeof(block));
	}
	for (size_t i = 0; i < ARRAY_SIZE(thread_counts); i++) {
		AUTO_FD copy = new_tmpfs("4m", NULL);
		AUTO_FD image = open_image();
		struct seed_request request = request_of(image, copy, thread_counts[i]);
		struct seed_result result;
		struct error error;

		request.huge = SEED_HUGE_YES;
		cr_expect(seed_copy(&request, &error, &result) == -ENOSPC);
		cr_expect(error.status == STATUS_SEED &&
				  strstr(error.text, "large: cannot be copied"),
			  "%s", error.text);
	}
}

/* A message shows the end of a long path. */
Test(seed, does_not_fit_far_below, .init = sandbox_enter)
{
	char name[101];
	AUTO_FD copy = new_tmpfs(NULL, "20");
	AUTO_FD image = -EBADF;
	struct seed_request request;
	struct seed_result result;
	struct error error;
	AUTO_FD at = -EBADF;

	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	make_dirs(TREE);
	image = open_image();
	at = open_image();
	for (int i = 0; i < 40; i++) {
		int below;

		MUST(mkdirat(at, name, 0755));
		below = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		MUST(below);
		close(at);
		at = below;
	}
	request = request_of(image, copy, 1);
	cr_expect(seed_copy(&request, &error, &result) == -ENOSPC);
	cr_expect(strstr(error.text, "...") && strstr(error.text, name) && strlen(error.text) < 500,
		  "%s", error.text);
}

static bool write_own(const char *file, const char *text)
{
	AUTO_FD fd = open(file, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* The result of a seed in a user namespace, or errno in err if it did not get that far. */
struct userns_seed {
	int err;
	int r;
	struct seed_result result;
	mode_t modes[3];
	mode_t own;
	bool has_null;
};

/* In a process with one thread, unlike Criterion's, because others may not create a user namespace.
 */
static void seed_in_userns(struct userns_seed *seed)
{
	AUTO_FD copy = -EBADF;
	AUTO_FD image = open_image();
	struct seed_request request;
	struct error error;
	struct stat st;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 || !write_own("/proc/self/uid_map", "0 0 1") ||
	    !write_own("/proc/self/setgroups", "deny") ||
	    !write_own("/proc/self/gid_map", "0 0 1")) {
		seed->err = errno;
		return;
	}
	copy = new_tmpfs(NULL, NULL);
	request = request_of(image, copy, 1);
	seed->r = seed_copy(&request, &error, &seed->result);
	for (int i = 0; i < 3; i++) {
		char name[16];

		snprintf(name, sizeof(name), "sub/%d", i);
		seed->modes[i] = fstatat(copy, name, &st, 0) == 0 ? st.st_mode & 07777 : 0;
	}
	seed->own = fstatat(copy, "own", &st, 0) == 0 ? st.st_mode & 07777 : 0;
	seed->has_null = fstatat(copy, "null", &st, 0) == 0;
}

/* Owners that are not mapped, and devices that the namespace may not create, are counted. A file
 * with another owner gets no set-id bit. */
Test(seed, unmapped_owners, .init = sandbox_enter)
{
	static const struct {
		uid_t uid;
		gid_t gid;
	} owners[] = {{5, 6}, {5, 0}, {0, 6}};
	struct userns_seed *seed = mmap(NULL, sizeof(*seed), PROT_READ | PROT_WRITE,
					MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t child;

#ifdef __SANITIZE_THREAD__
	cr_skip_test(
		"the thread sanitizer has a thread of its own, and then no user namespace can be entered");
#endif
	cr_assert(seed != MAP_FAILED);
	make_dirs(TREE "/sub");
	make_text(TREE "/own", "x");
	MUST(chmod(TREE "/own", 0755));
	for (int i = 0; i < 3; i++) {
		make_text(at("tree/sub/%d", i), "x");
		MUST(chown(at("tree/sub/%d", i), owners[i].uid, owners[i].gid));
		MUST(chmod(at("tree/sub/%d", i), 06755));
	}
	MUST(mknod(TREE "/null", S_IFCHR | 0666, makedev(1, 3)));
	child = fork();
	MUST(child);
	if (child == 0) {
		seed_in_userns(seed);
		_exit(0);
	}
	MUST(waitpid(child, &status, 0));
	cr_assert(status == 0, "status %x", (unsigned)status);
	cr_assert(seed->err == 0, "no user namespace: %s", strerror(seed->err));
	cr_expect(seed->r == 0);
	cr_expect(seed->result.lost_owners == 3 && seed->result.lost_nodes == 1,
		  "%llu owners, %llu nodes", (unsigned long long)seed->result.lost_owners,
		  (unsigned long long)seed->result.lost_nodes);
	for (int i = 0; i < 3; i++)
		cr_expect(seed->modes[i] == 0755, "%d: %o", i, seed->modes[i]);
	cr_expect(seed->own == 0755 && !seed->has_null, "%o", seed->own);
}

/* A filesystem, or a rule of the host, that does not allow listing attributes. */
static bool lists_nothing;

/* These replace the C library's functions, also for the code under test. */
ssize_t flistxattr(int fd, char *names, size_t size)
{
	if (lists_nothing) {
		errno = EPERM;
		return -1;
	}
	return syscall(SYS_flistxattr, fd, names, size);
}

ssize_t llistxattr(const char *path, char *names, size_t size)
{
	if (lists_nothing) {
		errno = EPERM;
		return -1;
	}
	return syscall(SYS_llistxattr, path, names, size);
}

Test(seed, attributes_that_cannot_be_listed, .init = sandbox_enter)
{
	AUTO_FD copy = -EBADF;
	struct seed_result result;
	struct stat st;

	make_dirs(TREE);
	make_text(TREE "/acl", "x");
	MUST(setxattr(TREE "/acl", "system.posix_acl_access", acl, sizeof(acl), 0));
	make_text(TREE "/plain", "x");
	MUST(chmod(TREE "/plain", 0664));
	MUST(mkfifo(TREE "/fifo", 0664));
	MUST(chmod(TREE "/fifo", 0664));
	MUST(mkfifo(TREE "/fifo-acl", 0664));
	MUST(setxattr(TREE "/fifo-acl", "system.posix_acl_access", acl, sizeof(acl), 0));
	MUST(symlink("/dev/null", TREE "/link"));
	copy = new_tmpfs(NULL, NULL);
	lists_nothing = true;
	result = copy_tree(copy, 1);
	lists_nothing = false;
	/* The top directory counts, too. */
	cr_expect(result.lost_xattrs == 6, "%llu", (unsigned long long)result.lost_xattrs);
	/* Without the ACL, no group gets the mask's bits. */
	MUST(fstatat(copy, "acl", &st, 0));
	cr_expect((st.st_mode & 0777) == 0600, "%o", st.st_mode);
	MUST(fstatat(copy, "plain", &st, 0));
	cr_expect((st.st_mode & 0777) == 0664, "%o", st.st_mode);
	MUST(fstatat(copy, "fifo", &st, 0));
	cr_expect((st.st_mode & 0777) == 0664, "%o", st.st_mode);
	MUST(fstatat(copy, "fifo-acl", &st, 0));
	cr_expect((st.st_mode & 0777) == 0600, "%o", st.st_mode);
}

/* The measured need is enough. One page or one inode less is not. */
Test(seed, measured_exactly, .init = sandbox_enter)
{
	AUTO_FD image = -EBADF;
	struct seed_need need;
	struct error error;

	make_dirs(TREE "/sub");
	make_large(TREE "/large", 100 * 4096 + 1);
	make_sparse(TREE "/sparse");
	make_text(TREE "/a", "x");
	MUST(link(TREE "/a", TREE "/sub/b"));
	MUST(symlink("short", TREE "/short"));
	MUST(symlink(at("%0200d", 1), TREE "/long"));
	image = open_image();
	{
		struct seed_request request = request_of(image, -EBADF, 1);

		cr_assert(seed_measure(&request, NULL, &error, &need) == 0, "%s", error.text);
	}
	for (int less = 0; less < 3; less++) {
		char size[32];
		char inodes[32];

		snprintf(size, sizeof(size), "%llu",
			 (unsigned long long)need.bytes - (less == 1 ? 4096 : 0));
		snprintf(inodes, sizeof(inodes), "%llu",
			 (unsigned long long)need.inodes - (less == 2));
		AUTO_FD copy = new_tmpfs(size, inodes);
		struct seed_request request = request_of(image, copy, 1);
		struct seed_result result;

		cr_expect(seed_copy(&request, &error, &result) == (less ? -ENOSPC : 0),
			  "less %d: %s bytes, %s inodes", less, size, inodes);
	}
}

/* Counts only contents, once for each file, and nothing that a mount hides. */
Test(seed, bytes_max, .init = sandbox_enter)
{
	static const struct seed_cut cuts[] = {{"cut"}, {"sub/cut"}};
	const uint64_t bytes = 101 * 4096 + 4096;

	make_dirs(TREE "/sub");
	make_dirs(TREE "/cut");
	make_large(TREE "/large", 100 * 4096 + 1);
	make_text(TREE "/a", "x");
	MUST(link(TREE "/a", TREE "/sub/b"));
	make_text(TREE "/empty", "");
	make_large(TREE "/cut/hidden", 4096);
	make_large(TREE "/sub/cut", 4096);
	for (size_t i = 0; i < ARRAY_SIZE(thread_counts); i++) {
		for (int less = 0; less < 2; less++) {
			AUTO_FD copy = new_tmpfs(NULL, NULL);
			AUTO_FD image = open_image();
			struct seed_request request = request_of(image, copy, thread_counts[i]);
			struct seed_result result;
			struct error error;

			request.bytes_max = bytes - (uint64_t)less;
			request.cuts = cuts;
			request.cuts_count = ARRAY_SIZE(cuts);
			cr_expect(seed_copy(&request, &error, &result) == (less ? -EDQUOT : 0));
			cr_expect(!less || error.status == STATUS_SEED);
		}
	}
}
