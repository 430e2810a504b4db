/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes a tree with an example of everything that a seed has to preserve:
 *
 *	tree_make DIR
 *
 * DIR must not exist. Needs root. Attributes that the filesystem does not support are left out and
 * named on standard error. A comparison with the copy is still valid.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#define DEPTH 300

static void check(int result, const char *what, const char *name)
{
	if (result >= 0)
		return;
	fprintf(stderr, "tree_make: %s %s: %s\n", what, name, strerror(errno));
	exit(1);
}

static void make_file(const char *name, const char *text, mode_t mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	check(fd, "open", name);
	check((int)write(fd, text, strlen(text)), "write", name);
	check(fchmod(fd, mode), "fchmod", name);
	close(fd);
}

static void own(const char *name, uid_t uid, gid_t gid)
{
	struct stat st;

	check(lstat(name, &st), "lstat", name);
	check(lchown(name, uid, gid), "lchown", name);
	/* A change of owner drops set-id bits. */
	if (!S_ISLNK(st.st_mode))
		check(chmod(name, st.st_mode & 07777), "chmod", name);
}

static void set_times(const char *name, time_t sec, long nsec)
{
	struct timespec times[2] = {{sec + 7, nsec}, {sec, nsec + 1}};

	check(utimensat(AT_FDCWD, name, times, AT_SYMLINK_NOFOLLOW), "utimensat", name);
}

static void set_xattr(const char *name, const char *key, const void *value, size_t length)
{
	if (lsetxattr(name, key, value, length, 0) == 0)
		return;
	if (errno != ENOTSUP && errno != EPERM && errno != EINVAL)
		check(-1, key, name);
	fprintf(stderr, "tree_make: not here: %s on %s: %s\n", key, name, strerror(errno));
}

struct acl_entry {
	uint16_t tag;
	uint16_t perm;
	uint32_t id;
};

/* u::rwx u:1234:r-x g::r-- g:4321:-w- m::rwx o::--- in the kernel's form. */
static void set_acl(const char *name, const char *key)
{
	struct {
		uint32_t version;
		struct acl_entry entries[6];
	} acl = {
		htole32(2),
		{
			{htole16(0x01), htole16(7), htole32(UINT32_MAX)},
			{htole16(0x02), htole16(5), htole32(1234)},
			{htole16(0x04), htole16(4), htole32(UINT32_MAX)},
			{htole16(0x08), htole16(2), htole32(4321)},
			{htole16(0x10), htole16(7), htole32(UINT32_MAX)},
			{htole16(0x20), htole16(0), htole32(UINT32_MAX)},
		},
	};

	set_xattr(name, key, &acl, sizeof(acl));
}

/* cap_net_bind_service=ep, of version 2. */
static void set_capability(const char *name)
{
	uint32_t value[5] = {htole32(0x02000001), htole32(1u << 10), 0, 0, 0};

	set_xattr(name, "security.capability", value, sizeof(value));
}

static void make_modes(void)
{
	static const mode_t modes[] = {0, 0400, 0644, 0755, 01755, 02755, 04755, 06711, 07777};
	char name[32];

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		snprintf(name, sizeof(name), "file-%04o", modes[i]);
		make_file(name, name, modes[i]);
		own(name, (uid_t)(1000 + i), (gid_t)(2000 + i));
		set_times(name, (time_t)(1000000000 + i), (long)(123456789 + i));
		snprintf(name, sizeof(name), "dir-%04o", modes[i]);
		check(mkdir(name, 0700), "mkdir", name);
		check(chmod(name, modes[i]), "chmod", name);
		own(name, (uid_t)(3000 + i), (gid_t)(4000 + i));
		set_times(name, (time_t)(1100000000 + i), (long)(987654321 - (long)i));
	}
	/* A directory with contents. Its times are set after those of its contents. */
	check(mkdir("full", 02750), "mkdir", "full");
	make_file("full/inside", "inside\n", 0440);
	set_times("full/inside", 1, 1);
	check(mkdir("full/locked", 0), "mkdir", "full/locked");
	make_file("full/locked/inside", "locked in\n", 0);
	set_times("full/locked", 86400, 2);
	own("full", 4294967293u, 4294967292u);
	check(chmod("full", 02750), "chmod", "full");
	set_times("full", 1200000000, 3);
}

static void make_names(void)
{
	char longest[256];

	check(mkdir("names", 0755), "mkdir", "names");
	check(chdir("names"), "chdir", "names");
	memset(longest, 'n', 255);
	longest[255] = '\0';
	make_file(longest, "255 bytes", 0644);
	make_file("with\nnewline", "newline", 0644);
	make_file(" with blanks ", "blanks", 0644);
	make_file("\xff\xfe invalid \xc3\x28", "invalid UTF-8", 0644);
	make_file("\xe2\x80\xae right to left", "direction", 0644);
	make_file("back\\slash:colon,comma;semicolon", "specials", 0644);
	make_file("-rf", "dash", 0644);
	make_file("...", "dots", 0644);
	make_file("\x01\x7f", "control", 0644);
	check(chdir(".."), "chdir", "..");
}

