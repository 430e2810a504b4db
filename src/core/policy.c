/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "path.h"
#include "tmpfs_options.h"

void policy_done(struct policy *policy)
{
	free_ptr(&policy->requests);
	policy->requests_count = policy->requests_capacity = 0;
}

int request_error(const struct request *request, struct error *error)
{
	/* Running out of memory does not concern the entry. */
	if (error->err == ENOMEM)
		return -ENOMEM;
	if (request->origin == FROM_ANNOTATION && error->offset == ERROR_NO_OFFSET)
		error->offset = request->entry->offset;
	return error_wrap(error, "%" NAME_SHOWN,
			  request->origin == FROM_OPTIONS ? "--tmpfs" : request->key);
}

bool policy_is_idle(const struct annotations *annotations, const struct options *options)
{
	return !options->readonly && !options->seed_tmpfs && !annotations_ask(annotations);
}

static bool is_exemption_key(const struct options *options, const char *key, size_t length)
{
	for (size_t i = 0; i < options->exemptions_count; i++) {
		const char *exempt = options->exemptions[i].key;

		if (strlen(exempt) == length && !memcmp(exempt, key, length))
			return true;
	}
	return false;
}

/* runc stores "KEY=VALUE" and cuts it at the first '='. A key that contains a '=' can then pass for
 * another key when the hook reads runc's state. */
static int check_keys(const struct annotations *annotations, const struct options *options,
		      struct error *error)
{
	for (size_t i = 0; i < annotations->count; i++) {
		const char *key = annotations->items[i].key;
		size_t length = strcspn(key, "=");

		if (key[length] && (annotations_key_is_read(key, length) ||
				    is_exemption_key(options, key, length)))
			return error_set(error, STATUS_ANNOTATION, 0,
					 "%" NAME_SHOWN ": the key contains a '=', at which runc "
					 "cuts it to '%.*s'; remove this annotation",
					 key, length < 200 ? (int)length : 200, key);
	}
	return 0;
}

static const char *find_exemption(const struct annotations *annotations,
				  const struct options *options)
{
	for (size_t i = 0; i < options->exemptions_count; i++) {
		const struct exemption *exemption = &options->exemptions[i];
		const char *value = annotations_get(annotations, exemption->key);

		if (value && !regexec(&exemption->regex, value, 0, NULL, 0))
			return exemption->reason;
	}
	return NULL;
}

/* Matches a glob that ends with "**" after a directory. The directory's glob is compared with the
 * same number of the path's components; at least one more must follow. */
static int match_below(const char *glob, size_t dir_length, const char *path)
{
	size_t components = 0;
	const char *end = path;
	char *dir, *lead;
	size_t length;
	int r;

	for (size_t i = 0; i < dir_length; i++)
		components += glob[i] == '/';
	while (components-- && path_next(&end, &length))
		;
	if (!*end)
		return FNM_NOMATCH;
	dir = strndup(glob, dir_length);
	lead = strndup(path, (size_t)(end - path));
	r = dir && lead ? fnmatch(dir, lead, FNM_PATHNAME) : -ENOMEM;
	free(dir);
	free(lead);
	return r;
}

/* Returns 0, FNM_NOMATCH, -ENOMEM, or another value if fnmatch() fails. */
static int match_glob(const char *glob, const char *path)
{
	size_t length = strlen(glob);

	if (length < 3 || strcmp(glob + length - 3, "/**") != 0)
		return fnmatch(glob, path, FNM_PATHNAME);
	return length == 3 ? 0 : match_below(glob, length - 3, path);
}

/* Adds the entry and its offset to an error. */
static int of_entry(const struct tmpfs_entry *entry, struct error *error)
{
	error->offset = entry->offset;
	return error_wrap(error, "entry '%" NAME_SHOWN "'", entry->text);
}

/* "'/run'", as written, or "it resolves to '/run', which". */
static const char *subject(const struct tmpfs_entry *entry, const char *path,
			   char buffer[static 256])
{
	snprintf(buffer, 256,
		 strcmp(path, entry->path) ? "it resolves to '%" NAME_SHOWN "', which"
					   : "'%" NAME_SHOWN "'",
		 path);
	return buffer;
}

int policy_allows_path(const struct options *options, const struct tmpfs_entry *entry,
		       const char *path, struct error *error)
{
	const struct string_list *deny = &options->deny;
	const struct string_list *allow = &options->allow;
	char buffer[256];

	for (size_t i = 0; i < deny->count; i++) {
		int r = match_glob(deny->items[i], path);

		if (r == -ENOMEM)
			return error_memory(error);
		if (r == FNM_NOMATCH)
			continue;
		error_set(error, STATUS_POLICY, 0,
			  "%s is denied by the operator's --deny=%" NAME_SHOWN,
			  subject(entry, path, buffer), deny->items[i]);
		return of_entry(entry, error);
	}
	for (size_t i = 0; i < allow->count; i++) {
		int r = match_glob(allow->items[i], path);

		if (r == -ENOMEM)
			return error_memory(error);
		if (r == 0)
			return 0;
	}
	if (!allow->count)
		return 0;
	error_set(error, STATUS_POLICY, 0,
		  "%s matches no --allow of the operator's, such as %" NAME_SHOWN,
		  subject(entry, path, buffer), allow->items[0]);
	return of_entry(entry, error);
}

