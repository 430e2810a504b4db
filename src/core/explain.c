/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"
#include "policy_sizes.h"

/* Maximum length of a name or path, escaped. */
#define SHOWN_MAX 512

static const char *shown(const char *text, char buffer[static SHOWN_MAX])
{
	text_escape_value(text, buffer, SHOWN_MAX);
	return buffer;
}

static const char *reason_for_root(const struct options *options, const struct wish *wish,
				   char buffer[static SHOWN_MAX])
{
	if (wish->readonly_key)
		return shown(wish->readonly_key, buffer);
	if (options->enforce)
		return "--enforce";
	return options->readonly ? "--readonly" : "nothing that asks for it";
}

void explain_root(const struct options *options, const struct wish *wish,
		  const struct policy *policy, char text[static EXPLAIN_MAX])
{
	char key[SHOWN_MAX];

	snprintf(text, EXPLAIN_MAX, "root %s, by %s", policy->readonly ? "read-only" : "unchanged",
		 reason_for_root(options, wish, key));
}

void explain_request(const struct options *options, const struct wish *wish,
		     const struct request *request, enum fate fate, const char *path, uint64_t size,
		     char text[static EXPLAIN_MAX])
{
	static const char *const left_out[] = {
		[FATE_TWIN] = "left out, an entry before it resolves to the same directory",
		[FATE_YIELDED] = "left out, it is on a mount of the container",
		[FATE_DONE] = "unchanged, an earlier run has mounted it",
	};
	char written[SHOWN_MAX], from[SHOWN_MAX], at[SHOWN_MAX];
	int length;

	length =
		snprintf(text, EXPLAIN_MAX, "%s (%s): ", shown(request->entry->path, written),
			 request->origin == FROM_OPTIONS ? "--tmpfs" : shown(wish->list_key, from));
	if (fate != FATE_TMPFS)
		snprintf(text + length, EXPLAIN_MAX - (size_t)length, "%s", left_out[fate]);
	else if (!size)
		snprintf(text + length, EXPLAIN_MAX - (size_t)length,
			 "tmpfs at %s, of the kernel's default size", shown(path, at));
	else
		snprintf(text + length, EXPLAIN_MAX - (size_t)length,
			 "tmpfs at %s of %" PRIu64 " bytes, by %s", shown(path, at), size,
			 policy_size_source(options, request->entry, size));
}

bool explain_default(const struct wish *wish, const struct policy *policy,
		     const struct tmpfs_entry *entry, char text[static EXPLAIN_MAX])
{
	char written[SHOWN_MAX], key[SHOWN_MAX];

	for (size_t i = 0; i < policy->requests_count; i++)
		if (policy->requests[i].entry == entry)
			return false;
	if (policy->readonly && wish->list_key)
		snprintf(text, EXPLAIN_MAX, "%s (--tmpfs): left out, %s names it",
			 shown(entry->path, written), shown(wish->list_key, key));
	else
		snprintf(text, EXPLAIN_MAX,
			 "%s (--tmpfs): left out, the root is not made read-only",
			 shown(entry->path, written));
	return true;
}
