/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A mount table: the lines of /proc/PID/mountinfo (proc_pid_mountinfo(5)), as parsed by libmount.
 * Mount ids are those that statx(2) reports as STATX_MNT_ID. */
#ifndef ORH_CORE_MOUNTTAB_H
#define ORH_CORE_MOUNTTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "error.h"
#include "memory.h"

/* Longer tables are refused. The kernel's limit (fs.mount-max) is 100,000 by default. */
#define MOUNTTAB_MAX 1000000

/* The source of the hook's mounts. */
#define MOUNT_SOURCE "oci-readonly-hook"

struct mount_line {
	uint64_t id;
	uint64_t parent;
	char *target;	 /* the mount point, as seen by the process; owned */
	char *fstype;	 /* owned */
	char *source;	 /* owned; NULL if the table has none */
	unsigned flags;	 /* enum mount_flags of tmpfs_entry.h */
	dev_t dev;	 /* of the filesystem */
	bool is_whole;	 /* shows the entire filesystem, not a subdirectory */
	bool is_slave;	 /* receives mount events from the host */
	bool is_shared;	 /* in a peer group: mounts below it propagate elsewhere */
	bool is_private; /* no mount in the engine's mount namespace shows this filesystem; not in
			    the table, set by the caller that needs it */
};

struct mounttab {
	struct mount_line *lines; /* in the order of the table */
	size_t count;
	size_t capacity;
};

void mounttab_done(struct mounttab *table);

#define AUTO_MOUNTTAB CLEANUP(mounttab_done) struct mounttab

/* Parses the text of a mountinfo file. A line that libmount cannot parse is an error. Errors have
 * STATUS_INPUT. The caller calls mounttab_done(). */
int mounttab_parse(const char *text, size_t length, struct error *error,
		   struct mounttab *ret_table);

/* Adds a copy of a line. Returns 0, -ENOMEM, or -E2BIG if the table has MOUNTTAB_MAX lines. */
int mounttab_add(struct mounttab *table, const struct mount_line *line);

/* The line of a mount, found by its id; NULL if it is not in the table. */
struct mount_line *mounttab_find(const struct mounttab *table, uint64_t id);

/* Is another mount on the root of this one, hiding it? */
bool mounttab_is_covered(const struct mounttab *table, const struct mount_line *line);

/* Did an earlier run of the hook make this mount? It must be an entire tmpfs or overlay that was
 * made for this container, because anybody can make a mount with the hook's source. */
bool mount_is_own(const struct mount_line *line);

/* Is this a pseudo filesystem without files of the image, such as proc, sysfs or cgroup? */
bool fstype_is_kernel(const char *fstype);

#endif
