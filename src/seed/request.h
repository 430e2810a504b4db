/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of a seed, and what comes of it. */
#ifndef ORH_SEED_REQUEST_H
#define ORH_SEED_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What a seed's top directory has that is not the image's directory's; -1: as the image has it. */
struct seed_top {
	uid_t uid;
	gid_t gid;
	mode_t mode;
};

/* A path below the seed's top that something will be mounted on: what it holds is not copied, only
 * itself. */
struct seed_cut {
	const char *path; /* relative, no slash at its start */
};

/* Huge pages, for large files. */
enum seed_huge {
	SEED_HUGE_NO,  /* the tmpfs has none */
	SEED_HUGE_YES, /* it has */
	SEED_HUGE_ASK, /* ask for them when the first large file is met */
};

struct seed_request {
	int image; /* the image's directory, open for reading */
	int copy;  /* the empty tmpfs' root directory, open for reading */
	struct seed_top top;
	const struct seed_cut *cuts;
	size_t cuts_count;
	bool empty;	/* only the top directory's own metadata: seed=none */
	bool in_userns; /* owners that are not mapped show as the overflow ids, 65534 */
	/* An extended attribute that is not copied. An empty top directory that has it, and is
	 * root's with mode 0755, counts as missing: its copy is like /tmp. NULL: none. */
	const char *missing_mark;
	bool labelled; /* the tmpfs is mounted with context=: no label can be set */
	enum seed_huge huge;
	uint64_t bytes_max; /* the most that may be copied, in bytes of whole pages; 0: no limit */
	unsigned threads;   /* how many work at it, 1 and more */
};

/* What was done, and what the kernel did not let the hook do. */
struct seed_result {
	uint64_t files; /* everything with an inode of its own, directories too, without the top */
	uint64_t bytes; /* of contents, holes left out */
	uint64_t programs;    /* regular files that somebody may run */
	uint64_t lost_xattrs; /* extended attributes and ACLs that were not taken */
	uint64_t
		lost_owners; /* files whose owner is not mapped here; they lose their set-id bits */
	uint64_t lost_nodes; /* device nodes that may not be made */
};

#endif
