/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tmpfs_list.h"

#include <string.h>

#include "memory.h"
#include "path.h"
#include "tmpfs_options.h"

/* Blanks around entries; a blank inside an entry is text. */
#define BLANKS	   " \t\r"
#define SEPARATORS ";\n"

/* One entry in the value, without the blanks around it. */
struct span {
	const char *text;
	size_t length;
	size_t offset; /* offset of text in the value */
};

/* An entry's path without its "\" escapes, and the position in the entry of each of its bytes. */
struct raw_path {
	char *text;
	size_t *places;
	size_t length;
	size_t end; /* the position of the entry's ":", or the entry's length */
};

static void raw_path_done(struct raw_path *raw)
{
	free_ptr(&raw->text);
	free_ptr(&raw->places);
}

void tmpfs_list_done(struct tmpfs_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		tmpfs_entry_done(&list->entries[i]);
	free_ptr(&list->entries);
	list->count = list->capacity = 0;
}

/* Prepends the entry and the position in it to an error, and sets the error's offset. */
static int error_at(const struct span *span, size_t at, struct error *error)
{
	int shown = span->length < 200 ? (int)span->length : 200;
	int r;

	r = error_wrap(error, "entry '%.*s', at %zu", shown, span->text, at + 1);
	error->offset = span->offset + at;
	return r;
}

static int refuse(const struct span *span, size_t at, struct error *error, const char *why)
{
	error_set(error, STATUS_ANNOTATION, 0, "%s", why);
	return error_at(span, at, error);
}

/* Finds the next entry from *at on, and moves *at past it. A "\" escapes the next byte, even a
 * separator or a blank. */
static bool next_span(const char *value, size_t *at, struct span *ret_span)
{
	size_t start = *at + strspn(value + *at, BLANKS SEPARATORS);
	size_t end = start;
	size_t i = start;

	while (value[i] && !strchr(SEPARATORS, value[i])) {
		bool is_blank = strchr(BLANKS, value[i]);

		i += value[i] == '\\' && value[i + 1] ? 2 : 1;
		if (!is_blank)
			end = i;
	}
	*at = i;
	*ret_span = (struct span){.text = value + start, .length = end - start, .offset = start};
	return end > start;
}

static int unescape_path(const struct span *span, struct error *error, struct raw_path *ret_raw)
{
	CLEANUP(raw_path_done) struct raw_path raw = {0};
	size_t i;

	raw.text = malloc(span->length + 1);
	raw.places = calloc(span->length + 1, sizeof(*raw.places));
	if (!raw.text || !raw.places)
		return error_memory(error);
	for (i = 0; i < span->length && span->text[i] != ':'; i++) {
		raw.places[raw.length] = i;
		if (span->text[i] == '\\' && ++i == span->length)
			return refuse(
				span, i - 1, error,
				"nothing follows the '\\', which makes the next character literal");
		raw.text[raw.length++] = span->text[i];
	}
	raw.text[raw.length] = '\0';
	raw.end = i;
	*ret_raw = raw;
	raw = (struct raw_path){0};
	return 0;
}

static bool is_option(const char *word, size_t length)
{
	size_t end = 0;

	while (end < length && word[end] != ',' && word[end] != ':')
		end++;
	return tmpfs_option_is_known(word, end);
}

#define BETWEEN_ENTRIES                                                                            \
	"write ';' between entries (and '\\' before a ',', ':' or blank that belongs to the path)"

static int refuse_beginning(const struct span *span, struct error *error)
{
	if (is_option(span->text, span->length))
		return refuse(span, 0, error,
			      "a path must begin with '/', and options follow their path: write "
			      "':' before an option");
	return refuse(span, 0, error, "a path must begin with '/'");
}

/* "/etc,rw" would be a path of that name, as would "/run,/tmp" and "/run /tmp". Other tools use
 * that syntax, so it is hardly meant literally. */
static int check_separators(const struct span *span, size_t end, struct error *error)
{
	for (size_t i = 0; i + 1 < end; i++) {
		const char *rest = span->text + i + 1;

		if (span->text[i] == '\\')
			i++;
		else if (*rest == '/' && strchr("," BLANKS, span->text[i]))
			return refuse(span, i, error, BETWEEN_ENTRIES);
		else if (span->text[i] == ',' && is_option(rest, end - i - 1))
			return refuse(
				span, i, error,
				"write ':' between a path and its options (and '\\,' for a ',' "
				"that belongs to the path)");
	}
	return 0;
}

static const char *component_fault(const char *component, size_t length)
{
	if (length == 1 && component[0] == '.')
		return "a path must not contain '.'";
	if (length == 2 && component[0] == '.' && component[1] == '.')
		return "a path must not contain '..'";
	if (length > PATH_COMPONENT_MAX)
		return "this part of the path is longer than 255 bytes";
	return NULL;
}

/* Normalizes the path in place. */
static int normalize(const struct span *span, struct raw_path *raw, struct error *error)
{
	const char *from = raw->text;
	const char *component;
	size_t length;
	size_t used = 0;

	while ((component = path_next(&from, &length))) {
		const char *why = component_fault(component, length);

		if (why)
			return refuse(span, raw->places[component - raw->text], error, why);
		if (used + 1 + length > PATH_LENGTH_MAX)
			return refuse(span, raw->places[component - raw->text], error,
				      "the path is longer than 4095 bytes");
		raw->text[used++] = '/';
		memmove(raw->text + used, component, length);
		used += length;
	}
	raw->text[used] = '\0';
	if (!used)
		return refuse(span, 0, error,
			      "'/' itself cannot be a tmpfs; name the directories to write to");
	return 0;
}

