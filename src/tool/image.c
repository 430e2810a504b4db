/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "core/json.h"
#include "core/path.h"
#include "linux/input.h"

/* containers.json has about a kilobyte for each container in the storage. */
#define JSON_FILE_MAX (32 * 1024 * 1024)

/* Put before a document that is an array, because json_parse() accepts objects only. */
#define WRAP "{\"items\":"

/* Returns the document of a file in the directory as {"items": DOCUMENT}; NULL if it cannot be
 * read. */
static struct json_object *read_wrapped(const char *dir, const char *name)
{
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *wrapped = NULL;
	struct json_object *document = NULL;
	struct error ignored;
	size_t length;

	if (path_join(dir, name, strlen(name), &path) < 0 ||
	    input_read_file(AT_FDCWD, path, JSON_FILE_MAX, &text, &length) < 0)
		return NULL;
	if (asprintf(&wrapped, WRAP "%s}", text) < 0)
		return NULL;
	(void)!json_parse(name, wrapped, strlen(wrapped), &ignored, &document);
	return document;
}

static const char *member(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, key, &value) ||
	    !json_object_is_type(value, json_type_string) || !json_object_get_string_len(value))
		return NULL;
	return json_object_get_string(value);
}

/* podman stores a container's metadata as a string that contains JSON. */
static char *name_in_metadata(const char *metadata)
{
	AUTO_JSON *document = NULL;
	struct error ignored;
	const char *name;

	if (json_parse("metadata", metadata, strlen(metadata), &ignored, &document) < 0)
		return NULL;
	name = member(document, "image-name");
	return name ? strdup(name) : NULL;
}

/* Returns a container's text in a list of podman's storage; NULL if it cannot be found. */
static char *text_in_storage(const char *dir, const char *file, const char *id, const char *key)
{
	AUTO_JSON *document = read_wrapped(dir, file);
	struct json_object *items = NULL;

	if (!document || !json_object_object_get_ex(document, "items", &items) ||
	    !json_object_is_type(items, json_type_array))
		return NULL;
	for (size_t i = 0; i < json_object_array_length(items); i++) {
		struct json_object *item = json_object_array_get_idx(items, i);
		const char *item_id = member(item, "id");
		const char *text = member(item, key);

		if (item_id && text && !strcmp(item_id, id))
			return strdup(text);
	}
	return NULL;
}

/* Returns the source of config.json's mount with a destination; NULL if there is none. */
static const char *source_of(struct json_object *document, const char *destination)
{
	struct json_object *mounts = NULL;

	if (!json_object_object_get_ex(document, "mounts", &mounts) ||
	    !json_object_is_type(mounts, json_type_array))
		return NULL;
	for (size_t i = 0; i < json_object_array_length(mounts); i++) {
		struct json_object *mount = json_object_array_get_idx(mounts, i);
		const char *at = member(mount, "destination");

		if (at && !strcmp(at, destination))
			return member(mount, "source");
	}
	return NULL;
}

/* Returns the directory that many levels above; NULL if the path is NULL or not in normal form. */
static char *above(const char *path, unsigned levels)
{
	char *dir;

	if (!path || !path_is_normal(path))
		return NULL;
	dir = strdup(path);
	for (; dir && levels; levels--)
		path_cut(dir);
	return dir;
}

/*
 * containers.json is two directories above the bundle. volatile-containers.json, for containers
 * that are removed when they exit, is next to it, or in the run root, three directories above the
 * file that is mounted on /etc/hostname: with older versions, or with a transient store.
 */
static char *text_by_podman(const struct state *state, const char *hostname, const char *key)
{
	AUTO_FREE char *storage = above(state->bundle, 2);
	AUTO_FREE char *run = above(hostname, 3);
	char *text = NULL;

	if (storage)
		text = text_in_storage(storage, "containers.json", state->id, key);
	if (!text && storage)
		text = text_in_storage(storage, "volatile-containers.json", state->id, key);
	if (!text && run)
		text = text_in_storage(run, "volatile-containers.json", state->id, key);
	return text;
}

static char *name_by_podman(const struct state *state, const char *hostname)
{
	AUTO_FREE char *metadata = text_by_podman(state, hostname, "metadata");

	return metadata ? name_in_metadata(metadata) : NULL;
}

char *image_podman_root(const struct state *state, const struct bundle *bundle)
{
	static const char suffix[] = "-containers";
	AUTO_FREE char *layer =
		text_by_podman(state, source_of(bundle->document, "/etc/hostname"), "layer");
	AUTO_FREE char *driver = above(state->bundle, 2);
	size_t length = driver ? strlen(driver) : 0;
	char *root = NULL;

	if (!layer || strchr(layer, '/') || length < sizeof(suffix) ||
	    strcmp(driver + length - strlen(suffix), suffix) != 0)
		return NULL;
	driver[length - strlen(suffix)] = '\0';
	return asprintf(&root, "%s/%s/merged", driver, layer) < 0 ? NULL : root;
}

static char *name_by_docker(const char *hostname)
{
	AUTO_FREE char *dir = above(hostname, 1);
	AUTO_JSON *document = dir ? read_wrapped(dir, "config.v2.json") : NULL;
	struct json_object *item = NULL;
	struct json_object *config = NULL;
	const char *name;

	if (!document || !json_object_object_get_ex(document, "items", &item) ||
	    !json_object_is_type(item, json_type_object) ||
	    !json_object_object_get_ex(item, "Config", &config))
		return NULL;
	name = member(config, "Image");
	return name ? strdup(name) : NULL;
}

char *image_name(const struct state *state, const struct bundle *bundle)
{
	static const char *const keys[] = {
		"io.kubernetes.cri-o.ImageName",
		"io.kubernetes.cri.image-name",
	};
	const char *hostname = source_of(bundle->document, "/etc/hostname");
	char *name;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *value = annotations_get(&bundle->annotations, keys[i]);

		if (value && *value)
			return strdup(value);
	}
	name = name_by_podman(state, hostname);
	return name ? name : name_by_docker(hostname);
}
