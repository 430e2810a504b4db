/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What this container gets, or the one reason why not. Decided in two steps, both pure:
 * policy_decide() from the annotations and the operator's options, before anything is opened;
 * policy_allows_path(), and policy_sizes.h, once the directories are known that the paths come to.
 */
#ifndef ORH_CORE_POLICY_H
#define ORH_CORE_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "annotations.h"
#include "error.h"
#include "options.h"

enum request_origin {
	FROM_ANNOTATION,
	FROM_OPTIONS, /* a default: it gives way */
};

/* One tmpfs that is asked for. The entry is the wish's or the options'. */
struct request {
	const struct tmpfs_entry *entry;
	enum request_origin origin;
	const char *key; /* the annotation's that it is from; NULL for a default */
};

/*
 * Puts what a request is from before an error that begins with its path or entry: the annotation's
 * key, or the option, since nobody but the operator can fix a default. An offset that is not set
 * becomes the entry's in the annotation. Called once, where the error leaves whoever made it.
 * Returns what error_set() did.
 */
int request_error(const struct request *request, struct error *error);

struct policy {
	const char *left_alone; /* why the hook does nothing ("no annotation asks for it"), NULL if
				   it acts; never owned */
	bool readonly;
	const char *list_key;	  /* of the annotation that entries are from; the wish's, or NULL */
	struct request *requests; /* owned */
	size_t requests_count;
	size_t requests_capacity;
};

void policy_done(struct policy *policy);

#define AUTO_POLICY CLEANUP(policy_done) struct policy

/*
 * Can the hook do nothing, by annotations that may not be the engine's own words (the state's)? If
 * not, policy_decide() is to be asked, with those of config.json.
 */
bool policy_is_idle(const struct annotations *annotations, const struct options *options);

/*
 * The first step. id is the container's, as the state has it. Order: a key with a "=" in it that
 * runc would cut to one that is read here is refused; then an exempt container, then a sandbox, is
 * left alone whatever its other annotations say; then the annotations must be understood; then
 * --enforce, --forbid, and --allow and --deny of the paths as written (annotations' entries alone).
 * --forbid looks at each option that an entry gives, also at one that a later option overrides, in
 * any spelling; not at what holds where nothing is said. Defaults join where the container is made
 * read-only, but for a path that an annotation names. Errors are STATUS_ANNOTATION's or
 * STATUS_POLICY's, and begin with the annotation's key. wish and options must outlive the policy.
 * ret_wish is the caller's to wish_done(), written on success alone.
 */
int policy_decide(const struct annotations *annotations, const char *id,
		  const struct options *options, struct error *error, struct wish *ret_wish,
		  struct policy *ret_policy);

/*
 * May an annotation name this path? By --deny, which wins, and --allow. path is in normal form: as
 * written, or what it comes to; entry is for the message alone. Globs as fnmatch(3) with
 * FNM_PATHNAME ("*" matches a leading dot, "\" makes the next character literal). A glob whose last
 * component is "**" stands for all that is below the rest of it, at any depth, and not for the rest
 * itself: behind "/var" it matches "/var/x/y" and not "/var"; alone it matches every path. A glob
 * that libc fails to match denies, and allows nothing. Returns 0, or STATUS_POLICY's error, whose
 * offset is the entry's in the list.
 */
int policy_allows_path(const struct options *options, const struct tmpfs_entry *entry,
		       const char *path, struct error *error);

#endif
