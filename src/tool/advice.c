/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "advice.h"

#include <errno.h>
#include <string.h>

#include "core/path.h"

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text);

	return length > strlen(end) && !strcmp(text + length - strlen(end), end);
}

static bool is_named_like_file(const char *path)
{
	static const char *const ends[] = {".pid", ".sock", ".log"};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (ends_with(path, ends[i]))
			return true;
	return false;
}

/* Does the image have the requested directory? */
static bool is_there(const struct judge *judge, const struct verdict *verdict, size_t request)
{
	const struct target *target;

	if (!judge->image || request >= verdict->scene.targets_count)
		return false;
	target = &verdict->scene.targets[request];
	return !target->err && target->existing == strlen(target->path);
}

static int check_name(const struct subject *subject, const struct verdict *verdict,
		      const struct tmpfs_entry *entry, struct findings *findings)
{
	const struct written *written =
		written_find(&subject->annotations, verdict->policy.list_key);
	AUTO_FREE char *above = strdup(entry->path);
	AUTO_FREE char *hint = NULL;
	struct finding_place place;

	if (!above)
		return -ENOMEM;
	path_cut(above);
	if (asprintf(&hint, "name the directory that the file is in: %s", above) < 0) {
		hint = NULL;
		return -ENOMEM;
	}
	place = written_place(&subject->annotations, written, entry->offset);
	return findings_add(findings, false, 0, &place, above[1] ? hint : NULL,
			    "%s: entry '%" NAME_SHOWN "': the name is that of a file, and would "
			    "become a directory",
			    verdict->policy.list_key, entry->text);
}

static int check_commas(const struct subject *subject, struct findings *findings)
{
	for (size_t i = 0; i < subject->annotations.count; i++) {
		const struct written *written = &subject->annotations.items[i];
		const char *comma = strchr(written->value, ',');
		struct finding_place place;
		int r;

		if (!comma || !written_is_ours(written->key))
			continue;
		place = written_value_place(&subject->annotations, written,
					    (size_t)(comma - written->value), 1);
		r = findings_add(findings, true, 0, &place, "write ':' between options",
				 "%s: podman before 5.0 splits the value at ','", written->key);
		if (r < 0)
			return r;
	}
	return 0;
}

int advice_add(const struct judge *judge, const struct subject *subject,
	       const struct verdict *verdict, struct findings *findings)
{
	for (size_t i = 0; i < verdict->policy.requests_count; i++) {
		const struct request *request = &verdict->policy.requests[i];
		int r = 0;

		if (request->origin == FROM_ANNOTATION &&
		    is_named_like_file(request->entry->path) && !is_there(judge, verdict, i))
			r = check_name(subject, verdict, request->entry, findings);
		if (r < 0)
			return r;
	}
	return subject->is_for_podman ? check_commas(subject, findings) : 0;
}
