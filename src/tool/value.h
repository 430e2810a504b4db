/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Converts needs to an annotation's value and back, in the hook's syntax. */
#ifndef ORH_TOOL_VALUE_H
#define ORH_TOOL_VALUE_H

#include "core/error.h"
#include "needs.h"

/*
 * Writes the list of tmpfs, "" if there are no needs. The caller frees it. Options follow ":",
 * because podman before 5.0 splits annotations at commas. The list is checked with the hook's
 * parser, whose error, with STATUS_ANNOTATION, is returned if it refuses the list, for instance
 * because of too many needs.
 */
int value_write(const struct needs *needs, struct error *error, char **ret_value);

/*
 * Adds the entries of a list as needs, with their paths, mode and owner, and whether they are exec.
 * Sizes and other options are ignored. Directories with the image's programs are left out. Errors:
 * STATUS_ANNOTATION, or out of memory.
 */
int value_read(const char *value, struct error *error, struct needs *needs);

#endif
