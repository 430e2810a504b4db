/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>

#include "core/given.h"
#include "core/path.h"
#include "entrypoint.h"
#include "libmount.h"
#include "resolve.h"

/* The number of mounts that one listmount call returns. */
#define LIST_AT_ONCE 128

void facts_done(struct facts *facts)
{
	close_fd(&facts->rootfs.fd);
	mounttab_done(&facts->table);
	for (size_t i = 0; i < facts->targets_count; i++)
		target_done(&facts->targets[i]);
	for (size_t i = 0; i < facts->given_count; i++)
		target_done(&facts->given[i]);
	for (size_t i = 0; i < facts->devices_count; i++)
		target_done(&facts->devices[i]);
	target_done(&facts->cwd);
	target_done(&facts->program);
	free(facts->targets);
	free(facts->given);
	free(facts->devices);
	*facts = (struct facts){.rootfs = {.fd = -EBADF}};
}

/* Adds one mount by its unique id. buffer is reused between calls. unsaid replaces a source that
 * the kernel does not report; if it is NULL, a missing source is an error. */
static int add_line(struct mounttab *table, uint64_t id, const char *unsaid, char **buffer,
		    size_t *size)
{
	struct mount_facts facts;
	struct mount_line line;
	int r;

	r = sys_statmount(id, buffer, size, &facts);
	if (r < 0)
		return r;
	if (!facts.source)
		facts.source = unsaid;
	/* The hook's mounts are recognized by their source. */
	if (!facts.source)
		return -EOPNOTSUPP;
	line = (struct mount_line){
		.id = facts.id,
		.parent = facts.parent,
		.flags = facts.flags,
		.dev = facts.dev,
		.is_whole = facts.is_whole,
		.is_shared = facts.is_shared,
		.is_slave = facts.is_slave,
		.target = (char *)(uintptr_t)facts.target,
		.fstype = (char *)(uintptr_t)facts.fstype,
		.source = (char *)(uintptr_t)facts.source,
	};
	return mounttab_add(table, &line);
}

static int list_below(int rootfs, struct mounttab *table)
{
	/* If facts_prepare() did not load libmount, the kernel reports sources: a missing one is
	 * empty. */
	const char *unsaid = libmount_is_loaded() ? NULL : "";
	AUTO_FREE char *buffer = NULL;
	size_t size = 0;
	uint64_t ids[LIST_AT_ONCE];
	uint64_t root;
	int count;
	int r;

	r = sys_unique_mount_id(rootfs, &root);
	if (r == 0)
		r = add_line(table, root, unsaid, &buffer, &size);
	for (uint64_t last = 0; r == 0; last = ids[count - 1]) {
		count = sys_listmount(root, last, ids, LIST_AT_ONCE);
		if (count <= 0)
			return count;
		for (int i = 0; i < count && r == 0; i++) {
			r = add_line(table, ids[i], unsaid, &buffer, &size);
			/* It was unmounted meanwhile. The host can do so at any time below a volume
			 * that is its slave. */
			if (r == -ENOENT)
				r = 0;
		}
	}
	return r;
}

int facts_prepare(struct error *error)
{
	AUTO_FD root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_FREE char *buffer = NULL;
	AUTO_MOUNTTAB table = {0};
	size_t size = 0;
	uint64_t id;
	uint64_t below;

	if (root >= 0 && sys_unique_mount_id(root, &id) == 0 &&
	    sys_listmount(id, 0, &below, 1) >= 0 && add_line(&table, id, NULL, &buffer, &size) == 0)
		return 0;
	return libmount_load(error);
}

int facts_read_table(const struct container *container, const struct rootfs *rootfs,
		     struct error *error, struct mounttab *ret_table)
{
	AUTO_FREE char *text = NULL;
	AUTO_MOUNTTAB table = {0};
	size_t length;
	int r;

