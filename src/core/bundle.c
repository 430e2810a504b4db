/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bundle.h"

#include <string.h>

#include "json.h"
#include "path.h"

#define CONFIG "config.json"

/* The kernel's limit for one id map. */
#define ID_MAP_LINES_MAX 340
#define MOUNTS_MAX	 65536
#define NAMESPACES_MAX	 1024
#define DEVICES_MAX	 65536

bool id_map_has(const struct id_map *map, uint32_t id)
{
	for (size_t i = 0; i < map->count; i++)
		if (id >= map->lines[i].container &&
		    id - map->lines[i].container < map->lines[i].size)
			return true;
	return !map->count;
}

void bundle_done(struct bundle *bundle)
{
	annotations_done(&bundle->annotations);
	free_ptr(&bundle->mounts);
	free_ptr(&bundle->devices);
	free_ptr(&bundle->uids.lines);
	free_ptr(&bundle->gids.lines);
	free_ptr(&bundle->root_path);
	json_put(&bundle->document);
}

static int join_root(const char *dir, const char *path, struct error *error, char **ret_path)
{
	int r;

	if (*path == '/')
		r = path_join("/", path + 1, strlen(path + 1), ret_path);
	else
		r = path_join(dir, path, strlen(path), ret_path);
	if (r == -ENAMETOOLONG)
		return error_set(
			error, STATUS_INPUT, 0,
			CONFIG
			": root.path: longer than %d bytes, with the bundle's path if it is relative",
			PATH_LENGTH_MAX);
	return r < 0 ? error_memory(error) : 0;
}

static int read_root(struct bundle *bundle, const char *bundle_dir, struct error *error)
{
	struct json_object *root;
	const char *path;
	int r;

	r = json_get_object(bundle->document, CONFIG, "root", JSON_REQUIRED, error, &root);
	if (r < 0)
		return r;
	r = json_get_bool(root, CONFIG ": root", "readonly", JSON_OPTIONAL, error,
			  &bundle->root_readonly);
	if (r == 0)
		r = json_get_string(root, CONFIG ": root", "path", JSON_REQUIRED, error, &path);
	if (r != 0)
		return r;
	if (!*path)
		return error_set(error, STATUS_INPUT, 0, CONFIG ": root.path: is empty");
	return join_root(bundle_dir, path, error, &bundle->root_path);
}

static int read_user(struct json_object *process, struct bundle *bundle, struct error *error)
{
	static const char where[] = CONFIG ": process.user";
	struct json_object *user;
	int64_t uid, gid;
	int r;

	r = json_get_object(process, CONFIG ": process", "user", JSON_OPTIONAL, error, &user);
	if (r < 0 || !user)
		return r;
	r = json_get_int(user, where, "uid", JSON_OPTIONAL, 0, UINT32_MAX - 1, error, &uid);
	if (r == 0)
		r = json_get_int(user, where, "gid", JSON_OPTIONAL, 0, UINT32_MAX - 1, error, &gid);
	if (r != 0)
		return r;
	bundle->uid = (uid_t)uid;
	bundle->gid = (gid_t)gid;
	return 0;
}

/* An element of an array of strings. The runtime refuses elements of other types. */
static const char *string_at(struct json_object *array, size_t index)
{
	struct json_object *element = json_object_array_get_idx(array, index);

	return json_object_is_type(element, json_type_string) ? json_object_get_string(element)
							      : "";
}

/* Reads the program that the container starts with, and its search path. If a variable is set
 * twice, the later value counts, as in the runtimes. */
static int read_program(struct json_object *process, struct bundle *bundle, struct error *error)
{
	static const char name[] = "PATH=";
	struct json_object *args, *env;
	int r;

	r = json_get_array(process, CONFIG ": process", "args", JSON_OPTIONAL, error, &args);
	if (r == 0)
		r = json_get_array(process, CONFIG ": process", "env", JSON_OPTIONAL, error, &env);
	if (r != 0)
		return r;
	if (json_array_count(args) && *string_at(args, 0))
		bundle->program = string_at(args, 0);
	for (size_t i = 0; i < json_array_count(env); i++) {
		if (!strncmp(string_at(env, i), name, strlen(name)))
			bundle->search_path = string_at(env, i) + strlen(name);
	}
	return 0;
}

