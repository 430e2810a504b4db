/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "summary.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What the end of the line may need. */
#define RESERVED 32

struct line {
	char *text;
	size_t used;
};

/* Adds a piece, or nothing where it does not fit as a whole. */
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

static const char *quote(const char *text, char buffer[static 520])
{
	size_t used = 0;

	buffer[used++] = '"';
	for (; *text && used < 516; text++) {
		if (*text == '"' || *text == '\\')
			buffer[used++] = '\\';
		buffer[used++] = *text;
	}
	buffer[used++] = '"';
	buffer[used] = '\0';
	return buffer;
}

static bool add_tmpfs(struct line *line, const struct outcome_tmpfs *tmpfs)
{
	const struct seed_result *seed = &tmpfs->result;
	char path[520];

	return add(line,
		   " path=%s seed=%s size=%" PRIu64 " files=%" PRIu64 " bytes=%" PRIu64
		   " lost_xattrs=%" PRIu64 " lost_owners=%" PRIu64 " lost_nodes=%" PRIu64,
		   quote(tmpfs->path, path), seed_name(tmpfs->seed), tmpfs->size, seed->files,
		   seed->bytes, seed->lost_xattrs, seed->lost_owners, seed->lost_nodes);
}

void summary_write(const struct outcome *outcome, const struct bundle *bundle,
		   char text[static SUMMARY_MAX])
{
	struct line line = {.text = text};
	char buffer[520];
	size_t i;

	add(&line, "root=%s", outcome->root_readonly ? "ro" : "unchanged");
	if (outcome->already)
		add(&line, " already=yes");
	else
		add(&line, " charged=%s",
		    outcome->is_charged ? "yes" : error_name(outcome->charge_error, buffer));
	/* It runs after this hook, and what it writes to the root fails. */
	if (outcome->root_readonly && bundle->create_container_hook)
		add(&line, " createContainer=%s", quote(bundle->create_container_hook, buffer));
	for (i = 0; i < outcome->count; i++) {
		if (!add_tmpfs(&line, &outcome->tmpfs[i]))
			break;
	}
	if (i < outcome->count)
		snprintf(text + line.used, SUMMARY_MAX - line.used, " more=%zu",
			 outcome->count - i);
}
