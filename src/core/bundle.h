/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the bundle's config.json that the hook needs. */
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

/* Is id, as seen in the container, mapped? An empty map maps everything: the container does not
 * have a separate user namespace. */
bool id_map_has(const struct id_map *map, uint32_t id);

/* One of config.json's mounts. */
struct bundle_mount {
	const char *destination; /* as written */
	bool is_tmpfs;		 /* of type tmpfs, and not a bind mount */
	bool is_readonly;	 /* set by the last of "ro", "rro" and "rw" */
	unsigned given; /* of a tmpfs: which of GIVEN_MODE, GIVEN_UID and GIVEN_GID its options set
			 */
};

struct bundle {
	struct json_object *document; /* owns the strings below */
	char *root_path; /* absolute; a relative root.path is resolved against the bundle; owned */
	bool root_readonly;
	const char *cwd;	 /* process.cwd, absolute, or NULL */
	const char *program;	 /* process.args[0], or NULL */
	const char *search_path; /* the value of PATH in process.env, or NULL */
	uid_t uid;		 /* process.user, as seen in the container */
	gid_t gid;
	const char *mount_label; /* linux.mountLabel; NULL if missing or empty */
	struct id_map uids;
	struct id_map gids;
	bool has_userns;	     /* linux.namespaces lists one of type "user" */
	struct bundle_mount *mounts; /* owned */
	size_t mounts_count;
	size_t mounts_capacity;
	const char **devices; /* paths of linux.devices, as written; the array is owned */
	size_t devices_count;
	size_t devices_capacity;
	const char *create_container_hook; /* the path of the first createContainer hook, or NULL */
	struct annotations annotations;
};

void bundle_done(struct bundle *bundle);

#define AUTO_BUNDLE CLEANUP(bundle_done) struct bundle

/*
 * Parses config.json. bundle_dir is absolute. root.path is required. Every member that the hook
 * reads must have the type that the OCI specification gives. Errors have STATUS_INPUT and begin
 * with "config.json".
 */
int bundle_parse(const char *text, size_t length, const char *bundle_dir, struct error *error,
		 struct bundle *ret_bundle);

#endif
