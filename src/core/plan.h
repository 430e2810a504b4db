/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is to be done, as an ordered array of operations: made by plan_make() from what was asked
 * for and what was found in the container, carried out by apply, which interprets nothing. All
 * paths are in normal form, as the container sees them, and have no symlink in them.
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

/* What a path comes to in the container's root. */
struct target {
	char *path; /* owned */
	int err; /* 0, or a positive errno: it cannot be resolved, and path is how far it could be
		  */
	size_t existing;    /* how much of path exists, in bytes; strlen(path) if all of it does */
	uint64_t mount_id;  /* the mount of the directory, or of the deepest one that exists */
	bool is_mount_root; /* the directory is the root of that mount */
	char **links;	    /* the paths of the symlinks that lead there, resolved; owned */
	size_t links_count;
	/* Where that mount is the hook's own, of an earlier run: what it may hold, in bytes
	 * (UINT64_MAX: no limit), and what the kernel counts that in. */
	uint64_t own_size;
	uint64_t own_block;
	uint64_t own_inodes; /* how many files; UINT64_MAX: no limit */
};

void target_done(struct target *target);

/* All that a plan is made of; nothing here is owned by it. */
struct plan_facts {
	const struct mounttab *table;
	uint64_t root_id;
	const struct target *targets; /* one for each of the policy's requests, in its order */
	const struct target *cwd;     /* process.cwd; NULL if there is none or it is no directory */
	const struct target *program; /* what process.args[0] is; NULL if it was not found */
	/* Where config.json's mounts and devices are, in its order; NULL unless
	 * given_is_needed(). */
	const struct target *given;
	const struct target *devices;
	const struct bundle *bundle;
	uint64_t total_memory; /* of the machine, in bytes */
};

#define PLAN_NOWHERE SIZE_MAX

/* What became of a request. */
enum fate {
	FATE_TMPFS,   /* it is one of the plan's */
	FATE_TWIN,    /* a default; an entry before it resolves to the same directory */
	FATE_YIELDED, /* a default; it is on a mount of the container's own */
	FATE_DONE,    /* an earlier run had done it */
};

struct planned_tmpfs {
	const struct tmpfs_entry *entry; /* the policy's */
	size_t request;			 /* its number there */
	char *path;			 /* owned */
	uint64_t size;			 /* bytes; 0 for the kernel's own limit */
	const char *size_source;	 /* what set it, in words; never owned */
	uint64_t inodes;		 /* how many files; 0 for the kernel's own limit */
	const char *inodes_source;	 /* what set that */
	uid_t uid;			 /* of its root directory; (uid_t)-1: the image's */
	gid_t gid;
	size_t inside;	   /* the tmpfs that this one is mounted on; PLAN_NOWHERE: a mount that was
			      there */
	uint64_t mount_id; /* then that mount */
	bool replaces;	   /* the engine's own tmpfs, which is that mount and is covered */
	bool image_lacks;  /* there is no such directory */
	bool is_default;   /* the operator's, by --tmpfs */
	size_t existing;   /* how much of path there is */
};

/* A mount that was below a tmpfs's path, to be moved onto the tmpfs. */
struct planned_move {
	uint64_t id;
	char *path;  /* owned */
	size_t onto; /* the tmpfs */
};

enum op_kind {
	/* Stage: the container sees nothing of it but the directories. */
	OP_MAKE_DIRECTORY, /* path, in the rootfs, behind "existing" */
	OP_OPEN_TARGET,	   /* index: a tmpfs that goes onto a mount that was there */
	OP_OPEN_MOUNT,	   /* index: a move */
	OP_TMPFS,	   /* index: make it, and fill it */
	OP_MAKE_INSIDE,	   /* path, in tmpfs number index */
	OP_TARGET_INSIDE,  /* index: a tmpfs that goes onto another one */
	OP_PLACE_INSIDE,   /* index: a move's place on its tmpfs */
	OP_FLAGS, /* index: the tmpfs gets the flags that would have kept it from being filled */
	/* Commit. */
	OP_ATTACH, /* index: a tmpfs */
	OP_MOVE,   /* index: a move */
	OP_ROOT_READONLY,
};

#define OP_FIRST_OF_COMMIT OP_ATTACH

struct op {
	enum op_kind kind;
	size_t index;
	const char *path; /* of another array of the plan, or of its facts */
	size_t existing;
};

struct plan {
	bool root_readonly;
	struct planned_tmpfs *tmpfs; /* outer ones before what is mounted on them */
	size_t tmpfs_count;
	size_t tmpfs_capacity;
	struct planned_move *moves;
	size_t moves_count;
	size_t moves_capacity;
	struct op *ops;
	size_t ops_count;
	size_t ops_capacity;
	char *cwd;	   /* owned copy of a path that has to be made, or NULL */
	enum fate *fates;  /* of the policy's requests, in its order; owned */
	size_t program_on; /* the tmpfs that holds the program and lets nobody run it;
			      PLAN_NOWHERE: none does */
};

void plan_done(struct plan *plan);

#define AUTO_PLAN CLEANUP(plan_done) struct plan

/*
 * What is mounted below a tmpfs of the plan, one path after the other, relative to it: what the
 * image has there is hidden, and not copied. *at is 0 before the first call. Returns NULL after the
 * last.
 */
const char *plan_covered(const struct plan *plan, size_t index, size_t *at);

#endif
