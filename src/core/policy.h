/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The policy for one container: what it gets, or the first reason for a refusal. It is decided in
 * steps without side effects. policy_decide() and policy_see_mounts() use config.json and the
 * operator's options, before anything else is opened. policy_allows_path() and policy_sizes.h
 * follow once the paths are resolved.
 */
#ifndef ORH_CORE_POLICY_H
#define ORH_CORE_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "annotations.h"
#include "bundle.h"
#include "error.h"
#include "options.h"

enum request_origin {
	FROM_ANNOTATION,
	FROM_OPTIONS, /* a default: it yields */
};

/* One requested tmpfs. The entry is borrowed from the wish or the options. */
struct request {
	const struct tmpfs_entry *entry;
	enum request_origin origin;
	const char *key; /* the key of its annotation; NULL for a default */
};

/*
 * Prepends the origin of a request to an error that begins with its path or entry: the annotation's
 * key, or the option, because only the operator can fix a default. An unset offset becomes the
 * entry's offset in the annotation. Called once per error. Returns the same value as error_set().
 */
int request_error(const struct request *request, struct error *error);

struct policy {
	const char *left_alone; /* why the hook does nothing ("no annotation asks for it"), NULL if
				   it acts; not owned */
	bool readonly;
	bool seeds_tmpfs;     /* --seed-tmpfs applies: config.json's tmpfs are filled in place */
	const char *list_key; /* the annotation that entries come from; borrowed from the wish, or
				 NULL */
	struct request *requests; /* owned */
	size_t requests_count;
	size_t requests_capacity;
};

void policy_done(struct policy *policy);

#define AUTO_POLICY CLEANUP(policy_done) struct policy

/* Can the hook exit without doing anything, based on annotations that may not be exactly the
 * engine's (those of the state)? If not, call policy_decide() with those of config.json. */
bool policy_is_idle(const struct annotations *annotations, const struct options *options);

/*
 * The first step. id is the container's id from the state. A key with a "=" that runc would cut to
 * a key that the hook reads is refused first. Then an exempt container or a sandbox is ignored,
 * whatever its other annotations say. Then the annotations must be valid. Last, --enforce,
 * --forbid, and --allow and --deny for the paths as written are applied. --allow and --deny apply
 * only to annotations' entries. --forbid checks each option that an entry gives, in any spelling,
 * including one that a later option overrides; it does not check options that an entry leaves at
 * their default. The operator's default entries are added if the container is made read-only,
 * except for a path that an annotation names. --seed-tmpfs does not apply to podman's containers.
 * Errors have STATUS_ANNOTATION or STATUS_POLICY, and begin with the annotation's key. wish and
 * options must outlive the policy. The caller calls wish_done() on ret_wish, which is written only
 * on success.
 */
int policy_decide(const struct annotations *annotations, const char *id,
		  const struct options *options, struct error *error, struct wish *ret_wish,
		  struct policy *ret_policy);

/* Does --seed-tmpfs leave a tmpfs at this path alone, whatever is in it? false for a path that is
 * not in normal form: what it resolves to decides. */
bool policy_is_reserved(const char *path);

/* The second step, once config.json's mounts are known: without a tmpfs that --seed-tmpfs may fill,
 * the option does not apply. */
void policy_see_mounts(const struct bundle *bundle, struct policy *policy);

/*
 * May an annotation name this path? --deny overrides --allow. path is in normal form, as written or
 * as resolved; entry is used only in the message. Globs follow fnmatch(3) with FNM_PATHNAME ("*"
 * matches a leading dot, "\" makes the next character literal). A glob whose last component is "**"
 * matches everything below what the rest of the glob matches, at any depth, but not that directory:
 * "**" below "/var" matches "/var/x/y" and not "/var", and "**" below "/" matches every path. If
 * fnmatch() fails on a glob, --deny matches and --allow does not. Returns 0, -ENOMEM, or an error
 * with STATUS_POLICY whose offset is the entry's in the list.
 */
int policy_allows_path(const struct options *options, const struct tmpfs_entry *entry,
		       const char *path, struct error *error);

#endif
