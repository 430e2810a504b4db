/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One case of the structured target: an operator, a container, and the expected result. */
#ifndef ORH_TESTS_POLICY_CASE_H
#define ORH_TESTS_POLICY_CASE_H

#include "core/plan.h"
#include "model.h"

#define ARGUMENTS_MAX	 40
#define ANNOTATIONS_ROOM 20
#define CONTAINER_ID	 "4711"
#define GLOBS_MAX	 3
#define FORBIDS_MAX	 4
#define DEFAULTS_MAX	 3
#define MOUNTS_ROOM	 5
#define REQUESTS_MAX	 (MODEL_ENTRIES_MAX + DEFAULTS_MAX)

/* The operator's options. */
struct operator_case {
	struct text arguments[ARGUMENTS_MAX];
	size_t arguments_count;
	bool valid; /* they have to be accepted; otherwise refused */
	bool readonly, enforce, audit, seed_tmpfs;
	struct model_size max_size, max_total; /* value 0: none */
	uint64_t max_inodes;
	struct model_glob allow[GLOBS_MAX], deny[GLOBS_MAX];
	size_t allow_count, deny_count;
	struct model_option forbid[FORBIDS_MAX];
	size_t forbid_count;
	struct model_entry defaults[DEFAULTS_MAX];
	size_t defaults_count;
	const char *exempt; /* what the namespace's name has to contain; NULL: nothing is exempt */
	bool exempt_whole;
};

/* The container's annotations. */
struct annotations_case {
	struct annotation items[ANNOTATIONS_ROOM];
	size_t count;
	struct text list, other_list;
	bool valid;
	enum readonly_wish readonly;
	struct model_list wanted; /* the list that applies */
	bool has_list;
	bool left_alone; /* exempt, or a sandbox */
	bool is_podman;	 /* one of podman's */
	bool is_cut;	 /* it has a key that runc would cut to one that is read */
};

struct mount_case {
	char path[MODEL_PATH_MAX]; /* in the container */
	size_t line;		   /* of the table */
};

/* The facts about the container. */
struct facts_case {
	struct mounttab table;
	struct mount_case mounts[MOUNTS_ROOM + 1]; /* the first is the root */
	size_t mounts_count;
	struct bundle_mount given_mounts[MOUNTS_ROOM]; /* in config.json */
	struct target given[MOUNTS_ROOM];
	const char *device_paths[1];
	struct target devices[1];
	struct bundle bundle;
	struct id_mapping mapping;
	struct target targets[REQUESTS_MAX];
	struct target cwd;
	bool has_cwd;
	uint64_t total_memory;
};

void operator_make(struct take *take, struct operator_case *operator_case);
void operator_done(struct operator_case *operator_case);

/* Whether an annotation may name the path. */
bool operator_allows(const struct operator_case *operator_case, const char *path);
bool operator_forbids(const struct operator_case *operator_case, const struct model_entry *entry);

void annotations_make(struct take *take, const struct operator_case *operator_case,
		      struct annotations_case *annotations_case);
void annotations_case_done(struct annotations_case *annotations_case);

void facts_make(struct take *take, struct facts_case *facts);
void facts_case_done(struct facts_case *facts);

/* Where a requested path leads. */
void facts_resolve(struct take *take, struct facts_case *facts, const char *path, size_t number);

/* The mount that contains a path. */
const struct mount_line *facts_mount(const struct facts_case *facts, const char *path,
				     const char **ret_path);

#endif
