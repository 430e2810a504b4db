/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The annotation's value that asks for the needs, by the grammar of the hook. */
#ifndef ORH_TOOL_VALUE_H
#define ORH_TOOL_VALUE_H

#include "core/error.h"
#include "needs.h"

/*
 * Writes the list of tmpfs, "" if there are no needs; the caller's to free(). Options stand after
 * ":", since podman before 5.0 splits annotations at commas. The hook's own parser must take it:
 * its error, with STATUS_ANNOTATION, is returned if it does not, as it is for too many needs.
 */
int value_write(const struct needs *needs, struct error *error, char **ret_value);

/*
 * Adds the entries of a list as needs: their paths, mode and owner, and whether they are exec;
 * sizes and other options are passed over. What holds the image's programs is left out. Errors:
 * STATUS_ANNOTATION, or memory.
 */
int value_read(const char *value, struct error *error, struct needs *needs);

#endif
