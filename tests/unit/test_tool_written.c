/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expect.h"
#include "tool/written.h"
#include "tool/yaml.h"

static void add(struct written_list *list, const char *key, const char *value)
{
	cr_assert(written_add(list, key, value, NULL, NULL) == 0);
}

/* A place, in brackets within the surrounding text. */
static char *shown(struct finding_place place)
{
	char *text;

	cr_assert(place.start <= place.end && place.end <= place.length);
	cr_assert(asprintf(&text, "%.*s[%.*s]%s", (int)place.start, place.text,
			   (int)(place.end - place.start), place.text + place.start,
			   place.text + place.end) > 0);
	return text;
}

Test(written, places)
{
	static const struct {
		const char *value;
		size_t offset;
		const char *place;
	} rows[] = {
		{"/run;/tmp", ERROR_NO_OFFSET, "[k]=/run;/tmp"},
		{"/run;/tmp", 5, "k=/run;[/tmp]"},
		{"/run:size=1,ro", 5, "k=/run:[size=1],ro"},
		{"/run/../x", 5, "k=/run/[..]/x"},
		{"/a,/b", 2, "k=/a[,]/b"},
		{"/a", 2, "k=/a[]"},
		{"/a", 9, "k=/a[]"},
		{"", 0, "k=[]"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_WRITTEN list = {0};
		AUTO_FREE char *found = NULL;

		add(&list, "k", rows[i].value);
		found = shown(written_place(&list, &list.items[0], rows[i].offset));
		expect_text(rows[i].value, found, rows[i].place);
	}
}

/* The places in a document are those of the written text. */
Test(written, places_in_document)
{
	static const char text[] = "k: \"/a\\u002fb:\\\n  ro\"\n";
	AUTO_YAML yaml = {0};
	AUTO_WRITTEN list = {.file = "f", .text = text, .length = strlen(text)};
	struct error error = UNSET_ERROR;
	const struct node *value;
	AUTO_FREE char *key_shown = NULL;
	AUTO_FREE char *option_shown = NULL;
	AUTO_FREE char *path_shown = NULL;

	expect_success(text, yaml_parse(text, strlen(text), &error, &yaml), &error);
	value = yaml.documents[0]->items[1];
	expect_text(text, value->text, "/a/b:ro");
	cr_assert(written_add(&list, "k", value->text, yaml.documents[0]->items[0], value) == 0);
	key_shown = shown(written_place(&list, &list.items[0], ERROR_NO_OFFSET));
	expect_text("key", key_shown, "[k]: \"/a\\u002fb:\\\n  ro\"\n");
	option_shown = shown(written_place(&list, &list.items[0], 5));
	expect_text("option", option_shown, "k: \"/a\\u002fb:\\\n  [ro]\"\n");
	path_shown = shown(written_place(&list, &list.items[0], 0));
	expect_text("path", path_shown, "k: \"[/a\\u002fb]:\\\n  ro\"\n");
}

Test(written, taken_out)
{
	static const struct {
		const char *key;
		const char *value;
		size_t offset;
		const char *left; /* NULL: everything is taken out */
	} rows[] = {
		{KEY_TMPFS, "/a;/b:x;/c", 5, "/a;    ;/c"},
		{KEY_TMPFS, "/a;/b:x;/c", 0, "  ;/b:x;/c"},
		{KEY_TMPFS, "/a;/b:x;/c", 9, "/a;/b:x;  "},
		{KEY_TMPFS, "/a\\;b;/c", 4, "     ;/c"},
		{KEY_TMPFS, "/a\n/b", 3, "/a\n  "},
		{KEY_TMPFS, "/a", 99, "  "},
		{KEY_TMPFS, " ;/b", 0, NULL},
		{KEY_TMPFS, "/a;/b", ERROR_NO_OFFSET, NULL},
		{KEY_TMPFS "/c1", "/a;/b", 0, "  ;/b"},
		{KEY_TMPFS "x", "/a;/b", 0, NULL},
		{KEY_READONLY, "True", 0, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_WRITTEN list = {0};
		const struct annotations *left;

		add(&list, rows[i].key, rows[i].value);
		written_take_out(&list.items[0], rows[i].offset);
		left = written_annotations(&list);
		cr_assert(left);
		expect_number(rows[i].value, left->count, rows[i].left != NULL);
		if (left->count && rows[i].left)
			expect_text(rows[i].value, left->items[0].value, rows[i].left);
	}
}

Test(written, blamed)
{
	static const struct {
		const char *error;
		const char *key;
	} rows[] = {
		{KEY_READONLY ": wrong", KEY_READONLY},
		{KEY_TMPFS ": entry", KEY_TMPFS},
		{KEY_TMPFS "/a:b: entry", KEY_TMPFS "/a:b"},
		{KEY_TMPFS "/c: entry", NULL},
		{"/run: it is a mount", NULL},
		{"out: of memory", NULL},
	};
	AUTO_WRITTEN list = {0};

	add(&list, KEY_READONLY, "x");
	add(&list, KEY_TMPFS, "x");
	add(&list, KEY_TMPFS "/a", "x");
	add(&list, KEY_TMPFS "/a:b", "x");
	add(&list, "out", "x");
	list.items[4].is_out = true;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error error = {0};
		const struct written *blamed;

		snprintf(error.text, sizeof(error.text), "%s", rows[i].error);
		blamed = written_blamed(&list, &error);
		if (rows[i].key)
			expect_text(rows[i].error, blamed ? blamed->key : NULL, rows[i].key);
		else
			expect_null(rows[i].error, blamed);
	}
}

/* The later of two overrides the earlier one, as in podman. */
Test(written, replaced)
{
	AUTO_WRITTEN list = {0};
	const struct annotations *annotations;

	add(&list, "a", "1");
	add(&list, "b", "2");
	add(&list, "a", "3");
	annotations = written_annotations(&list);
	cr_assert(annotations && annotations->count == 2);
	expect_text("a", annotations_get(annotations, "a"), "3");
	expect_text("line", list.items[0].line, "a=3");
}
