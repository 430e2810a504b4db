/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON by the grammar of RFC 8259, to hold against what the hook's parser lets through. */
#ifndef ORH_TESTS_STRICT_JSON_H
#define ORH_TESTS_STRICT_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "fuzz.h"

/* Is text one JSON object, blanks around it allowed, of at most depth_max levels? */
bool json_is_object(const char *text, size_t length, unsigned depth_max);

/* Writes a string as JSON has it, with quotes. */
void json_put_string(struct text *out, const char *string);

/*
 * The last member of that name of an object that json_is_object() takes, as it is written; NULL if
 * there is none. ret_length is how long it is.
 */
const char *json_find(const char *text, size_t length, const char *key, size_t *ret_length);

#endif
