/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks whether a text is strict JSON, as Go's parser requires: json-c accepts more. */
#ifndef ORH_TOOL_JSON_CHECK_H
#define ORH_TOOL_JSON_CHECK_H

#include <stddef.h>

/* Returns the line of the first error in a NUL-terminated text, from 1; 0 if there is none. Nesting
 * that is too deep for json_parse() is an error. */
size_t json_check(const char *text);

#endif
