/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan_judge.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "given.h"
#include "path.h"

/* "it", or "it resolves to /run, which" if the path as written differs from the resolved one. */
static const char *resolved_name(const struct request *request, const struct target *target,
				 char buffer[static 256])
{
	if (strcmp(request->entry->path, target->path) == 0)
		return "it";
	snprintf(buffer, 256, "it resolves to %" NAME_SHOWN ", which", target->path);
	return buffer;
}

/* Handles two entries for the same directory. An annotation's entry or an earlier default overrides
 * a default. Two entries of annotations are an error. */
static int judge_twin(const struct maker *maker, size_t number, enum fate otherwise)
{
	const struct request *request = &maker->policy->requests[number];
	const struct target *targets = maker->facts->targets;
	char place[PLACE_MAX];

	for (size_t i = 0; i < number; i++) {
		if ((maker->plan->fates[i] != FATE_TMPFS && maker->plan->fates[i] != FATE_DONE) ||
		    strcmp(targets[i].path, targets[number].path) != 0)
			continue;
		/* Requests of annotations precede defaults in the policy. */
		if (request->origin == FROM_OPTIONS)
			return FATE_TWIN;
		error_set(maker->error, STATUS_PATH, 0,
			  "%" NAME_SHOWN "%s: it resolves to %" NAME_SHOWN
			  ", and so does %" NAME_SHOWN ": leave one of the two out",
			  request->entry->path, maker_in_list(request, place), targets[number].path,
			  maker->policy->requests[i].entry->path);
		maker->error->offset = request->entry->offset;
		return -EINVAL;
	}
	return (int)otherwise;
}

/* Replaces the engine's tmpfs, unless something is to be added to it after the hook. */
static int judge_replaced(const struct maker *maker, const struct request *request,
			  const struct target *target, const struct bundle_mount *given)
{
	const char *device = given_device(maker->facts, target->path);
	char buffer[256];

	if (given->is_readonly)
		return error_set(
			maker->error, STATUS_PATH, 0,
			"%" NAME_SHOWN
			": %s is a tmpfs that the engine makes read-only (ro): remove the path from the list, or that tmpfs from the container",
			request->entry->path, resolved_name(request, target, buffer));
	if (device)
		return error_set(maker->error, STATUS_PATH, 0,
				 "%" NAME_SHOWN
				 ": %s is a tmpfs that the engine puts the device %" NAME_SHOWN
				 " on: remove one of the two from the container",
				 request->entry->path, resolved_name(request, target, buffer),
				 device);
	return FATE_TMPFS;
}

/* Handles a path that is the root of a mount: one from an earlier run of the hook, or one that the
 * container was created with. */
static int judge_mount(const struct maker *maker, const struct request *request,
		       const struct target *target, const struct mount_line *line)
{
	const struct bundle_mount *given;
	char buffer[256];

	if (mount_is_own(line) && line->flags == request->entry->flags)
		return FATE_DONE;
	if (request->origin == FROM_OPTIONS)
		return FATE_YIELDED;
	if (mount_is_own(line))
		return error_set(
			maker->error, STATUS_PATH, 0,
			"%" NAME_SHOWN
			": %s is the hook's mount of an earlier run, but with other flags: the requests of the two runs differ",
			request->entry->path, resolved_name(request, target, buffer));
	given = given_tmpfs(maker->facts, target);
	if (given)
		return judge_replaced(maker, request, target, given);
	return error_set(maker->error, STATUS_PATH, 0,
			 "%" NAME_SHOWN
			 ": %s is already a mount of the container (%s from %" NAME_SHOWN
			 "): remove the path from the list, or that mount from the container",
			 request->entry->path, resolved_name(request, target, buffer), line->fstype,
			 line->source ? line->source : "none");
}

static int on_kernel_filesystem(const struct maker *maker, const struct request *request,
				const struct target *target, const struct mount_line *kernel)
{
	char buffer[256];

	return error_set(maker->error, STATUS_PATH, 0,
			 "%" NAME_SHOWN ": %s is on a kernel filesystem (%s)", request->entry->path,
			 resolved_name(request, target, buffer), kernel->fstype);
}

/* The pseudo filesystem that a mount is on, directly or through other mounts; NULL if there is
 * none. */
