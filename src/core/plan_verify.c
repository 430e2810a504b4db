/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan_verify.h"

#include <string.h>

#include "path.h"

struct verifier {
	const struct plan *plan;
	const struct mounttab *before;
	const struct mounttab *after;
	const struct mount_line *root; /* in the table from before */
	const struct mounted *mounted;
	struct error *error;
};

static int broken(const struct verifier *verifier, const char *path, const char *why)
{
	return error_set(verifier->error, STATUS_BUG, 0, "verify: %" NAME_SHOWN ": %s", path, why);
}

/* Is a line's mount point this path, as seen in the container? */
static bool is_at(const struct verifier *verifier, const struct mount_line *line, const char *path)
{
	const char *root = verifier->root->target;

	if (!path_is_below(line->target, root))
		return false;
	return strcmp(path_below(line->target, root), path + 1) == 0;
}

static int verify_tmpfs(const struct verifier *verifier, size_t index)
{
	const struct planned_tmpfs *tmpfs = &verifier->plan->tmpfs[index];
	const struct mount_line *line = mounttab_find(verifier->after, verifier->mounted[index].id);
	uint64_t parent = tmpfs->inside == PLAN_NOWHERE ? tmpfs->mount_id
							: verifier->mounted[tmpfs->inside].id;

	if (!line)
		return broken(verifier, tmpfs->path, "its tmpfs is not in the mount table");
	if (!is_at(verifier, line, tmpfs->path) || line->parent != parent)
		return broken(verifier, tmpfs->path, "its tmpfs is mounted somewhere else");
	if (strcmp(line->fstype, verifier->mounted[index].is_overlay ? "overlay" : "tmpfs") != 0 ||
	    !line->source || strcmp(line->source, MOUNT_SOURCE) != 0)
		return broken(verifier, tmpfs->path, "its mount is of another type or source");
	if (line->flags != tmpfs->entry->flags)
		return broken(verifier, tmpfs->path, "its mount has other flags");
	if (line->is_shared)
		return broken(verifier, tmpfs->path, "its mount is shared");
	if (mounttab_is_covered(verifier->after, line))
		return broken(verifier, tmpfs->path, "something is mounted over its tmpfs");
	return 0;
}

static int verify_fill(const struct verifier *verifier, const struct planned_fill *fill)
{
	const struct mount_line *line = mounttab_find(verifier->after, fill->id);

	if (!line)
		return broken(verifier, fill->path, "its tmpfs is not in the mount table");
	if (mounttab_is_covered(verifier->after, line))
		return broken(verifier, fill->path, "something is mounted over its tmpfs");
	return 0;
}

static const struct planned_move *find_move(const struct plan *plan, uint64_t id)
{
	for (size_t i = 0; i < plan->moves_count; i++) {
		if (plan->moves[i].id == id)
			return &plan->moves[i];
	}
	return NULL;
}

/* Checks that an earlier mount still exists, with no unplanned changes. */
static int verify_old(const struct verifier *verifier, const struct mount_line *old)
{
	const struct mount_line *line = mounttab_find(verifier->after, old->id);
	const struct planned_move *move = find_move(verifier->plan, old->id);
	uint64_t parent = move ? verifier->mounted[move->onto].id : old->parent;
	unsigned flags = old->flags;

	if (old == verifier->root && verifier->plan->root_readonly)
		flags |= FLAG_RO;
	if (!line)
		return broken(verifier, old->target, "its mount is gone");
	if (line->parent != parent || strcmp(line->target, old->target) != 0)
		return broken(verifier, old->target, "its mount is somewhere else");
	if (line->flags != flags)
		return broken(verifier, old->target,
			      old == verifier->root ? "the root has other flags"
						    : "its flags changed");
	return 0;
}

/* Was the mount hidden before? Another mount covered it or a directory above it, or its mount point
 * was deleted. */
