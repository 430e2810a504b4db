/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Annotations, with the grammar of the list. The input is text: KEY=VALUE on each line. A line
 * that begins with a tab continues the value before it, with the newline.
 */
#include <regex.h>

#include "core/annotations.h"
#include "fuzz_entry.h"

#define LINES_MAX 64

/* The keys that the hook refuses, ignoring case. */
#define OWN_KEYS "^io\\.containers?\\.read[-_.]?only"

struct input {
	char *text;
	struct annotation items[LINES_MAX];
	struct annotations annotations;
};

static void split(struct input *input)
{
	char *line = input->text;

	while (line && input->annotations.count < LINES_MAX) {
		char *end = strchr(line, '\n');
		char *equals;

		while (end && end[1] == '\t')
			end = strchr(end + 1, '\n');
		if (end)
			*end++ = '\0';
		equals = strchr(line, '=');
		if (equals) {
			*equals = '\0';
			/* A JSON object has each key once. */
			if (!annotations_get(&input->annotations, line))
				input->items[input->annotations.count++] =
					(struct annotation){.key = line, .value = equals + 1};
		}
		line = end;
	}
}

/* With the C library, because the code parses by hand. */
static bool looks_like_ours(const char *text)
{
	static regex_t regex;
	static bool is_compiled;

	if (!is_compiled)
		REQUIRE(regcomp(&regex, OWN_KEYS, REG_EXTENDED | REG_ICASE | REG_NOSUB) == 0, "%s",
			OWN_KEYS);
	is_compiled = true;
	return regexec(&regex, text, 0, NULL, 0) == 0;
}

static size_t longest_value(const struct annotations *annotations)
{
	size_t longest = 0;

	for (size_t i = 0; i < annotations->count; i++)
		if (strlen(annotations->items[i].value) > longest)
			longest = strlen(annotations->items[i].value);
	return longest;
}

static int read_wish(const struct annotations *annotations, struct error *error,
		     struct wish *ret_wish)
{
	int r;

	*error = UNSET_ERROR;
	r = annotations_wish(annotations, error, ret_wish);
	if (r < 0) {
		require_error(r, error, STATUS_BIT(STATUS_ANNOTATION), longest_value(annotations));
		REQUIRE(looks_like_ours(error->text), "no key: %s", error->text);
	}
	return r;
}

/* The key that applies: the one with this container's name, else the plain one. */
static const char *effective_key(const struct annotations *annotations, const char *plain,
				 const char *container)
{
	AUTO_TEXT named = {0};

	text_add(&named, "%s/%s", plain, container ? container : "");
	for (size_t i = 0; container && i < annotations->count; i++)
		if (!strcmp(annotations->items[i].key, named.text))
			return annotations->items[i].key;
	for (size_t i = 0; i < annotations->count; i++)
		if (!strcmp(annotations->items[i].key, plain))
			return annotations->items[i].key;
	return NULL;
}

/* What must not have been accepted. */
static void require_known_keys(const struct annotations *annotations, const char *container,
			       bool has_list)
{
	static const char *const bare[] = {"mode", "uid",  "gid", "nr_inodes",
					   "size", "seed", "huge"};

	for (size_t i = 0; i < annotations->count; i++) {
		const char *key = annotations->items[i].key;
		const char *rest = key + strlen("io.containers.readonly");

		for (size_t k = 0; has_list && k < ARRAY_SIZE(bare); k++)
			REQUIRE(strcmp(key, bare[k]) != 0, "'%s' beside a list", key);
		REQUIRE(!has_list || *key != '/', "'%s' beside a list", key);
		if (!looks_like_ours(key))
			continue;
		REQUIRE(!strncmp(key, "io.containers.readonly", 22), "'%s' is taken", key);
		if (!strncmp(rest, ".tmpfs", 6))
			rest += 6;
		REQUIRE(!*rest || (*rest == '/' && rest[1] && container), "'%s' is taken", key);
	}
}

static void require_wish(const struct annotations *annotations, const struct wish *wish)
{
	const char *container = annotations_container_name(annotations);
	const char *readonly = effective_key(annotations, "io.containers.readonly", container);
	const char *list = effective_key(annotations, "io.containers.readonly.tmpfs", container);

	require_known_keys(annotations, container, list);
	REQUIRE(wish->readonly_key == readonly, "'%s'", readonly ? readonly : "none");
	REQUIRE(wish->list_key == list, "'%s'", list ? list : "none");
	if (readonly)
		REQUIRE(!strcmp(annotations_get(annotations, readonly),
				wish->readonly == READONLY_TRUE ? "true" : "false") &&
				wish->readonly != READONLY_UNSAID,
			"%u", wish->readonly);
	else
		REQUIRE(wish->readonly == READONLY_UNSAID, "%u", wish->readonly);
	if (list)
		require_entries(&wish->list, annotations_get(annotations, list));
	else
		REQUIRE(!wish->list.count, "%zu", wish->list.count);
}

/* Written from its meaning and parsed again, as a whole and one by one, it is the same. */
static void round_trip(const struct tmpfs_list *list)
{
	AUTO_TMPFS_LIST again = {0};
	AUTO_TEXT text = {0};
	struct error error = UNSET_ERROR;

	put_list(&text, list);
	REQUIRE(tmpfs_list_parse(text.text ? text.text : "", &error, &again) == 0, "%s: %s",
		error.text, text.text);
	require_same_list(list, &again);
	for (size_t i = 0; i < list->count; i++) {
		AUTO_TMPFS_ENTRY entry = {0};

		REQUIRE(tmpfs_entry_parse(list->entries[i].text, &error, &entry) == 0, "%s",
			error.text);
		require_same_entry(&list->entries[i], &entry);
	}
}

/* What else is read, in any order. */
static void require_names(const struct annotations *annotations)
{
	const char *names[] = {annotations_container_name(annotations),
			       annotations_pod_name(annotations),
			       annotations_pod_namespace(annotations)};
	bool is_type = false, is_id = false, asks = false;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		REQUIRE(!names[i] || *names[i], "an empty name");
	for (size_t i = 0; i < annotations->count; i++) {
		const char *key = annotations->items[i].key;
		const char *value = annotations->items[i].value;

		asks |= looks_like_ours(key);
		is_type |= (!strcmp(key, "io.kubernetes.cri-o.ContainerType") ||
			    !strcmp(key, "io.kubernetes.cri.container-type")) &&
			   !strcmp(value, "sandbox");
		is_id |= (!strcmp(key, "io.kubernetes.cri-o.SandboxID") ||
			  !strcmp(key, "io.kubernetes.cri.sandbox-id")) &&
			 !strcmp(value, "id");
	}
	REQUIRE(annotations_is_sandbox(annotations, "id") == (is_type && is_id), "%d %d", is_type,
		is_id);
	REQUIRE(annotations_ask(annotations) == asks, "%d", asks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = fuzz_text(data, size);
	struct input input = {.text = text};
	AUTO_WISH wish = {0};
	AUTO_WISH again = {0};
	struct error error, error_again;
	int r;

	input.annotations.items = input.items;
	split(&input);
	require_names(&input.annotations);
	r = read_wish(&input.annotations, &error, &wish);
	REQUIRE(read_wish(&input.annotations, &error_again, &again) == r, "%d", r);
	if (r < 0) {
		REQUIRE(!strcmp(error.text, error_again.text), "%s; %s", error.text,
			error_again.text);
		require_escapes(error.text);
		return 0;
	}
	require_same_list(&wish.list, &again.list);
	require_wish(&input.annotations, &wish);
	round_trip(&wish.list);
	return 0;
}
