/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scene.h"

#include <errno.h>
#include <string.h>

#include "core/json.h"
#include "core/path.h"
#include "linux/resolve.h"

#define ROOT_ID 1

/* The limit is needed because each mount is compared with each. A container has a few dozen. */
#define SCENE_MOUNTS_MAX 4096

void scene_done(struct scene *scene)
{
	mounttab_done(&scene->table);
	for (size_t i = 0; i < scene->targets_count; i++)
		target_done(&scene->targets[i]);
	for (size_t i = 0; i < scene->given_count; i++)
		target_done(&scene->given[i]);
	for (size_t i = 0; i < scene->devices_count; i++)
		target_done(&scene->devices[i]);
	target_done(&scene->cwd);
	free(scene->targets);
	free(scene->given);
	free(scene->devices);
	*scene = (struct scene){0};
}

/* Returns the path in normal form: what it resolves to if no component is a symlink. */
static char *lexical(const char *path)
{
	char *text = malloc(strlen(path) + 2);
	const char *name;
	size_t length;
	size_t used = 1;

	if (!text)
		return NULL;
	memcpy(text, "/", sizeof("/"));
	while ((name = path_next(&path, &length))) {
		if (length == 1 && *name == '.')
			continue;
		if (length == 2 && !memcmp(name, "..", 2)) {
			path_cut(text);
			used = strlen(text);
			continue;
		}
		if (used > 1)
			text[used++] = '/';
		memcpy(text + used, name, length);
		used += length;
		text[used] = '\0';
	}
	return text;
}

/* Returns the topmost mount that contains a path: a later mount on the same path hides an earlier
 * one. */
static const struct mount_line *mount_of(const struct mounttab *table, const char *path)
{
	const struct mount_line *found = &table->lines[0];

	for (size_t i = 1; i < table->count; i++) {
		const struct mount_line *line = &table->lines[i];

		if (path_is_below(path, line->target) &&
		    strlen(line->target) >= strlen(found->target))
			found = line;
	}
	return found;
}

/* Returns the length of the part of a path that the runtime creates as mount points. */
static size_t made_for_mounts(const struct mounttab *table, const char *path)
{
	size_t most = 0;

	for (size_t i = 0; i < table->count; i++) {
		const char *target = table->lines[i].target;
		size_t same = 0;

		for (size_t k = 1; path[k - 1] && path[k - 1] == target[k - 1]; k++) {
			bool is_end =
				(!path[k] || path[k] == '/') && (!target[k] || target[k] == '/');

			if (is_end)
				same = k;
		}
		most = same > most ? same : most;
	}
	return most;
}

/* The container does not see what the image has below a mount. */
static bool is_hidden(const struct mounttab *table, const struct target *target)
{
	const struct mount_line *line = mount_of(table, target->path);

	return line->id != ROOT_ID && strcmp(line->target, target->path) != 0;
}

static int find_target(const struct mounttab *table, struct resolver *resolver, const char *path,
		       enum resolve_end end, struct error *error, struct target *ret_target)
{
	CLEANUP(target_done) struct target target = {0};
	const struct mount_line *line;
	size_t made;
	int r;

	if (resolver->rootfs) {
		r = resolve_path(resolver, path, end, error, &target);
		if (r < 0)
			return r;
	}
	if (!target.path || (target.err && is_hidden(table, &target))) {
		target_done(&target);
		target.path = lexical(path);
		if (!target.path)
			return error_memory(error);
		target.existing = strlen(target.path);
	}
	line = mount_of(table, target.path);
	made = line->id == ROOT_ID ? made_for_mounts(table, target.path) : strlen(target.path);
	if (target.existing < made)
		target.existing = made;
	target.mount_id = line->id;
	target.is_mount_root = !target.err && strcmp(line->target, target.path) == 0;
	*ret_target = target;
	target = (struct target){0};
	return 0;
}

/* Returns a member of one of config.json's mounts. */
static const char *mount_member(struct json_object *mount, const char *key, const char *otherwise)
{
	struct json_object *value = json_object_object_get(mount, key);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value)
							    : otherwise;
}

static int add_mounts(struct scene *scene, struct resolver *resolver, const struct bundle *bundle,
		      struct error *error)
{
	struct json_object *mounts = json_object_object_get(bundle->document, "mounts");

