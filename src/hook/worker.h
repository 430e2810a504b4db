/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parent decides, and stays in the namespaces and cgroups that the engine started it in. Its
 * child, the worker, enters the container and acts, and reports back over a pipe. */
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
	char path[256]; /* the beginning of the path */
	uint64_t size;	/* in bytes; 0: the kernel's default limit */
	bool is_noexec;
	struct filled filled;
};

/* The maximum number of tmpfs: those of a list, those of the options, and the engine's. */
#define OUTCOME_TMPFS_MAX (2 * TMPFS_ENTRIES_MAX + PLAN_FILLS_MAX)

/* The result of one of the policy's requests. */
struct outcome_request {
	enum fate fate;
	size_t tmpfs; /* with FATE_TMPFS: the index of its tmpfs */
};

struct outcome {
	bool is_audit; /* audit: nothing was changed, and no seed was read */
	bool already;  /* an earlier run has already done all of it */
	bool root_readonly;
	size_t program_on; /* the noexec tmpfs that contains the program, or PLAN_NOWHERE */
	struct charge charge;
	struct outcome_request requests[OUTCOME_TMPFS_MAX]; /* in the policy's order */
	size_t count;
	/* The plan's tmpfs, then its fills. Last: only the used ones are sent. */
	struct outcome_tmpfs tmpfs[OUTCOME_TMPFS_MAX];
};

struct worker_request {
	const struct container *container;
	const struct policy *policy;
	const struct options *options;
	const struct bundle *bundle;
};

/*
 * Runs the worker and waits for it: no child is left when it returns. If the worker was killed for
 * lack of memory, the error says so. ret_outcome is large: the caller allocates it on the heap or
 * statically. Errors: all of the worker's.
 */
int worker_run(const struct worker_request *request, struct error *error,
	       struct outcome *ret_outcome);

#endif
