/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar of the tmpfs list, contract section 2: parses an annotation's value into an array of
 * entries. libmount's functions for option strings split only at commas and do not know "\", so
 * this file has its own scanner.
 */
#ifndef ORH_CORE_TMPFS_LIST_H
#define ORH_CORE_TMPFS_LIST_H

#include <stddef.h>

#include "error.h"
#include "memory.h"
#include "tmpfs_entry.h"

/* Limits for one list. Its length may be the maximum of a Kubernetes annotation. */
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
 * '/tmp:size=x', at 6: ..."); error->offset is the position in the value, from 0. A duplicate path
 * is an error. Errors have STATUS_ANNOTATION. The caller calls tmpfs_list_done().
 */
int tmpfs_list_parse(const char *value, struct error *error, struct tmpfs_list *ret_list);

/* Parses a single entry, for --tmpfs=ENTRY. As above; zero or several entries are an error. */
int tmpfs_entry_parse(const char *value, struct error *error, struct tmpfs_entry *ret_entry);

#endif