static int read_process(struct bundle *bundle, struct error *error)
{
	struct json_object *process;
	const char *cwd;
	int r;

	r = json_get_object(bundle->document, CONFIG, "process", JSON_OPTIONAL, error, &process);
	if (r < 0 || !process)
		return r;
	r = json_get_string(process, CONFIG ": process", "cwd", JSON_OPTIONAL, error, &cwd);
	if (r < 0)
		return r;
	if (cwd && *cwd != '/')
		return error_set(error, STATUS_INPUT, 0,
				 CONFIG ": process.cwd: '%" NAME_SHOWN "' is not an absolute path",
				 cwd);
	bundle->cwd = cwd;
	r = read_program(process, bundle, error);
	return r < 0 ? r : read_user(process, bundle, error);
}

static int read_id_mapping(struct json_object *line, const char *where, struct error *error,
			   void *data)
{
	struct id_map *map = data;
	int64_t container, host, size;
	int r;

	r = json_get_int(line, where, "containerID", JSON_REQUIRED, 0, UINT32_MAX, error,
			 &container);
	if (r == 0)
		r = json_get_int(line, where, "hostID", JSON_REQUIRED, 0, UINT32_MAX, error, &host);
	if (r == 0)
		r = json_get_int(line, where, "size", JSON_REQUIRED, 0, UINT32_MAX, error, &size);
	if (r != 0)
		return r;
	if (array_reserve(&map->lines, &map->capacity, map->count, sizeof(*map->lines)) < 0)
		return error_memory(error);
	map->lines[map->count++] = (struct id_mapping){
		.container = (uint32_t)container,
		.host = (uint32_t)host,
		.size = (uint32_t)size,
	};
	return 0;
}

static int read_namespace(struct json_object *object, const char *where, struct error *error,
			  void *data)
{
	struct bundle *bundle = data;
	const char *type;
	int r;

	r = json_get_string(object, where, "type", JSON_REQUIRED, error, &type);
	if (r < 0)
		return r;
	bundle->has_userns |= strcmp(type, "user") == 0;
	return 0;
}

static int read_device(struct json_object *object, const char *where, struct error *error,
		       void *data)
{
	struct bundle *bundle = data;
	const char *path;
	int r;

	r = json_get_string(object, where, "path", JSON_REQUIRED, error, &path);
	if (r < 0)
		return r;
	if (array_reserve(&bundle->devices, &bundle->devices_capacity, bundle->devices_count,
			  sizeof(*bundle->devices)) < 0)
		return error_memory(error);
	bundle->devices[bundle->devices_count++] = path;
	return 0;
}

static int read_linux(struct bundle *bundle, struct error *error)
{
	static const char where[] = CONFIG ": linux";
	struct json_object *object;
	int r;

	r = json_get_object(bundle->document, CONFIG, "linux", JSON_OPTIONAL, error, &object);
	if (r < 0 || !object)
		return r;
	r = json_get_string(object, where, "mountLabel", JSON_OPTIONAL, error,
			    &bundle->mount_label);
	if (r < 0)
		return r;
	if (bundle->mount_label && !*bundle->mount_label)
		bundle->mount_label = NULL;
	r = json_each_object(object, where, "uidMappings", ID_MAP_LINES_MAX, read_id_mapping,
			     &bundle->uids, error);
	if (r == 0)
		r = json_each_object(object, where, "gidMappings", ID_MAP_LINES_MAX,
				     read_id_mapping, &bundle->gids, error);
	if (r == 0)
		r = json_each_object(object, where, "devices", DEVICES_MAX, read_device, bundle,
				     error);
	if (r < 0)
		return r;
	return json_each_object(object, where, "namespaces", NAMESPACES_MAX, read_namespace, bundle,
				error);
}

/* Does an option, or one of several joined by commas, begin with this name and "="? The runtimes
 * pass tmpfs options to the kernel as they are. */
static bool sets(const char *text, const char *name)
{
	size_t length = strlen(name);

	for (; text; text = strchr(text, ',')) {
		text += *text == ',';
		if (!strncmp(text, name, length) && text[length] == '=')
			return true;
	}
	return false;
}

