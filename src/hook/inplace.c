/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "inplace.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "seeding.h"

/* Opens the root of the tmpfs, through a copy of its mount that does not show what is mounted on
 * it. The copy is gone with the descriptor. */
static int open_top(const struct stage *stage, const struct planned_fill *fill, int *ret_top)
{
	AUTO_FD target = -EBADF;
	AUTO_FD copy = -EBADF;
	struct file_id id;
	int top;
	int r;

	r = rootfs_open_path(&stage->request->facts->rootfs, fill->path, stage->error, &target);
	if (r < 0)
		return r;
	r = sys_file_id(target, &id);
	if (r < 0)
		return error_set(stage->error, STATUS_SYSTEM, -r, "%" NAME_SHOWN ": statx",
				 fill->path);
	/* The decision was made for that mount. */
	if (id.mount_id != fill->id || !id.is_mount_root)
		return error_set(stage->error, STATUS_PATH, ESTALE,
				 "%" NAME_SHOWN ": its directory changed meanwhile", fill->path);
	copy = sys_clone_mount(target);
	if (copy < 0)
		return error_set(stage->error, STATUS_SYSTEM, -copy,
				 "%" NAME_SHOWN ": its mount cannot be copied (open_tree)",
				 fill->path);
	top = openat(copy, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (top < 0)
		return error_set(stage->error, STATUS_SYSTEM, errno,
				 "%" NAME_SHOWN ": its tmpfs cannot be opened", fill->path);
	*ret_top = top;
	return 0;
}

/* Opens the image's directory. Returns 0, 1 if the image has none, or negative. */
static int open_image(const struct stage *stage, const struct planned_fill *fill, int *ret_image)
{
	AUTO_FD image = sys_openat2(stage->image, fill->path, O_RDONLY | O_DIRECTORY, 0,
				    RESOLVE_ROOTED | RESOLVE_LINKLESS);
	int r;

	/* On another mount, its directory may be only there. A file or a symlink of the image at
	 * that path is not a directory either. */
	if (!fill->is_on_root && (image == -ENOENT || image == -ENOTDIR || image == -ELOOP))
		return 1;
	r = image < 0 ? image : rootfs_is_made(stage->image, image, true);
	if (r < 0)
		return error_set(stage->error, STATUS_SEED, -r,
				 "%" NAME_SHOWN ": the image's directory cannot be read",
				 fill->path);
	if (r == 0)
		*ret_image = take_fd(&image);
	return r;
}

static struct filled *result_of(struct stage *stage, size_t index)
{
	return &stage->results[stage->request->plan->tmpfs_count + index];
}

static int inspect(struct stage *stage, size_t index)
{
	const struct planned_fill *fill = &stage->request->plan->fills[index];
	struct staged_fill *staged = &stage->fills[index];
	bool is_vacant;
	int r;

	r = open_image(stage, fill, &staged->image);
	if (r != 0) {
		result_of(stage, index)->as = LEFT_IMAGE_LACKS;
		return r < 0 ? r : 0;
	}
	r = open_top(stage, fill, &staged->top);
	if (r < 0)
		return r;
	r = seeding_is_vacant(stage, index, &is_vacant);
	if (r < 0)
		return error_wrap(stage->error, "%" NAME_SHOWN, fill->path);
	if (!is_vacant) {
		result_of(stage, index)->as = LEFT_NOT_VACANT;
		close_fd(&staged->top);
	}
	return 0;
}

int inplace_open(struct stage *stage, size_t index)
{
	int r;

	*result_of(stage, index) = (struct filled){.as = FILLED_IN_PLACE};
	r = inspect(stage, index);
	return r < 0 ? error_wrap(stage->error, "--seed-tmpfs") : 0;
}

int inplace_fill(struct stage *stage, size_t index)
{
	int r;

	if (stage->fills[index].top < 0)
		return 0;
	r = seeding_in_place(stage, index, &result_of(stage, index)->result);
	return r < 0 ? error_wrap(stage->error, "--seed-tmpfs: %" NAME_SHOWN,
				  stage->request->plan->fills[index].path)
		     : 0;
}
