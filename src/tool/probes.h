/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Annotations that an engine must pass on to the hook, for testing its patterns. */
#ifndef ORH_TOOL_PROBES_H
#define ORH_TOOL_PROBES_H

#include <stdbool.h>
#include <stddef.h>

struct probe {
	const char *key;
	const char *value;
	bool is_misspelt; /* the hook refuses it, if it gets it */
};

extern const struct probe probes[];
extern const size_t probes_count;

#endif
