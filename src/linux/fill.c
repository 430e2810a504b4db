/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fill.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "core/path.h"
#include "mount.h"

/* What the image holds there: a descriptor, or -ENOENT where it has no such directory. */
static int open_image_directory(const struct stage *stage, const struct planned_tmpfs *tmpfs)
{
	int fd;

	if (tmpfs->image_lacks && tmpfs->mount_id == stage->request->facts->rootfs.id.mount_id)
		return -ENOENT;
	fd = sys_openat2(stage->image, tmpfs->path, O_RDONLY | O_DIRECTORY, 0,
			 RESOLVE_ROOTED | RESOLVE_LINKLESS);
	/* Under a volume, whatever the image may hold there. */
	return fd == -ENOTDIR || fd == -ELOOP ? -ENOENT : fd;
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
	struct seed_need need;
	struct error ignored;
	struct statfs fs;

	if (fstatfs(stage->tmpfs[index].top, &fs) < 0 || seed_measure(request, &ignored, &need) < 0)
		return;
	error_set(stage->error, STATUS_SEED, ENOSPC,
		  "the seed does not fit: it needs %" PRIu64 " bytes in %" PRIu64
		  " inodes, and its tmpfs has %" PRIu64 " bytes (%s) and %" PRIu64 " inodes (%s)",
		  need.bytes, need.inodes, (uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize,
		  tmpfs->size ? "size=" : "half of the machine's memory", (uint64_t)fs.f_files,
		  tmpfs->entry->given & GIVEN_NR_INODES ? "nr_inodes=" : "the kernel's default");
}

static int seed(struct stage *stage, size_t index, int image)
{
	const struct plan *plan = stage->request->plan;
	const struct planned_tmpfs *tmpfs = &plan->tmpfs[index];
	AUTO_FREE struct seed_cut *cuts =
		calloc(plan->tmpfs_count + plan->moves_count, sizeof(*cuts));
	struct seed_request request = {
		.image = image,
		.copy = stage->tmpfs[index].top,
		.top =
			{
				.uid = tmpfs->uid,
				.gid = tmpfs->gid,
				.mode = tmpfs->entry->given & GIVEN_MODE ? tmpfs->entry->mode
									 : (mode_t)-1,
			},
		.cuts = cuts,
		.empty = tmpfs->entry->seed == SEED_NONE,
		.labelled = stage->request->label != NULL,
		.threads = stage->request->threads,
	};
	int r;

	if (!cuts)
		return error_memory(stage->error);
	request.cuts_count = find_cuts(plan, index, cuts);
	r = seed_copy(&request, stage->error, &stage->applied[index].seed);
	if (r == -ENOSPC)
		explain_size(stage, index, &request);
	return r;
}

static int fill(struct stage *stage, size_t index)
{
	const struct planned_tmpfs *tmpfs = &stage->request->plan->tmpfs[index];
	struct staged_tmpfs *staged = &stage->tmpfs[index];
	AUTO_FD image = -EBADF;
	int r;

	if (tmpfs->entry->seed == SEED_OVERLAY)
		return error_set(stage->error, STATUS_ANNOTATION, 0,
				 "seed=overlay is not there yet: use seed=copy");
	r = mount_make_tmpfs(tmpfs, stage->request->label, stage->error, &staged->mount);
	if (r < 0)
		return r;
	/* What fsmount gives is O_PATH. */
	staged->top = openat(staged->mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (staged->top < 0)
		return error_set(stage->error, STATUS_SYSTEM, errno, "its tmpfs can't be opened");
	image = open_image_directory(stage, tmpfs);
	if (image == -ENOENT)
		return set_top(stage, index);
	if (image < 0)
		return error_set(stage->error, STATUS_SEED, -image,
				 "the image's directory can't be read");
	return seed(stage, index, image);
}

int fill_tmpfs(struct stage *stage, size_t index)
{
	int r = fill(stage, index);

	return r < 0 ? error_wrap(stage->error, "%" NAME_SHOWN,
				  stage->request->plan->tmpfs[index].entry->path)
		     : 0;
}
