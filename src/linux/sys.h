/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Thin wrappers for system calls that glibc lacks, or declares in conflicting headers. They return
 * the kernel's result, or -errno. Descriptors are close-on-exec. Only sys.c uses MS_* and raw
 * system call numbers.
 */
#ifndef ORH_LINUX_SYS_H
#define ORH_LINUX_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* How openat2(2), Linux 5.6, resolves a path. */
enum resolve {
	RESOLVE_ROOTED = 1 << 0, /* resolves as if dirfd were the root directory: RESOLVE_IN_ROOT */
	RESOLVE_INSIDE = 1 << 1, /* never leaves dirfd: RESOLVE_BENEATH */
	RESOLVE_LINKLESS = 1 << 2,  /* no symlinks: RESOLVE_NO_SYMLINKS */
	RESOLVE_ONE_MOUNT = 1 << 3, /* does not cross mounts: RESOLVE_NO_XDEV */
};

/* openat2(2), always with RESOLVE_NO_MAGICLINKS and O_CLOEXEC. mode is only used with O_CREAT. */
int sys_openat2(int dirfd, const char *path, int flags, mode_t mode, unsigned resolve);

/* The file and mount of a descriptor, from statx(2) (STATX_MNT_ID, Linux 5.8). */
struct file_id {
	uint64_t mount_id;
	bool is_mount_root;
	dev_t dev;
	ino_t ino;
	mode_t mode; /* like dev and ino, 0 if the filesystem does not report it, such as another
			user's FUSE */
	bool is_directory; /* always known */
};

int sys_file_id(int fd, struct file_id *ret_id);

/* When the file was created, in nanoseconds since 1970, from statx(2). -EOPNOTSUPP if the
 * filesystem does not report it. */
int sys_birth_time(int fd, int64_t *ret_time);

/*
 * Facts about a mount in the caller's namespace, from statmount(2), Linux 6.8, by its unique id
 * (STATX_MNT_ID_UNIQUE). The ids in it are those of mountinfo. The texts point into buffer, which
 * grows as needed and which the caller frees. -EOPNOTSUPP if the kernel does not report all of
 * this; sources were added in Linux 6.14.
 */
struct mount_facts {
	uint64_t id;
	uint64_t parent;
	unsigned flags; /* enum mount_flags */
	dev_t dev;
	bool is_whole;
	bool is_shared;
	bool is_slave;
	const char *target;
	const char *fstype;
	const char *source;
};

int sys_statmount(uint64_t unique_id, char **buffer, size_t *size, struct mount_facts *ret_facts);

/* The unique id of the mount that fd is on, Linux 6.8; -EOPNOTSUPP before. */
int sys_unique_mount_id(int fd, uint64_t *ret_id);

/* listmount(2), Linux 6.8: the unique ids of the mounts below a mount, starting after the id
 * "after" (0: with the first). */
int sys_listmount(uint64_t unique_id, uint64_t after, uint64_t *ids, size_t count);

/* The name of a required call that the kernel lacks or a seccomp filter blocks; NULL if all are
 * available. Changes nothing. Does not check calls that Linux 5.12 may lack. */
const char *sys_lacks(void);

int sys_pidfd_open(pid_t pid);

/* close_range(2), Linux 5.9: closes all descriptors from first on. */
int sys_close_from(unsigned first);

/* open_tree(2) with OPEN_TREE_CLONE and without AT_RECURSIVE, Linux 5.2: a detached copy of the
 * mount that fd is on. */
int sys_clone_mount(int fd);

/* move_mount(2), Linux 5.2: attaches the mount whose root is from to the directory or file to. */
int sys_move_mount(int from, int to);

/* mount(2): makes all mounts in the caller's namespace private. */
int sys_make_private(void);

/* mount_setattr(2), Linux 5.12, for only the mount of fd; flags are enum mount_flags. */
int sys_mount_set(int fd, unsigned set_flags, unsigned clear_flags);

/* fsopen(2) and related calls, Linux 5.2. */
int sys_fsopen(const char *fstype);
int sys_fsconfig_string(int fd, const char *key, const char *value);
int sys_fsconfig_flag(int fd, const char *key);
int sys_fsconfig_create(int fd);
/* fspick(2) for the filesystem that fd is on, and the call that applies the changes. */
int sys_fspick(int fd);
int sys_fsconfig_reconfigure(int fd);
/* flags are enum mount_flags; -EINVAL if the kernel does not know one (nosymfollow before Linux
 * 5.14). */
int sys_fsmount(int fd, unsigned flags);

/* Joins a new session keyring, keyctl(2). */
int sys_new_session_keyring(void);

#endif
