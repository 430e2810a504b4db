/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commit.h"

#include <errno.h>

#include "linux/sys.h"

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
		/* Sets one flag on the existing mount: a remount would clear nosuid and nodev, and
		 * a new mount on top would hide the root that crun has open. */
		return sys_mount_set(stage->request->facts->rootfs.fd, FLAG_RO, 0);
	default:
		return -ENOTSUP;
	}
}

static const char *failed_op(enum op_kind kind)
{
	if (kind == OP_ATTACH)
		return "its tmpfs cannot be mounted";
	if (kind == OP_MOVE)
		return "the mount there cannot be moved onto the tmpfs";
	return "cannot be made read-only";
}

int commit_plan(struct stage *stage)
{
	const struct plan *plan = stage->request->plan;

	for (size_t i = 0; i < plan->ops_count; i++) {
		const struct op *op = &plan->ops[i];
		int r = op->kind < OP_FIRST_OF_COMMIT ? 0 : commit_op(stage, op);

		if (r < 0)
			return error_set(stage->error, STATUS_SYSTEM, -r, "%" NAME_SHOWN ": %s",
					 op->path, failed_op(op->kind));
	}
	return 0;
}