	if (bundle->mounts_count > SCENE_MOUNTS_MAX)
		return error_set(error, STATUS_INPUT, 0, "config.json: mounts: %zu; check reads %d",
				 bundle->mounts_count, SCENE_MOUNTS_MAX);
	scene->given = calloc(bundle->mounts_count + 1, sizeof(*scene->given));
	if (!scene->given)
		return error_memory(error);
	for (size_t i = 0; i < bundle->mounts_count; i++) {
		const struct bundle_mount *given = &bundle->mounts[i];
		struct json_object *mount = json_object_array_get_idx(mounts, i);
		struct target *target = &scene->given[i];
		int r = find_target(&scene->table, resolver, given->destination, RESOLVE_ANYTHING,
				    error, target);
		struct mount_line line = {
			.id = ROOT_ID + 1 + i,
			.parent = target->mount_id,
			.target = target->path,
			/* Both strings are copied. */
			.fstype = (char *)(uintptr_t)mount_member(mount, "type", "bind"),
			.source = (char *)(uintptr_t)mount_member(mount, "source", NULL),
			/* The runtimes set the flag of a tmpfs after the hook. */
			.flags = given->is_readonly && !given->is_tmpfs ? FLAG_RO : 0,
			/* The tmpfs will be created for this container. */
			.is_whole = given->is_tmpfs,
			.is_private = given->is_tmpfs,
		};

		if (r < 0)
			return r;
		scene->given_count++;
		if (mounttab_add(&scene->table, &line) < 0)
			return error_memory(error);
	}
	return 0;
}

/* The mounts' places were those to mount on; now that all mounts are there, they lead to mounts. */
static void see_mounts(struct scene *scene)
{
	for (size_t i = 0; i < scene->given_count; i++) {
		struct target *target = &scene->given[i];
		const struct mount_line *line = mount_of(&scene->table, target->path);

		target->mount_id = line->id;
		/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): each has a path */
		target->is_mount_root = !target->err && strcmp(line->target, target->path) == 0;
	}
}

static int add_devices(struct scene *scene, struct resolver *resolver, const struct bundle *bundle,
		       struct error *error)
{
	scene->devices = calloc(bundle->devices_count + 1, sizeof(*scene->devices));
	if (!scene->devices)
		return error_memory(error);
	for (size_t i = 0; i < bundle->devices_count; i++) {
		int r = find_target(&scene->table, resolver, bundle->devices[i], RESOLVE_ANYTHING,
				    error, &scene->devices[i]);

		if (r < 0)
			return r;
		scene->devices_count++;
	}
	return 0;
}

static int add_targets(struct scene *scene, struct resolver *resolver, const struct policy *policy,
		       struct error *error)
{
	scene->targets = calloc(policy->requests_count + 1, sizeof(*scene->targets));
	if (!scene->targets)
		return error_memory(error);
	for (size_t i = 0; i < policy->requests_count; i++) {
		int r = find_target(&scene->table, resolver, policy->requests[i].entry->path,
				    RESOLVE_DIRECTORY, error, &scene->targets[i]);

		if (r < 0)
			return request_error(&policy->requests[i], error);
		scene->targets_count++;
	}
	return 0;
}

int scene_make(const struct bundle *bundle, const struct policy *policy, const struct rootfs *image,
	       uint64_t total_memory, struct error *error, struct scene *ret_scene)
{
	static char target[] = "/";
	static char fstype[] = "overlay";
	static const struct mount_line root = {.id = ROOT_ID, .target = target, .fstype = fstype};
	AUTO_SCENE scene = {0};
	struct resolver resolver = {.rootfs = image};
	int r;

	r = mounttab_add(&scene.table, &root) < 0 ? error_memory(error) : 0;
	if (r == 0)
		r = add_mounts(&scene, &resolver, bundle, error);
	if (r == 0) {
		see_mounts(&scene);
		r = add_devices(&scene, &resolver, bundle, error);
	}
	if (r == 0)
		r = add_targets(&scene, &resolver, policy, error);
	if (r == 0 && bundle->cwd)
		r = find_target(&scene.table, &resolver, bundle->cwd, RESOLVE_DIRECTORY, error,
				&scene.cwd);
	if (r < 0)
		return r;
	*ret_scene = scene;
	scene = (struct scene){0};
	ret_scene->facts = (struct plan_facts){
		.table = &ret_scene->table,
		.root_id = ROOT_ID,
		.targets = ret_scene->targets,
		.cwd = ret_scene->cwd.path && !ret_scene->cwd.err ? &ret_scene->cwd : NULL,
		.given = ret_scene->given,
		.devices = ret_scene->devices,
		.bundle = bundle,
		.total_memory = total_memory,
	};
	return 0;
}