static int check_forbidden(const struct options *options, const struct tmpfs_entry *entry,
			   struct error *error)
{
	for (size_t i = 0; i < options->forbid.count; i++)
		for (char *const *word = entry->words; *word; word++) {
			if (!tmpfs_option_is_forbidden(options->forbid.items[i], *word))
				continue;
			error_set(error, STATUS_POLICY, 0,
				  "'%" NAME_SHOWN
				  "' is forbidden by the operator's --forbid=%" NAME_SHOWN,
				  *word, options->forbid.items[i]);
			return of_entry(entry, error);
		}
	return 0;
}

static int check_entries(const struct options *options, const struct wish *wish,
			 struct error *error)
{
	int r = 0;

	for (size_t i = 0; i < wish->list.count; i++) {
		const struct tmpfs_entry *entry = &wish->list.entries[i];

		r = check_forbidden(options, entry, error);
		if (!r)
			r = policy_allows_path(options, entry, entry->path, error);
		if (r < 0)
			return error_wrap(error, "%" NAME_SHOWN, wish->list_key);
	}
	return 0;
}

static bool list_names(const struct tmpfs_list *list, const char *path)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->entries[i].path, path))
			return true;
	return false;
}

/* key is NULL for a default. */
static int add_request(const struct tmpfs_entry *entry, const char *key, struct error *error,
		       struct policy *policy)
{
	int r;

	r = array_reserve(&policy->requests, &policy->requests_capacity, policy->requests_count,
			  sizeof(*policy->requests));
	if (r < 0)
		return error_memory(error);
	policy->requests[policy->requests_count++] = (struct request){
		.entry = entry,
		.origin = key ? FROM_ANNOTATION : FROM_OPTIONS,
		.key = key,
	};
	return 0;
}

static int add_requests(const struct options *options, const struct tmpfs_list *list,
			struct error *error, struct policy *policy)
{
	const struct tmpfs_list *defaults = &options->defaults;
	int r;

	for (size_t i = 0; i < list->count; i++) {
		r = add_request(&list->entries[i], policy->list_key, error, policy);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; policy->readonly && i < defaults->count; i++) {
		if (list_names(list, defaults->entries[i].path))
			continue;
		r = add_request(&defaults->entries[i], NULL, error, policy);
		if (r < 0)
			return r;
	}
	return 0;
}

static int decide_readonly(const struct options *options, const struct wish *wish,
			   struct error *error, bool *ret_readonly)
{
	if (wish->readonly == READONLY_FALSE && options->enforce)
		return error_set(error, STATUS_POLICY, 0,
				 "%" NAME_SHOWN
				 ": 'false' is forbidden by the operator's --enforce",
				 wish->readonly_key);
	*ret_readonly = wish->readonly == READONLY_TRUE ||
			(wish->readonly == READONLY_UNSAID && options->readonly);
	return 0;
}

static bool is_idle(const struct policy *policy)
{
	return !policy->readonly && !policy->requests_count && !policy->seeds_tmpfs;
}

/* Makes the policy for a parsed wish. Its requests point into the wish's list, which may be moved
 * to another struct. */
static int decide_wish(const struct options *options, const struct wish *wish, bool seeds_tmpfs,
		       struct error *error, struct policy *ret_policy)
{
	AUTO_POLICY policy = {0};
	int r;

	r = decide_readonly(options, wish, error, &policy.readonly);
	if (r < 0)
		return r;
	r = check_entries(options, wish, error);
	if (r < 0)
		return r;
	policy.list_key = wish->list_key;
	r = add_requests(options, &wish->list, error, &policy);
	if (r < 0)
		return r;
	policy.seeds_tmpfs = seeds_tmpfs;
	if (is_idle(&policy))
		policy.left_alone = wish->readonly == READONLY_FALSE ? "its annotation is 'false'"
								     : "no annotation asks for it";
	*ret_policy = policy;
	policy = (struct policy){0};
	return 0;
}

int policy_decide(const struct annotations *annotations, const char *id,
		  const struct options *options, struct error *error, struct wish *ret_wish,
		  struct policy *ret_policy)
{
	const char *left_alone;
	AUTO_WISH wish = {0};
	int r;

	r = check_keys(annotations, options, error);
	if (r < 0)
		return r;
	left_alone = find_exemption(annotations, options);
	if (!left_alone && annotations_is_sandbox(annotations, id))
		left_alone = "a pod's sandbox";
	if (left_alone) {
		*ret_wish = wish;
		*ret_policy = (struct policy){.left_alone = left_alone};
		return 0;
	}
	r = annotations_wish(annotations, error, &wish);
	if (r < 0)
		return r;
	r = decide_wish(options, &wish, options->seed_tmpfs && !annotations_is_podman(annotations),
			error, ret_policy);
	if (r < 0)
		return r;
	*ret_wish = wish;
	wish = (struct wish){0};
	return 0;
}

bool policy_is_reserved(const char *path)
{
	static const char *const reserved[] = {"/dev", "/proc", "/sys"};

	if (!path_is_normal(path))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(reserved); i++)
		if (path_is_below(path, reserved[i]))
			return true;
	return false;
}

void policy_see_mounts(const struct bundle *bundle, struct policy *policy)
{
	if (!policy->seeds_tmpfs)
		return;
	for (size_t i = 0; i < bundle->mounts_count; i++)
		if (bundle->mounts[i].is_tmpfs &&
		    !policy_is_reserved(bundle->mounts[i].destination))
			return;
	policy->seeds_tmpfs = false;
	if (is_idle(policy))
		policy->left_alone = "config.json has no tmpfs to fill";
}
