/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "meta.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/path.h"

/* A file with attributes: an open file, or a name in the working directory, because symlinks and
 * devices cannot be opened. */
struct place {
	int fd;
	const char *name;
};

/*
 * Initial buffer size. The kernel allocates as much memory as the buffer has. For the maximum
 * length of names or a value, this is sixteen contiguous pages under a global lock. Most files have
 * no attributes, and the others have short ones.
 */
#define SHORT ((size_t)256)

static ssize_t list_names(const struct place *place, char *names, size_t size)
{
	return place->name ? llistxattr(place->name, names, size)
			   : flistxattr(place->fd, names, size);
}

static ssize_t list_attributes(const struct place *place, char *names, size_t size)
{
	ssize_t length = list_names(place, names, SHORT);

	return length < 0 && errno == ERANGE ? list_names(place, names, size) : length;
}

static ssize_t get_value(const struct place *place, const char *key, void *value, size_t size)
{
	return place->name ? lgetxattr(place->name, key, value, size)
			   : fgetxattr(place->fd, key, value, size);
}

static ssize_t get_attribute(const struct place *place, const char *key, void *value, size_t size)
{
	ssize_t length = get_value(place, key, value, SHORT);

	return length < 0 && errno == ERANGE ? get_value(place, key, value, size) : length;
}

static int set_attribute(const struct place *place, const char *key, const void *value, size_t size)
{
	return place->name ? lsetxattr(place->name, key, value, size, 0)
			   : fsetxattr(place->fd, key, value, size, 0);
}

/* The kernel's errors for attributes that may not be set. EOVERFLOW: a file capability with the
 * root of another user namespace, which has no effect in this one. */
static bool is_denial(int err)
{
	return err == EOPNOTSUPP || err == EPERM || err == EACCES || err == EINVAL ||
	       err == EOVERFLOW;
}

static bool is_ignored(const struct thread *thread, const char *key)
{
	const struct seed_request *request = thread->tree->request;

	if (request->missing_mark && strcmp(key, request->missing_mark) == 0)
		return true;
	return request->labelled && strcmp(key, "security.selinux") == 0;
}

/*
 * With an ACL, the group bits of the mode are the ACL's mask: the maximum permissions of all users
 * and groups in it. Without the ACL they would apply to the owning group, which may have had fewer.
 * They are therefore cleared if the ACL is lost.
 */
#define NO_GROUP (~(mode_t)S_IRWXG)
#define ACL	 "system.posix_acl_access"

/* If from and to have names, they differ only in the directory, which becomes the working
 * directory. The directories are not used for open files. */
struct attribute_copy {
	struct place from;
	struct place to;
	int from_directory;
	int to_directory;
	bool lost_acl; /* the kernel refused the access ACL */
};

static bool may_have_acl(const struct place *place)
{
	return get_attribute(place, ACL, NULL, 0) >= 0 || (errno != ENODATA && errno != EOPNOTSUPP);
}

static int copy_attribute(struct thread *thread, struct attribute_copy *copy, const char *key)
{
	ssize_t size;

	if (copy->from.name && fchdir(copy->from_directory) < 0)
		return -errno;
	size = get_attribute(&copy->from, key, thread->value, sizeof(thread->value));
	if (size < 0 && errno == ENODATA)
		return 0;
	if (size >= 0 && copy->to.name && fchdir(copy->to_directory) < 0)
		return -errno;
	if (size >= 0 && set_attribute(&copy->to, key, thread->value, (size_t)size) == 0)
		return 0;
	if (!is_denial(errno))
		return -errno;
	thread->result.lost_xattrs++;
	copy->lost_acl |= strcmp(key, ACL) == 0;
	return 0;
}

static int copy_attributes(struct thread *thread, struct directory *directory, const char *name,
			   struct attribute_copy *copy)
{
	const char *end;
	ssize_t length;
	int r;

	if (copy->from.name && fchdir(copy->from_directory) < 0)
		return seed_fail(thread, directory, name, errno, "its directory cannot be entered");
	length = list_attributes(&copy->from, thread->names, sizeof(thread->names));
	if (length < 0 && errno == EOPNOTSUPP)
		return 0;
	/* The file may have attributes, which are then lost. */
	if (length < 0 && errno == EPERM) {
		thread->result.lost_xattrs++;
		copy->lost_acl = may_have_acl(&copy->from);
		return 0;
	}
	if (length < 0)
		return seed_fail(thread, directory, name, errno,
				 "its extended attributes cannot be listed");
	end = thread->names + length;
	for (const char *key = thread->names; key < end; key += strlen(key) + 1) {
		if (is_ignored(thread, key))
			continue;
		r = copy_attribute(thread, copy, key);
		if (r < 0)
			return seed_fail(thread, directory, name, -r,
					 "its extended attributes cannot be copied");
	}
	return 0;
}