static int parse_path(const struct span *span, struct error *error, char **ret_path,
		      size_t *ret_end)
{
	CLEANUP(raw_path_done) struct raw_path raw = {0};
	int r;

	r = unescape_path(span, error, &raw);
	if (r < 0)
		return r;
	if (raw.text[0] != '/')
		return refuse_beginning(span, error);
	r = check_separators(span, raw.end, error);
	if (r < 0)
		return r;
	r = normalize(span, &raw, error);
	if (r < 0)
		return r;
	*ret_end = raw.end;
	*ret_path = take_ptr(raw.text);
	return 0;
}

/* The position in an option at which another entry seems to begin; its length if there is none. */
static size_t next_entry(const char *word, size_t length)
{
	size_t at = 0;

	while (at < length && (word[at] != '/' || (at && !strchr(BLANKS, word[at - 1]))))
		at++;
	return at;
}

/* Applies the options after the ":" at start, and keeps each as a word. */
static int parse_options(const struct span *span, size_t start, struct error *error,
			 struct tmpfs_entry *entry)
{
	size_t capacity = 0;
	int r;

	for (size_t count = 0;; count++) {
		const char *word;
		size_t length = 0;
		size_t entry_at;

		/* One more than the number of words, for the terminating NULL. */
		r = array_reserve(&entry->words, &capacity, count + 1, sizeof(*entry->words));
		if (r < 0)
			return error_memory(error);
		if (start >= span->length)
			return 0;
		word = span->text + ++start;
		while (start + length < span->length && word[length] != ',' && word[length] != ':')
			length++;
		if (!length)
			return refuse(span, start, error, "an option is missing");
		entry_at = next_entry(word, length);
		if (entry_at < length)
			return refuse(span, start + entry_at, error, BETWEEN_ENTRIES);
		r = tmpfs_option_apply(word, length, entry, error);
		if (r < 0)
			return error_at(span, start, error);
		entry->words[count] = strndup(word, length);
		if (!entry->words[count])
			return error_memory(error);
		start += length;
	}
}

static int parse_span(const struct span *span, struct error *error, struct tmpfs_entry *ret_entry)
{
	AUTO_TMPFS_ENTRY entry = {.offset = span->offset, .flags = FLAGS_DEFAULT};
	size_t end = 0;
	int r;

	entry.text = strndup(span->text, span->length);
	if (!entry.text)
		return error_memory(error);
	r = parse_path(span, error, &entry.path, &end);
	if (r < 0)
		return r;
	r = parse_options(span, end, error, &entry);
	if (r < 0)
		return r;
	*ret_entry = entry;
	entry = (struct tmpfs_entry){0};
	return 0;
}

static int check_repeated(const struct span *span, const char *path, const struct tmpfs_list *list,
			  struct error *error)
{
	for (size_t i = 0; i < list->count; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): each has one */
		if (!strcmp(list->entries[i].path, path)) {
			error_set(error, STATUS_ANNOTATION, 0,
				  "the same path as entry '%" NAME_SHOWN "'; name it once",
				  list->entries[i].text);
			return error_at(span, 0, error);
		}
	return 0;
}

static int add_span(const struct span *span, struct error *error, struct tmpfs_list *list)
{
	AUTO_TMPFS_ENTRY entry = {0};
	int r;

	if (list->count == TMPFS_ENTRIES_MAX)
		return refuse(span, 0, error,
			      "one list may have 128 entries, and this is one more");
	r = parse_span(span, error, &entry);
	if (r < 0)
		return r;
	r = check_repeated(span, entry.path, list, error);
	if (r < 0)
		return r;
	r = array_reserve(&list->entries, &list->capacity, list->count, sizeof(*list->entries));
	if (r < 0)
		return error_memory(error);
	list->entries[list->count++] = entry;
	entry = (struct tmpfs_entry){0};
	return 0;
}

int tmpfs_list_parse(const char *value, struct error *error, struct tmpfs_list *ret_list)
{
	AUTO_TMPFS_LIST list = {0};
	struct span span;
	size_t at = 0;
	int r;

	if (strlen(value) > TMPFS_LIST_MAX) {
		r = error_set(error, STATUS_ANNOTATION, 0,
			      "the list is %zu bytes long; %d are allowed", strlen(value),
			      TMPFS_LIST_MAX);
		error->offset = TMPFS_LIST_MAX;
		return r;
	}
	while (next_span(value, &at, &span)) {
		r = add_span(&span, error, &list);
		if (r < 0)
			return r;
	}
	*ret_list = list;
	list = (struct tmpfs_list){0};
	return 0;
}

int tmpfs_entry_parse(const char *value, struct error *error, struct tmpfs_entry *ret_entry)
{
	AUTO_TMPFS_LIST list = {0};
	int r;

	r = tmpfs_list_parse(value, error, &list);
	if (r < 0)
		return r;
	if (!list.count) {
		r = error_set(error, STATUS_ANNOTATION, 0, "no path is named");
		error->offset = 0;
		return r;
	}
	if (list.count > 1) {
		r = error_set(error, STATUS_ANNOTATION, 0,
			      "one entry is allowed, and '%" NAME_SHOWN "' is a second",
			      list.entries[1].text);
		error->offset = list.entries[1].offset;
		return r;
	}
	*ret_entry = list.entries[0];
	list.count = 0;
	return 0;
}
