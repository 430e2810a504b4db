/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what a container wrote to its annotation. The input is a diff, and lines of learn. */
#include "core/path.h"
#include "core/tmpfs_list.h"
#include "fuzz.h"
#include "tool/decide.h"
#include "tool/diff.h"
#include "tool/homes.h"
#include "tool/learned.h"
#include "tool/lesson.h"
#include "tool/noise.h"
#include "tool/value.h"

/* For any input, a suggestion is harmless and as short as possible. */
static void require_needs(const struct needs *needs)
{
	for (size_t i = 0; i < needs->count; i++) {
		const char *path = needs->items[i].path;

		REQUIRE(looks_normal(path) && path[1], "%s", path);
		REQUIRE(!home_is_programs(path), "%s", path);
		REQUIRE(needs_is_plain(path), "%s", path);
		require_line(path);
		REQUIRE(needs_find(needs, path) == &needs->items[i], "%s", path);
		REQUIRE(!i || path_compare(needs->items[i - 1].path, path) < 0, "%s", path);
		REQUIRE(!i || !path_is_below(path, needs->items[i - 1].path), "%s", path);
	}
	for (size_t i = 0; i < needs->left_out_count; i++)
		REQUIRE(needs->left_out[i].count && needs->left_out[i].why, "%s",
			needs->left_out[i].path);
}

/* Everything that the container wrote is covered. */
static void require_covered(const struct record *record, const struct needs *needs)
{
	AUTO_FREE struct view *views = NULL;

	REQUIRE(noise_find(record, &views) == 0, "memory");
	if (needs->left_out_count)
		return;
	for (size_t i = 0; i < record->count; i++) {
		AUTO_FREE char *dir = strdup(record->traces[i].path);

		if (views[i].noise != NOISE_NONE || needs_find(needs, dir))
			continue;
		path_cut(dir);
		REQUIRE(needs_find(needs, dir), "%s", record->traces[i].path);
	}
}

/* The hook accepts the list, unless it is too long. Parsed again, it is the same. */
static void require_value(const struct needs *needs)
{
	AUTO_FREE char *value = NULL;
	AUTO_FREE char *again = NULL;
	AUTO_NEEDS read = {0};
	struct error error = UNSET_ERROR;
	size_t length = 0;
	int r = value_write(needs, &error, &value);

	for (size_t i = 0; i < needs->count; i++)
		length += 2 * strlen(needs->items[i].path) + 64;
	if (r < 0) {
		REQUIRE(needs->count > TMPFS_ENTRIES_MAX || length > TMPFS_LIST_MAX, "%s",
			error.text);
		return;
	}
	require_line(value);
	if (!*value)
		return;
	REQUIRE(value_read(value, &error, &read) == 0, "%s: %s", value, error.text);
	REQUIRE(!read.left_out_count, "%s", value);
	needs_reduce(&read);
	REQUIRE(value_write(&read, &error, &again) == 0, "%s", error.text);
	REQUIRE(same_text(value, again), "%s and %s", value, again);
}

static void require_decision(struct record *record, const char *const include[], size_t count)
{
	AUTO_NEEDS needs = {0};

	REQUIRE(decide_needs(record, include, count, &needs) == 0, "memory");
	/* --include may allow what is omitted otherwise. */
	if (count)
		return;
	require_needs(&needs);
	require_covered(record, &needs);
	require_value(&needs);
}

/* The same as an upper directory reports it. What a diff lacks is derived from the names. */
static void fill_in(struct record *record)
{
	record->has_layer = true;
	for (size_t i = 0; i < record->count; i++) {
		struct trace *trace = &record->traces[i];
		size_t length = strlen(trace->path);

		trace->type = (enum trace_type)(TRACE_DIRECTORY + length % 3);
		trace->is_touched = length % 5 == 0;
		trace->has_owner = true;
		trace->mode = (mode_t)(length * 73) & 07777;
		trace->uid = (uid_t)length % 4;
	}
}

static void try_diff(const char *text, size_t size)
{
	static const char *const include[] = {"/usr/local", "/opt"};
	AUTO_RECORD record = {0};
	struct error error = UNSET_ERROR;
	struct diff_count count = {0};
	int r = diff_read(text, size, &error, &record, &count);

	if (r < 0) {
		require_error(r, &error, STATUS_BIT(STATUS_INPUT), 0);
		return;
	}
	REQUIRE(record.count == count.read, "%zu, not %zu", record.count, count.read);
	for (size_t i = 0; i < record.count; i++)
		REQUIRE(looks_normal(record.traces[i].path), "%s", record.traces[i].path);
	require_decision(&record, NULL, 0);
	require_decision(&record, include, ARRAY_SIZE(include));
	fill_in(&record);
	require_decision(&record, NULL, 0);
}

static void require_lesson(const char *image)
{
	AUTO_FREE char *line = malloc(8 * strlen(image) + 64);
	AUTO_LESSON read = {0};
	struct lesson lesson = {.image = (char *)image, .reason = (char *)image};

	REQUIRE(lesson_write(&lesson, line, 8 * strlen(image) + 64) == 0, "%s", image);
	require_line(line);
	REQUIRE(lesson_read(line, strlen(line), &read) == 1, "%s", line);
	REQUIRE(same_text(read.image, image) && same_text(read.reason, image), "%s", line);
}

static void try_learned(const char *text, size_t size)
{
	AUTO_LEARNED learned = {0};
	struct error error = UNSET_ERROR;

	REQUIRE(learned_read(text, size, &error, &learned) == 0, "%s", error.text);
	for (size_t i = 0; i < learned.count; i++) {
		REQUIRE(!i || strcmp(learned.images[i - 1].name, learned.images[i].name) < 0, "%s",
			learned.images[i].name);
		require_needs(&learned.images[i].needs);
		require_value(&learned.images[i].needs);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = fuzz_text(data, size);

	try_diff(text, size);
	try_learned(text, size);
	if (strlen(text) < 1000)
		require_lesson(text);
	return 0;
}
