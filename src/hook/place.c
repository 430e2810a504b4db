/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "core/path.h"

static const char *asked_path(const struct stage *stage, size_t index)
{
	return stage->request->plan->tmpfs[index].entry->path;
}

int place_open_target(struct stage *stage, size_t index)
{
	const struct planned_tmpfs *tmpfs = &stage->request->plan->tmpfs[index];
	struct file_id id;
	AUTO_FD fd = -EBADF;
	int r;

	r = rootfs_open_path(&stage->request->facts->rootfs, tmpfs->path, stage->error, &fd);
	if (r < 0)
		return r;
	r = sys_file_id(fd, &id);
	if (r < 0)
		return error_set(stage->error, STATUS_SYSTEM, -r, "%" NAME_SHOWN ": statx",
				 asked_path(stage, index));
	/* The decision was made for the mount that the path was on. */
	if (id.mount_id != tmpfs->mount_id || id.is_mount_root != tmpfs->replaces)
		return error_set(stage->error, STATUS_PATH, ESTALE,
				 "%" NAME_SHOWN ": its directory changed meanwhile",
				 asked_path(stage, index));
	stage->tmpfs[index].target = take_fd(&fd);
	return 0;
}

int place_open_mount(struct stage *stage, size_t index)
{
	const struct planned_move *move = &stage->request->plan->moves[index];
	struct staged_move *staged = &stage->moves[index];
	struct file_id id;
	/* Neither call sends a request to the mount's filesystem, which may be another user's FUSE.
	 */
	AUTO_FD fd = sys_openat2(stage->request->facts->rootfs.fd, move->path, O_PATH | O_NOFOLLOW,
				 0, RESOLVE_ROOTED | RESOLVE_LINKLESS);
	int r = fd < 0 ? fd : sys_file_id(fd, &id);

	if (r == 0 && (id.mount_id != move->id || !id.is_mount_root))
		r = -ESTALE;
	if (r < 0)
		return error_set(stage->error, STATUS_PATH, -r,
				 "%" NAME_SHOWN ": the mount at %" NAME_SHOWN
				 " cannot be opened to keep it",
				 asked_path(stage, move->onto), move->path);
	staged->mount = take_fd(&fd);
	staged->is_directory = id.is_directory;
	return 0;
}

/* Opens a file with O_PATH, and creates an empty one if it is missing. A directory, which a seed
 * that changed meanwhile can have there, cannot be the mount point of a file. */
static int open_file(int at, const char *name)
{
	AUTO_FD made = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	AUTO_FD fd = -EBADF;
	struct stat st;

	if (made < 0 && errno != EEXIST)
		return -errno;
	fd = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? -EISDIR : take_fd(&fd);
}

/* Creates a path of the container in the staged tmpfs that it is below, one component at a time: no
 * other process can reach that tree yet. Returns a descriptor, or -errno. */
static int make_inside(struct stage *stage, size_t outer, const char *path, bool is_directory)
{
	const char *rest = path_below(path, stage->request->plan->tmpfs[outer].path);
	AUTO_FD at = fcntl(stage->tmpfs[outer].top, F_DUPFD_CLOEXEC, 0);
	const char *component;
	size_t length;

	if (at < 0)
		return -errno;
	while ((component = path_next(&rest, &length))) {
		char name[PATH_COMPONENT_MAX + 1];
		bool is_made;
		int r;

		if (length > PATH_COMPONENT_MAX)
			return -ENAMETOOLONG;
		snprintf(name, sizeof(name), "%.*s", (int)length, component);
		if (!*rest && !is_directory)
			return open_file(at, name);
		r = rootfs_step(&at, name, &is_made);
		if (r < 0)
			return r;
	}
	return take_fd(&at);
}

static int no_place(struct stage *stage, size_t outer, const char *path, int r)
{
	/* The tmpfs is full, or has reached its inode limit. */
	enum status status = r == -ENOSPC || r == -ENOMEM ? STATUS_SEED : STATUS_PATH;
	const struct planned_tmpfs *tmpfs = &stage->request->plan->tmpfs[outer];
	struct statfs fs;

	if (r == -ENOSPC && fstatfs(stage->tmpfs[outer].top, &fs) == 0)
		return error_set(stage->error, status, -r,
				 "%" NAME_SHOWN ": %" NAME_SHOWN
				 " cannot be created on its tmpfs, which has %" PRIu64
				 " of %" PRIu64 " bytes left (%s) and %" PRIu64 " of %" PRIu64
				 " inodes (%s)",
				 asked_path(stage, outer), path,
				 (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize,
				 (uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize, tmpfs->size_source,
				 (uint64_t)fs.f_ffree, (uint64_t)fs.f_files, tmpfs->inodes_source);
	return error_set(stage->error, status, -r,
			 "%" NAME_SHOWN ": %" NAME_SHOWN " cannot be created on its tmpfs",
			 asked_path(stage, outer), path);
}

int place_make_inside(struct stage *stage, size_t outer, const char *path)
{
	AUTO_FD fd = make_inside(stage, outer, path, true);

	return fd < 0 ? no_place(stage, outer, path, fd) : 0;
}

int place_target_inside(struct stage *stage, size_t index)
{
	const struct planned_tmpfs *tmpfs = &stage->request->plan->tmpfs[index];
	int fd = make_inside(stage, tmpfs->inside, tmpfs->path, true);

	if (fd < 0)
		return no_place(stage, tmpfs->inside, tmpfs->path, fd);
	stage->tmpfs[index].target = fd;
	return 0;
}

int place_move_inside(struct stage *stage, size_t index)
{
	const struct planned_move *move = &stage->request->plan->moves[index];
	int fd = make_inside(stage, move->onto, move->path, stage->moves[index].is_directory);

	if (fd < 0)
		return no_place(stage, move->onto, move->path, fd);
	stage->moves[index].place = fd;
	return 0;
}
