/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The descriptors that are open while a plan is carried out, by the plan's indexes. */
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

/* Which memory cgroup is charged for the seeds. */
struct charge {
	bool is_charged; /* the container's, or nothing was copied */
	int err;	 /* if not charged: why not, a positive errno */
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

/* One of the engine's tmpfs. */
struct staged_fill {
	int top;   /* its root directory, open for reading, on a copy of its mount that shows no
		      other mounts; -EBADF if it is left alone */
	int image; /* the image's directory, open for reading */
};

/* What became of a tmpfs. */
enum filled_as {
	FILLED_NEW,	  /* the hook's own */
	FILLED_IN_PLACE,  /* the engine's */
	LEFT_NOT_VACANT,  /* the engine's: something was in it */
	LEFT_IMAGE_LACKS, /* the engine's: the image has no such directory */
};

/* How a tmpfs was filled. */
struct filled {
	enum filled_as as;
	enum seed seed; /* never SEED_AUTO */
	enum seed_reason reason;
	struct seed_result result;
};

struct stage {
	const struct apply_request *request;
	struct error *error;
	struct filled *results; /* one per tmpfs, then one per fill */
	struct charge charge;
	bool has_joined; /* has joined the memory cgroup, or tried to */
	int image;	 /* the image's root, from rootfs_open_image() */
	struct staged_tmpfs *tmpfs;
	struct staged_move *moves;
	struct staged_fill *fills;
	struct mounted *mounted; /* what is expected in the mount table for each tmpfs */
};

/* Allocates the arrays for the plan, and opens the image. stage->request and stage->error are set
 * by the caller, who calls stage_done() on success and on error. */
int stage_begin(struct stage *stage);

void stage_done(struct stage *stage);

/* Opens the top of a tmpfs, or of the overlay that replaced it, for reading, and closes the
 * descriptor that was open before. Errors: STATUS_SYSTEM. */
int staged_open_top(struct stage *stage, size_t index);

#endif