	r = list_below(rootfs->fd, &table);
	if (r == 0) {
		*ret_table = table;
		table = (struct mounttab){0};
		return 0;
	}
	if (!libmount_is_loaded())
		return error_set(error, STATUS_SYSTEM, -r, "mount table: statmount");
	/* Whatever the reason, mountinfo has the same information. */
	r = container_mountinfo(container, error, &text, &length);
	if (r < 0)
		return r;
	return mounttab_parse(text, length, error, ret_table);
}

static int resolve_targets(struct facts *facts, struct resolver *resolver,
			   const struct policy *policy, struct error *error)
{
	facts->targets = calloc(policy->requests_count + 1, sizeof(*facts->targets));
	if (!facts->targets)
		return error_memory(error);
	for (size_t i = 0; i < policy->requests_count; i++) {
		int r = resolve_path(resolver, policy->requests[i].entry->path, RESOLVE_DIRECTORY,
				     error, &facts->targets[i]);

		if (r < 0)
			return request_error(&policy->requests[i], error);
		facts->targets_count++;
	}
	return 0;
}

/* Does a line of a mountinfo file show this filesystem? The third field has the device number. */
static bool shows_device(const char *mountinfo, dev_t dev)
{
	for (const char *line = mountinfo; line && *line; line = strchr(line, '\n')) {
		unsigned major;
		unsigned minor;

		line += *line == '\n';
		if (sscanf(line, "%*u %*u %u:%u", &major, &minor) == 2 &&
		    makedev(major, minor) == dev)
			return true;
	}
	return false;
}

/* Possibly made for this container only, by the hook or by another program. */
static bool may_be_private(const struct mount_line *line)
{
	return line->is_whole &&
	       (strcmp(line->fstype, "tmpfs") == 0 || strcmp(line->fstype, "overlay") == 0);
}

/* Distinguishes tmpfs and overlays that were made for this container from volumes, which are
 * visible in the engine's mount namespace. The engine's mount table is read only if needed. */
static int find_private(struct facts *facts, const struct target *targets, size_t count,
			const struct container *container, struct error *error)
{
	AUTO_FREE char *mountinfo = NULL;
	size_t length;

	for (size_t i = 0; i < count; i++) {
		struct mount_line *line = mounttab_find(&facts->table, targets[i].mount_id);
		int r;

		if (!line || line->id == facts->rootfs.id.mount_id || !may_be_private(line))
			continue;
		r = mountinfo ? 0
			      : container_engine_mountinfo(container, error, &mountinfo, &length);
		if (r < 0)
			return r;
		line->is_private = !shows_device(mountinfo, line->dev);
	}
	return 0;
}

/* Gets the size limits of the hook's mounts from an earlier run, to which the operator's policy
 * also applies. An overlay reports those of its upper layer. */
static int measure_own(struct facts *facts, struct error *error)
{
	for (size_t i = 0; i < facts->targets_count; i++) {
		struct target *target = &facts->targets[i];
		const struct mount_line *line = mounttab_find(&facts->table, target->mount_id);
		AUTO_FD fd = -EBADF;
		struct file_id id;
		struct statfs fs;
		int r;

		if (!target->is_mount_root || !line || !mount_is_own(line))
			continue;
		r = rootfs_open_path(&facts->rootfs, target->path, error, &fd);
		if (r < 0)
			return r;
		r = sys_file_id(fd, &id);
		if (r == 0 && id.mount_id != target->mount_id)
			r = -ESTALE;
		if (r == 0 && fstatfs(fd, &fs) < 0)
			r = -errno;
		if (r != 0)
			return error_set(error, STATUS_SYSTEM, -r,
					 "%" NAME_SHOWN ": the mount there cannot be inspected",
					 target->path);
		target->own_block = fs.f_bsize > 0 ? (uint64_t)fs.f_bsize : 1;
		if (!fs.f_blocks ||
		    __builtin_mul_overflow(fs.f_blocks, target->own_block, &target->own_size))
			target->own_size = UINT64_MAX;
		target->own_inodes = fs.f_files ? fs.f_files : UINT64_MAX;
	}
	return 0;
}

