/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parent decides and stays where the engine put it; the worker, its child, enters the container
 * and acts. What the worker has to say comes back over a pipe.
 */
#ifndef ORH_HOOK_WORKER_H
#define ORH_HOOK_WORKER_H

#include "linux/container.h"
#include "core/bundle.h"
#include "core/plan.h"
#include "core/policy.h"
#include "seed/request.h"
#include "staged.h"

/* What was done at one path. */
struct outcome_tmpfs {
	char path[256]; /* the start of it */
	uint64_t size;	/* in bytes, 0: the kernel's own limit */
	bool is_noexec;
	struct filled filled;
};

/* As many as a policy may have requests: of a list, and of the options. */
#define OUTCOME_TMPFS_MAX (2 * TMPFS_ENTRIES_MAX)

/* What became of one of the policy's requests. */
struct outcome_request {
	enum fate fate;
	size_t tmpfs; /* with FATE_TMPFS: the number of its tmpfs */
};

struct outcome {
	bool is_audit; /* it would be so: nothing was done, and no seed was looked at */
	bool already;  /* an earlier run had done it all */
	bool root_readonly;
	size_t program_on; /* the tmpfs that holds the program and lets nobody run it, or
			      PLAN_NOWHERE */
	struct charge charge;
	struct outcome_request requests[OUTCOME_TMPFS_MAX]; /* in the policy's order */
	size_t count;
	struct outcome_tmpfs tmpfs[OUTCOME_TMPFS_MAX]; /* last: of these, as many as there are come
							  over the pipe */
};

struct worker_request {
	const struct container *container;
	const struct policy *policy;
	const struct options *options;
	const struct bundle *bundle;
};

/*
 * Runs the worker and waits for it; no child is left when it returns. A worker that was killed for
 * want of memory is explained. ret_outcome is large: the caller has it on the heap or as a static.
 * Errors: all of the worker's.
 */
int worker_run(const struct worker_request *request, struct error *error,
	       struct outcome *ret_outcome);

#endif
