/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bundle's config.json: what the hook needs of it. */
#ifndef ORH_CORE_BUNDLE_H
#define ORH_CORE_BUNDLE_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "annotations.h"
#include "error.h"

#define CONFIG_LENGTH_MAX (16 * 1024 * 1024)

/* One line of linux.uidMappings or gidMappings. */
struct id_mapping {
	uint32_t container;
	uint32_t host;
	uint32_t size;
};

struct id_map {
	struct id_mapping *lines;
	size_t count;
	size_t capacity;
};

/* Is id, as the container sees it, mapped? A map without lines maps everything: no user namespace
 * of its own. */
bool id_map_has(const struct id_map *map, uint32_t id);

/* One of config.json's mounts. */
struct bundle_mount {
	const char *destination; /* as it is written */
	bool is_tmpfs;		 /* of type tmpfs, and not bound */
	bool is_readonly;	 /* by the last of "ro", "rro" and "rw" */
};

struct bundle {
	struct json_object *document; /* owns the strings below */
	char *root_path; /* absolute: a relative root.path is below the bundle; owned */
	bool root_readonly;
	const char *cwd;	 /* process.cwd, absolute; NULL if there is not a process */
	const char *program;	 /* process.args[0]; NULL if there is none */
	const char *search_path; /* the value of PATH in process.env; NULL if it has none */
	uid_t uid;		 /* process.user, as the container sees it */
	gid_t gid;
	const char *mount_label; /* linux.mountLabel, NULL or never empty */
	struct id_map uids;
	struct id_map gids;
	bool has_userns;	     /* linux.namespaces has one of type "user" */
	struct bundle_mount *mounts; /* owned */
	size_t mounts_count;
	size_t mounts_capacity;
	const char **devices; /* paths of linux.devices, as written; the array is owned */
	size_t devices_count;
	size_t devices_capacity;
	const char *create_container_hook; /* the path of the first hook of that stage, NULL if
					      there is none */
	struct annotations annotations;
};

void bundle_done(struct bundle *bundle);

#define AUTO_BUNDLE CLEANUP(bundle_done) struct bundle

/*
 * Parses config.json. bundle_dir is absolute. Required: root.path. Whatever the hook reads must be
 * of the type that OCI says. Errors have STATUS_INPUT and begin with "config.json".
 */
int bundle_parse(const char *text, size_t length, const char *bundle_dir, struct error *error,
		 struct bundle *ret_bundle);

#endif