static void make_special(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	check(fd, "socket", "socket");
	check(bind(fd, (struct sockaddr *)&address, sizeof(address)), "bind", "socket");
	close(fd);
	check(chmod("socket", 0660), "chmod", "socket");
	check(mkfifo("fifo", 0620), "mkfifo", "fifo");
	own("fifo", 5, 6);
	set_times("fifo", 4, 5);
	check(mknod("char", S_IFCHR | 0640, makedev(1, 3)), "mknod", "char");
	check(mknod("block", S_IFBLK | 0604, makedev(300, 70000)), "mknod", "block");
	check(symlink("target", "symlink"), "symlink", "symlink");
	own("symlink", 7, 8);
	set_times("symlink", 1300000000, 9);
	check(symlink("/etc/../../nowhere\n", "symlink-odd"), "symlink", "symlink-odd");
	check(symlink("full", "symlink-dir"), "symlink", "symlink-dir");
}

static void make_links(void)
{
	make_file("link-a", "linked\n", 0644);
	check(mkdir("links", 0755), "mkdir", "links");
	check(link("link-a", "links/link-b"), "link", "link-b");
	check(link("link-a", "link-c"), "link", "link-c");
	check(link("fifo", "links/fifo"), "link", "fifo");
	check(link("symlink", "links/symlink"), "link", "symlink");
	check(link("char", "links/char"), "link", "char");
	make_file("links/pair-a", "another\n", 0600);
	check(link("links/pair-a", "links/pair-b"), "link", "pair-b");
	/* The first name of this file is in a directory that is read late. */
	check(mkdir("zz", 0755), "mkdir", "zz");
	make_file("zz/late", "late\n", 0600);
	check(link("zz/late", "aa-early"), "link", "aa-early");
}

static void make_data(void)
{
	static char block[200000];
	int fd = open("sparse", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	uint32_t state = 1;

	/* Whole pages of up to 64 KiB, so that holes are the same on every filesystem. */
	check(fd, "open", "sparse");
	check((int)pwrite(fd, "data", 4, 1 << 20), "pwrite", "sparse");
	check((int)pwrite(fd, "end", 3, 64 << 20), "pwrite", "sparse");
	check(ftruncate(fd, 128 << 20), "ftruncate", "sparse");
	close(fd);
	fd = open("all-hole", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	check(fd, "open", "all-hole");
	check(ftruncate(fd, 8 << 20), "ftruncate", "all-hole");
	close(fd);
	for (size_t i = 0; i < sizeof(block); i++) {
		state = state * 1664525u + 1013904223u;
		block[i] = (char)(state >> 24);
	}
	fd = open("data", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	check(fd, "open", "data");
	for (int i = 0; i < 17; i++)
		check((int)write(fd, block, sizeof(block)), "write", "data");
	close(fd);
	make_file("empty", "", 0644);
	make_file("one-byte", "x", 0644);
}

static void make_attributes(void)
{
	static char big[2000];

	memset(big, 'v', sizeof(big));
	make_file("capable", "cap\n", 0755);
	own("capable", 11, 12);
	set_capability("capable");
	make_file("attributes", "attributes\n", 0644);
	set_xattr("attributes", "user.text", "value", 5);
	set_xattr("attributes", "user.empty", "", 0);
	set_xattr("attributes", "user.binary", "\0\n\xff", 3);
	set_xattr("attributes", "trusted.text", "trusted", 7);
	set_xattr("attributes", "trusted.big", big, sizeof(big));
	make_file("read-only-attributes", "attributes\n", 0400);
	set_xattr("read-only-attributes", "trusted.text", "trusted", 7);
	set_xattr("symlink", "trusted.on-symlink", "symlink", 7);
	set_xattr("fifo", "trusted.on-fifo", "fifo", 4);
	make_file("acl", "acl\n", 0644);
	own("acl", 13, 14);
	set_acl("acl", "system.posix_acl_access");
	check(mkdir("acl-dir", 0755), "mkdir", "acl-dir");
	set_acl("acl-dir", "system.posix_acl_access");
	set_acl("acl-dir", "system.posix_acl_default");
	/* Below a default ACL, but older: it must not get an ACL. */
	make_file("acl-dir/plain", "plain\n", 0644);
	check(removexattr("acl-dir/plain", "system.posix_acl_access"), "removexattr",
	      "acl-dir/plain");
	check(chmod("acl-dir/plain", 0644), "chmod", "acl-dir/plain");
	check(mkdir("acl-dir/sub", 0755), "mkdir", "acl-dir/sub");
	check(removexattr("acl-dir/sub", "system.posix_acl_access"), "removexattr", "acl-dir/sub");
	check(removexattr("acl-dir/sub", "system.posix_acl_default"), "removexattr", "acl-dir/sub");
	check(chmod("acl-dir/sub", 0711), "chmod", "acl-dir/sub");
}

static void make_deep(void)
{
	int top = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	check(top, "open", ".");
	for (int i = 0; i < DEPTH; i++) {
		/* With names of this length, the path of the last exceeds PATH_MAX. */
		const char *name = "deep-and-deeper-still";

		check(mkdir(name, 0750), "mkdir", name);
		check(chdir(name), "chdir", name);
	}
	make_file("bottom", "bottom\n", 0644);
	set_times("bottom", 1400000000, 10);
	check(fchdir(top), "fchdir", ".");
	close(top);
}

int main(int argc, char *argv[])
{
	if (argc != 2) {
		fputs("usage: tree_make DIR\n", stderr);
		return 64;
	}
	umask(0);
	check(mkdir(argv[1], 0755), "mkdir", argv[1]);
	check(chdir(argv[1]), "chdir", argv[1]);
	make_modes();
	make_names();
	make_special();
	make_links();
	make_data();
	make_attributes();
	make_deep();
	own(".", 21, 22);
	check(chmod(".", 03751), "chmod", ".");
	set_xattr(".", "trusted.on-top", "top", 3);
	set_times(".", 1500000000, 11);
	return 0;
}
