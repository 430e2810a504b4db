/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rootfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/path.h"
#include "core/tmpfs_entry.h"

int rootfs_open(const char *path, struct error *error, struct rootfs *ret_rootfs)
{
	AUTO_FD fd = -EBADF;
	struct file_id id;
	int r;

	/* The path is the engine's and may contain symlinks of the host, but no magic links. */
	fd = sys_openat2(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0, 0);
	if (fd < 0)
		return error_set(error, STATUS_INPUT, -fd,
				 "rootfs %" NAME_SHOWN
				 ": cannot be opened in the container's mount namespace (if the "
				 "hook runs at another stage, register it for createRuntime)",
				 path);
	r = sys_file_id(fd, &id);
	if (r < 0)
		return error_set(error, STATUS_SYSTEM, -r, "rootfs %" NAME_SHOWN ": statx", path);
	if (!id.is_mount_root)
		return error_set(
			error, STATUS_INPUT, 0,
			"rootfs %" NAME_SHOWN
			": it is not a mount of the container (restoring a checkpoint, the runtime calls hooks before it mounts anything)",
			path);
	ret_rootfs->fd = take_fd(&fd);
	ret_rootfs->id = id;
	return 0;
}

int rootfs_open_path(const struct rootfs *rootfs, const char *path, struct error *error,
		     int *ret_fd)
{
	int fd = sys_openat2(rootfs->fd, path, O_PATH | O_DIRECTORY, 0,
			     RESOLVE_ROOTED | RESOLVE_LINKLESS);

	if (fd < 0)
		return error_set(error, STATUS_PATH, -fd, "%" NAME_SHOWN ": cannot be opened",
				 path);
	*ret_fd = fd;
	return 0;
}

int rootfs_open_image(const struct rootfs *rootfs, struct error *error, int *ret_fd)
{
	static const unsigned safe = FLAG_RO | FLAG_NODEV | FLAG_NOSUID | FLAG_NOEXEC;
	AUTO_FD fd = sys_clone_mount(rootfs->fd);
	int r;

	if (fd < 0)
		return error_set(error, STATUS_SYSTEM, -fd,
				 "rootfs: its mount cannot be copied (open_tree)");
	r = sys_mount_set(fd, safe | FLAG_NOATIME, 0);
	/* In a user namespace, the access time flags may be locked. */
	if (r == -EPERM)
		r = sys_mount_set(fd, safe, 0);
	if (r < 0)
		return error_set(error, STATUS_SYSTEM, -r,
				 "rootfs: the copy of its mount cannot be made read-only");
	*ret_fd = take_fd(&fd);
	return 0;
}

/* Opens the deepest existing directory, on any mount. */
static int open_existing(int root, const char *path, size_t existing, int *ret_fd)
{
	char prefix[PATH_LENGTH_MAX + 1];
	int fd;

	snprintf(prefix, sizeof(prefix), "%.*s", (int)existing, path);
	fd = sys_openat2(root, prefix, O_PATH | O_DIRECTORY, 0, RESOLVE_ROOTED | RESOLVE_LINKLESS);
	if (fd < 0)
		return fd;
	*ret_fd = fd;
	return 0;
}

/* The initial mode of a new directory. The sticky bit identifies it as the one just made. */
#define NEW_MODE ((mode_t)(S_ISVTX | 0755))

/* Returns 1, 0 or -errno. */
static int is_empty(int fd)
{
	char buffer[1024] __attribute__((__aligned__(__alignof__(struct dirent64))));
	ssize_t length;

	while ((length = getdents64(fd, (void *)buffer, sizeof(buffer))) > 0) {
		for (ssize_t at = 0; at < length;) {
			const struct dirent64 *entry = (const void *)(buffer + at);

			if (!path_is_dot(entry->d_name))
				return 0;
			at += entry->d_reclen;
		}
	}
	return length < 0 ? -errno : 1;
}

/*
 * Removes the group and the ACLs that a new directory inherits from its parent. On a volume,
 * another user may have replaced the directory; such a directory is not changed. Returns 1 for the
 * new directory, 0 for a replaced one, or -errno.
 */
static int be_plain(int fd)
{
	static const char *const acls[] = {"system.posix_acl_access", "system.posix_acl_default"};
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	/* The parent may have passed on a set-group-ID bit, and its ACL may have removed bits. */
	if (st.st_uid != geteuid() || !(st.st_mode & S_ISVTX) ||
	    (st.st_mode & 07777 & ~(NEW_MODE | S_ISGID)))
		return 0;
	r = is_empty(fd);
	if (r <= 0)
		return r;
	if ((st.st_mode & S_ISGID) && fchown(fd, (uid_t)-1, 0) < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(acls); i++) {
		if (fremovexattr(fd, acls[i]) < 0 && errno != ENODATA && errno != EOPNOTSUPP)
			return -errno;
	}
	return fchmod(fd, 0755) < 0 ? -errno : 1;
}

