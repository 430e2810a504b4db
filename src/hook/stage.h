/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What apply holds while it stages: descriptors, by the plan's indexes. */
#ifndef ORH_HOOK_STAGE_H
#define ORH_HOOK_STAGE_H

#include "apply.h"
#include "core/plan_verify.h"

struct staged_tmpfs {
	int mount;  /* detached until it is attached */
	int top;    /* its root directory, open for reading */
	int target; /* what it is mounted on, O_PATH */
};

struct staged_move {
	int mount; /* the root of the mount that moves, O_PATH */
	int place; /* the directory or file on the tmpfs that it moves onto, O_PATH */
};

struct stage {
	const struct apply_request *request;
	struct error *error;
	struct applied_tmpfs *applied;
	int image; /* what the image holds, from rootfs_open_image() */
	struct staged_tmpfs *tmpfs;
	struct staged_move *moves;
	struct mounted *mounted; /* what stands for each tmpfs */
};

#endif
