/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "subject.h"

#include <string.h>

/* Paths in this bundle are never opened. */
#define BUNDLE "/"

void subject_done(struct subject *subject)
{
	free_ptr(&subject->title);
	written_done(&subject->annotations);
	bundle_done(&subject->bundle);
}

void subject_add_mount(struct json_object *config, const char *destination, const char *type,
		       const char *source, const char *option)
{
	struct json_object *mounts = json_object_object_get(config, "mounts");
	struct json_object *mount = json_object_new_object();
	struct json_object *options = json_object_new_array();

	json_object_object_add(mount, "destination", json_object_new_string(destination));
	json_object_object_add(mount, "type", json_object_new_string(type));
	json_object_object_add(mount, "source", json_object_new_string(source));
	json_object_array_add(options, json_object_new_string(option));
	json_object_object_add(mount, "options", options);
	json_object_array_add(mounts, mount);
}

struct json_object *subject_config(void)
{
	static const struct {
		const char *destination;
		const char *type;
		const char *source;
	} mounts[] = {
		{"/proc", "proc", "proc"},
		{"/dev", "tmpfs", "tmpfs"},
		{"/dev/pts", "devpts", "devpts"},
		{"/dev/shm", "bind", "shm"},
		{"/dev/mqueue", "mqueue", "mqueue"},
		{"/sys", "sysfs", "sysfs"},
		{"/sys/fs/cgroup", "cgroup", "cgroup"},
	};
	struct json_object *config = json_object_new_object();
	struct json_object *root = json_object_new_object();

	json_object_object_add(root, "path", json_object_new_string("rootfs"));
	json_object_object_add(config, "root", root);
	json_object_object_add(config, "mounts", json_object_new_array());
	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++)
		subject_add_mount(config, mounts[i].destination, mounts[i].type, mounts[i].source,
				  "rw");
	return config;
}

int subject_set_config(struct subject *subject, struct json_object *config, struct error *error)
{
	const char *text = json_object_to_json_string_ext(config, JSON_C_TO_STRING_PLAIN);

	if (!text)
		return error_memory(error);
	bundle_done(&subject->bundle);
	return bundle_parse(text, strlen(text), BUNDLE, error, &subject->bundle);
}
