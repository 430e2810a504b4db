/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One entry of the tmpfs list, contract section 2: its path and its options. */
#ifndef ORH_CORE_TMPFS_ENTRY_H
#define ORH_CORE_TMPFS_ENTRY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "memory.h"
#include "size.h"

/* The kernel counts 1 KiB per file, in 64 bits. */
#define NR_INODES_MAX ((uint64_t)INT64_MAX / 1024)

/* The options that an entry sets. --forbid uses the spellings in the table of tmpfs_options.c. */
enum tmpfs_given {
	GIVEN_SIZE = 1 << 0,
	GIVEN_NR_INODES = 1 << 1,
	GIVEN_MODE = 1 << 2,
	GIVEN_UID = 1 << 3,
	GIVEN_GID = 1 << 4,
	GIVEN_SEED = 1 << 5,
	GIVEN_HUGE = 1 << 6,
	GIVEN_NOSWAP = 1 << 7,
	GIVEN_OWNER_USER =
		1
		<< 8, /* U: overrides earlier uid= and gid=; a later one overrides that part of U */
};

/* Mount flags. sys.c maps them to the kernel's. */
enum mount_flags {
	FLAG_RO = 1 << 0,
	FLAG_NOEXEC = 1 << 1,
	FLAG_NOSUID = 1 << 2,
	FLAG_NODEV = 1 << 3,
	FLAG_NOATIME = 1 << 4, /* neither of the two: relatime */
	FLAG_STRICTATIME = 1 << 5,
	FLAG_NODIRATIME = 1 << 6,
	FLAG_NOSYMFOLLOW = 1 << 7,
};

#define FLAGS_DEFAULT (FLAG_NOEXEC | FLAG_NOSUID | FLAG_NODEV)

enum seed {
	SEED_COPY,
	SEED_OVERLAY,
	SEED_AUTO, /* one of the two above */
	SEED_NONE,
};

enum huge {
	HUGE_UNSAID,
	HUGE_NEVER,
	HUGE_ALWAYS,
	HUGE_WITHIN_SIZE,
	HUGE_ADVISE,
};

struct tmpfs_entry {
	char *text;	    /* as written, for messages; owned */
	char *path;	    /* absolute, in normal form, without "\" escapes; owned */
	size_t offset;	    /* of the entry in the list, in bytes */
	unsigned given;	    /* enum tmpfs_given */
	unsigned flags;	    /* enum mount_flags, with the defaults applied */
	struct size size;   /* 1 byte to INT64_MAX, or 1 to 100 percent; the kernel takes 0 for no
			       limit */
	uint64_t nr_inodes; /* 1 to NR_INODES_MAX; 0 means no limit here, too */
	mode_t mode;
	uid_t uid;
	gid_t gid;
	enum seed seed;
	enum huge huge;
	char **words; /* each option as written, for --forbid; owned, never NULL; ends with NULL */
};

void tmpfs_entry_done(struct tmpfs_entry *entry);

#define AUTO_TMPFS_ENTRY CLEANUP(tmpfs_entry_done) struct tmpfs_entry

/* The name of a seed as spelled in the annotation: "copy", "overlay", "auto", "none". */
const char *seed_name(enum seed seed);

/* The name of a huge option; NULL for HUGE_UNSAID. */
const char *huge_name(enum huge huge);

#endif
