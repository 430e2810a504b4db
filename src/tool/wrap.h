/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wraps text to a number of columns. */
#ifndef ORH_TOOL_WRAP_H
#define ORH_TOOL_WRAP_H

#include <stddef.h>

#include "output.h"

/*
 * Prints escaped text and a newline. Lines are broken at blanks and after commas. The first line
 * begins at column "at", each other line is indented by indent columns. A word that is longer than
 * a line is not broken.
 */
void wrap_print(const struct output *output, const char *text, size_t at, size_t indent);

#endif
