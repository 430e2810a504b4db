/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a list of tmpfs as one word of a shell that podman before 5.0 does not split. */
#ifndef ORH_TOOL_CARRIED_H
#define ORH_TOOL_CARRIED_H

#include <stddef.h>

#include "core/tmpfs_list.h"

/*
 * Returns the offset, in bytes of entry->text, of the first character that an unquoted $(...) or
 * podman before 5.0 would change: for instance a blank, a glob character, or a comma in a path.
 * Returns the length of the text if there is none.
 */
size_t carried_fault(const struct tmpfs_entry *entry);

/* Returns the list with entries separated by ";" and options by ":". The caller frees it.
 * carried_fault() must have accepted all entries. NULL if out of memory. */
char *carried_list(const struct tmpfs_list *list);

#endif
