/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is open while a plan is carried out: descriptors, by the plan's indexes. */
#ifndef ORH_HOOK_STAGED_H
#define ORH_HOOK_STAGED_H

#include "core/plan.h"
#include "core/seed_choice.h"
#include "core/plan_verify.h"
#include "linux/container.h"
#include "linux/facts.h"
#include "seed/request.h"

struct apply_request {
	const struct container *container;
	const struct plan *plan;
	const struct facts *facts;
	const char *label; /* the SELinux context for each tmpfs, or NULL */
	unsigned threads;  /* for each seed */
};

/* On whose account the seeds' memory is. */
struct charge {
	bool is_charged; /* the container's, or nothing was copied */
	int err;	 /* else a positive errno, why not */
};

struct staged_tmpfs {
	int mount;  /* detached until it is attached */
	int top;    /* its root directory, open for reading */
	int target; /* what it is mounted on, O_PATH */
};

struct staged_move {
	int mount; /* the root of the mount that moves, O_PATH */
	bool is_directory;
	int place; /* the directory or file on the tmpfs that it moves onto, O_PATH */
};

/* How a tmpfs was filled. */
struct filled {
	enum seed seed; /* never SEED_AUTO */
	enum seed_reason reason;
	struct seed_result result;
};

struct stage {
	const struct apply_request *request;
	struct error *error;
	struct filled *results; /* of each tmpfs */
	struct charge charge;
	bool has_joined; /* the memory cgroup, or tried to */
	int image;	 /* what the image holds, from rootfs_open_image() */
	struct staged_tmpfs *tmpfs;
	struct staged_move *moves;
	struct mounted *mounted; /* what stands for each tmpfs */
};

/*
 * Makes room for what the plan will open, and opens the image. stage has its request and its error.
 * Whatever is returned, the caller calls stage_done().
 */
int stage_begin(struct stage *stage);

void stage_done(struct stage *stage);

/* Opens the top of a tmpfs, or of the overlay in its place, for reading; closes what was open.
 * Errors: STATUS_SYSTEM. */
int staged_open_top(struct stage *stage, size_t index);

#endif
