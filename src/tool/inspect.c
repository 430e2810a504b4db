/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "inspect.h"

#include <json-c/json_tokener.h>
#include <json-c/linkhash.h>
#include <string.h>
#include <strings.h>

#include "core/json.h"

/* The prefix of all keys that the core treats as a misspelt one of ours. */
#define LABEL_START "io.container"

static void tokener_free(struct json_tokener **tokener)
{
	json_tokener_free(*tokener);
}

/* Parses an array or an object: json_parse() accepts objects only. */
static int parse(const char *what, const char *text, size_t length, struct error *error,
		 struct json_object **ret_document)
{
	CLEANUP(tokener_free) struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_MAX);
	AUTO_JSON *document = NULL;
	enum json_tokener_error fault;
	size_t end;

	if (!tokener)
		return error_memory(error);
	document = json_tokener_parse_ex(tokener, text, (int)length);
	fault = json_tokener_get_error(tokener);
	if (fault == json_tokener_continue)
		return error_set(error, STATUS_INPUT, 0,
				 "%s: not JSON: it ends before its last bracket", what);
	if (fault != json_tokener_success)
		return error_set(error, STATUS_INPUT, 0, "%s: not JSON: at byte %zu: %s", what,
				 json_tokener_get_parse_end(tokener) + 1,
				 json_tokener_error_desc(fault));
	end = json_tokener_get_parse_end(tokener);
	end += strspn(text + end, " \t\r\n");
	if (end < length)
		return error_set(error, STATUS_INPUT, 0, "%s: at byte %zu: more than one document",
				 what, end + 1);
	*ret_document = take_ptr(document);
	return 0;
}

static int not_an_image(const char *what, struct error *error)
{
	return error_set(
		error, STATUS_INPUT, 0,
		"%s: not what podman image inspect, docker image inspect or skopeo inspect "
		"--config print",
		what);
}

/* Finds the image, of which there must be exactly one. */
static int find_image(const char *what, struct json_object *document, struct error *error,
		      struct json_object **ret_image)
{
	struct json_object *image = document;

	if (json_object_is_type(document, json_type_array)) {
		if (json_array_count(document) != 1)
			return error_set(error, STATUS_INPUT, 0, "%s: %zu images; inspect one",
					 what, json_array_count(document));
		image = json_object_array_get_idx(document, 0);
	}
	if (!json_object_is_type(image, json_type_object))
		return not_an_image(what, error);
	*ret_image = image;
	return 0;
}

/* "Config" is used by both engines, "config" in an image's configuration. podman and skopeo inspect
 * also put the labels at the top level. */
static int find_labels(const char *what, struct json_object *image, struct error *error,
		       struct json_object **ret_labels)
{
	static const char *const configs[] = {"Config", "config"};
	struct json_object *config = NULL;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(configs) && !config; i++) {
		r = json_get_object(image, what, configs[i], JSON_OPTIONAL, error, &config);
		if (r < 0)
			return r;
	}
	if (config)
		return json_get_object(config, what, "Labels", JSON_OPTIONAL, error, ret_labels);
	if (!json_object_object_get_ex(image, "Labels", NULL) &&
	    !json_object_object_get_ex(image, "config", NULL))
		return not_an_image(what, error);
	return json_get_object(image, what, "Labels", JSON_OPTIONAL, error, ret_labels);
}

static int add_label(const char *what, const char *name, struct json_object *value,
		     struct error *error, struct written_list *list)
{
	const char *text;

	if (strncasecmp(name, LABEL_START, strlen(LABEL_START)) != 0)
		return 0;
	if (!json_object_is_type(value, json_type_string))
		return error_set(error, STATUS_INPUT, 0,
				 "%s: label '%" NAME_SHOWN "': not a string", what, name);
	text = json_object_get_string(value);
	if (strlen(text) != (size_t)json_object_get_string_len(value))
		return error_set(error, STATUS_INPUT, 0,
				 "%s: label '%" NAME_SHOWN "': contains a NUL", what, name);
	return written_add(list, name, text, NULL, NULL) < 0 ? error_memory(error) : 0;
}

int inspect_labels(const char *what, const char *text, size_t length, struct error *error,
		   struct written_list *list)
{
	AUTO_JSON *document = NULL;
	struct json_object *image = NULL;
	struct json_object *labels = NULL;
	int r;

	r = parse(what, text, length, error, &document);
	if (r == 0)
		r = find_image(what, document, error, &image);
	if (r == 0)
		r = find_labels(what, image, error, &labels);
	if (r != 0 || !labels)
		return r;
	json_object_object_foreach(labels, name, value)
	{
		r = add_label(what, name, value, error, list);
		if (r < 0)
			return r;
	}
	return 0;
}
