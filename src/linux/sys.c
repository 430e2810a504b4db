/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/tmpfs_entry.h"

/* Linux 5.14; missing in older headers. */
#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

static int result(long r)
{
	return r < 0 ? -errno : (int)r;
}

int sys_openat2(int dirfd, const char *path, int flags, mode_t mode, unsigned resolve)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.mode = mode,
		.resolve = RESOLVE_NO_MAGICLINKS,
	};
	int r = -EAGAIN;

	if (resolve & RESOLVE_ROOTED)
		how.resolve |= RESOLVE_IN_ROOT;
	if (resolve & RESOLVE_INSIDE)
		how.resolve |= RESOLVE_BENEATH;
	if (resolve & RESOLVE_LINKLESS)
		how.resolve |= RESOLVE_NO_SYMLINKS;
	if (resolve & RESOLVE_ONE_MOUNT)
		how.resolve |= RESOLVE_NO_XDEV;
	/* With RESOLVE_IN_ROOT and RESOLVE_BENEATH, a concurrent rename or mount anywhere on the
	 * system can prevent the kernel from verifying "..". */
	for (int tries = 0; tries < 128; tries++) {
		r = result(syscall(SYS_openat2, dirfd, path, &how, sizeof(how)));
		if (r != -EAGAIN)
			break;
	}
	return r;
}

/* Without a request to the filesystem: the kernel knows the type of an open file, and
 * RESOLVE_CACHED (Linux 5.12) never waits. Another error of the lookup comes from a directory.
 * Returns 1, 0 or -errno. */
static int is_directory(int fd)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_CACHED};
	AUTO_FD self = result(syscall(SYS_openat2, fd, ".", &how, sizeof(how)));

	if (self == -EMFILE || self == -ENFILE || self == -ENOMEM)
		return self;
	return self != -ENOTDIR;
}

int sys_file_id(int fd, struct file_id *ret_id)
{
	static const int flags = AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC;
	struct statx stx;
	int is_dir;

	/* Does not query servers (AT_STATX_DONT_SYNC): only for a mount id, a FUSE or NFS server
	 * that does not answer would block the hook in an uninterruptible wait. */
	int r = statx(fd, "", flags, STATX_BASIC_STATS | STATX_MNT_ID, &stx);

	/* The filesystem refused. Without its attributes, the kernel still reports the mount. */
	if (r < 0 && errno == EACCES)
		r = statx(fd, "", flags, 0, &stx);
	if (r < 0)
		return -errno;
	/* Both were added in Linux 5.8. */
	if (!(stx.stx_mask & STATX_MNT_ID) || !(stx.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT))
		return -ENOSYS;
	is_dir = stx.stx_mode ? S_ISDIR(stx.stx_mode) : is_directory(fd);
	if (is_dir < 0)
		return is_dir;
	*ret_id = (struct file_id){
		.mount_id = stx.stx_mnt_id,
		.is_mount_root = (stx.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0,
		.dev = makedev(stx.stx_dev_major, stx.stx_dev_minor),
		.ino = (ino_t)stx.stx_ino,
		.mode = stx.stx_mode,
		.is_directory = is_dir,
	};
	return 0;
}

int sys_birth_time(int fd, int64_t *ret_time)
{
	struct statx stx;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &stx) < 0)
		return -errno;
	if (!(stx.stx_mask & STATX_BTIME))
		return -EOPNOTSUPP;
	*ret_time = stx.stx_btime.tv_sec * INT64_C(1000000000) + stx.stx_btime.tv_nsec;
	return 0;
}

static const struct {
	unsigned flag;
	uint64_t attribute;
} attribute_table[] = {
	{FLAG_RO, MOUNT_ATTR_RDONLY},
	{FLAG_NOEXEC, MOUNT_ATTR_NOEXEC},
	{FLAG_NOSUID, MOUNT_ATTR_NOSUID},
	{FLAG_NODEV, MOUNT_ATTR_NODEV},
	{FLAG_NOATIME, MOUNT_ATTR_NOATIME},
	{FLAG_STRICTATIME, MOUNT_ATTR_STRICTATIME},
	{FLAG_NODIRATIME, MOUNT_ATTR_NODIRATIME},
	{FLAG_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW},
};