static const struct mount_line *kernel_below(const struct maker *maker,
					     const struct mount_line *line)
{
	const struct mounttab *table = maker->facts->table;

	/* Bounded, although a mount table has no loops. */
	for (size_t i = 0; line->id != maker->facts->root_id && i < table->count; i++) {
		if (fstype_is_kernel(line->fstype))
			return line;
		line = mounttab_find(table, line->parent);
		if (!line)
			return NULL;
	}
	return NULL;
}

/* Is a target on a volume, or on another mount that the container was given? A target on a tmpfs of
 * this plan is not. */
static bool on_given_mount(const struct maker *maker, const struct target *target,
			   const struct mount_line *line)
{
	const struct plan *plan = maker->plan;

	if (target->mount_id == maker->facts->root_id || mount_is_own(line))
		return false;
	for (size_t i = 0; i < plan->tmpfs_count; i++) {
		if (plan->tmpfs[i].mount_id == target->mount_id &&
		    path_is_below(target->path, plan->tmpfs[i].path))
			return false;
	}
	return true;
}

/* The path of a mount as the container will see it. The table has the paths from before the change
 * of root. */
static const char *seen_inside(const struct maker *maker, const struct mount_line *line,
			       char buffer[static 256])
{
	const struct mount_line *root = mounttab_find(maker->facts->table, maker->facts->root_id);

	if (!root || !path_is_below(line->target, root->target))
		return line->target;
	snprintf(buffer, 256, "/%" NAME_SHOWN, path_below(line->target, root->target));
	return buffer;
}

/* Handles a path that does not lead to a directory, or cannot be resolved. */
static int not_resolved(const struct maker *maker, const struct request *request,
			const struct target *target)
{
	const char *path = request->entry->path;
	char buffer[256];

	if (target->err == ENOTDIR)
		return error_set(maker->error, STATUS_PATH, 0,
				 "%" NAME_SHOWN ": %s is a file; name its directory", path,
				 resolved_name(request, target, buffer));
	if (target->err == ELOOP)
		return error_set(maker->error, STATUS_PATH, ELOOP,
				 "%" NAME_SHOWN
				 ": more than 40 symlinks, or a directory that changed meanwhile",
				 path);
	return error_set(maker->error, STATUS_PATH, target->err,
			 "%" NAME_SHOWN ": cannot be followed at %" NAME_SHOWN, path, target->path);
}

/* May a default yield to the mount that its path leads into? A failure to resolve it must be
 * permanent: access is denied, the server is gone, or a file is mounted there. */
static bool may_yield(const struct target *target)
{
	if (target->is_mount_root)
		return false;
	return !target->err || target->err == EACCES || target->err == ENOTCONN ||
	       target->err == ENOTDIR;
}

/* Refuses paths that a tmpfs must not replace, whatever is mounted there. */
static int judge_path(const struct maker *maker, const struct request *request,
		      const struct target *target)
{
	bool may_be_mount = request->origin == FROM_OPTIONS && target->is_mount_root;
	const char *path = request->entry->path;
	char buffer[256];

	if (target->err)
		return 0;
	if (strcmp(target->path, "/") == 0)
		return error_set(maker->error, STATUS_PATH, 0,
				 "%" NAME_SHOWN ": it resolves to the root directory", path);
	if (strcmp(target->path, "/dev") == 0)
		return error_set(maker->error, STATUS_PATH, 0,
				 "%" NAME_SHOWN ": %s is the container's device directory", path,
				 resolved_name(request, target, buffer));
	if (strcmp(target->path, "/dev/shm") == 0 && !may_be_mount)
		return error_set(maker->error, STATUS_PATH, 0,
				 "%" NAME_SHOWN ": %s is the container's shared memory", path,
				 resolved_name(request, target, buffer));
	return 0;
}

/* May something be mounted there? */
static int judge_place(const struct maker *maker, const struct request *request,
		       const struct target *target, const struct mount_line *line)
{
	const struct mount_line *kernel = kernel_below(maker, line);
	const char *path = request->entry->path;
	char buffer[256], place[256];

	if (kernel)
		return on_kernel_filesystem(maker, request, target, kernel);
	if (line->is_shared)
		return error_set(
			maker->error, STATUS_PATH, 0,
			"%" NAME_SHOWN ": %s is on a mount with shared propagation (%" NAME_SHOWN
			"): the host would see what is mounted there; it must be slave or private",
			path, resolved_name(request, target, buffer),
			seen_inside(maker, line, place));
	/* crun sets "ro" after its hooks: until then, the hook could make a directory there. */
	if (target->existing < strlen(target->path) && target->mount_id != maker->facts->root_id &&
	    given_is_readonly(maker->facts, target->path))
		return error_set(maker->error, STATUS_PATH, EROFS,
				 "%" NAME_SHOWN
				 ": the image has no such directory, and it cannot be created",
				 path);
	return FATE_TMPFS;
}