static int resolve_given(struct facts *facts, struct resolver *resolver,
			 const struct bundle *bundle, struct error *error)
{
	facts->given = calloc(bundle->mounts_count + 1, sizeof(*facts->given));
	facts->devices = calloc(bundle->devices_count + 1, sizeof(*facts->devices));
	if (!facts->given || !facts->devices)
		return error_memory(error);
	for (size_t i = 0; i < bundle->mounts_count; i++) {
		int r = resolve_path(resolver, bundle->mounts[i].destination, RESOLVE_ANYTHING,
				     error, &facts->given[i]);

		if (r < 0)
			return r;
		facts->given_count++;
	}
	for (size_t i = 0; i < bundle->devices_count; i++) {
		int r = resolve_path(resolver, bundle->devices[i], RESOLVE_ANYTHING, error,
				     &facts->devices[i]);

		if (r < 0)
			return r;
		facts->devices_count++;
	}
	return 0;
}

static struct plan_facts facts_of_plan(const struct facts *facts, const struct bundle *bundle,
				       uint64_t total_memory)
{
	return (struct plan_facts){
		.table = &facts->table,
		.root_id = facts->rootfs.id.mount_id,
		.targets = facts->targets,
		/* A working directory that cannot be a directory is left for the runtime to refuse,
		 * as without the hook. */
		.cwd = facts->cwd.path && !facts->cwd.err ? &facts->cwd : NULL,
		.program = facts->program.path ? &facts->program : NULL,
		.given = facts->given,
		.devices = facts->devices,
		.bundle = bundle,
		.total_memory = total_memory,
	};
}

/* Resolves the paths of the policy and of config.json. */
static int resolve_all(struct facts *facts, const struct container *container,
		       const struct policy *policy, const struct bundle *bundle,
		       struct error *error)
{
	struct resolver resolver = {.rootfs = &facts->rootfs};
	struct plan_facts found;
	int r;

	r = resolve_targets(facts, &resolver, policy, error);
	if (r == 0 && bundle->cwd)
		r = resolve_path(&resolver, bundle->cwd, RESOLVE_DIRECTORY, error, &facts->cwd);
	if (r == 0)
		r = entrypoint_find(&facts->rootfs, bundle, error, &facts->program);
	if (r == 0)
		r = find_private(facts, facts->targets, facts->targets_count, container, error);
	if (r < 0)
		return r;
	found = facts_of_plan(facts, bundle, 0);
	if (!given_is_needed(policy, &found))
		return 0;
	r = resolve_given(facts, &resolver, bundle, error);
	if (r == 0 && policy->seeds_tmpfs)
		r = find_private(facts, facts->given, facts->given_count, container, error);
	return r;
}

int facts_gather(const struct container *container, const struct policy *policy,
		 const struct bundle *bundle, struct error *error, struct facts *ret_facts)
{
	AUTO_FACTS facts = {.rootfs = {.fd = -EBADF}};
	struct sysinfo system;
	int r;

	r = rootfs_open(bundle->root_path, error, &facts.rootfs);
	if (r == 0)
		r = facts_read_table(container, &facts.rootfs, error, &facts.table);
	if (r == 0)
		r = resolve_all(&facts, container, policy, bundle, error);
	if (r == 0)
		r = measure_own(&facts, error);
	if (r < 0)
		return r;
	if (sysinfo(&system) < 0)
		return error_set(error, STATUS_SYSTEM, errno, "sysinfo");

	*ret_facts = facts;
	facts = (struct facts){.rootfs = {.fd = -EBADF}};
	ret_facts->plan =
		facts_of_plan(ret_facts, bundle, (uint64_t)system.totalram * system.mem_unit);
	return 0;
}
