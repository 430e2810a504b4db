/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the files that are named on the command line. */
#ifndef ORH_TOOL_INPUT_H
#define ORH_TOOL_INPUT_H

#include <stddef.h>

#include "core/error.h"

/*
 * Reads a file to its end, or standard input if the name is "-". The file may be a pipe. The caller
 * frees the text, which has a NUL that ret_length does not count. Errors name the file: it cannot
 * be read, or has more than max bytes.
 */
int tool_read(const char *name, size_t max, struct error *error, char **ret_text,
	      size_t *ret_length);

#endif
