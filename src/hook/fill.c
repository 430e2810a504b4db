/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fill.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "layers.h"
#include "linux/mount.h"
#include "linux/rootfs.h"
#include "seeding.h"

/* Opens the image's directory at that path. Returns a descriptor, or -ENOENT if the image has no
 * such directory. */
static int open_image_directory(const struct stage *stage, const struct planned_tmpfs *tmpfs)
{
	bool is_of_root = tmpfs->mount_id == stage->request->facts->rootfs.id.mount_id;
	int fd;

	if (tmpfs->image_lacks && is_of_root)
		return -ENOENT;
	fd = sys_openat2(stage->image, tmpfs->path, O_RDONLY | O_DIRECTORY, 0,
			 RESOLVE_ROOTED | RESOLVE_LINKLESS);
	/* The directory existed when the path was resolved. If it was removed since, fail instead
	 * of seeding nothing. */
	if (is_of_root)
		return fd == -ENOENT ? -ESTALE : fd;
	/* The path is on a volume: a file or a symlink at that path in the image does not
	 * matter. */
	return fd == -ENOTDIR || fd == -ELOOP ? -ENOENT : fd;
}

/* The image has no such directory, or one that was made for a mount: mode 1777, like /tmp, unless
 * the entry sets another one. */
static int set_top(struct stage *stage, size_t index)
{
	const struct planned_tmpfs *tmpfs = &stage->request->plan->tmpfs[index];
	const struct tmpfs_entry *entry = tmpfs->entry;
	int top = stage->tmpfs[index].top;
	mode_t mode = entry->given & GIVEN_MODE ? entry->mode : 01777;

	if (fchown(top, tmpfs->uid == (uid_t)-1 ? 0 : tmpfs->uid,
		   tmpfs->gid == (gid_t)-1 ? 0 : tmpfs->gid) < 0)
		return error_set(stage->error, STATUS_SYSTEM, errno, "its owner cannot be set");
	if (fchmod(top, mode) < 0)
		return error_set(stage->error, STATUS_SYSTEM, errno, "its mode cannot be set");
	return 0;
}

static int make_tmpfs(struct stage *stage, size_t index)
{
	int r = mount_make_tmpfs(&stage->request->plan->tmpfs[index], stage->request->label,
				 stage->error, &stage->tmpfs[index].mount);

	return r < 0 ? r : staged_open_top(stage, index);
}

/* Has the kernel refused to make an overlay here, or made a read-only one? */
static bool is_without_overlay(const struct error *error)
{
	return error->status == STATUS_KERNEL || error->err == EROFS;
}

static int fill_by_choice(struct stage *stage, size_t index, int image)
{
	struct filled *filled = &stage->results[index];
	int r;

	r = seeding_choose(stage, index, image, &filled->reason);
	if (r < 0)
		return r;
	filled->seed = seed_chosen(filled->reason);
	if (filled->seed == SEED_COPY)
		return seeding_copy(stage, index, image);
	r = layers_overlay(stage, index);
	if (r == 0 || !is_without_overlay(stage->error))
		return r;
	filled->seed = SEED_COPY;
	filled->reason = SEED_NO_OVERLAY;
	filled->result = (struct seed_result){0};
	close_fd(&stage->tmpfs[index].mount);
	r = make_tmpfs(stage, index);
	return r < 0 ? r : seeding_copy(stage, index, image);
}

static int fill(struct stage *stage, size_t index)
{
	const struct planned_tmpfs *tmpfs = &stage->request->plan->tmpfs[index];
	AUTO_FD image = -EBADF;
	int r;

	r = make_tmpfs(stage, index);
	if (r < 0)
		return r;
	image = open_image_directory(stage, tmpfs);
	/* The engine's tmpfs that this one replaces may be why the directory is there. */
	if (image >= 0 && tmpfs->replaces)
		r = rootfs_is_made(stage->image, image, false);
	if (image == -ENOENT || r > 0)
		return set_top(stage, index);
	if (image < 0 || r < 0)
		return error_set(stage->error, STATUS_SEED, image < 0 ? -image : -r,
				 "the image's directory cannot be read");
	switch (tmpfs->entry->seed) {
	case SEED_OVERLAY:
		return layers_overlay(stage, index);
	case SEED_AUTO:
		return fill_by_choice(stage, index, image);
	case SEED_NONE:
		return seeding_top(stage, index, image, stage->tmpfs[index].top);
	default:
		return seeding_copy(stage, index, image);
	}
}

int fill_tmpfs(struct stage *stage, size_t index)
{
	const struct tmpfs_entry *entry = stage->request->plan->tmpfs[index].entry;
	int r;

	stage->results[index] = (struct filled){
		.seed = entry->seed == SEED_AUTO ? SEED_COPY : entry->seed,
		.reason = entry->seed == SEED_AUTO ? SEED_SMALL : SEED_ASKED,
	};
	r = fill(stage, index);
	return r < 0 ? error_wrap(stage->error, "%" NAME_SHOWN, entry->path) : 0;
}
