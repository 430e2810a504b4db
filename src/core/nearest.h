/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the known name nearest to a mistyped one, for messages. */
#ifndef ORH_CORE_NEAREST_H
#define ORH_CORE_NEAREST_H

#include <stddef.h>

/* Only this many bytes of longer words are compared. */
#define NEAREST_LENGTH_MAX 63

/* Maximum edit distance at which a word is taken for a misspelling of a name. */
#define NEAREST_SLIP 2

/*
 * Finds the name with the fewest edits from word. An edit inserts, deletes or replaces a byte, or
 * swaps two neighbours; ASCII case is ignored. Of names at the same distance, the first one is
 * returned. NULL if all names are more than edits_max edits away, or need as many edits as they
 * have bytes.
 */
const char *nearest_name(const char *word, size_t length, const char *const names[], size_t count,
			 size_t edits_max);

#endif
