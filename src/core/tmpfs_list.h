/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar of the list of tmpfs, contract section 2: one annotation's value to an array of
 * entries. libmount's functions for option strings split at commas alone and know no "\", so the
 * scanner here is its own.
 */
#ifndef ORH_CORE_TMPFS_LIST_H
#define ORH_CORE_TMPFS_LIST_H

#include <stddef.h>

#include "error.h"
#include "memory.h"
#include "tmpfs_entry.h"

/* Limits on one list. A list may be as long as a Kubernetes annotation may be. */
#define TMPFS_LIST_MAX	  (256 * 1024)
#define TMPFS_ENTRIES_MAX 128

struct tmpfs_list {
	struct tmpfs_entry *entries;
	size_t count;
	size_t capacity;
};

void tmpfs_list_done(struct tmpfs_list *list);

#define AUTO_TMPFS_LIST CLEANUP(tmpfs_list_done) struct tmpfs_list

/*
 * Parses a whole list. Errors name the entry and the position in it, counted from 1 ("entry
 * '/tmp:size=x', at 6: ..."); error->offset is the position in the whole value, from 0. The same
 * path twice is an error. Errors have STATUS_ANNOTATION. The caller calls tmpfs_list_done().
 */
int tmpfs_list_parse(const char *value, struct error *error, struct tmpfs_list *ret_list);

/* One entry alone, as --tmpfs=ENTRY takes it: as above, and exactly one entry must be there. */
int tmpfs_entry_parse(const char *value, struct error *error, struct tmpfs_entry *ret_entry);

#endif
