/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "summary.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/escape.h"
#include "core/explain.h"
#include "linux/log.h"

/* Room for the end of the line. */
#define RESERVED 32

/* The maximum length of an escaped path in the line. */
#define PATH_MAX_ESCAPED 520

struct line {
	char *text;
	size_t used;
};

/* Appends a piece, or nothing if the whole piece does not fit. */
__attribute__((__format__(__printf__, 2, 3))) static bool add(struct line *line, const char *format,
							      ...)
{
	size_t room = SUMMARY_MAX - RESERVED - line->used;
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(line->text + line->used, room, format, args);
	va_end(args);
	if (length < 0 || (size_t)length >= room) {
		line->text[line->used] = '\0';
		return false;
	}
	line->used += (size_t)length;
	return true;
}

/* One of the engine's. */
static bool add_fill(struct line *line, const struct outcome_tmpfs *tmpfs, bool is_audit)
{
	const struct seed_result *seed = &tmpfs->filled.result;
	enum filled_as as = tmpfs->filled.as;
	char path[PATH_MAX_ESCAPED];
	char names[40] = "";
	char programs[40] = "";

	text_escape_value(tmpfs->path, path, sizeof(path));
	if (as != FILLED_IN_PLACE)
		return add(line, " path=%s tmpfs=%s seed=none left=%s", path, "engine",
			   as == LEFT_NOT_VACANT ? "not-empty" : "image-lacks-it");
	if (is_audit)
		return add(line, " path=%s tmpfs=%s seed=copy", path, "engine");
	if (seed->lost_names)
		snprintf(names, sizeof(names), " lost_names=%" PRIu64, seed->lost_names);
	if (tmpfs->is_noexec && seed->programs)
		snprintf(programs, sizeof(programs), " noexec_programs=%" PRIu64, seed->programs);
	return add(line,
		   " path=%s tmpfs=%s seed=copy files=%" PRIu64 " bytes=%" PRIu64
		   " lost_xattrs=%" PRIu64 " lost_owners=%" PRIu64 " lost_nodes=%" PRIu64 "%s%s",
		   path, "engine", seed->files, seed->bytes, seed->lost_xattrs, seed->lost_owners,
		   seed->lost_nodes, names, programs);
}

static bool add_tmpfs(struct line *line, const struct outcome_tmpfs *tmpfs, bool is_audit)
{
	const struct seed_result *seed = &tmpfs->filled.result;
	char path[PATH_MAX_ESCAPED];
	char programs[40] = "";
	char reason[32] = "";

	if (tmpfs->filled.as != FILLED_NEW)
		return add_fill(line, tmpfs, is_audit);
	text_escape_value(tmpfs->path, path, sizeof(path));
	if (is_audit)
		return add(line, " path=%s seed=%s size=%" PRIu64, path,
			   seed_name(tmpfs->filled.seed), tmpfs->size);
	if (tmpfs->filled.reason != SEED_ASKED)
		snprintf(reason, sizeof(reason), " auto=%s",
			 seed_reason_name(tmpfs->filled.reason));
	if (tmpfs->is_noexec && seed->programs)
		snprintf(programs, sizeof(programs), " noexec_programs=%" PRIu64, seed->programs);
	return add(line,
		   " path=%s seed=%s%s size=%" PRIu64 " files=%" PRIu64 " bytes=%" PRIu64
		   " lost_xattrs=%" PRIu64 " lost_owners=%" PRIu64 " lost_nodes=%" PRIu64 "%s",
		   path, seed_name(tmpfs->filled.seed), reason, tmpfs->size, seed->files,
		   seed->bytes, seed->lost_xattrs, seed->lost_owners, seed->lost_nodes, programs);
}

static void add_container(struct line *line, const struct summary *summary)
{
	const struct outcome *outcome = summary->outcome;
	const struct bundle *bundle = summary->bundle;
	char buffer[PATH_MAX_ESCAPED], charged[16];

	add(line, "root=%s", outcome->root_readonly ? "ro" : "unchanged");
	if (outcome->already) {
		add(line, " already=yes");
	} else if (!outcome->is_audit) {
		text_escape_value(outcome->charge.is_charged
					  ? "yes"
					  : error_name(outcome->charge.err, charged),
				  buffer, sizeof(buffer));
		add(line, " charged=%s", buffer);
	}
	add(line, " ms=%" PRIu64 ".%" PRIu64, summary->microseconds / 1000,
	    summary->microseconds / 100 % 10);
	/* Such a hook runs after this one, and its writes to the root fail. */
	if (outcome->root_readonly && bundle->create_container_hook) {
		text_escape_value(bundle->create_container_hook, buffer, sizeof(buffer));
		add(line, " createContainer=%s", buffer);
	}
}

uint64_t summary_clock(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void summary_write(const struct summary *summary, char text[static SUMMARY_MAX])
{
	const struct outcome *outcome = summary->outcome;
	struct line line = {.text = text};
	size_t i;

	add_container(&line, summary);
	for (i = 0; i < outcome->count; i++) {
		if (!add_tmpfs(&line, &outcome->tmpfs[i], outcome->is_audit))
			break;
	}
	if (i < outcome->count)
		snprintf(text + line.used, SUMMARY_MAX - line.used, " more=%zu",
			 outcome->count - i);
}

void summary_warn(const struct summary *summary)
{
	const struct outcome *outcome = summary->outcome;

	if (outcome->program_on >= outcome->count)
		return;
	log_line(LEVEL_INFO,
		 "warning: the container's program %" NAME_SHOWN " is on the tmpfs at %" NAME_SHOWN
		 ", which is noexec: it is about to fail with EACCES, unless the entry has exec",
		 summary->bundle->program, outcome->tmpfs[outcome->program_on].path);
}

void summary_log_policy(const struct worker_request *request, const struct wish *wish)
{
	const struct tmpfs_list *defaults = &request->options->defaults;
	char text[EXPLAIN_MAX];

	explain_root(request->options, wish, request->policy, text);
	log_line(LEVEL_DEBUG, "decided: %s", text);
	for (size_t i = 0; i < defaults->count; i++)
		if (explain_default(wish, request->policy, &defaults->entries[i], text))
			log_line(LEVEL_DEBUG, "decided: %s", text);
}

void summary_log_requests(const struct worker_request *request, const struct wish *wish,
			  const struct outcome *outcome)
{
	static const char *const described[] = {
		[FILLED_IN_PLACE] = "filled in place",
		[LEFT_NOT_VACANT] = "left as it is, it is not empty",
		[LEFT_IMAGE_LACKS] = "left as it is, the image has no such directory",
	};
	char text[EXPLAIN_MAX];

	for (size_t i = 0; i < request->policy->requests_count && i < OUTCOME_TMPFS_MAX; i++) {
		const struct outcome_request *result = &outcome->requests[i];
		const struct outcome_tmpfs *tmpfs = &outcome->tmpfs[result->tmpfs];

		explain_request(request->options, wish, &request->policy->requests[i], result->fate,
				tmpfs->path, tmpfs->size, text);
		log_line(LEVEL_DEBUG, "decided: %s", text);
	}
	for (size_t i = 0; i < outcome->count; i++) {
		if (outcome->tmpfs[i].filled.as == FILLED_NEW)
			continue;
		text_escape_value(outcome->tmpfs[i].path, text, sizeof(text));
		log_line(LEVEL_DEBUG, "decided: %s (--seed-tmpfs): %s", text,
			 described[outcome->tmpfs[i].filled.as]);
	}
}
