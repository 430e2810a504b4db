/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Thin wrappers of system calls that glibc has not, or has under a header that clashes: each
 * returns what the kernel does, -errno on failure. Descriptors come close-on-exec. The only place
 * with MS_* or raw system call numbers.
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
	RESOLVE_ROOTED = 1 << 0,    /* as if dirfd were the root directory: RESOLVE_IN_ROOT */
	RESOLVE_INSIDE = 1 << 1,    /* never out of dirfd: RESOLVE_BENEATH */
	RESOLVE_LINKLESS = 1 << 2,  /* no symlink anywhere: RESOLVE_NO_SYMLINKS */
	RESOLVE_ONE_MOUNT = 1 << 3, /* into no other mount: RESOLVE_NO_XDEV */
};

/* openat2(2); RESOLVE_NO_MAGICLINKS is always on, O_CLOEXEC too. mode is for O_CREAT alone. */
int sys_openat2(int dirfd, const char *path, int flags, mode_t mode, unsigned resolve);

/* What statx(2) says of a descriptor's mount (STATX_MNT_ID, Linux 5.8) besides the file itself. */
struct file_id {
	uint64_t mount_id;
	bool is_mount_root;
	dev_t dev;
	ino_t ino;
	mode_t mode; /* as dev and ino: 0 if the filesystem does not tell, as another user's FUSE */
};

int sys_file_id(int fd, struct file_id *ret_id);

/*
 * What statmount(2), Linux 6.8, says of a mount of the caller's namespace, by its number there
 * (STATX_MNT_ID_UNIQUE); the numbers in it are those of mountinfo. Its texts stand in buffer, which
 * is made larger until they fit, and is the caller's to free. -EOPNOTSUPP where the kernel does not
 * say all of this: the source came with Linux 6.14.
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

/* The unique number of the mount that fd is on, Linux 6.8; -EOPNOTSUPP before. */
int sys_unique_mount_id(int fd, uint64_t *ret_id);

/* listmount(2), Linux 6.8: the numbers of the mounts below one, those behind "after" (0: from the
 * first). */
int sys_listmount(uint64_t unique_id, uint64_t after, uint64_t *ids, size_t count);

/* The name of a call that the hook needs and the kernel, or a filter in its place, does not have;
 * NULL if it has them all. Changes nothing. Those that Linux 5.12 may lack are not among them. */
const char *sys_lacks(void);

int sys_pidfd_open(pid_t pid);

/* close_range(2), Linux 5.9: everything from first on. */
int sys_close_from(unsigned first);

/* open_tree(2) with OPEN_TREE_CLONE and without AT_RECURSIVE, Linux 5.2: a detached copy of the
 * mount that fd is on. */
int sys_clone_mount(int fd);

/* move_mount(2), Linux 5.2, of the mount that from is the root of, onto the directory or file that
 * to is. */
int sys_move_mount(int from, int to);

/* Private propagation for every mount of the caller's namespace, mount(2). */
int sys_make_private(void);

/* mount_setattr(2), Linux 5.12, of fd's mount alone; flags are enum mount_flags. */
int sys_mount_set(int fd, unsigned set_flags, unsigned clear_flags);

/* fsopen(2) and its like, Linux 5.2. */
int sys_fsopen(const char *fstype);
int sys_fsconfig_string(int fd, const char *key, const char *value);
int sys_fsconfig_flag(int fd, const char *key);
int sys_fsconfig_create(int fd);
/* fspick(2) of the filesystem that fd is on, and the end of changing it. */
int sys_fspick(int fd);
int sys_fsconfig_reconfigure(int fd);
/* flags are enum mount_flags; -EINVAL where the kernel does not know one (nosymfollow before
 * Linux 5.14). */
int sys_fsmount(int fd, unsigned flags);

/* A session keyring of one's own, keyctl(2). */
int sys_new_session_keyring(void);

#endif
