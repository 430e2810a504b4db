/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strict getters on top of json-c: a member of the wrong type is an error that names the member,
 * never a default. All errors have STATUS_INPUT. Objects are borrowed from the document; the caller
 * releases the document.
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

/* Room for the name of a position in a document, such as "config.json: linux.uidMappings[3]". */
#define JSON_WHERE_MAX 128

static inline void json_put(struct json_object **object)
{
	json_object_put(*object);
	*object = NULL;
}

#define AUTO_JSON CLEANUP(json_put) struct json_object

/*
 * Parses text, which must be one JSON object of at most JSON_DEPTH_MAX levels, followed only by
 * blanks. json-c's default mode also accepts single quotes, comments and NaN, for instance, and
 * does not check UTF-8. Its strict mode is not used: in 0.18 that mode refuses strings that are not
 * ASCII. A NUL is an error anywhere. If a key occurs twice, the last one counts, as in Go. what
 * names the document in errors ("state", "config.json"). The caller releases ret_object with
 * json_object_put().
 */
int json_parse(const char *what, const char *text, size_t length, struct error *error,
	       struct json_object **ret_object);

/*
 * Getters for a member of object. In errors, where precedes the key: "config.json: root" gives
 * "config.json: root.path: ...", and "config.json" gives "config.json: root: ...". If the member is
 * missing or null, *ret_... is NULL (0, false) and the getter returns 0, or an error if
 * JSON_REQUIRED is given. Strings live as long as the document.
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
 * Gets a whole number from min to max, written without fraction or exponent. A missing optional
 * member sets *ret_value to 0. A number out of range is an error, as is one that does not fit 64
 * bits. INT64_MIN and INT64_MAX count as out of range.
 */
int json_get_int(struct json_object *object, const char *where, const char *key,
		 enum json_flags flags, int64_t min, int64_t max, struct error *error,
		 int64_t *ret_value);
int json_get_bool(struct json_object *object, const char *where, const char *key,
		  enum json_flags flags, struct error *error, bool *ret_value);

/* The number of elements; 0 for NULL. */
size_t json_array_count(struct json_object *array);

/* Gets an element, which must be an object. where names the array. ret_where is set to the
 * element's name: "WHERE[INDEX]". */
int json_array_object(struct json_object *array, size_t index, const char *where,
		      struct error *error, char ret_where[static JSON_WHERE_MAX],
		      struct json_object **ret_value);

/* Handles an element; where is its name. Returns 0 or an error. */
typedef int json_element(struct json_object *element, const char *where, struct error *error,
			 void *data);

/* Calls read for each element of a member that is an array of at most max objects. Stops at the
 * first error. */
int json_each_object(struct json_object *object, const char *where, const char *key, size_t max,
		     json_element *read, void *data, struct error *error);

#endif
