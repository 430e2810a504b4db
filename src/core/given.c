/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "given.h"

#include <string.h>

#include "path.h"

bool given_is_needed(const struct plan_facts *facts, size_t targets_count)
{
	for (size_t i = 0; i < targets_count; i++) {
		const struct target *target = &facts->targets[i];

		/* To be made on another mount than the root. */
		if (target->existing < strlen(target->path) && target->mount_id != facts->root_id)
			return true;
	}
	return false;
}

bool given_is_readonly(const struct plan_facts *facts, const char *path)
{
	size_t longest = 0;
	bool is_readonly = false;

	for (size_t i = 0; facts->given && i < facts->bundle->mounts_count; i++) {
		const struct target *mount = &facts->given[i];

		/* The later of two at one place is the upper one. */
		if (!mount->err && path_is_below(path, mount->path) &&
		    strlen(mount->path) >= longest) {
			longest = strlen(mount->path);
			is_readonly = facts->bundle->mounts[i].is_readonly;
		}
	}
	return is_readonly;
}
