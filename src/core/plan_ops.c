/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan_ops.h"

#include <string.h>

static int add_op(struct maker *maker, struct op op)
{
	struct plan *plan = maker->plan;

	if (array_reserve(&plan->ops, &plan->ops_capacity, plan->ops_count, sizeof(*plan->ops)) < 0)
		return error_memory(maker->error);
	plan->ops[plan->ops_count++] = op;
	return 0;
}

/* runc creates the working directory after the hooks, which fails on a read-only root. */
static int plan_cwd(struct maker *maker, enum op_kind kind)
{
	const struct target *cwd = maker->facts->cwd;
	struct plan *plan = maker->plan;
	size_t inside;
	const char *above;

	if (!cwd)
		return 0;
	inside = maker_innermost(maker, cwd->path, PLAN_NOWHERE);
	above = inside == PLAN_NOWHERE ? "/" : plan->tmpfs[inside].path;
	if (maker_mount_between(maker, cwd->path, above, 0))
		return 0;
	for (size_t i = 0; i < plan->tmpfs_count; i++) {
		if (strcmp(plan->tmpfs[i].path, cwd->path) == 0)
			return 0;
	}
	if (inside == PLAN_NOWHERE && (cwd->existing == strlen(cwd->path) || !plan->root_readonly))
		return 0;
	if ((inside == PLAN_NOWHERE) != (kind == OP_MAKE_DIRECTORY))
		return 0;
	if (!plan->cwd)
		plan->cwd = strdup(cwd->path);
	if (!plan->cwd)
		return error_memory(maker->error);
	return add_op(maker, (struct op){.kind = kind,
					 .index = inside,
					 .path = plan->cwd,
					 .existing = cwd->existing});
}

/* Adds one operation for each tmpfs that is attached to an existing mount, or to another tmpfs. */
static int add_tmpfs_ops(struct maker *maker, enum op_kind kind, bool on_tmpfs, bool on_mount)
{
	const struct plan *plan = maker->plan;

	for (size_t i = 0; i < plan->tmpfs_count; i++) {
		const struct planned_tmpfs *tmpfs = &plan->tmpfs[i];
		int r;

		if (!(tmpfs->inside == PLAN_NOWHERE ? on_mount : on_tmpfs))
			continue;
		if (kind == OP_MAKE_DIRECTORY && !tmpfs->image_lacks)
			continue;
		r = add_op(maker, (struct op){.kind = kind,
					      .index = i,
					      .path = tmpfs->path,
					      .existing = tmpfs->existing});
		if (r < 0)
			return r;
	}
	return 0;
}

static int add_fill_ops(struct maker *maker, enum op_kind kind)
{
	const struct plan *plan = maker->plan;

	for (size_t i = 0; i < plan->fills_count; i++) {
		int r = add_op(maker,
			       (struct op){.kind = kind, .index = i, .path = plan->fills[i].path});

		if (r < 0)
			return r;
	}
	return 0;
}

static int add_move_ops(struct maker *maker, enum op_kind kind)
{
	const struct plan *plan = maker->plan;

	for (size_t i = 0; i < plan->moves_count; i++) {
		int r = add_op(maker,
			       (struct op){.kind = kind, .index = i, .path = plan->moves[i].path});

		if (r < 0)
			return r;
	}
	return 0;
}

int plan_add_ops(struct maker *maker)
{
	const struct mount_line *root = mounttab_find(maker->facts->table, maker->facts->root_id);
	int r = 0;

	if (!root)
		return error_set(maker->error, STATUS_INPUT, 0,
				 "rootfs: it is not a mount of the container");
	if (!maker->plan->tmpfs_count && !maker->plan->fills_count &&
	    (!maker->plan->root_readonly || (root->flags & FLAG_RO)))
		return 0;
	if ((r = add_fill_ops(maker, OP_OPEN_FILL)) < 0 ||
	    (r = add_tmpfs_ops(maker, OP_MAKE_DIRECTORY, false, true)) < 0 ||
	    (r = plan_cwd(maker, OP_MAKE_DIRECTORY)) < 0 ||
	    (r = add_tmpfs_ops(maker, OP_OPEN_TARGET, false, true)) < 0 ||
	    (r = add_move_ops(maker, OP_OPEN_MOUNT)) < 0 ||
	    (r = add_tmpfs_ops(maker, OP_TMPFS, true, true)) < 0 ||
	    (r = plan_cwd(maker, OP_MAKE_INSIDE)) < 0 ||
	    (r = add_tmpfs_ops(maker, OP_TARGET_INSIDE, true, false)) < 0 ||
	    (r = add_move_ops(maker, OP_PLACE_INSIDE)) < 0 ||
	    (r = add_tmpfs_ops(maker, OP_FLAGS, true, true)) < 0 ||
	    (r = add_fill_ops(maker, OP_FILL)) < 0 ||
	    (r = add_tmpfs_ops(maker, OP_ATTACH, true, true)) < 0 ||
	    (r = add_move_ops(maker, OP_MOVE)) < 0)
		return r;
	return maker->plan->root_readonly
		       ? add_op(maker, (struct op){.kind = OP_ROOT_READONLY, .path = "/"})
		       : 0;
}