/* What simple_xattr_space() in the kernel's fs/xattr.c adds to the lengths of name and value. */
#define ROOM_BESIDES 40

/* The kernel keeps ACLs in another form, and does not charge them. */
static bool is_charged(const struct thread *thread, const char *key)
{
	static const char acl[] = "system.posix_acl_";

	return !is_ignored(thread, key) && strncmp(key, acl, strlen(acl)) != 0;
}

uint64_t meta_attributes_room(struct thread *thread, const struct directory *directory,
			      const char *name)
{
	const struct place place = {.fd = directory->source, .name = name};
	const char *end = thread->names;
	uint64_t bytes = 0;
	ssize_t length = -1;

	if (!name || fchdir(directory->source) == 0)
		length = list_attributes(&place, thread->names, sizeof(thread->names));
	if (length > 0)
		end += length;
	for (const char *key = thread->names; key < end; key += strlen(key) + 1) {
		ssize_t size = -1;

		if (is_charged(thread, key))
			size = get_attribute(&place, key, thread->value, sizeof(thread->value));
		if (size >= 0)
			bytes += ROOM_BESIDES + strlen(key) + (size_t)size;
	}
	return bytes;
}

/* Outside a user namespace, EPERM means a missing capability. */
static bool is_not_mapped(const struct thread *thread, int err)
{
	return err == EINVAL || err == EOVERFLOW ||
	       (err == EPERM && thread->tree->request->in_userns);
}

/* The id that the kernel reports for an unmapped owner in a user namespace; it may also be mapped.
 * A sysctl of the host can change the number, but nobody does that. */
#define OVERFLOW_ID 65534

static bool is_stand_in(const struct thread *thread, uid_t uid, gid_t gid)
{
	return thread->tree->request->in_userns && (uid == OVERFLOW_ID || gid == OVERFLOW_ID);
}

/*
 * Sets the owner of fd's file, or of a name in the directory fd. Counts an owner that is not mapped
 * in this user namespace, or may be an overflow id. Removes the set-id bits from mode in that case,
 * because they would apply to another owner.
 */
static int set_owner(struct thread *thread, int fd, const char *name, uid_t uid, gid_t gid,
		     bool is_in_doubt, mode_t *mode)
{
	static const int flags = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;
	int r;

	if (is_in_doubt) {
		*mode &= ~(mode_t)(S_ISUID | S_ISGID);
		thread->result.lost_owners++;
		return fchownat(fd, name, uid, gid, flags) < 0 && !is_not_mapped(thread, errno)
			       ? -errno
			       : 0;
	}
	if (fchownat(fd, name, uid, gid, flags) == 0)
		return 0;
	if (!is_not_mapped(thread, errno))
		return -errno;
	/* Set the user or the group, if one of them is mapped. */
	r = fchownat(fd, name, uid, (gid_t)-1, flags);
	if (r < 0)
		r = fchownat(fd, name, (uid_t)-1, gid, flags);
	if (r < 0 && !is_not_mapped(thread, errno))
		return -errno;
	*mode &= ~(mode_t)(S_ISUID | S_ISGID);
	thread->result.lost_owners++;
	return 0;
}

int meta_but_times(struct thread *thread, struct directory *directory, const char *name, int source,
		   int copy, const struct stat *st)
{
	struct attribute_copy attributes = {.from = {.fd = source}, .to = {.fd = copy}};
	mode_t mode = st->st_mode & 07777;
	int r;

	/* Root made the file, with these permissions, in a directory that passes on neither group
	 * nor ACL. */
	if (st->st_uid != 0 || st->st_gid != 0) {
		r = set_owner(thread, copy, "", st->st_uid, st->st_gid,
			      is_stand_in(thread, st->st_uid, st->st_gid), &mode);
		if (r < 0)
			return seed_fail(thread, directory, name, -r, "its owner cannot be set");
	}
	if ((mode & 07000) && fchmod(copy, mode) < 0)
		return seed_fail(thread, directory, name, errno, "its mode cannot be set");
	r = copy_attributes(thread, directory, name, &attributes);
	if (r < 0)
		return r;
	if (attributes.lost_acl && fchmod(copy, mode & NO_GROUP) < 0)
		return seed_fail(thread, directory, name, errno, "its mode cannot be set");
	return 0;
}

int meta_times(struct thread *thread, struct directory *directory, const char *name, int copy,
	       const struct stat *st)
{
	if (futimens(copy, (struct timespec[]){st->st_atim, st->st_mtim}) < 0)
		return seed_fail(thread, directory, name, errno, "its times cannot be set");
	return 0;
}

int meta_of_file(struct thread *thread, struct directory *directory, const char *name, int source,
		 int copy, const struct stat *st)
{
	int r = meta_but_times(thread, directory, name, source, copy, st);

	return r < 0 ? r : meta_times(thread, directory, name, copy, st);
}