static uint64_t attributes(unsigned flags)
{
	uint64_t attr = 0;

	for (size_t i = 0; i < ARRAY_SIZE(attribute_table); i++) {
		if (flags & attribute_table[i].flag)
			attr |= attribute_table[i].attribute;
	}
	return attr;
}

static unsigned flags_of(uint64_t attr)
{
	unsigned flags = 0;

	for (size_t i = 0; i < ARRAY_SIZE(attribute_table); i++) {
		if (attr & attribute_table[i].attribute)
			flags |= attribute_table[i].flag;
	}
	return flags;
}

/* From <linux/mount.h> of Linux 6.15, under different names: older headers lack these, and newer
 * ones define all of them. */
#define NR_STATMOUNT 457
#define NR_LISTMOUNT 458

#define WANT_SB_BASIC  0x01U
#define WANT_MNT_BASIC 0x02U
#define WANT_MNT_ROOT  0x08U
#define WANT_MNT_POINT 0x10U
#define WANT_FS_TYPE   0x20U
#define WANT_SOURCE    0x200U
#define WANT_ALL                                                                                   \
	(WANT_SB_BASIC | WANT_MNT_BASIC | WANT_MNT_ROOT | WANT_MNT_POINT | WANT_FS_TYPE |          \
	 WANT_SOURCE)

#define STATX_UNIQUE 0x4000U

struct mount_request {
	uint32_t size;
	uint32_t spare;
	uint64_t mnt_id;
	uint64_t param;
};

struct mount_answer {
	uint32_t size;
	uint32_t mnt_opts;
	uint64_t mask;
	uint32_t sb_dev[2];
	uint64_t sb_magic;
	uint32_t sb_flags;
	uint32_t fs_type;
	uint64_t mnt_id;
	uint64_t mnt_parent_id;
	uint32_t mnt_id_old;
	uint32_t mnt_parent_id_old;
	uint64_t mnt_attr;
	uint64_t mnt_propagation;
	uint64_t mnt_peer_group;
	uint64_t mnt_master;
	uint64_t propagate_from;
	uint32_t mnt_root;
	uint32_t mnt_point;
	uint64_t mnt_ns_id;
	uint32_t fs_subtype;
	uint32_t sb_source;
	uint8_t later[512 - 128];
	char text[];
};

_Static_assert(offsetof(struct mount_answer, text) == 512, "the kernel puts the texts at 512");
_Static_assert(offsetof(struct mount_answer, sb_source) == 124, "as struct statmount");

int sys_unique_mount_id(int fd, uint64_t *ret_id)
{
	struct statx stx;

	if (statx(fd, "", AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, STATX_UNIQUE, &stx) < 0)
		return -errno;
	if (!(stx.stx_mask & STATX_UNIQUE))
		return -EOPNOTSUPP;
	*ret_id = stx.stx_mnt_id;
	return 0;
}

int sys_listmount(uint64_t unique_id, uint64_t after, uint64_t *ids, size_t count)
{
	struct mount_request request = {
		.size = sizeof(request), .mnt_id = unique_id, .param = after};

	return result(syscall(NR_LISTMOUNT, &request, ids, count, 0));
}

/* Retries with a larger buffer until the texts (two paths and a source) fit, up to a limit. */
static int ask_mount(uint64_t unique_id, char **buffer, size_t *size)
{
	struct mount_request request = {
		.size = sizeof(request), .mnt_id = unique_id, .param = WANT_ALL};

	for (;;) {
		size_t more = *size ? *size * 2 : 8192;
		char *bigger;
		int r = *size ? result(syscall(NR_STATMOUNT, &request, *buffer, *size, 0))
			      : -EOVERFLOW;

		if (r != -EOVERFLOW || more > (size_t)64 * 1024)
			return r;
		bigger = realloc(*buffer, more);
		if (!bigger)
			return -ENOMEM;
		*buffer = bigger;
		*size = more;
	}
}

