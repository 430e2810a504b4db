/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strict getters over json-c: a member of another type than asked is an error that names it, never
 * a default. All errors have STATUS_INPUT. Objects are borrowed from the document, which the caller
 * puts.
 */
#ifndef ORH_CORE_JSON_H
#define ORH_CORE_JSON_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "memory.h"

#define JSON_DEPTH_MAX 64

/* Room for the name of a place in a document, "config.json: linux.uidMappings[3]". */
#define JSON_WHERE_MAX 128

static inline void json_put(struct json_object **object)
{
	json_object_put(*object);
	*object = NULL;
}

#define AUTO_JSON CLEANUP(json_put) struct json_object

/*
 * Parses text, which must be one JSON object of at most JSON_DEPTH_MAX levels with nothing after it
 * but blanks, as json-c reads it: it also accepts single quotes, comments and NaN, for instance,
 * and does not check UTF-8. Its strict mode is not used: that of 0.18 refuses strings that are not
 * ASCII. A NUL is an error wherever it is. Of two members with the same key the last counts, as in
 * Go. what names the document in errors ("state", "config.json"). ret_object is the caller's to
 * json_object_put().
 */
int json_parse(const char *what, const char *text, size_t length, struct error *error,
	       struct json_object **ret_object);

/*
 * Getters of a member of object. where is put before the key in errors ("config.json: root" gives
 * "config.json: root.path: ...", and "config.json" alone "config.json: root: ..."). A member that
 * is missing or null leaves *ret_... NULL (0, false) and returns 0, unless JSON_REQUIRED is given.
 * Strings live as long as the document.
 */
enum json_flags {
	JSON_OPTIONAL = 0,
	JSON_REQUIRED = 1 << 0,
};

int json_get_object(struct json_object *object, const char *where, const char *key,
		    enum json_flags flags, struct error *error, struct json_object **ret_value);
int json_get_array(struct json_object *object, const char *where, const char *key,
		   enum json_flags flags, struct error *error, struct json_object **ret_value);
int json_get_string(struct json_object *object, const char *where, const char *key,
		    enum json_flags flags, struct error *error, const char **ret_value);
/*
 * A whole number from min to max, written without fraction or exponent; missing and optional leaves
 * *ret_value 0. One outside the range is an error, also beyond 64 bits; INT64_MIN and INT64_MAX
 * themselves are taken for such.
 */
int json_get_int(struct json_object *object, const char *where, const char *key,
		 enum json_flags flags, int64_t min, int64_t max, struct error *error,
		 int64_t *ret_value);
int json_get_bool(struct json_object *object, const char *where, const char *key,
		  enum json_flags flags, struct error *error, bool *ret_value);

/* The number of elements; 0 for NULL. */
size_t json_array_count(struct json_object *array);

/* An element, which must be an object; where names the array. ret_where is set to its name:
 * "WHERE[INDEX]". */
int json_array_object(struct json_object *array, size_t index, const char *where,
		      struct error *error, char ret_where[static JSON_WHERE_MAX],
		      struct json_object **ret_value);

/* Deals with an element; where is its name. Returns 0 or an error. */
typedef int json_element(struct json_object *element, const char *where, struct error *error,
			 void *data);

/* Calls read for each element of a member that is an array of objects, max at most, until it
 * fails. */
int json_each_object(struct json_object *object, const char *where, const char *key, size_t max,
		     json_element *read, void *data, struct error *error);

#endif
