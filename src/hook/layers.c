/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layers.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#include "linux/overlay.h"
#include "seeding.h"

/* Set on the overlay's work directory, whose contents the kernel removes. */
#define USER_PROBE "user.oci-readonly-hook.probe"

/* The two layers, the root of the tmpfs, and what the kernel creates in the work directory: 7 with
 * Linux 6.18, one more in a user namespace. */
#define OVERLAY_INODES 8

static bool is_too_small(const struct stage *stage, size_t index, uint64_t *ret_inodes)
{
	struct statfs fs;

	if (fstatfs(stage->tmpfs[index].top, &fs) < 0)
		return false;
	*ret_inodes = (uint64_t)fs.f_files;
	/* 0 means no limit. */
	return *ret_inodes && *ret_inodes <= OVERLAY_INODES;
}

/* Suggests one inode more, in case a later kernel creates another. */
static int too_small(struct stage *stage, size_t index, uint64_t inodes)
{
	return error_set(stage->error, STATUS_SEED, ENOSPC,
			 "the overlay's directories do not fit: it needs up to %d inodes, and "
			 "its tmpfs has %" PRIu64 " (%s); nr_inodes=%d is enough",
			 OVERLAY_INODES, inodes, stage->request->plan->tmpfs[index].inodes_source,
			 OVERLAY_INODES + 1);
}

static int no_layers(struct stage *stage, size_t index, int err)
{
	uint64_t inodes;

	if (err == ENOSPC && is_too_small(stage, index, &inodes))
		return too_small(stage, index, inodes);
	return error_set(stage->error, err == ENOSPC ? STATUS_SEED : STATUS_SYSTEM, err,
			 "the overlay's layers cannot be created on its tmpfs");
}

/* The kernel makes the overlay read-only if it cannot create a directory in the work directory. */
static int be_writable(struct stage *stage, size_t index)
{
	struct statfs fs;
	uint64_t inodes;

	if (fstatfs(stage->tmpfs[index].mount, &fs) < 0)
		return error_set(stage->error, STATUS_SYSTEM, errno,
				 "the overlay cannot be created");
	if (!(fs.f_flags & ST_RDONLY))
		return 0;
	if (is_too_small(stage, index, &inodes))
		return too_small(stage, index, inodes);
	return error_set(stage->error, STATUS_BUG, EROFS,
			 "the kernel made the overlay read-only; its log has the reason");
}

/* Creates the overlay's two directories on the tmpfs. The upper one gets the metadata of the
 * image's directory, because it becomes the top of the overlay. */
static int make_layers(struct stage *stage, size_t index, int image, int *ret_upper, int *ret_work)
{
	int top = stage->tmpfs[index].top;
	AUTO_FD upper = -EBADF;
	AUTO_FD work = -EBADF;
	int r;

	if (mkdirat(top, "upper", 0700) < 0 || mkdirat(top, "work", 0700) < 0)
		return no_layers(stage, index, errno);
	upper = openat(top, "upper", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	work = openat(top, "work", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (upper < 0 || work < 0)
		return error_set(stage->error, STATUS_SYSTEM, errno,
				 "the overlay's layers cannot be opened");
	/* Without user attributes, removing a directory of the image fails with EIO. */
	if (stage->request->container->is_user && fsetxattr(work, USER_PROBE, "", 0, 0) < 0) {
		if (errno != EOPNOTSUPP && errno != EPERM)
			return no_layers(stage, index, errno);
		return error_set(
			stage->error, STATUS_KERNEL, errno,
			"seed=overlay in a user namespace needs user attributes on tmpfs (Linux 6.6): use seed=copy");
	}
	r = seeding_top(stage, index, image, upper);
	if (r < 0)
		return r;
	*ret_upper = take_fd(&upper);
	*ret_work = take_fd(&work);
	return 0;
}

/* The layers must be on mounts that only this overlay uses: on kernels before 6.15 they are mounted
 * in a temporary namespace and disappear with it. */
int layers_overlay(struct stage *stage, size_t index)
{
	const struct apply_request *request = stage->request;
	struct staged_tmpfs *staged = &stage->tmpfs[index];
	AUTO_FD upper = -EBADF;
	AUTO_FD work = -EBADF;
	AUTO_FD tmpfs = -EBADF;
	AUTO_FD image_mount = -EBADF;
	AUTO_FD image = -EBADF;
	struct overlay_request overlay;
	uint64_t inodes;
	int r;

	r = rootfs_open_image(&request->facts->rootfs, stage->error, &image_mount);
	if (r < 0)
		return r;
	image = sys_openat2(image_mount, request->plan->tmpfs[index].path, O_RDONLY | O_DIRECTORY,
			    0, RESOLVE_ROOTED | RESOLVE_LINKLESS);
	if (image < 0)
		return error_set(stage->error, STATUS_SEED, -image,
				 "the image's directory cannot be read");
	r = make_layers(stage, index, image, &upper, &work);
	if (r < 0)
		return r;
	tmpfs = take_fd(&staged->mount);
	overlay = (struct overlay_request){
		.proc = request->container->proc,
		.rootfs = request->facts->rootfs.fd,
		.image_mount = image_mount,
		.upper_mount = tmpfs,
		.lower = image,
		.upper = upper,
		.work = work,
		.flags = request->plan->tmpfs[index].entry->flags & ~(unsigned)FLAG_RO,
		.userxattr = request->container->is_user,
		.label = request->label,
	};
	r = overlay_make(&overlay, stage->error, &staged->mount);
	/* Limits on mounts and namespaces also fail with ENOSPC. */
	if (r == -ENOSPC && is_too_small(stage, index, &inodes))
		return too_small(stage, index, inodes);
	if (r == 0)
		r = be_writable(stage, index);
	if (r < 0)
		return r;
	stage->mounted[index].is_overlay = true;
	return staged_open_top(stage, index);
}