int meta_of_node(struct thread *thread, struct directory *directory, const char *name,
		 const struct stat *st)
{
	struct attribute_copy attributes = {
		.from = {.name = name},
		.to = {.name = name},
		.from_directory = directory->source,
		.to_directory = directory->copy,
	};
	mode_t mode = st->st_mode & 07777;
	int r;

	r = set_owner(thread, directory->copy, name, st->st_uid, st->st_gid,
		      is_stand_in(thread, st->st_uid, st->st_gid), &mode);
	if (r < 0)
		return seed_fail(thread, directory, name, -r, "its owner cannot be set");
	/* Only the hook can access the copy, so that the name still refers to the new file. */
	if (!S_ISLNK(st->st_mode) && fchmodat(directory->copy, name, mode, 0) < 0)
		return seed_fail(thread, directory, name, errno, "its mode cannot be set");
	r = copy_attributes(thread, directory, name, &attributes);
	if (r < 0)
		return r;
	if (attributes.lost_acl && !S_ISLNK(st->st_mode) &&
	    fchmodat(directory->copy, name, mode & NO_GROUP, 0) < 0)
		return seed_fail(thread, directory, name, errno, "its mode cannot be set");
	if (utimensat(directory->copy, name, (struct timespec[]){st->st_atim, st->st_mtim},
		      AT_SYMLINK_NOFOLLOW) < 0)
		return seed_fail(thread, directory, name, errno, "its times cannot be set");
	return 0;
}

/* Returns false if this cannot be determined. */
static bool is_empty(int fd)
{
	_Alignas(struct dirent64) char buffer[512];
	AUTO_FD again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ssize_t length = -1;

	while (again >= 0 && (length = getdents64(again, (void *)buffer, sizeof(buffer))) > 0) {
		for (ssize_t at = 0; at < length;) {
			const struct dirent64 *entry = (const void *)(buffer + at);

			if (!path_is_dot(entry->d_name))
				return false;
			at += entry->d_reclen;
		}
	}
	return length == 0;
}

/* A directory that the hook made and marked counts as missing from the image, unless somebody has
 * changed it since then. */
static bool is_marked_missing(const char *mark, int fd, const struct stat *st)
{
	return mark && st->st_uid == 0 && st->st_gid == 0 && (st->st_mode & 07777) == 0755 &&
	       fgetxattr(fd, mark, NULL, 0) >= 0 && is_empty(fd);
}

int meta_of_directory(struct thread *thread, struct directory *directory)
{
	struct attribute_copy attributes = {.from = {.fd = directory->source},
					    .to = {.fd = directory->copy}};
	const struct seed_request *request = thread->tree->request;
	const struct seed_top *top = &request->top;
	bool is_top = !directory->parent;
	bool is_missing = is_top && is_marked_missing(request->missing_mark, directory->source,
						      &directory->st);
	uid_t uid = is_missing ? 0 : directory->st.st_uid;
	gid_t gid = is_missing ? 0 : directory->st.st_gid;
	bool has_uid = is_top && top->uid != (uid_t)-1;
	bool has_gid = is_top && top->gid != (gid_t)-1;
	bool has_mode = is_top && top->mode != (mode_t)-1;
	mode_t mode = is_missing ? 01777 : directory->st.st_mode & 07777;
	const struct timespec times[] = {directory->st.st_atim, directory->st.st_mtim};
	/* Requested ids are ids in the container, thus never overflow ids. */
	bool is_in_doubt = is_stand_in(thread, has_uid ? 0 : uid, has_gid ? 0 : gid);
	int r;

	if (has_uid)
		uid = top->uid;
	if (has_gid)
		gid = top->gid;
	if (has_mode)
		mode = top->mode;
	r = set_owner(thread, directory->copy, "", uid, gid, is_in_doubt, &mode);
	if (r < 0)
		return seed_fail(thread, directory, NULL, -r, "its owner cannot be set");
	if (fchmod(directory->copy, mode) < 0)
		return seed_fail(thread, directory, NULL, errno, "its mode cannot be set");
	r = copy_attributes(thread, directory, NULL, &attributes);
	if (r < 0)
		return r;
	if (attributes.lost_acl && fchmod(directory->copy, mode & NO_GROUP) < 0)
		return seed_fail(thread, directory, NULL, errno, "its mode cannot be set");
	/* An ACL copied from the image's directory has also set the mode of that directory. */
	if (has_mode && fchmod(directory->copy, mode) < 0)
		return seed_fail(thread, directory, NULL, errno, "its mode cannot be set");
	if (futimens(directory->copy, times) < 0)
		return seed_fail(thread, directory, NULL, errno, "its times cannot be set");
	return 0;
}
