/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Simulates a container that does not exist yet, as the facts for a plan: config.json's mounts
 * replace the mount table. A directory replaces the image, if the image is known. */
#ifndef ORH_TOOL_SCENE_H
#define ORH_TOOL_SCENE_H

#include <stdint.h>

#include "core/memory.h"
#include "core/plan.h"
#include "linux/rootfs.h"

struct scene {
	struct mounttab table;
	struct target *targets;
	size_t targets_count;
	struct target *given; /* the targets of config.json's mounts */
	size_t given_count;
	struct target *devices; /* the targets of its devices */
	size_t devices_count;
	struct target cwd;
	struct plan_facts facts; /* the same facts, as input of plan_make() */
};

void scene_done(struct scene *scene);

#define AUTO_SCENE CLEANUP(scene_done) struct scene

/*
 * Makes the scene. image is the image's directory; NULL if it is unknown: then every path exists,
 * and is used as written. bundle and policy must outlive the scene. Errors: those of
 * resolve_path().
 */
int scene_make(const struct bundle *bundle, const struct policy *policy, const struct rootfs *image,
	       uint64_t total_memory, struct error *error, struct scene *ret_scene);

#endif
