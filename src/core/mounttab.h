/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mount table: the lines of /proc/PID/mountinfo (proc_pid_mountinfo(5)), as libmount parses them.
 * Numbers of mounts are those that statx(2) calls STATX_MNT_ID.
 */
#ifndef ORH_CORE_MOUNTTAB_H
#define ORH_CORE_MOUNTTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "error.h"
#include "memory.h"

/* A host with more lines than this is refused; the kernel's own limit (fs.mount-max) is 100,000 by
 * default. */
#define MOUNTTAB_MAX 1000000

/* What the hook's own mounts have as their source. */
#define MOUNT_SOURCE "oci-readonly-hook"

struct mount_line {
	uint64_t id;
	uint64_t parent;
	char *target;	 /* the mount point, as the process sees it; owned */
	char *fstype;	 /* owned */
	char *source;	 /* owned, NULL where the table has none */
	unsigned flags;	 /* enum mount_flags of tmpfs_entry.h */
	dev_t dev;	 /* of its filesystem */
	bool is_whole;	 /* it shows all of its filesystem, and not a directory of it */
	bool is_slave;	 /* mounts come and go below it as they do on the host */
	bool is_shared;	 /* in a peer group: what is mounted below it shows up elsewhere */
	bool is_private; /* no mount of the engine's own namespace is of its filesystem; not in any
			    table: whoever needs to know sets it */
};

struct mounttab {
	struct mount_line *lines; /* in the table's order */
	size_t count;
	size_t capacity;
};

void mounttab_done(struct mounttab *table);

#define AUTO_MOUNTTAB CLEANUP(mounttab_done) struct mounttab

/*
 * Parses a mountinfo file's text. A line that libmount cannot parse is an error, not passed over.
 * Errors have STATUS_INPUT. The caller calls mounttab_done().
 */
int mounttab_parse(const char *text, size_t length, struct error *error,
		   struct mounttab *ret_table);

/* Adds a copy of a line. Returns 0, -ENOMEM, or -E2BIG past MOUNTTAB_MAX. */
int mounttab_add(struct mounttab *table, const struct mount_line *line);

/* The line of a mount by its number; NULL if it is not there. */
struct mount_line *mounttab_find(const struct mounttab *table, uint64_t id);

/* Is something mounted on the root of this mount, and so hides it? */
bool mounttab_is_covered(const struct mounttab *table, const struct mount_line *line);

/*
 * Is a mount the hook's own, of an earlier run? It is the whole of a tmpfs or overlay that was made
 * for this container; anybody can make one with such a source.
 */
bool mount_is_own(const struct mount_line *line);

/* Is this a filesystem that the kernel makes up, where nothing of an image is: proc, sysfs, cgroup
 * and their like? */
bool fstype_is_kernel(const char *fstype);

#endif
