/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expect.h"
#include "tool/yaml.h"

static void dump(const struct node *node, FILE *file)
{
	static const char brackets[] = {[NODE_LIST] = '[', [NODE_MAP] = '{'};

	if (node->kind == NODE_TEXT) {
		fprintf(file, "%s'%s'", strcmp(node_type(node), "string") ? node_type(node) : "",
			node->text);
		return;
	}
	fputc(brackets[node->kind], file);
	for (size_t i = 0; i < node->count; i++) {
		if (i)
			fputc(node->kind == NODE_MAP && i % 2 ? ':' : ',', file);
		dump(node->items[i], file);
	}
	fputc(brackets[node->kind] + 2, file);
}

/* All documents as one line of text. */
static char *dump_text(const char *text)
{
	AUTO_YAML yaml = {0};
	struct error error = UNSET_ERROR;
	size_t length;
	char *dumped;
	FILE *file = open_memstream(&dumped, &length);

	expect_success(text, yaml_parse(text, strlen(text), &error, &yaml), &error);
	for (size_t i = 0; i < yaml.count; i++) {
		if (i)
			fputc(' ', file);
		dump(yaml.documents[i], file);
	}
	fclose(file);
	return dumped;
}

Test(yaml, documents)
{
	static const struct {
		const char *text;
		const char *dumped;
	} rows[] = {
		{"", ""},
		{"---\n---\n# nothing\n", ""},
		{"a: b\n---\n- c\n", "{'a':'b'} ['c']"},
		{"\xef\xbb\xbf"
		 "a: b",
		 "{'a':'b'}"},
		{"{\n\t\"a\":[1,\"1\"],\t\"b\":{}}", "{'a':[number'1','1'],'b':{}}"},
		{"{\"\\/\":\"\\u00e4\"}", "{'/':'\u00e4'}"},
		{"a: &x [b]\nc: *x\n", "{'a':['b'],'c':['b']}"},
		{"- &x a\n- &x b\n- *x\n", "['a','b','b']"},
		{"a: &x b\n---\nc: &x d\ne: *x\n", "{'a':'b'} {'c':'d','e':'d'}"},
		{"a:\r\n  b: c\r\n", "{'a':{'b':'c'}}"},
		{"a: |\n  b\n  c\n", "{'a':'b\nc\n'}"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *dumped = dump_text(rows[i].text);

		expect_text(rows[i].text, dumped, rows[i].dumped);
	}
}

Test(yaml, types)
{
	static const struct {
		const char *type;
		const char *texts[24];
	} rows[] = {
		{"boolean", {"true", "True", "FALSE", "yes", "No", "on", "OFF", "y", "N"}},
		{"null", {"~", "null", "Null", "!!null ''"}},
		{"number",
		 {"0", "-1", "+1", "1_000", "0x1f", "0o17", "0b1", "1.5", ".5", "1.", "1e3",
		  "1.5E-3", ".inf", "-.Inf", ".nan", "0777"}},
		{"string",
		 {"'true'", "\"1\"", "!!str true", "! 1", "tRUE", "yess", "12:30", "0x", "0xg",
		  "_1", ".", "e3", "1e", "1e+", "1x", "/run", "2001-02-03", "''", "-.nan"}},
		{"map", {"{}"}},
		{"list", {"[]"}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (const char *const *text = rows[i].texts; *text; text++) {
			AUTO_YAML yaml = {0};
			struct error error = UNSET_ERROR;

			expect_success(*text, yaml_parse(*text, strlen(*text), &error, &yaml),
				       &error);
			cr_assert(yaml.count == 1, "%s", *text);
			expect_text(*text, node_type(yaml.documents[0]), rows[i].type);
		}
}

Test(yaml, refused)
{
	static const struct {
		const char *text;
		size_t offset;
		const char *why;
	} rows[] = {
		{"a: [b\nc: d\n", 7, "did not find expected ',' or ']'"},
		{"a: \"b", 5, "found unexpected end of stream"},
		{"\u00e4: \x01", 4, "control characters are not allowed"},
		{"a: b\nc: \xff\n", 8, "not UTF-8"},
		{"a: *x\n", 3, "an alias of an anchor that is not before it"},
		{"a: &x b\n---\nc: *x\n", 15, "an alias of an anchor that is not before it"},
		{"a: &x [*x]\n", 7, "an alias of what it is part of"},
		{"a: &x {b: [*x]}\n", 11, "an alias of what it is part of"},
		{"a: \"b\\0\"\n", 3, "a NUL in a string"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_YAML yaml = {0};
		struct error error = UNSET_ERROR;
		int r = yaml_parse(rows[i].text, strlen(rows[i].text), &error, &yaml);

		expect_error(rows[i].text, r, &error, STATUS_INPUT, rows[i].offset, rows[i].why);
	}
}

Test(yaml, surrogates)
{
	static const struct {
		const char *text;
		const char *joined;
	} rows[] = {
		{"[\"a\\ud83d\\ude00b\"]", "[\"a\\U0001f600b\"]"},
		{" {\"\\uDBFF\\uDFFF\"", " {\"\\U0010ffff\""},
		{"[\"\\\\ud83d\\ude00\"]", NULL},
		{"[\"\\ud83d\\n\"]", NULL},
		{"[\"\\ud83d\\ud83d\"]", NULL},
		{"[\"\\ud8", NULL},
		{"[\"\\ud83d\\u", NULL},
		{"[\\", NULL},
		{"- \\ud83d\\ude00", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *text = strdup(rows[i].text);
		const char *joined = rows[i].joined ? rows[i].joined : rows[i].text;
		size_t length = yaml_join_surrogates(text, strlen(text));

		expect_text(rows[i].text, text, joined);
		expect_number(rows[i].text, length, strlen(joined));
	}
}

static void expect_limit(const char *name, char *text, const char *why)
{
	AUTO_YAML yaml = {0};
	struct error error = UNSET_ERROR;
	int r = yaml_parse(text, strlen(text), &error, &yaml);

	if (why)
		expect_error(name, r, &error, STATUS_INPUT, ANYWHERE, why);
	else
		expect_success(name, r, &error);
	free(text);
}

/* A list of count elements, with a number in each. */
static char *listed(size_t count, const char *before, const char *after)
{
	size_t length;
	char *text;
	FILE *file = open_memstream(&text, &length);

	fprintf(file, "- &a x\n");
	for (size_t i = 0; i < count; i++)
		fprintf(file, "- %s%zu%s\n", before, i, after);
	fclose(file);
	return text;
}

static char *doubled(size_t count)
{
	size_t length;
	char *text;
	FILE *file = open_memstream(&text, &length);

	fprintf(file, "- &a0 [x, x]\n");
	for (size_t i = 1; i < count; i++)
		fprintf(file, "- &a%zu [*a%zu, *a%zu]\n", i, i - 1, i - 1);
	fclose(file);
	return text;
}

static char *nested(size_t count)
{
	char *text = repeat('[', 2 * count);

	memset(text + count, ']', count);
	return text;
}

Test(yaml, limits)
{
	expect_limit("deep", nested(YAML_DEPTH_MAX), NULL);
	expect_limit("too deep", nested(YAML_DEPTH_MAX + 1), "more than 128 deep");
	expect_limit("much too deep", nested(100000), "more than 128 deep");
	expect_limit("deep by aliases", doubled(YAML_DEPTH_MAX), "aliases counted");
	expect_limit("large by aliases", doubled(16), NULL);
	expect_limit("too large by aliases", doubled(20), "more than 1000000 values");
	expect_limit("anchors", listed(YAML_ANCHORS_MAX - 1, "&a", " x"), NULL);
	expect_limit("too many anchors", listed(YAML_ANCHORS_MAX, "&a", " x"),
		     "more than 1024 anchors");
	expect_limit("too many aliases", listed(YAML_ALIASES_MAX + 1, "*a #", ""),
		     "more than 16384 aliases");
	expect_limit("too many values", listed(YAML_NODES_MAX + 1, "", ""),
		     "more than 1000000 values");
	expect_limit("too long", repeat('#', YAML_LENGTH_MAX + 1), "more than 16777216 bytes");
}

/* The map of a document. */
static const struct node *parse_map(const char *text, struct yaml *yaml)
{
	struct error error = UNSET_ERROR;

	expect_success(text, yaml_parse(text, strlen(text), &error, yaml), &error);
	cr_assert(yaml->count == 1 && yaml->documents[0]->kind == NODE_MAP, "%s", text);
	return yaml->documents[0];
}

Test(yaml, get)
{
	static const struct {
		const char *text;
		const char *found; /* of the key "k" */
		size_t key;	   /* where the key is */
	} rows[] = {
		{"k: a", "a", 0},
		{"j: a", NULL, 0},
		{"k: a\nk: b", "b", 5},
		{"k: [a]", NULL, 0},
		{"k: true", NULL, 0},
		{"<<: {k: a}\nj: b", "a", 5},
		{"<<: {k: a}\nk: b", "b", 11},
		{"k: b\n<<: {k: a}", "b", 0},
		{"<<: [{j: a}, {k: b}, {k: c}]", "b", 14},
		{"<<: {<<: {k: a}}", "a", 10},
		{"'<<': {k: a}", NULL, 0},
		{"<<: a", NULL, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_YAML yaml = {0};
		const struct node *map = parse_map(rows[i].text, &yaml);
		const struct node *key = NULL;
		const char *found = node_get_string(map, "k");

		if (!rows[i].found) {
			expect_null(rows[i].text, found);
			continue;
		}
		expect_text(rows[i].text, found, rows[i].found);
		cr_assert(node_get(map, "k", &key));
		expect_number(rows[i].text, key->start, rows[i].key);
	}
}

static int print_pair(const struct node *key, const struct node *value, void *data)
{
	fprintf(data, "%s=%s ", key->text, value->text);
	return strcmp(key->text, "stop") ? 0 : -1;
}

/* The later of two overrides the earlier one, as in Go's maps. */
Test(yaml, each)
{
	static const struct {
		const char *text;
		const char *pairs;
	} rows[] = {
		{"a: 1\nb: 2", "a=1 b=2 "},	      {"a: 1\n<<: {a: 2, c: 3}", "a=2 c=3 a=1 "},
		{"<<: [{a: 1}, {a: 2}]", "a=2 a=1 "}, {"stop: 1\na: 2", "stop=1 "},
		{"<<: {stop: 1}\na: 2", "stop=1 "},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_YAML yaml = {0};
		const struct node *map = parse_map(rows[i].text, &yaml);
		char pairs[256] = "";
		FILE *file = fmemopen(pairs, sizeof(pairs), "w");
		int r = node_each(map, print_pair, file);

		fclose(file);
		expect_text(rows[i].text, pairs, rows[i].pairs);
		expect_number(rows[i].text, r < 0, strstr(rows[i].text, "stop") != NULL);
	}
}

/* The value is the first text of a list; "@" in it corresponds to an "@" of the written text. */
Test(yaml, locate)
{
	static const char *const rows[] = {
		"[ab@c]",
		"[ 'ab@c' ]",
		"[\"ab@c\"]",
		"['it''s @c']",
		"[\"\\u00e4\\x41\\U0001f600\\t\\\"\\\\\\N\\L@\"]",
		"[\"a\\\n   b@\"]",
		"[\"a\n\n   b@\"]",
		"[a b\n   c@ d]",
		"[&anchor !!str ab@]",
		"[! &anchor 'ab@']",
		"- |\n  a\n  b@\n",
		"- |-  # header\n    a\n\n      b@\n",
		"- >\n  a\n  b\n\n  c @\n",
		"- &x >+\n  a\n   b\n  @\n",
		"- '@'\n",
		"- |\n  @\n",
		"- \"a\\\n  @\"\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_YAML yaml = {0};
		struct error error = UNSET_ERROR;
		const struct node *node;
		const char *at;

		expect_success(rows[i], yaml_parse(rows[i], strlen(rows[i]), &error, &yaml),
			       &error);
		cr_assert(yaml.count == 1 && yaml.documents[0]->count == 1, "%s", rows[i]);
		node = yaml.documents[0]->items[0];
		at = strchr(node->text, '@');
		cr_assert(at, "%s", rows[i]);
		expect_number(rows[i], node_locate(node, rows[i], (size_t)(at - node->text)),
			      (size_t)(strchr(rows[i], '@') - rows[i]));
	}
}
