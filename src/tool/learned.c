/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "learned.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lesson.h"
#include "value.h"

/* Used for a container if neither the image's name nor its layers are known. */
#define NO_NAME "(unknown image)"

struct lessons {
	struct lesson *items;
	size_t count;
	size_t capacity;
};

static void lessons_done(struct lessons *lessons)
{
	for (size_t i = 0; i < lessons->count; i++)
		lesson_done(&lessons->items[i]);
	free_ptr(&lessons->items);
	lessons->count = 0;
}

void learned_done(struct learned *learned)
{
	for (size_t i = 0; i < learned->count; i++) {
		free_ptr(&learned->images[i].name);
		free_ptr(&learned->images[i].reason);
		needs_done(&learned->images[i].needs);
	}
	free_ptr(&learned->images);
	learned->count = learned->capacity = 0;
}

static const char *name_of(const struct lesson *lesson)
{
	if (lesson->image)
		return lesson->image;
	return lesson->layer ? lesson->layer : NO_NAME;
}

static int compare(const void *a, const void *b)
{
	return strcmp(name_of(a), name_of(b));
}

static int read_line(const char *line, size_t length, struct error *error, struct lessons *lessons,
		     size_t *ignored)
{
	struct lesson lesson;
	int r = lesson_read(line, length, &lesson);

	if (r == 0) {
		/* Empty lines between others are not counted. */
		*ignored += length > 0;
		return 0;
	}
	if (r < 0)
		return error_memory(error);
	if (lessons->count == LEARNED_LESSONS_MAX) {
		lesson_done(&lesson);
		return error_set(error, STATUS_INPUT, 0, "standard input: more lines than fit: %zu",
				 lessons->count);
	}
	if (array_reserve(&lessons->items, &lessons->capacity, lessons->count, sizeof(lesson)) <
	    0) {
		lesson_done(&lesson);
		return error_memory(error);
	}
	lessons->items[lessons->count++] = lesson;
	return 0;
}

static int read_lines(const char *text, size_t length, struct error *error, struct lessons *lessons,
		      size_t *ignored)
{
	const char *end = text + length;
	int r = 0;

	while (text < end && r == 0) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		r = read_line(text, (size_t)(stop - text), error, lessons, ignored);
		text = stop + (newline != NULL);
	}
	return r;
}

/* Returns the image of a lesson: the last one, or a new one. The lessons are sorted by image. */
static struct learned_image *image_for(struct learned *learned, const char *name)
{
	struct learned_image *last = learned->count ? &learned->images[learned->count - 1] : NULL;

	if (last && !strcmp(last->name, name))
		return last;
	if (array_reserve(&learned->images, &learned->capacity, learned->count, sizeof(*last)) < 0)
		return NULL;
	last = &learned->images[learned->count];
	*last = (struct learned_image){.name = strdup(name)};
	if (!last->name)
		return NULL;
	learned->count++;
	return last;
}

static int add_lesson(struct learned *learned, struct lesson *lesson, struct error *error)
{
	struct learned_image *image = image_for(learned, name_of(lesson));
	int r = 0;

	if (!image)
		return error_memory(error);
	if (!lesson->list) {
		image->runs_without++;
		free_ptr(&image->reason);
		image->reason = take_ptr(lesson->reason);
		return 0;
	}
	if (*lesson->list)
		r = value_read(lesson->list, error, &image->needs);
	if (r == -ENOMEM)
		return r;
	if (r < 0) {
		learned->ignored++;
		return 0;
	}
	image->runs++;
	image->runs_cut += lesson->is_cut;
	return 0;
}

int learned_read(const char *text, size_t length, struct error *error, struct learned *ret_learned)
{
	AUTO_LEARNED learned = {0};
	CLEANUP(lessons_done) struct lessons lessons = {0};
	int r;

	r = read_lines(text, length, error, &lessons, &learned.ignored);
	if (r < 0)
		return r;
	if (lessons.count)
		qsort(lessons.items, lessons.count, sizeof(*lessons.items), compare);
	for (size_t i = 0; i < lessons.count; i++) {
		r = add_lesson(&learned, &lessons.items[i], error);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < learned.count; i++)
		needs_reduce(&learned.images[i].needs);
	*ret_learned = learned;
	learned = (struct learned){0};
	return 0;
}
