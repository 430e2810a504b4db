/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a text is JSON by the letter, as Go's parser takes it: json-c takes more. */
#ifndef ORH_TOOL_JSON_CHECK_H
#define ORH_TOOL_JSON_CHECK_H

#include <stddef.h>

/* The line of the first fault of a text with a NUL at its end, from 1 on; 0 if it has none. Nesting
 * that json_parse() does not take is a fault. */
size_t json_check(const char *text);

#endif
