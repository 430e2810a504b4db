/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A text form of a plan's operations. */
#ifndef ORH_TESTS_PLAN_PRINT_H
#define ORH_TESTS_PLAN_PRINT_H

#include <inttypes.h>
#include <stdio.h>

#include "core/plan.h"

static inline void print_tmpfs(const struct planned_tmpfs *tmpfs, FILE *file)
{
	fprintf(file, "tmpfs for %s: seed=%s", tmpfs->path, seed_name(tmpfs->entry->seed));
	if (tmpfs->size)
		fprintf(file, " size=%" PRIu64, tmpfs->size);
	if (tmpfs->inodes)
		fprintf(file, " nr_inodes=%" PRIu64, tmpfs->inodes);
	if (tmpfs->entry->given & GIVEN_MODE)
		fprintf(file, " mode=%04o", (unsigned)tmpfs->entry->mode);
	if (tmpfs->uid != (uid_t)-1)
		fprintf(file, " uid=%u", tmpfs->uid);
	if (tmpfs->gid != (gid_t)-1)
		fprintf(file, " gid=%u", tmpfs->gid);
}

static inline void print_inside(const struct plan *plan, const char *path, size_t outer, FILE *file)
{
	fprintf(file, "make directory %s inside the tmpfs for %s", path, plan->tmpfs[outer].path);
}

static inline void print_fill(const struct planned_fill *fill, FILE *file)
{
	fprintf(file, "fill the engine's tmpfs at %s%s%s%s", fill->path,
		fill->given & GIVEN_MODE ? " mode" : "", fill->given & GIVEN_UID ? " uid" : "",
		fill->given & GIVEN_GID ? " gid" : "");
	for (size_t i = 0; i < fill->covered_count; i++)
		fprintf(file, "%s%s", i ? ", " : " around ", fill->covered[i]);
}

/* One operation, without a newline. */
static inline void plan_print_op(const struct plan *plan, const struct op *op, FILE *file)
{
	switch (op->kind) {
	case OP_OPEN_FILL:
		fprintf(file, "open the engine's tmpfs at %s", op->path);
		break;
	case OP_FILL:
		print_fill(&plan->fills[op->index], file);
		break;
	case OP_MAKE_DIRECTORY:
		fprintf(file, "make directory %s", op->path);
		break;
	case OP_OPEN_TARGET:
		fprintf(file, "open %s", op->path);
		break;
	case OP_OPEN_MOUNT:
		fprintf(file, "open the mount at %s", op->path);
		break;
	case OP_TMPFS:
		print_tmpfs(&plan->tmpfs[op->index], file);
		break;
	case OP_MAKE_INSIDE:
		print_inside(plan, op->path, op->index, file);
		break;
	case OP_TARGET_INSIDE:
		print_inside(plan, op->path, plan->tmpfs[op->index].inside, file);
		break;
	case OP_PLACE_INSIDE:
		fprintf(file, "make a place for the mount at %s inside the tmpfs for %s", op->path,
			plan->tmpfs[plan->moves[op->index].onto].path);
		break;
	case OP_FLAGS:
		fprintf(file, "set the flags of the tmpfs for %s", op->path);
		break;
	case OP_ATTACH:
		fprintf(file, "mount the tmpfs at %s%s", op->path,
			plan->tmpfs[op->index].replaces ? ", over the engine's own" : "");
		break;
	case OP_MOVE:
		fprintf(file, "move the mount at %s onto the tmpfs", op->path);
		break;
	case OP_ROOT_READONLY:
		fprintf(file, "make the root read-only");
		break;
	}
}

#endif