static unsigned given_by(const char *text)
{
	return (sets(text, "mode") ? GIVEN_MODE : 0U) | (sets(text, "uid") ? GIVEN_UID : 0U) |
	       (sets(text, "gid") ? GIVEN_GID : 0U);
}

static int read_mount_options(struct json_object *object, const char *where, struct error *error,
			      struct bundle_mount *mount)
{
	struct json_object *array;
	int r;

	r = json_get_array(object, where, "options", JSON_OPTIONAL, error, &array);
	if (r < 0)
		return r;
	for (size_t i = 0; i < json_array_count(array); i++) {
		const char *text = string_at(array, i);

		if (!strcmp(text, "ro") || !strcmp(text, "rro"))
			mount->is_readonly = true;
		else if (!strcmp(text, "rw"))
			mount->is_readonly = false;
		/* A bind mount ignores its type. */
		else if (!strcmp(text, "bind") || !strcmp(text, "rbind"))
			mount->is_tmpfs = false;
		mount->given |= given_by(text);
	}
	return 0;
}

static int read_mount(struct json_object *object, const char *where, struct error *error,
		      void *data)
{
	struct bundle *bundle = data;
	struct bundle_mount mount = {0};
	const char *type;
	int r;

	r = json_get_string(object, where, "destination", JSON_REQUIRED, error, &mount.destination);
	if (r == 0)
		r = json_get_string(object, where, "type", JSON_OPTIONAL, error, &type);
	if (r != 0)
		return r;
	mount.is_tmpfs = type && !strcmp(type, "tmpfs");
	r = read_mount_options(object, where, error, &mount);
	if (r < 0)
		return r;
	if (array_reserve(&bundle->mounts, &bundle->mounts_capacity, bundle->mounts_count,
			  sizeof(*bundle->mounts)) < 0)
		return error_memory(error);
	bundle->mounts[bundle->mounts_count++] = mount;
	return 0;
}

static int read_mounts(struct bundle *bundle, struct error *error)
{
	return json_each_object(bundle->document, CONFIG, "mounts", MOUNTS_MAX, read_mount, bundle,
				error);
}

static int read_hooks(struct bundle *bundle, struct error *error)
{
	static const char where[] = CONFIG ": hooks.createContainer";
	char hook_where[JSON_WHERE_MAX];
	struct json_object *hooks, *array, *hook;
	int r;

	r = json_get_object(bundle->document, CONFIG, "hooks", JSON_OPTIONAL, error, &hooks);
	if (r < 0 || !hooks)
		return r;
	r = json_get_array(hooks, CONFIG ": hooks", "createContainer", JSON_OPTIONAL, error,
			   &array);
	if (r < 0 || !json_array_count(array))
		return r;
	r = json_array_object(array, 0, where, error, hook_where, &hook);
	if (r < 0)
		return r;
	return json_get_string(hook, hook_where, "path", JSON_REQUIRED, error,
			       &bundle->create_container_hook);
}

static int read_annotations(struct bundle *bundle, struct error *error)
{
	struct json_object *object;
	int r;

	r = json_get_object(bundle->document, CONFIG, "annotations", JSON_OPTIONAL, error, &object);
	if (r < 0)
		return r;
	return annotations_read(object, CONFIG, error, &bundle->annotations);
}

int bundle_parse(const char *text, size_t length, const char *bundle_dir, struct error *error,
		 struct bundle *ret_bundle)
{
	static int (*const readers[])(struct bundle *, struct error *) = {
		read_process, read_linux, read_mounts, read_hooks, read_annotations,
	};
	AUTO_BUNDLE bundle = {0};
	int r;

	if (length > CONFIG_LENGTH_MAX)
		return error_set(error, STATUS_INPUT, 0, CONFIG ": longer than %d bytes",
				 CONFIG_LENGTH_MAX);
	r = json_parse(CONFIG, text, length, error, &bundle.document);
	if (r < 0)
		return r;
	r = read_root(&bundle, bundle_dir, error);
	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		r = readers[i](&bundle, error);
		if (r < 0)
			return r;
	}
	*ret_bundle = bundle;
	bundle = (struct bundle){0};
	return 0;
}