static int judge_target(const struct maker *maker, const struct request *request,
			const struct target *target)
{
	const struct mount_line *line = mounttab_find(maker->facts->table, target->mount_id);
	int r = judge_path(maker, request, target);

	if (r < 0)
		return r;
	if (!line)
		return error_set(maker->error, STATUS_BUG, 0,
				 "%" NAME_SHOWN
				 ": its mount (number %llu) is not in the container's mount table",
				 request->entry->path, (unsigned long long)target->mount_id);
	if (fstype_is_kernel(line->fstype))
		return on_kernel_filesystem(maker, request, target, line);
	if (request->origin == FROM_OPTIONS && may_yield(target) &&
	    on_given_mount(maker, target, line))
		return FATE_YIELDED;
	if (target->err)
		return not_resolved(maker, request, target);
	if (target->is_mount_root && target->mount_id != maker->facts->root_id) {
		int fate = judge_mount(maker, request, target, line);

		if (fate != FATE_TMPFS)
			return fate;
	}
	return judge_place(maker, request, target, line);
}

int judge_request(const struct maker *maker, size_t number)
{
	const struct request *request = &maker->policy->requests[number];
	const struct target *target = &maker->facts->targets[number];
	int fate = judge_target(maker, request, target);
	int r = 0;

	/* Also checked for mounts of an earlier run, which may have had other options. */
	if (fate >= 0 && request->origin == FROM_ANNOTATION)
		r = policy_allows_path(maker->options, request->entry, target->path, maker->error);
	if (r < 0)
		return r;
	if (fate < 0)
		return fate;
	return judge_twin(maker, number, (enum fate)fate);
}

/* The tmpfs that starts empty and hides one of the symlinks that lead to a target; NULL if there is
 * none. */
static const struct planned_tmpfs *find_hiding(const struct maker *maker,
					       const struct target *target)
{
	for (size_t i = 0; i < target->links_count; i++) {
		const char *link = target->links[i];
		size_t number = maker_innermost(maker, link, PLAN_NOWHERE);
		const struct planned_tmpfs *tmpfs;

		if (number == PLAN_NOWHERE)
			continue;
		tmpfs = &maker->plan->tmpfs[number];
		/* A symlink on a mount that is kept is not hidden. */
		if (tmpfs->entry->seed == SEED_NONE &&
		    !maker_mount_between(maker, link, tmpfs->path, 0))
			return tmpfs;
	}
	return NULL;
}

/* Checks the links of the entries themselves. */
static int judge_entry_links(const struct maker *maker)
{
	const struct plan *plan = maker->plan;

	for (size_t i = 0; i < plan->tmpfs_count; i++) {
		const struct planned_tmpfs *tmpfs = &plan->tmpfs[i];
		const struct planned_tmpfs *hiding =
			find_hiding(maker, &maker->facts->targets[tmpfs->request]);

		if (!hiding)
			continue;
		error_set(maker->error, STATUS_PATH, 0,
			  "%" NAME_SHOWN ": it resolves to %" NAME_SHOWN
			  " through a link that %" NAME_SHOWN
			  " hides, because it starts empty (seed=none): write %" NAME_SHOWN
			  " instead",
			  tmpfs->entry->path, tmpfs->path, hiding->entry->path, tmpfs->path);
		return request_error(&maker->policy->requests[tmpfs->request], maker->error);
	}
	return 0;
}

int judge_links(const struct maker *maker)
{
	const struct bundle *bundle = maker->facts->bundle;
	int r = judge_entry_links(maker);

	for (size_t i = 0; r == 0 && maker->facts->given && i < bundle->mounts_count; i++) {
		const struct planned_tmpfs *hiding = find_hiding(maker, &maker->facts->given[i]);

		if (!hiding)
			continue;
		error_set(
			maker->error, STATUS_PATH, 0,
			"%" NAME_SHOWN
			": it starts empty (seed=none), and hides a link that leads to the mount at %" NAME_SHOWN
			": let it start with the image's files",
			hiding->entry->path, bundle->mounts[i].destination);
		r = request_error(&maker->policy->requests[hiding->request], maker->error);
	}
	return r;
}
