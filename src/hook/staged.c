/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "staged.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

void stage_done(struct stage *stage)
{
	for (size_t i = 0; stage->tmpfs && i < stage->request->plan->tmpfs_count; i++) {
		close_fd(&stage->tmpfs[i].mount);
		close_fd(&stage->tmpfs[i].top);
		close_fd(&stage->tmpfs[i].target);
	}
	for (size_t i = 0; stage->moves && i < stage->request->plan->moves_count; i++) {
		close_fd(&stage->moves[i].mount);
		close_fd(&stage->moves[i].place);
	}
	for (size_t i = 0; stage->fills && i < stage->request->plan->fills_count; i++) {
		close_fd(&stage->fills[i].top);
		close_fd(&stage->fills[i].image);
	}
	close_fd(&stage->image);
	free_ptr(&stage->tmpfs);
	free_ptr(&stage->moves);
	free_ptr(&stage->fills);
	free_ptr(&stage->mounted);
}

int stage_begin(struct stage *stage)
{
	const struct plan *plan = stage->request->plan;

	/* One more of each, to avoid a zero-length allocation. */
	stage->tmpfs = calloc(plan->tmpfs_count + 1, sizeof(*stage->tmpfs));
	stage->moves = calloc(plan->moves_count + 1, sizeof(*stage->moves));
	stage->fills = calloc(plan->fills_count + 1, sizeof(*stage->fills));
	stage->mounted = calloc(plan->tmpfs_count + 1, sizeof(*stage->mounted));
	if (!stage->tmpfs || !stage->moves || !stage->fills || !stage->mounted) {
		free_ptr(&stage->tmpfs);
		free_ptr(&stage->moves);
		free_ptr(&stage->fills);
		return error_memory(stage->error);
	}
	for (size_t i = 0; i < plan->tmpfs_count; i++)
		stage->tmpfs[i] =
			(struct staged_tmpfs){.mount = -EBADF, .top = -EBADF, .target = -EBADF};
	for (size_t i = 0; i < plan->moves_count; i++)
		stage->moves[i] = (struct staged_move){.mount = -EBADF, .place = -EBADF};
	for (size_t i = 0; i < plan->fills_count; i++)
		stage->fills[i] = (struct staged_fill){.top = -EBADF, .image = -EBADF};
	return plan->tmpfs_count || plan->fills_count
		       ? rootfs_open_image(&stage->request->facts->rootfs, stage->error,
					   &stage->image)
		       : 0;
}

int staged_open_top(struct stage *stage, size_t index)
{
	close_fd(&stage->tmpfs[index].top);
	/* fsmount returns an O_PATH descriptor. */
	stage->tmpfs[index].top =
		openat(stage->tmpfs[index].mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (stage->tmpfs[index].top < 0)
		return error_set(stage->error, STATUS_SYSTEM, errno, "its tmpfs cannot be opened");
	return 0;
}
