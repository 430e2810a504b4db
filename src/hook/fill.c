/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fill.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/path.h"
#include "linux/mount.h"
#include "linux/overlay.h"
#include "seed/copy.h"
#include "seed/measure.h"

/* Set on the overlay's work directory, which the kernel empties. */
#define USER_PROBE "user.oci-readonly-hook.probe"

/* What the image holds there: a descriptor, or -ENOENT where it has no such directory. */
static int open_image_directory(const struct stage *stage, const struct planned_tmpfs *tmpfs)
{
	bool is_of_root = tmpfs->mount_id == stage->request->facts->rootfs.id.mount_id;
	int fd;

	if (tmpfs->image_lacks && is_of_root)
		return -ENOENT;
	fd = sys_openat2(stage->image, tmpfs->path, O_RDONLY | O_DIRECTORY, 0,
			 RESOLVE_ROOTED | RESOLVE_LINKLESS);
	/* It was there when it was resolved: whoever took it away must not make the seed empty. */
	if (is_of_root)
		return fd == -ENOENT ? -ESTALE : fd;
	/* Under a volume, whatever the image may hold there. */
	return fd == -ENOTDIR || fd == -ELOOP ? -ENOENT : fd;
}

static int open_top(struct stage *stage, size_t index)
{
	/* What fsmount gives is O_PATH. */
	stage->tmpfs[index].top =
		openat(stage->tmpfs[index].mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (stage->tmpfs[index].top < 0)
		return error_set(stage->error, STATUS_SYSTEM, errno, "its tmpfs can't be opened");
	return 0;
}

/* The image has nothing there: a directory for everybody, like /tmp, unless the entry says
 * otherwise. */
static int set_top(struct stage *stage, size_t index)
{
	const struct planned_tmpfs *tmpfs = &stage->request->plan->tmpfs[index];
	const struct tmpfs_entry *entry = tmpfs->entry;
	int top = stage->tmpfs[index].top;
	mode_t mode = entry->given & GIVEN_MODE ? entry->mode : 01777;

	if (fchown(top, tmpfs->uid == (uid_t)-1 ? 0 : tmpfs->uid,
		   tmpfs->gid == (gid_t)-1 ? 0 : tmpfs->gid) < 0)
		return error_set(stage->error, STATUS_SYSTEM, errno, "its owner can't be set");
	if (fchmod(top, mode) < 0)
		return error_set(stage->error, STATUS_SYSTEM, errno, "its mode can't be set");
	return 0;
}

/* The paths below that something is mounted on: what the image holds there would be hidden. Returns
 * how many. */
static size_t find_cuts(const struct plan *plan, size_t index, struct seed_cut *cuts)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->tmpfs_count; i++) {
		if (plan->tmpfs[i].inside == index)
			cuts[count++].path =
				path_below(plan->tmpfs[i].path, plan->tmpfs[index].path);
	}
	for (size_t i = 0; i < plan->moves_count; i++) {
		if (plan->moves[i].onto == index)
			cuts[count++].path =
				path_below(plan->moves[i].path, plan->tmpfs[index].path);
	}
	return count;
}

