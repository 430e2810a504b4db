/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * | stage  | detached mounts alone: targets and mounts to keep are opened, each tmpfs is made and
 * filled. If it fails |        | or is killed, the kernel drops the descriptors, and the container
 * is as it was but for directories made. | commit | move_mount and mount_setattr on descriptors
 * that are open already: nothing is opened, allocated or |        | formatted. The root's read-only
 * flag comes last. | verify | the mount table is read again and held against the plan.
 */
#include "apply.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/path.h"
#include "fill.h"
#include "place.h"

static void stage_done(struct stage *stage)
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
	close_fd(&stage->image);
	free(stage->tmpfs);
	free(stage->moves);
	free(stage->mounted);
	stage->tmpfs = NULL;
	stage->moves = NULL;
	stage->mounted = NULL;
}

static int stage_begin(struct stage *stage)
{
	const struct plan *plan = stage->request->plan;

	/* One more of each, so that none is no special case. */
	stage->tmpfs = calloc(plan->tmpfs_count + 1, sizeof(*stage->tmpfs));
	stage->moves = calloc(plan->moves_count + 1, sizeof(*stage->moves));
	stage->mounted = calloc(plan->tmpfs_count + 1, sizeof(*stage->mounted));
	if (!stage->tmpfs || !stage->moves || !stage->mounted) {
		free(stage->tmpfs);
		free(stage->moves);
		stage->tmpfs = NULL;
		stage->moves = NULL;
		return error_memory(stage->error);
	}
	for (size_t i = 0; i < plan->tmpfs_count; i++)
		stage->tmpfs[i] =
			(struct staged_tmpfs){.mount = -EBADF, .top = -EBADF, .target = -EBADF};
	for (size_t i = 0; i < plan->moves_count; i++)
		stage->moves[i] = (struct staged_move){.mount = -EBADF, .place = -EBADF};
	return plan->tmpfs_count ? rootfs_open_image(&stage->request->facts->rootfs, stage->error,
						     &stage->image)
				 : 0;
}

static int set_flags(struct stage *stage, size_t index)
{
	const struct planned_tmpfs *tmpfs = &stage->request->plan->tmpfs[index];
	struct staged_tmpfs *staged = &stage->tmpfs[index];
	struct file_id id;
	int r;

	/* What was opened to write to it would keep it from being read-only. */
	close_fd(&staged->top);
	r = tmpfs->entry->flags & FLAG_RO ? sys_mount_set(staged->mount, FLAG_RO, 0) : 0;
	if (r == 0)
		r = sys_file_id(staged->mount, &id);
	if (r < 0)
		return error_set(stage->error, STATUS_SYSTEM, -r,
				 "%" NAME_SHOWN ": its tmpfs can't be given its flags",
				 tmpfs->entry->path);
	/* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): r is 0 or an error */
	stage->mounted[index].id = id.mount_id;
	return 0;
}

static int stage_op(struct stage *stage, const struct op *op)
{
	const struct rootfs *rootfs = &stage->request->facts->rootfs;

	switch (op->kind) {
	case OP_MAKE_DIRECTORY:
		return rootfs_make(rootfs, op->path, op->existing, stage->error);
	case OP_OPEN_TARGET:
		return place_open_target(stage, op->index);
	case OP_OPEN_MOUNT:
		return place_open_mount(stage, op->index);
	case OP_TMPFS:
		return fill_tmpfs(stage, op->index);
	case OP_MAKE_INSIDE:
		return place_make_inside(stage, op->index, op->path);
	case OP_TARGET_INSIDE:
		return place_target_inside(stage, op->index);
	case OP_PLACE_INSIDE:
		return place_move_inside(stage, op->index);
	case OP_FLAGS:
		return set_flags(stage, op->index);
	case OP_ATTACH:
	case OP_MOVE:
	case OP_ROOT_READONLY:
		break;
	}
	return error_set(stage->error, STATUS_BUG, 0,
			 "an operation of the commit stands among the stage's");
}

/* Is what an operation of the stage is for a default? Only the operator can mend that. */
static bool is_default(const struct plan *plan, const struct op *op)
{
	size_t index = op->index;

	if (op->kind == OP_OPEN_MOUNT || op->kind == OP_PLACE_INSIDE)
		index = plan->moves[index].onto;
	else if (op->kind == OP_TARGET_INSIDE)
		index = plan->tmpfs[index].inside;
	return index != PLAN_NOWHERE && plan->tmpfs[index].is_default;
}

static int commit_op(const struct stage *stage, const struct op *op)
{
	switch (op->kind) {
	case OP_ATTACH:
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): or stage_begin fails */
		return sys_move_mount(stage->tmpfs[op->index].mount,
				      stage->tmpfs[op->index].target);
	case OP_MOVE:
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): or stage_begin fails */
		return sys_move_mount(stage->moves[op->index].mount, stage->moves[op->index].place);
	case OP_ROOT_READONLY:
		/* One flag, in place: a remount would take nosuid and nodev away, and a mount on
		 * top would hide what crun holds. */
		return sys_mount_set(stage->request->facts->rootfs.fd, FLAG_RO, 0);
	default:
		return -ENOTSUP;
	}
}

static int commit(struct stage *stage, size_t first)
{
	const struct plan *plan = stage->request->plan;

	for (size_t i = first; i < plan->ops_count; i++) {
		int r = commit_op(stage, &plan->ops[i]);

		if (r < 0)
			return error_set(stage->error, STATUS_SYSTEM, -r, "%" NAME_SHOWN ": %s",
					 plan->ops[i].path,
					 plan->ops[i].kind == OP_ATTACH
						 ? "its tmpfs can't be mounted"
					 : plan->ops[i].kind == OP_MOVE
						 ? "the mount there can't be moved onto the tmpfs"
						 : "can't be made read-only");
	}
	return 0;
}

static int verify(struct stage *stage)
{
	const struct apply_request *request = stage->request;
	AUTO_MOUNTTAB table = {0};
	int r;

	r = facts_read_table(request->container, &request->facts->rootfs, stage->error, &table);
	if (r < 0)
		return r;
	return plan_verify(request->plan, &request->facts->table, &table,
			   request->facts->rootfs.id.mount_id, stage->mounted, stage->error);
}

int apply_plan(const struct apply_request *request, struct error *error,
	       struct applied_tmpfs ret_applied[])
{
	CLEANUP(stage_done)
	struct stage stage = {
		.request = request,
		.error = error,
		.applied = ret_applied,
		.image = -EBADF,
	};
	size_t i;
	int r;

	r = stage_begin(&stage);
	if (r < 0)
		return r;
	for (i = 0; i < request->plan->ops_count && request->plan->ops[i].kind < OP_FIRST_OF_COMMIT;
	     i++) {
		const struct op *op = &request->plan->ops[i];

		r = stage_op(&stage, op);
		if (r < 0)
			return is_default(request->plan, op) ? error_wrap(error, "--tmpfs") : r;
	}
	r = commit(&stage, i);
	if (r < 0)
		return r;
	return verify(&stage);
}
