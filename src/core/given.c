/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "given.h"

#include <string.h>

#include "path.h"

/* Is the target the root of an entire tmpfs that was made for this container, but not by the
 * hook? */
static bool may_be_given(const struct plan_facts *facts, const struct target *target)
{
	const struct mount_line *line = mounttab_find(facts->table, target->mount_id);

	return line && target->is_mount_root && line->id != facts->root_id && line->is_whole &&
	       line->is_private && strcmp(line->fstype, "tmpfs") == 0 && !mount_is_own(line);
}

bool given_is_needed(const struct policy *policy, const struct plan_facts *facts)
{
	if (policy->seeds_tmpfs)
		return true;
	for (size_t i = 0; i < policy->requests_count; i++) {
		const struct target *target = &facts->targets[i];

		/* The tmpfs may hide a symlink that leads to one of config.json's mounts or
		 * devices. */
		if (policy->requests[i].entry->seed == SEED_NONE)
			return true;
		if (may_be_given(facts, target))
			return true;
		/* The directory has to be made on a mount other than the root. */
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

		/* Of two mounts at the same place, the later one is on top. */
		if (!mount->err && path_is_below(path, mount->path) &&
		    strlen(mount->path) >= longest) {
			longest = strlen(mount->path);
			is_readonly = facts->bundle->mounts[i].is_readonly;
		}
	}
	return is_readonly;
}

const struct bundle_mount *given_tmpfs(const struct plan_facts *facts, const struct target *target)
{
	const struct bundle_mount *last = NULL;

	if (!facts->given || !may_be_given(facts, target))
		return NULL;
	for (size_t i = 0; i < facts->bundle->mounts_count; i++) {
		if (!facts->given[i].err && strcmp(facts->given[i].path, target->path) == 0)
			last = &facts->bundle->mounts[i];
	}
	return last && last->is_tmpfs ? last : NULL;
}

const char *given_device(const struct plan_facts *facts, const char *path)
{
	/* The path of a device that cannot be resolved is the part that could be. */
	for (size_t i = 0; facts->devices && i < facts->bundle->devices_count; i++) {
		if (path_is_below(facts->devices[i].path, path))
			return facts->bundle->devices[i];
	}
	return NULL;
}
