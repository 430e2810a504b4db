/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of tmpfs as one word of a shell, which podman before 5.0 does not split either. */
#ifndef ORH_TOOL_CARRIED_H
#define ORH_TOOL_CARRIED_H

#include <stddef.h>

#include "core/tmpfs_list.h"

/*
 * Where the first character of an entry is, as it is written, that does not survive an unquoted
 * $(...) and podman before 5.0: a blank, a character of globs, a comma in a path, for instance. In
 * bytes of entry->text; its length if it survives.
 */
size_t carried_fault(const struct tmpfs_entry *entry);

/* The list with entries separated by ";" and options by ":"; the caller's to free(). All entries
 * can be carried. NULL if out of memory. */
char *carried_list(const struct tmpfs_list *list);

#endif
