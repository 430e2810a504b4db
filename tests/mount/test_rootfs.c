/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening and creating directories in the root. */
#include "linux/rootfs.h"

#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "core/memory.h"
#include "sandbox.h"

#define ROOT SANDBOX "/root"

static struct rootfs make_rootfs(void)
{
	struct rootfs rootfs = {.fd = -EBADF};
	struct error error;

	make_dirs(ROOT);
	MUST(mount("root", ROOT, "tmpfs", 0, "mode=755"));
	make_dirs(ROOT "/a/b");
	make_dirs(ROOT "/volume/sub");
	make_text(ROOT "/volume/sub/hidden", "x");
	MUST(mount("volume", ROOT "/volume", "tmpfs", 0, "mode=755"));
	make_dirs(ROOT "/volume/other");
	cr_assert(rootfs_open(ROOT, &error, &rootfs) == 0, "%s", error.text);
	return rootfs;
}

Test(rootfs, no_mount, .init = sandbox_enter)
{
	struct rootfs rootfs = {.fd = -EBADF};
	struct error error;

	make_dirs(ROOT);
	cr_expect(rootfs_open(ROOT, &error, &rootfs) < 0 && error.status == STATUS_INPUT);
	cr_expect(strstr(error.text, "not a mount"), "%s", error.text);
	cr_expect(rootfs_open(SANDBOX "/nothing", &error, &rootfs) < 0 &&
		  error.status == STATUS_INPUT);
}

/* Nobody answers requests to this filesystem. A process that sends one waits. */
Test(rootfs, server_does_not_answer, .init = sandbox_enter)
{
	struct file_id id = {0};
	AUTO_FD server = -EBADF;
	AUTO_FD fd = -EBADF;
	int status = -1;
	char data[100];
	pid_t child;

	make_dirs(ROOT);
	server = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (server < 0 && (errno == ENOENT || errno == ENODEV))
		cr_skip_test("no FUSE here");
	MUST(server);
	snprintf(data, sizeof(data), "fd=%d,rootmode=40000,user_id=0,group_id=0", server);
	MUST(mount("hung", ROOT, "fuse", 0, data));
	MUST(fd = open(ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC));
	MUST(child = fork());
	if (child == 0)
		_exit(sys_file_id(fd, &id) == 0 && id.is_mount_root ? 0 : 1);
	for (int i = 0; i < 1000 && waitpid(child, &status, WNOHANG) == 0; i++)
		usleep(10000);
	if (status == -1) {
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
	}
	cr_expect(status == 0, "%d", status);
}

static void make(struct rootfs *rootfs, const char *path, size_t existing, int expected)
{
	struct error error = {.text = ""};
	int r = rootfs_make(rootfs, path, existing, &error);

	cr_expect(r == expected, "%s: %d %s", path, r, error.text);
	cr_expect(r == 0 || error.status == STATUS_PATH);
}

