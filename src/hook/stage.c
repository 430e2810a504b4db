/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stage.h"

#include "fill.h"
#include "inplace.h"
#include "linux/sys.h"
#include "place.h"

static int set_flags(struct stage *stage, size_t index)
{
	const struct planned_tmpfs *tmpfs = &stage->request->plan->tmpfs[index];
	struct staged_tmpfs *staged = &stage->tmpfs[index];
	struct file_id id;
	int r;

	/* A file that is open for writing would keep the mount from becoming read-only. */
	close_fd(&staged->top);
	r = tmpfs->entry->flags & FLAG_RO ? sys_mount_set(staged->mount, FLAG_RO, 0) : 0;
	if (r == 0)
		r = sys_file_id(staged->mount, &id);
	if (r < 0)
		return error_set(stage->error, STATUS_SYSTEM, -r,
				 "%" NAME_SHOWN ": its tmpfs cannot be given its flags",
				 tmpfs->entry->path);
	/* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): r is 0 or an error */
	stage->mounted[index].id = id.mount_id;
	return 0;
}

static int stage_op(struct stage *stage, const struct op *op)
{
	const struct rootfs *rootfs = &stage->request->facts->rootfs;

	switch (op->kind) {
	case OP_OPEN_FILL:
		return inplace_open(stage, op->index);
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
	case OP_FILL:
		return inplace_fill(stage, op->index);
	case OP_ATTACH:
	case OP_MOVE:
	case OP_ROOT_READONLY:
		break;
	}
	return error_set(stage->error, STATUS_BUG, 0,
			 "an operation of the commit is among those of the stage");
}

/* Does the operation belong to a default tmpfs? Only the operator can fix that. */
static bool is_default(const struct plan *plan, const struct op *op)
{
	size_t index = op->index;

	if (op->kind == OP_OPEN_FILL || op->kind == OP_FILL)
		return false;
	if (op->kind == OP_OPEN_MOUNT || op->kind == OP_PLACE_INSIDE)
		index = plan->moves[index].onto;
	else if (op->kind == OP_TARGET_INSIDE)
		index = plan->tmpfs[index].inside;
	return index != PLAN_NOWHERE && plan->tmpfs[index].is_default;
}

int stage_plan(struct stage *stage)
{
	const struct plan *plan = stage->request->plan;

	for (size_t i = 0; i < plan->ops_count && plan->ops[i].kind < OP_FIRST_OF_COMMIT; i++) {
		const struct op *op = &plan->ops[i];
		int r = stage_op(stage, op);

		if (r < 0)
			return is_default(plan, op) ? error_wrap(stage->error, "--tmpfs") : r;
	}
	return 0;
}
