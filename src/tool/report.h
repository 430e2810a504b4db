/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints the result for a container as text. */
#ifndef ORH_TOOL_REPORT_H
#define ORH_TOOL_REPORT_H

#include "outcome.h"
#include "output.h"

void report_print(const struct output *output, const struct outcome *outcome);

#endif