/* Replaces "no space" by what is needed and what there is, as far as both can be found out. */
static void explain_size(struct stage *stage, size_t index, const struct seed_request *request)
{
	const struct planned_tmpfs *tmpfs = &stage->request->plan->tmpfs[index];
	const char *besides = "";
	struct seed_need need;
	struct error ignored;
	struct statfs fs;
	uint64_t bytes;

	if (fstatfs(stage->tmpfs[index].top, &fs) < 0 || seed_measure(request, &ignored, &need) < 0)
		return;
	bytes = (uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize;
	/* What no number here has: Linux 6.6 counts attributes by their length, as parts of inodes;
	 * some filesystems tell the length of what they have packed. */
	if (need.bytes <= bytes && need.inodes <= (uint64_t)fs.f_files)
		besides = ", and room for extended attributes or for what the image has packed";
	error_set(stage->error, STATUS_SEED, ENOSPC,
		  "the seed does not fit: it needs %" PRIu64 " bytes in %" PRIu64
		  " inodes%s, and its tmpfs has %" PRIu64 " bytes (%s) and %" PRIu64 " inodes (%s)",
		  need.bytes, need.inodes, besides, bytes, tmpfs->size_source, (uint64_t)fs.f_files,
		  tmpfs->inodes_source);
}

/* The memory limit is met before the kernel kills for it: runc would put words of its own in the
 * place of the hook's. */
static void explain_memory(struct stage *stage, const struct seed_request *request)
{
	struct seed_need need;
	struct error ignored;

	if (seed_measure(request, &ignored, &need) < 0) {
		error_set(
			stage->error, STATUS_SEED, ENOMEM,
			"the seed needs more than the %" PRIu64
			" bytes that the memory limit of the container, or of its pod, leaves it: raise it, or use seed=overlay or seed=none",
			request->bytes_max);
		return;
	}
	error_set(stage->error, STATUS_SEED, ENOMEM,
		  "the seed does not fit: it needs %" PRIu64
		  " bytes, and the memory limit of the container, or of its pod, leaves it %" PRIu64
		  " at most: raise it, or use seed=overlay or seed=none",
		  need.bytes, request->bytes_max);
}

static enum seed_huge huge_of(const struct tmpfs_entry *entry)
{
	switch (entry->huge) {
	case HUGE_UNSAID:
		return SEED_HUGE_ASK;
	case HUGE_ALWAYS:
	case HUGE_WITHIN_SIZE:
		return SEED_HUGE_YES;
	default:
		return SEED_HUGE_NO;
	}
}

static int seed(struct stage *stage, size_t index, int image, int copy, bool empty)
{
	const struct plan *plan = stage->request->plan;
	const struct planned_tmpfs *tmpfs = &plan->tmpfs[index];
	AUTO_FREE struct seed_cut *cuts =
		calloc(plan->tmpfs_count + plan->moves_count, sizeof(*cuts));
	struct seed_request request = {
		.image = image,
		.copy = copy,
		.top =
			{
				.uid = tmpfs->uid,
				.gid = tmpfs->gid,
				.mode = tmpfs->entry->given & GIVEN_MODE ? tmpfs->entry->mode
									 : (mode_t)-1,
			},
		.cuts = cuts,
		.empty = empty,
		.huge = huge_of(tmpfs->entry),
		.in_userns = stage->request->container->is_user,
		.missing_mark = MADE_MARK,
		.labelled = stage->request->label != NULL,
		.bytes_max = stage->charge.is_charged && !empty
				     ? memory_cgroup_room(&stage->request->container->cgroup)
				     : 0,
		.threads = stage->request->threads,
	};
	int r;

	if (!cuts)
		return error_memory(stage->error);
	request.cuts_count = find_cuts(plan, index, cuts);
	r = seed_copy(&request, stage->error, &stage->results[index]);
	if (r == -ENOSPC)
		explain_size(stage, index, &request);
	else if (r == -EDQUOT && request.bytes_max)
		explain_memory(stage, &request);
	return r;
}

/* The two layers, the tmpfs's own root, and what the kernel makes in the work directory: 7 with
 * Linux 6.18, one more in a user namespace. */
#define OVERLAY_INODES 8

static bool is_too_small(const struct stage *stage, size_t index, uint64_t *ret_inodes)
{
	struct statfs fs;

	if (fstatfs(stage->tmpfs[index].top, &fs) < 0)
		return false;
	*ret_inodes = (uint64_t)fs.f_files;
	/* None at all is no limit. */
	return *ret_inodes && *ret_inodes <= OVERLAY_INODES;
}

static int too_small(struct stage *stage, size_t index, uint64_t inodes)
{
	return error_set(stage->error, STATUS_SEED, ENOSPC,
			 "the overlay's own directories do not fit: it needs up to %d inodes, and "
			 "its tmpfs has %" PRIu64 " (%s)",
			 OVERLAY_INODES, inodes, stage->request->plan->tmpfs[index].inodes_source);
}

static int no_layers(struct stage *stage, size_t index, int err)
{
	uint64_t inodes;

	if (err == ENOSPC && is_too_small(stage, index, &inodes))
		return too_small(stage, index, inodes);
	return error_set(stage->error, err == ENOSPC ? STATUS_SEED : STATUS_SYSTEM, err,
			 "the overlay's layers can't be made on its tmpfs");
}

/* Where it can't make a directory for its work, the kernel makes the overlay read-only. */
static int be_writable(struct stage *stage, size_t index)
{
	struct statfs fs;
	uint64_t inodes;

	if (fstatfs(stage->tmpfs[index].mount, &fs) < 0)
		return error_set(stage->error, STATUS_SYSTEM, errno, "the overlay can't be made");
	if (!(fs.f_flags & ST_RDONLY))
		return 0;
	if (is_too_small(stage, index, &inodes))
		return too_small(stage, index, inodes);
	return error_set(stage->error, STATUS_BUG, EROFS,
			 "the kernel made the overlay read-only; its log says why");
}

/* The overlay's two directories on the tmpfs; the upper one has the top's own metadata, since it
 * shows as the top. */
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
				 "the overlay's layers can't be opened");
	/* Without them a directory of the image can't be removed: EIO. */
	if (stage->request->container->is_user && fsetxattr(work, USER_PROBE, "", 0, 0) < 0) {
		if (errno != EOPNOTSUPP && errno != EPERM)
			return no_layers(stage, index, errno);
		return error_set(
			stage->error, STATUS_KERNEL, errno,
			"seed=overlay in a user namespace needs user attributes on tmpfs (Linux 6.6): use seed=copy");
	}
	r = seed(stage, index, image, upper, true);
	if (r < 0)
		return r;
	*ret_upper = take_fd(&upper);
	*ret_work = take_fd(&work);
	return 0;
}