int rootfs_step(int *at, const char *name, bool *ret_made)
{
	AUTO_FD next = -EBADF;
	bool is_made = mkdirat(*at, name, NEW_MODE) == 0;
	int r;

	if (!is_made && errno != EEXIST)
		return -errno;
	/* Opened for reading: attributes cannot be set through an O_PATH descriptor. */
	next = openat(*at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (next < 0)
		r = -errno;
	else
		r = is_made ? be_plain(next) : 0;
	/* The filesystem became read-only after mkdirat(). Prevents the caller from trying again
	 * through a copy of the mount. */
	if (r == -EROFS && is_made)
		r = -ESTALE;
	if (r < 0)
		return r;
	close_fd(at);
	*at = take_fd(&next);
	*ret_made = r > 0;
	return 0;
}

static int make_below(int dir, const char *rest)
{
	char name[PATH_COMPONENT_MAX + 1];
	AUTO_FD at = fcntl(dir, F_DUPFD_CLOEXEC, 0);
	const char *component;
	bool is_made = false;
	size_t length;
	int marked;

	if (at < 0)
		return -errno;
	while ((component = path_next(&rest, &length))) {
		int r;

		snprintf(name, sizeof(name), "%.*s", (int)length, component);
		r = rootfs_step(&at, name, &is_made);
		if (r < 0)
			return r;
	}
	/* Another process created the directory first, or replaced it meanwhile. */
	if (!is_made)
		return 0;
	/* If the filesystem does not support the attribute, a restarted container treats the
	 * directory as part of its image. */
	marked = fsetxattr(at, MADE_MARK, "", 0, 0);
	(void)marked;
	return 0;
}

/* The same through a writable copy of the root's mount. The container's mount is never changed. */
static int make_through_copy(const struct rootfs *rootfs, const char *path, size_t existing,
			     const struct file_id *parent)
{
	AUTO_FD copy = -EBADF;
	AUTO_FD dir = -EBADF;
	struct file_id id;
	int r;

	/* The directory is on another of the container's mounts, read-only for a reason. */
	if (parent->mount_id != rootfs->id.mount_id)
		return -EROFS;
	copy = sys_clone_mount(rootfs->fd);
	if (copy < 0)
		return copy;
	r = sys_mount_set(copy, 0, FLAG_RO);
	if (r < 0)
		return r;
	r = open_existing(copy, path, existing, &dir);
	if (r < 0)
		return r;
	r = sys_file_id(dir, &id);
	if (r < 0)
		return r;
	/* Another process replaced the directory meanwhile. */
	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): r is 0 or an error */
	if (id.dev != parent->dev || id.ino != parent->ino)
		return -EROFS;
	return make_below(dir, path + existing);
}

/* An overlay reports the birth time of a directory's topmost layer. Returns 1, 0 or -errno. */
static int is_younger(int dir, int image, bool in_doubt)
{
	int64_t of_dir = 0;
	int64_t of_root = 0;
	struct statfs fs;
	int r;

	if (fstatfs(image, &fs) < 0)
		return -errno;
	if (fs.f_type != OVERLAYFS_SUPER_MAGIC)
		return in_doubt;
	r = sys_birth_time(dir, &of_dir);
	if (r == 0)
		r = sys_birth_time(image, &of_root);
	if (r < 0)
		return r == -EOPNOTSUPP ? in_doubt : r;
	return of_dir > of_root;
}

/* Returns 1, 0 or -errno. */
static int is_marked(int dir)
{
	if (fgetxattr(dir, MADE_MARK, NULL, 0) >= 0)
		return 1;
	return errno == ENODATA || errno == EOPNOTSUPP ? 0 : -errno;
}

int rootfs_is_made(int image, int dir, bool in_doubt)
{
	AUTO_FD again = -EBADF;
	struct stat st;
	int r;

	if (fstat(dir, &st) < 0)
		return -errno;
	/* crun makes them with the sticky bit. */
	if (st.st_uid != 0 || st.st_gid != 0 || (st.st_mode & 07777 & ~(mode_t)S_ISVTX) != 0755)
		return 0;
	/* Reading a directory moves its descriptor's offset. */
	again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (again < 0)
		return -errno;
	r = is_empty(again);
	if (r <= 0)
		return r;
	r = is_marked(dir);
	return r != 0 ? r : is_younger(dir, image, in_doubt);
}

int rootfs_make(const struct rootfs *rootfs, const char *path, size_t existing, struct error *error)
{
	AUTO_FD dir = -EBADF;
	struct file_id id = {0};
	int r;

	r = open_existing(rootfs->fd, path, existing, &dir);
	if (r == 0)
		r = sys_file_id(dir, &id);
	if (r == 0)
		r = make_below(dir, path + existing);
	if (r == -EROFS)
		r = make_through_copy(rootfs, path, existing, &id);
	if (r < 0)
		return error_set(error, STATUS_PATH, -r,
				 "%" NAME_SHOWN
				 ": the image has no such directory, and it cannot be created",
				 path);
	return 0;
}
