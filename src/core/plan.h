/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan: an ordered array of operations. plan_make() makes it from the policy and from the facts
 * found in the container; apply executes it without further decisions. All paths are in normal
 * form, as seen in the container, and contain no symlinks.
 */
#ifndef ORH_CORE_PLAN_H
#define ORH_CORE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bundle.h"
#include "memory.h"
#include "mounttab.h"
#include "policy.h"

/* What a path resolves to in the container's root. */
struct target {
	char *path; /* owned */
	int err;    /* 0, or the positive errno of the failed resolution; path is then the part that
		       was resolved */
	size_t existing; /* length in bytes of the part of path that exists; strlen(path) if all of
			    it does */
	uint64_t mount_id;  /* mount of the directory, or of its deepest existing ancestor */
	bool is_mount_root; /* the directory is the root of that mount */
	char **links;	    /* the resolved paths of the symlinks on the way; owned */
	size_t links_count;
	/* If an earlier run of the hook made that mount: its size limit in bytes (UINT64_MAX: no
	 * limit), and its block size. */
	uint64_t own_size;
	uint64_t own_block;
	uint64_t own_inodes; /* limit on the number of files; UINT64_MAX: no limit */
};

void target_done(struct target *target);

/* The input of a plan. All members are borrowed. */
struct plan_facts {
	const struct mounttab *table;
	uint64_t root_id;
	const struct target *targets; /* one for each request of the policy, in the same order */
	const struct target *cwd; /* process.cwd; NULL if there is none or it is not a directory */
	const struct target *program; /* the file of process.args[0]; NULL if not found */
	/* Where config.json's mounts and devices are, in the same order; NULL unless
	 * given_is_needed(). */
	const struct target *given;
	const struct target *devices;
	const struct bundle *bundle;
	uint64_t total_memory; /* the machine's memory, in bytes */
};

#define PLAN_NOWHERE SIZE_MAX

/* What happens to a request. */
enum fate {
	FATE_TMPFS,   /* the plan has a tmpfs for it */
	FATE_TWIN,    /* a default; an earlier entry resolves to the same directory */
	FATE_YIELDED, /* a default; the container already has a mount there */
	FATE_DONE,    /* an earlier run made it */
};

struct planned_tmpfs {
	const struct tmpfs_entry *entry; /* borrowed from the policy */
	size_t request;			 /* its index in the policy */
	char *path;			 /* owned */
	uint64_t size;			 /* in bytes; 0: the kernel's default */
	const char *size_source;	 /* what set it, in words; not owned */
	uint64_t inodes;		 /* limit on the number of files; 0: the kernel's default */
	const char *inodes_source;	 /* what set the limit; not owned */
	uid_t uid; /* owner of the root directory; (uid_t)-1: as in the image */
	gid_t gid;
	size_t inside;	   /* index of the tmpfs that this one is mounted on; PLAN_NOWHERE: on an
			      existing mount */
	uint64_t mount_id; /* id of that existing mount */
	bool replaces;	   /* the existing mount is the engine's tmpfs, which this one covers */
	bool image_lacks;  /* the image has no such directory */
	bool is_default;   /* the operator's, from --tmpfs */
	size_t existing;   /* length of the part of path that exists */
};

/* A mount below a tmpfs's path, which is moved onto the tmpfs. */
struct planned_move {
	uint64_t id;
	char *path;  /* owned */
	size_t onto; /* index of the tmpfs */
};

/* A tmpfs of the engine's that is filled in place. */
struct planned_fill {
	char *path;	/* owned */
	uint64_t id;	/* of its mount */
	unsigned given; /* what config.json sets of its root directory: GIVEN_MODE, GIVEN_UID,
			   GIVEN_GID */
	bool is_noexec;
	bool is_on_root; /* mounted on the root's mount, which thus has such a directory */
	/* Relative paths of what is mounted on it, or will be; the array is owned, the strings are
	 * borrowed. */
	const char **covered;
	size_t covered_count;
	size_t covered_capacity;
};

/* The maximum number of fills. */
#define PLAN_FILLS_MAX TMPFS_ENTRIES_MAX

enum op_kind {
	/* Stage: only the directories are visible in the container, and the files in the engine's
	 * tmpfs. */
	OP_OPEN_FILL,	   /* index: the fill, opened and checked */
	OP_MAKE_DIRECTORY, /* path, in the rootfs; existing is the length of the part that exists */
	OP_OPEN_TARGET,	   /* index: a tmpfs that is attached to an existing mount */
	OP_OPEN_MOUNT,	   /* index: a move */
	OP_TMPFS,	   /* index: the tmpfs to make and fill */
	OP_MAKE_INSIDE,	   /* path, in the tmpfs with this index */
	OP_TARGET_INSIDE,  /* index: a tmpfs that is attached to another one */
	OP_PLACE_INSIDE,   /* index: the mount point of a move on its tmpfs */
	OP_FLAGS, /* index: the tmpfs that gets the flags that would have prevented filling it */
	OP_FILL,  /* index: the fill */
	/* Commit. */
	OP_ATTACH, /* index: a tmpfs */
	OP_MOVE,   /* index: a move */
	OP_ROOT_READONLY,
};

#define OP_FIRST_OF_COMMIT OP_ATTACH

struct op {
	enum op_kind kind;
	size_t index;
	const char *path; /* borrowed from another array of the plan, or from its facts */
	size_t existing;
};

struct plan {
	bool root_readonly;
	struct planned_tmpfs *tmpfs; /* outer ones before those mounted on them */
	size_t tmpfs_count;
	size_t tmpfs_capacity;
	struct planned_move *moves;
	size_t moves_count;
	size_t moves_capacity;
	struct planned_fill *fills; /* in the order of config.json's mounts */
	size_t fills_count;
	size_t fills_capacity;
	struct op *ops;
	size_t ops_count;
	size_t ops_capacity;
	char *cwd;	   /* owned copy of a path that has to be made, or NULL */
	enum fate *fates;  /* one for each request of the policy, in the same order; owned */
	size_t program_on; /* index of the noexec tmpfs that contains the program; PLAN_NOWHERE:
			      none */
};

void plan_done(struct plan *plan);

#define AUTO_PLAN CLEANUP(plan_done) struct plan

/*
 * Iterates over the paths of what is mounted below a tmpfs of the plan, relative to the tmpfs. The
 * mounts hide the image's files there, which are not copied. *at is 0 before the first call.
 * Returns NULL after the last path.
 */
const char *plan_covered(const struct plan *plan, size_t index, size_t *at);

#endif