int sys_statmount(uint64_t unique_id, char **buffer, size_t *size, struct mount_facts *ret_facts)
{
	const struct mount_answer *answer;
	int r;

	r = ask_mount(unique_id, buffer, size);
	if (r < 0)
		return r;
	answer = (const struct mount_answer *)(const void *)*buffer;
	if ((answer->mask & (WANT_ALL & ~WANT_SOURCE)) != (WANT_ALL & ~WANT_SOURCE))
		return -EOPNOTSUPP;
	*ret_facts = (struct mount_facts){
		.id = answer->mnt_id_old,
		.parent = answer->mnt_parent_id_old,
		.flags = flags_of(answer->mnt_attr),
		.dev = makedev(answer->sb_dev[0], answer->sb_dev[1]),
		.is_whole = strcmp(answer->text + answer->mnt_root, "/") == 0,
		.is_shared = (answer->mnt_propagation & MS_SHARED) != 0,
		.is_slave = (answer->mnt_propagation & MS_SLAVE) != 0,
		.target = answer->text + answer->mnt_point,
		.fstype = answer->text + answer->fs_type,
		.source = answer->mask & WANT_SOURCE ? answer->text + answer->sb_source : NULL,
	};
	return 0;
}

/* Calls each with invalid flags or without an object, so that none has an effect. */
const char *sys_lacks(void)
{
	static const struct {
		const char *name;
		long number;
		long arguments[5];
	} calls[] = {
		{"close_range", SYS_close_range, {1, 0, -1}},
		{"fsconfig", SYS_fsconfig, {-1, -1}},
		{"fsmount", SYS_fsmount, {-1, -1}},
		{"fsopen", SYS_fsopen, {0, -1}},
		{"mount_setattr", SYS_mount_setattr, {-1, 0, -1}},
		{"move_mount", SYS_move_mount, {-1, 0, -1, 0, -1}},
		{"open_tree", SYS_open_tree, {-1, 0, -1}},
		{"openat2", SYS_openat2, {-1}},
		{"pidfd_open", SYS_pidfd_open, {-1, -1}},
		{"statx", SYS_statx, {-1, 0, -1, -1}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		const long *with = calls[i].arguments;

		if (syscall(calls[i].number, with[0], with[1], with[2], with[3], with[4]) < 0 &&
		    errno == ENOSYS)
			return calls[i].name;
	}
	return NULL;
}

int sys_pidfd_open(pid_t pid)
{
	return result(syscall(SYS_pidfd_open, pid, 0));
}

int sys_close_from(unsigned first)
{
	return result(syscall(SYS_close_range, first, ~0U, 0));
}

int sys_clone_mount(int fd)
{
	return result(syscall(SYS_open_tree, fd, "",
			      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH));
}

int sys_move_mount(int from, int to)
{
	return result(syscall(SYS_move_mount, from, "", to, "",
			      MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
}

int sys_make_private(void)
{
	struct mount_attr attr = {.propagation = MS_PRIVATE};

	return result(syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &attr, sizeof(attr)));
}

int sys_mount_set(int fd, unsigned set_flags, unsigned clear_flags)
{
	struct mount_attr attr = {
		.attr_set = attributes(set_flags),
		.attr_clr = attributes(clear_flags),
	};

	/* The access time flags are one field with three values, which must be cleared before it is
	 * set. */
	if (attr.attr_set & MOUNT_ATTR__ATIME)
		attr.attr_clr |= MOUNT_ATTR__ATIME;
	return result(syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)));
}

int sys_fsopen(const char *fstype)
{
	return result(syscall(SYS_fsopen, fstype, FSOPEN_CLOEXEC));
}

int sys_fsconfig_string(int fd, const char *key, const char *value)
{
	return result(syscall(SYS_fsconfig, fd, FSCONFIG_SET_STRING, key, value, 0));
}

int sys_fsconfig_flag(int fd, const char *key)
{
	return result(syscall(SYS_fsconfig, fd, FSCONFIG_SET_FLAG, key, NULL, 0));
}

int sys_fsconfig_create(int fd)
{
	return result(syscall(SYS_fsconfig, fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
}

int sys_fspick(int fd)
{
	return result(syscall(SYS_fspick, fd, "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH));
}

int sys_fsconfig_reconfigure(int fd)
{
	return result(syscall(SYS_fsconfig, fd, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0));
}

int sys_fsmount(int fd, unsigned flags)
{
	return result(syscall(SYS_fsmount, fd, FSMOUNT_CLOEXEC, attributes(flags)));
}

int sys_new_session_keyring(void)
{
	return result(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL));
}
