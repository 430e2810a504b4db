/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The input and the result of a seed. */
#ifndef ORH_SEED_REQUEST_H
#define ORH_SEED_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Attributes of the seed's top directory that differ from the image's directory; -1: as in the
 * image. */
struct seed_top {
	uid_t uid;
	gid_t gid;
	mode_t mode;
};

/* A path below the seed's top that will be mounted on. It is copied without its contents. */
struct seed_cut {
	const char *path; /* relative, without a leading slash */
};

/* Huge pages, for large files. */
enum seed_huge {
	SEED_HUGE_NO,  /* the tmpfs does not have them */
	SEED_HUGE_YES, /* the tmpfs has them */
	SEED_HUGE_ASK, /* enable them for the first large file */
};

struct seed_request {
	int image; /* the image's directory, open for reading */
	int copy;  /* the root directory of the empty tmpfs, open for reading */
	struct seed_top top;
	const struct seed_cut *cuts;
	size_t cuts_count;
	/*
	 * The copy already has the ends of the cuts, and the directories that lead to them. The
	 * ends stay as they are; the directories get the image's files and attributes. A file of
	 * another kind that the image has in place of such a directory is not copied.
	 */
	bool in_place;
	bool empty;	/* sets only the top directory's attributes: seed=none */
	bool in_userns; /* unmapped owners appear as the overflow ids, 65534 */
	/*
	 * An extended attribute that is not copied. An empty top directory that has it and is owned
	 * by root with mode 0755 counts as missing: its copy gets the attributes of /tmp. NULL:
	 * none.
	 */
	const char *missing_mark;
	bool labelled; /* the tmpfs is mounted with context=: labels cannot be set */
	enum seed_huge huge;
	uint64_t bytes_max; /* maximum size, in bytes of whole pages; 0: no limit */
	unsigned threads;   /* number of threads, at least 1 */
};

/* Statistics of a seed, including what the kernel did not permit. */
struct seed_result {
	uint64_t files;	      /* all inodes, including directories, without the top */
	uint64_t bytes;	      /* of contents, without holes */
	uint64_t programs;    /* regular files with an execute bit */
	uint64_t lost_xattrs; /* extended attributes and ACLs that could not be set */
	uint64_t lost_owners; /* files with an unmapped owner; their set-id bits are cleared */
	uint64_t lost_nodes;  /* device nodes that could not be created */
	uint64_t lost_names;  /* in_place: files in whose place a directory leads to a cut */
};

#endif
