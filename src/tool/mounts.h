/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mount table of a process, with devices, the roots of bind mounts, and the options of
 * filesystems. */
#ifndef ORH_TOOL_MOUNTS_H
#define ORH_TOOL_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/error.h"
#include "core/memory.h"

/* A mount, see proc_pid_mountinfo(5). All strings are owned. */
struct mounts_entry {
	uint64_t id;
	uint64_t parent;
	dev_t dev;
	char *root;   /* the mounted directory of the filesystem */
	char *target; /* as the process sees it */
	char *fstype;
	char *source;
	char *options;	  /* those of the filesystem, not of the mount */
	bool is_readonly; /* the mount or its filesystem is read-only */
	bool is_noexec;
};

struct mounts {
	struct mounts_entry *entries; /* in the table's order: later ones cover earlier ones */
	size_t count;
	size_t capacity;
};

void mounts_done(struct mounts *mounts);

#define AUTO_MOUNTS CLEANUP(mounts_done) struct mounts

/* Parses the text of a mountinfo file. Errors: STATUS_INPUT. */
int mounts_parse(const char *text, size_t length, struct error *error, struct mounts *ret_mounts);

/* Reads the table; process is /proc/PID, open. Errors: STATUS_INPUT. */
int mounts_read(int process, struct error *error, struct mounts *ret_mounts);

/* Returns the topmost mount on the process's root; NULL if there is none. */
const struct mounts_entry *mounts_root(const struct mounts *mounts);

/* Is a filesystem with this device mounted anywhere in the table? */
bool mounts_have_device(const struct mounts *mounts, dev_t dev);

#endif
