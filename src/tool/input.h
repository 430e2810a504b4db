/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people name on the command line to be read. */
#ifndef ORH_TOOL_INPUT_H
#define ORH_TOOL_INPUT_H

#include <stddef.h>

#include "core/error.h"

/*
 * Reads a file, or standard input if the name is "-", to its end. It may be a pipe. The text has a
 * NUL behind it that ret_length does not count; it is the caller's to free(). Errors name the file:
 * one that cannot be read, one of more than max bytes.
 */
int tool_read(const char *name, size_t max, struct error *error, char **ret_text,
	      size_t *ret_length);

#endif
