/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A container that does not exist yet, as the facts that a plan is made of: config.json's mounts
 * stand for its mount table, and a directory for its image, or nothing if that is not known.
 */
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
	struct target *given; /* where config.json's mounts are */
	size_t given_count;
	struct target *devices; /* and its devices */
	size_t devices_count;
	struct target cwd;
	struct plan_facts facts; /* the same, as plan_make() takes it */
};

void scene_done(struct scene *scene);

#define AUTO_SCENE CLEANUP(scene_done) struct scene

/*
 * Puts it together. image is the image's directory; NULL if it is not known: then every path is
 * taken as it is written, and exists. bundle and policy must outlive the scene. Errors: those of
 * resolve_path().
 */
int scene_make(const struct bundle *bundle, const struct policy *policy, const struct rootfs *image,
	       uint64_t total_memory, struct error *error, struct scene *ret_scene);

#endif
