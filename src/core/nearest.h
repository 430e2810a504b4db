/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The known name that a mistyped one is nearest to, for messages. */
#ifndef ORH_CORE_NEAREST_H
#define ORH_CORE_NEAREST_H

#include <stddef.h>

/* Longer words are compared by as many of their first bytes. */
#define NEAREST_LENGTH_MAX 63

/* How far from a name a word may be to be taken for a slip of it. */
#define NEAREST_SLIP 2

/*
 * Which of the names is the fewest edits away from word: a byte more, less or another, or two
 * neighbours swapped; ASCII case counts for nothing. The first of those equally near; NULL if all
 * are more than edits_max away, or need as many edits as they have bytes.
 */
const char *nearest_name(const char *word, size_t length, const char *const names[], size_t count,
			 size_t edits_max);

#endif