static bool was_hidden(const struct mounttab *table, const struct mount_line *old)
{
	if (mounttab_is_covered(table, old) || strstr(old->target, "//deleted"))
		return true;
	for (size_t i = 0; i < table->count; i++) {
		if (&table->lines[i] != old && table->lines[i].parent == old->parent &&
		    path_is_below(old->target, table->lines[i].target))
			return true;
	}
	return false;
}

/* Is the rest of a path, without its leading slash, equal to dir or below it? */
static bool is_in(const char *rest, const char *dir)
{
	size_t length = strlen(dir) - 1;

	return strncmp(rest, dir + 1, length) == 0 && (!rest[length] || rest[length] == '/');
}

/*
 * Does a tmpfs hide a mount that should have been moved onto it? Another user of a volume can
 * rename the mount's directory away while the hook looks for the mount, and back before the tmpfs
 * is attached.
 */
static bool is_buried(const struct verifier *verifier, const struct mount_line *old)
{
	for (size_t i = 0; i < verifier->plan->tmpfs_count; i++) {
		const struct planned_tmpfs *tmpfs = &verifier->plan->tmpfs[i];
		const char *root = verifier->root->target;
		const struct mount_line *line;

		/* Most mounts are not on the mount below the tmpfs: no lookup is needed. */
		if (tmpfs->inside != PLAN_NOWHERE || old->parent != tmpfs->mount_id)
			continue;
		line = mounttab_find(verifier->after, old->id);
		if (line && line->parent == tmpfs->mount_id && path_is_below(line->target, root) &&
		    is_in(path_below(line->target, root), tmpfs->path) &&
		    !was_hidden(verifier->before, old))
			return true;
	}
	return false;
}

static bool is_expected(const struct verifier *verifier, uint64_t id)
{
	for (size_t i = 0; i < verifier->plan->tmpfs_count; i++) {
		if (verifier->mounted[i].id == id)
			return true;
	}
	return mounttab_find(verifier->before, id) != NULL;
}

/*
 * Does the hook check this mount? It ignores mounts elsewhere in the namespace, and those that the
 * host mounts and unmounts at any time below a volume that is the host's slave. It does check the
 * volume itself.
 */
static bool concerns(const struct verifier *verifier, const struct mounttab *table,
		     const struct mount_line *line)
{
	const struct mount_line *above = mounttab_find(table, line->parent);

	if (!path_is_below(line->target, verifier->root->target))
		return false;
	/* Bounded, although a mount table has no loops. */
	for (size_t i = 0; above && above->id != verifier->root->id && i < table->count; i++) {
		if (above->is_slave && path_is_below(above->target, verifier->root->target) &&
		    strcmp(above->target, verifier->root->target) != 0)
			return false;
		above = mounttab_find(table, above->parent);
	}
	return true;
}

int plan_verify(const struct plan *plan, const struct mounttab *before,
		const struct mounttab *after, uint64_t root_id, const struct mounted mounted[],
		struct error *error)
{
	struct verifier verifier = {
		.plan = plan,
		.before = before,
		.after = after,
		.root = mounttab_find(before, root_id),
		.mounted = mounted,
		.error = error,
	};
	int r;

	if (!verifier.root)
		return broken(&verifier, "/", "the root was not in the mount table");
	for (size_t i = 0; i < plan->tmpfs_count; i++) {
		r = verify_tmpfs(&verifier, i);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < plan->fills_count; i++) {
		r = verify_fill(&verifier, &plan->fills[i]);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < before->count; i++) {
		const struct mount_line *old = &before->lines[i];

		/* A moved mount is no longer on a slave. */
		r = concerns(&verifier, before, old) || find_move(plan, old->id)
			    ? verify_old(&verifier, old)
			    : 0;
		if (r < 0)
			return r;
		if (is_buried(&verifier, old))
			return broken(&verifier, old->target, "a tmpfs hides its mount");
	}
	for (size_t i = 0; i < after->count; i++) {
		if (concerns(&verifier, after, &after->lines[i]) &&
		    !is_expected(&verifier, after->lines[i].id))
			return broken(&verifier, after->lines[i].target,
				      "there is a mount that was not asked for");
	}
	return 0;
}