Test(rootfs, make, .init = sandbox_enter)
{
	struct rootfs rootfs = make_rootfs();
	struct stat st;

	make(&rootfs, "/new/dir", 1, 0);
	MUST(stat(ROOT "/new/dir", &st));
	cr_expect((st.st_mode & 07777) == 0755 && st.st_uid == 0 && st.st_gid == 0);
	MUST(stat(ROOT "/new", &st));
	cr_expect((st.st_mode & 07777) == 0755);
	/* On a read-only root, which stays read-only. */
	MUST(mount(NULL, ROOT, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	make(&rootfs, "/a/b/new", 4, 0);
	MUST(stat(ROOT "/a/b/new", &st));
	cr_expect(mkdir(ROOT "/x", 0755) < 0 && errno == EROFS);
	/* A volume stays read-only. */
	MUST(mount(NULL, ROOT "/volume", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	make(&rootfs, "/volume/new", 7, -EROFS);
	cr_expect(stat(ROOT "/volume/new", &st) < 0);
	/* Nothing can be created on a read-only filesystem. */
	MUST(mount(NULL, ROOT, NULL, MS_REMOUNT | MS_RDONLY, NULL));
	make(&rootfs, "/y", 1, -EROFS);
	close_fd(&rootfs.fd);
}

/* As soon as a directory is created, this one is exchanged for it, as another container with the
 * same volume may do. */
static const char *exchanged;

/* Replaces the C library's function, also for the code under test. */
int mkdirat(int dir, const char *name, mode_t mode)
{
	int r = (int)syscall(SYS_mkdirat, dir, name, mode);

	if (r == 0 && exchanged)
		MUST(renameat2(AT_FDCWD, exchanged, dir, name, RENAME_EXCHANGE));
	return r;
}

/* Creates /shared/new, which is exchanged for a directory with this mode. That directory has to
 * stay unchanged. */
static void make_exchanged(mode_t mode, uid_t uid, bool is_empty)
{
	struct rootfs rootfs = make_rootfs();
	char value[8];
	struct stat st;

	make_dirs(ROOT "/shared");
	MUST(chmod(ROOT "/shared", 0777));
	make_dirs(ROOT "/shared/secret");
	if (!is_empty)
		make_text(ROOT "/shared/secret/key", "x");
	MUST(chown(ROOT "/shared/secret", uid, 7));
	MUST(chmod(ROOT "/shared/secret", mode));
	exchanged = ROOT "/shared/secret";
	make(&rootfs, "/shared/new", 7, 0);
	exchanged = NULL;
	MUST(stat(ROOT "/shared/new", &st));
	cr_expect((st.st_mode & 07777) == mode && st.st_uid == uid && st.st_gid == 7, "%o: %o",
		  mode, st.st_mode);
	cr_expect(getxattr(ROOT "/shared/new", MADE_MARK, value, sizeof(value)) < 0);
	close_fd(&rootfs.fd);
}

Test(rootfs, exchanged_directory, .init = sandbox_enter)
{
	make_exchanged(0700, 0, false);
}

Test(rootfs, exchanged_empty_directory, .init = sandbox_enter)
{
	make_exchanged(02750, 0, true);
}

Test(rootfs, exchanged_similar_directory, .init = sandbox_enter)
{
	make_exchanged(01700, 0, false);
}

Test(rootfs, exchanged_directory_of_another_user, .init = sandbox_enter)
{
	make_exchanged(01755, 5, true);
}

Test(rootfs, image_shows_what_mounts_hide, .init = sandbox_enter)
{
	struct rootfs rootfs = make_rootfs();
	AUTO_FD image = -EBADF;
	struct error error;
	struct stat st;

	make_text(ROOT "/device", "x");
	MUST(unlink(ROOT "/device"));
	MUST(mknod(ROOT "/device", S_IFCHR | 0666, 0x103));
	cr_assert(rootfs_open_image(&rootfs, &error, &image) == 0, "%s", error.text);
	MUST(fstatat(image, "volume/sub/hidden", &st, 0));
	cr_expect(fstatat(image, "volume/other", &st, 0) < 0);
	cr_expect(openat(image, "device", O_RDONLY | O_CLOEXEC) < 0 && errno == EACCES,
		  "no device of it can be opened");
	cr_expect(mkdirat(image, "x", 0755) < 0 && errno == EROFS);
	close_fd(&rootfs.fd);
}

/* Is this directory of the image one that was made for a mount? */
static bool is_made(const char *root, const char *name, bool in_doubt)
{
	AUTO_FD image = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD dir = -EBADF;
	int r;

	MUST(image);
	dir = openat(image, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	MUST(dir);
	r = rootfs_is_made(image, dir, in_doubt);
	MUST(r);
	return r;
}

static void make_mode(const char *path, mode_t mode)
{
	make_dirs(path);
	MUST(chmod(path, mode));
}

/* More than a tick of the clock that filesystems read. */
static void let_time_pass(void)
{
	usleep(30000);
}

Test(rootfs, made_on_an_overlay, .init = sandbox_enter)
{
	static const char *const names[] = {"runc", "crun", "0700", "owned", "full"};
	struct statx stx;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		make_mode(at("lower/image-%s", names[i]), i == 2 ? 0700 : i == 1 ? 01755 : 0755);
	make_text(SANDBOX "/lower/image-full/x", "x");
	let_time_pass();
	make_dirs(SANDBOX "/upper");
	make_dirs(SANDBOX "/work");
	make_dirs(ROOT);
	let_time_pass();
	MUST(mount("overlay", ROOT, "overlay", 0,
		   "lowerdir=" SANDBOX "/lower,upperdir=" SANDBOX "/upper,workdir=" SANDBOX
		   "/work"));
	MUST(statx(AT_FDCWD, ROOT, 0, STATX_BTIME, &stx));
	if (!(stx.stx_mask & STATX_BTIME))
		cr_skip_test("this kernel's tmpfs has no birth times");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		make_mode(at("root/new-%s", names[i]), i == 2 ? 0700 : i == 1 ? 01755 : 0755);
	make_text(ROOT "/new-full/x", "x");
	MUST(chown(ROOT "/new-owned", 0, 1));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cr_expect(!is_made(ROOT, at("root/image-%s", names[i]), true), "%s", names[i]);
		cr_expect(is_made(ROOT, at("root/new-%s", names[i]), false) == (i < 2), "%s",
			  names[i]);
	}
	/* The root itself is not younger than it. */
	cr_expect(!is_made(ROOT "/image-runc", ".", true));
}

Test(rootfs, made_elsewhere, .init = sandbox_enter)
{
	make_mode(ROOT "/empty", 0755);
	make_mode(ROOT "/marked", 0755);
	make_mode(ROOT "/image", 0750);
	cr_expect(is_made(ROOT, "empty", true) && !is_made(ROOT, "empty", false));
	cr_expect(!is_made(ROOT, "image", true));
	if (setxattr(ROOT "/marked", MADE_MARK, "", 0, 0) < 0)
		cr_skip_test("this kernel's tmpfs has no user attributes (Linux 6.6)");
	cr_expect(is_made(ROOT, "marked", false));
	make_text(ROOT "/marked/x", "x");
	cr_expect(!is_made(ROOT, "marked", true));
}