/*
 * The layers must be on mounts that are this overlay's alone: kernels before 6.15 have them mounted
 * aside, in a namespace that goes away with them.
 */
static int overlay(struct stage *stage, size_t index)
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
				 "the image's directory can't be read");
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
	/* Limits on mounts and namespaces are ENOSPC too. */
	if (r == -ENOSPC && is_too_small(stage, index, &inodes))
		return too_small(stage, index, inodes);
	if (r == 0)
		r = be_writable(stage, index);
	if (r < 0)
		return r;
	close_fd(&staged->top);
	stage->mounted[index].is_overlay = true;
	return open_top(stage, index);
}

static int fill(struct stage *stage, size_t index)
{
	const struct planned_tmpfs *tmpfs = &stage->request->plan->tmpfs[index];
	struct staged_tmpfs *staged = &stage->tmpfs[index];
	AUTO_FD image = -EBADF;
	int r;

	r = mount_make_tmpfs(tmpfs, stage->request->label, stage->error, &staged->mount);
	if (r == 0)
		r = open_top(stage, index);
	if (r < 0)
		return r;
	image = open_image_directory(stage, tmpfs);
	if (image == -ENOENT)
		return set_top(stage, index);
	if (image < 0)
		return error_set(stage->error, STATUS_SEED, -image,
				 "the image's directory can't be read");
	if (tmpfs->entry->seed == SEED_OVERLAY)
		return overlay(stage, index);
	return seed(stage, index, image, staged->top, tmpfs->entry->seed == SEED_NONE);
}

int fill_tmpfs(struct stage *stage, size_t index)
{
	int r = fill(stage, index);

	return r < 0 ? error_wrap(stage->error, "%" NAME_SHOWN,
				  stage->request->plan->tmpfs[index].entry->path)
		     : 0;
}
