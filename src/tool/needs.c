/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "needs.h"

#include <errno.h>
#include <string.h>

#include "core/escape.h"
#include "core/path.h"
#include "homes.h"

void needs_done(struct needs *needs)
{
	for (size_t i = 0; i < needs->count; i++)
		free_ptr(&needs->items[i].path);
	free_ptr(&needs->items);
	needs->count = needs->capacity = 0;
	for (size_t i = 0; i < needs->left_out_count; i++)
		free_ptr(&needs->left_out[i].path);
	needs->left_out_count = 0;
}

int needs_add(struct needs *needs, const char *path, struct need **ret_need)
{
	if (array_reserve(&needs->items, &needs->capacity, needs->count, sizeof(*needs->items)) < 0)
		return -ENOMEM;
	needs->items[needs->count] = (struct need){.path = strdup(path)};
	if (!needs->items[needs->count].path)
		return -ENOMEM;
	*ret_need = &needs->items[needs->count++];
	return 0;
}

int needs_leave_out(struct needs *needs, const char *path, const char *why)
{
	for (size_t i = 0; i < needs->left_out_count; i++) {
		struct left_out *left = &needs->left_out[i];

		if (left->why == why && !strcmp(left->path, path)) {
			left->count++;
			return 0;
		}
	}
	if (needs->left_out_count == LEFT_OUT_MAX) {
		needs->left_out_more++;
		return 0;
	}
	needs->left_out[needs->left_out_count] =
		(struct left_out){.path = strdup(path), .why = why, .count = 1};
	if (!needs->left_out[needs->left_out_count].path)
		return -ENOMEM;
	needs->left_out_count++;
	return 0;
}

bool needs_is_plain(const char *path)
{
	char escaped[4 * PATH_LENGTH_MAX + 1];

	text_escape(path, escaped, sizeof(escaped));
	return !strcmp(path, escaped) && !strpbrk(path, ",\"");
}

static int compare_needs(const void *a, const void *b)
{
	return path_compare(((const struct need *)a)->path, ((const struct need *)b)->path);
}

/* Moves the reasons of one need to another. */
static void take_over(struct need *need, struct need *other)
{
	bool is_same = !strcmp(need->path, other->path);

	for (size_t i = 0; i < other->reasons.count && i < REASONS_SHOWN; i++) {
		if (need->reasons.count + i < REASONS_SHOWN)
			need->reasons.traces[need->reasons.count + i] = other->reasons.traces[i];
	}
	need->reasons.count += other->reasons.count;
	if (!other->offer)
		need->offer = NULL;
	need->has_programs |= other->has_programs;
	if (!need->program)
		need->program = other->program;
	if (is_same && !need->is_lacking && other->is_lacking) {
		need->is_lacking = true;
		need->has_owner = other->has_owner;
		need->mode = other->mode;
		need->uid = other->uid;
		need->gid = other->gid;
	}
	free_ptr(&other->path);
}

/* Sorts the needs, and drops those that are equal to another one or below it. */
static void drop_below(struct needs *needs)
{
	struct need *items = needs->items;
	size_t count = 0;

	if (needs->count)
		qsort(items, needs->count, sizeof(*items), compare_needs);
	for (size_t i = 0; i < needs->count; i++) {
		if (count && path_is_below(items[i].path, items[count - 1].path)) {
			take_over(&items[count - 1], &items[i]);
			continue;
		}
		if (count != i) {
			items[count] = items[i];
			items[i].path = NULL;
		}
		count++;
	}
	needs->count = count;
}

/* Returns the length of the parent of a need's directory; 0 for "/". */
static size_t length_above(const struct need *need)
{
	return (size_t)(strrchr(need->path, '/') - need->path);
}

/* Are at least that many of the needs, from first on, directly in first's parent, of length bytes?
 * The needs are sorted, so only deeper directories are between them. */
static bool has_siblings(const struct needs *needs, size_t first, size_t length, size_t enough)
{
	const char *dir = needs->items[first].path;
	size_t count = 0;

	for (size_t i = first; i < needs->count && count < enough; i++) {
		const struct need *need = &needs->items[i];

		if (strncmp(need->path, dir, length + 1) != 0)
			break;
		count += length_above(need) == length;
	}
	return count == enough;
}

/* Returns the number of needs directly in the parent from which the parent replaces them; 0:
 * never. */
static size_t siblings_enough(struct need *need, size_t length, bool is_crowded)
{
	size_t enough = 0;

	if (!length)
		return 0;
	need->path[length] = '\0';
	if (!home_is_broad(need->path) && !home_is_programs(need->path))
		enough = is_crowded ? 2 : home_siblings(need->path);
	need->path[length] = '/';
	return enough;
}

/* Replaces needs by their parent if enough of them are directly in it. Returns whether it replaced
 * any. */
static bool gather(struct needs *needs, bool is_crowded)
{
	bool has_any = false;

	for (size_t i = 0; i < needs->count; i++) {
		struct need *need = &needs->items[i];
		size_t length = length_above(need);
		size_t enough = siblings_enough(need, length, is_crowded);

		if (!enough || !has_siblings(needs, i, length, enough))
			continue;
		need->path[length] = '\0';
		need->is_lacking = false;
		has_any = true;
	}
	return has_any;
}

void needs_reduce(struct needs *needs)
{
	do {
		drop_below(needs);
	} while (gather(needs, needs->count > NEEDS_FEW));
}

struct need *needs_find(const struct needs *needs, const char *path)
{
	size_t low = 0;
	size_t high = needs->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (path_compare(needs->items[middle].path, path) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || !path_is_below(path, needs->items[low - 1].path))
		return NULL;
	return &needs->items[low - 1];
}
