/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <json-c/json_tokener.h>

#include "core/annotations.h"
#include "core/json.h"
#include "expect.h"

#define NAME "io.kubernetes.container.name"

/* Up to 6 pairs. A NULL key ends them. */
struct pairs {
	struct annotation items[6];
};

static struct annotations all(struct pairs *pairs)
{
	struct annotations annotations = {.items = pairs->items};

	while (annotations.count < ARRAY_SIZE(pairs->items) && pairs->items[annotations.count].key)
		annotations.count++;
	return annotations;
}

static int read_text(const char *text, struct error *error, struct json_object **ret_document,
		     struct annotations *ret_annotations)
{
	*error = UNSET_ERROR;
	*ret_document = json_tokener_parse(text);
	return annotations_read(*ret_document, "doc", error, ret_annotations);
}

Test(annotations, read)
{
	AUTO_JSON *document = NULL;
	AUTO_ANNOTATIONS annotations = {0};
	struct error error;

	expect_success("two",
		       read_text("{\"a\": \"1\", \"b\": \"\"}", &error, &document, &annotations),
		       &error);
	expect_number("two", annotations.count, 2);
	expect_text("a", annotations_get(&annotations, "a"), "1");
	expect_text("b", annotations_get(&annotations, "b"), "");
	expect_null("c", annotations_get(&annotations, "c"));
	expect_null("A", annotations_get(&annotations, "A"));
}

Test(annotations, read_nothing)
{
	AUTO_ANNOTATIONS annotations = {.count = 7};
	struct error error = UNSET_ERROR;

	expect_success("NULL", annotations_read(NULL, "doc", &error, &annotations), &error);
	expect_number("NULL", annotations.count, 0);
}

Test(annotations, read_refuses)
{
	static const struct {
		const char *text, *part;
	} rows[] = {
		{"{\"a\": 1}", "doc: annotations: 'a' must be a string"},
		{"{\"a\": null}", "doc: annotations: 'a' must be a string"},
		{"{\"a\": \"x\", \"b\": true}", "doc: annotations: 'b' must be a string"},
		{"{\"a\": [\"x\"]}", "doc: annotations: 'a' must be a string"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_JSON *document = NULL;
		struct annotations annotations = {.count = 77};
		struct error error;
		int r = read_text(rows[i].text, &error, &document, &annotations);

		expect_error(rows[i].text, r, &error, STATUS_INPUT, ERROR_NO_OFFSET, rows[i].part);
		expect_number(rows[i].text, annotations.count, 77);
	}
}

Test(annotations, count_at_and_past_the_limit)
{
	AUTO_JSON *object = json_object_new_object();
	struct error error = UNSET_ERROR;
	struct annotations none;
	char key[16];

	for (int i = 0; i <= ANNOTATIONS_MAX; i++) {
		if (i == ANNOTATIONS_MAX) {
			AUTO_ANNOTATIONS annotations = {0};

			expect_success("at", annotations_read(object, "doc", &error, &annotations),
				       &error);
			expect_number("at", annotations.count, ANNOTATIONS_MAX);
		}
		snprintf(key, sizeof(key), "k%d", i);
		json_object_object_add(object, key, json_object_new_string("v"));
	}
	expect_error("past", annotations_read(object, "doc", &error, &none), &error, STATUS_INPUT,
		     ERROR_NO_OFFSET, "doc: annotations: more than 4096");
}

Test(annotations, container_name)
{
	static struct {
		struct pairs pairs;
		const char *name;
	} rows[] = {
		{{{{0}}}, NULL},
		{{{{NAME, "app"}}}, "app"},
		{{{{"io.kubernetes.cri.container-name", "app"}}}, "app"},
		{{{{"io.kubernetes.cri.container-name", "b"}, {NAME, "a"}}}, "a"},
		{{{{"io.kubernetes.cri.container-name", "b"}, {NAME, ""}}}, "b"},
		{{{{"io.kubernetes.cri.container-name", ""}}}, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct annotations annotations = all(&rows[i].pairs);
		const char *name = annotations_container_name(&annotations);

		if (rows[i].name)
			expect_text(rows[i].name, name, rows[i].name);
		else
			expect_null("no name", name);
	}
}

Test(annotations, pod)
{
	static struct {
		struct pairs pairs;
		const char *name, *namespace;
	} rows[] = {
		{{{{NAME, "app"}}}, "", ""},
		{{{{"io.kubernetes.pod.name", "p"}, {"io.kubernetes.pod.namespace", "n"}}},
		 "p",
		 "n"},
		{{{{"io.kubernetes.cri.sandbox-name", "p"},
		   {"io.kubernetes.cri.sandbox-namespace", "n"}}},
		 "p",
		 "n"},
		{{{{"io.kubernetes.cri.sandbox-name", "x"},
		   {"io.kubernetes.pod.name", "p"},
		   {"io.kubernetes.pod.namespace", ""},
		   {"io.kubernetes.cri.sandbox-namespace", "n"}}},
		 "p",
		 "n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct annotations annotations = all(&rows[i].pairs);
		const char *name = annotations_pod_name(&annotations);
		const char *namespace = annotations_pod_namespace(&annotations);

		expect_text("name", name ? name : "", rows[i].name);
		expect_text("namespace", namespace ? namespace : "", rows[i].namespace);
	}
}

Test(annotations, sandbox)
{
	static struct {
		struct pairs pairs;
		bool is_sandbox; /* of the id "id" */
	} rows[] = {
		{{{{0}}}, false},
		{{{{KEY_CRIO_TYPE, "sandbox"}, {KEY_CRIO_SANDBOX, "id"}}}, true},
		{{{{KEY_CONTAINERD_TYPE, "sandbox"}, {KEY_CONTAINERD_SANDBOX, "id"}}}, true},
		/* The type by itself proves nothing. */
		{{{{KEY_CRIO_TYPE, "sandbox"}}}, false},
		{{{{KEY_CONTAINERD_TYPE, "sandbox"}}}, false},
		{{{{KEY_CRIO_SANDBOX, "id"}}}, false},
		{{{{KEY_CONTAINERD_SANDBOX, "id"}}}, false},
		/* An author's annotations, on a container of another sandbox. */
		{{{{KEY_CRIO_TYPE, "sandbox"}, {KEY_CRIO_SANDBOX, "other"}}}, false},
		{{{{KEY_CONTAINERD_TYPE, "sandbox"}, {KEY_CONTAINERD_SANDBOX, "other"}}}, false},
		{{{{KEY_CRIO_TYPE, "sandbox"}, {KEY_CRIO_SANDBOX, ""}}}, false},
		{{{{KEY_CRIO_TYPE, "sandbox"}, {KEY_CRIO_SANDBOX, "i"}}}, false},
		{{{{KEY_CRIO_TYPE, "sandbox"}, {KEY_CRIO_SANDBOX, "idx"}}}, false},
		{{{{KEY_CRIO_TYPE, "container"}, {KEY_CRIO_SANDBOX, "id"}}}, false},
		{{{{KEY_CRIO_TYPE, "Sandbox"}, {KEY_CRIO_SANDBOX, "id"}}}, false},
		/* An engine may pass on annotations of the other engine. Its own still count. */
		{{{{KEY_CRIO_TYPE, "sandbox"},
		   {KEY_CRIO_SANDBOX, "id"},
		   {KEY_CONTAINERD_TYPE, "container"},
		   {KEY_CONTAINERD_SANDBOX, "other"}}},
		 true},
		{{{{KEY_CRIO_TYPE, "container"},
		   {KEY_CRIO_SANDBOX, "other"},
		   {KEY_CONTAINERD_TYPE, "sandbox"},
		   {KEY_CONTAINERD_SANDBOX, "id"}}},
		 true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct annotations annotations = all(&rows[i].pairs);

		cr_expect(annotations_is_sandbox(&annotations, "id") == rows[i].is_sandbox,
			  "row %zu", i);
	}
}

static struct {
	const char *row;
	struct pairs pairs;
	enum readonly_wish readonly;
	const char *readonly_key, *list_key, *path; /* of the first entry */
} wishes[] = {
	{"none", {{{"a", "b"}}}, READONLY_UNSAID, NULL, NULL, NULL},
	{"true", {{{KEY_READONLY, "true"}}}, READONLY_TRUE, KEY_READONLY, NULL, NULL},
	{"false", {{{KEY_READONLY, "false"}}}, READONLY_FALSE, KEY_READONLY, NULL, NULL},
	{"list", {{{KEY_TMPFS, "/a"}}}, READONLY_UNSAID, NULL, KEY_TMPFS, "/a"},
	{"empty list", {{{KEY_TMPFS, ""}}}, READONLY_UNSAID, NULL, KEY_TMPFS, NULL},
	{"both",
	 {{{KEY_TMPFS, "/a"}, {KEY_READONLY, "true"}}},
	 READONLY_TRUE,
	 KEY_READONLY,
	 KEY_TMPFS,
	 "/a"},
	{"by name",
	 {{{KEY_READONLY "/app", "true"}, {KEY_TMPFS "/app", "/a"}, {NAME, "app"}}},
	 READONLY_TRUE,
	 KEY_READONLY "/app",
	 KEY_TMPFS "/app",
	 "/a"},
	{"a name wins, whichever comes first",
	 {{{KEY_READONLY "/app", "false"},
	   {KEY_READONLY, "true"},
	   {KEY_TMPFS, "/b"},
	   {KEY_TMPFS "/app", "/a"},
	   {NAME, "app"}}},
	 READONLY_FALSE,
	 KEY_READONLY "/app",
	 KEY_TMPFS "/app",
	 "/a"},
	{"what is replaced is not read",
	 {{{KEY_READONLY, "nonsense"},
	   {KEY_READONLY "/app", "true"},
	   {KEY_TMPFS, "x"},
	   {KEY_TMPFS "/app", "/a"},
	   {NAME, "app"}}},
	 READONLY_TRUE,
	 KEY_READONLY "/app",
	 KEY_TMPFS "/app",
	 "/a"},
	{"one by name, one plain",
	 {{{KEY_READONLY, "true"}, {KEY_TMPFS "/app", "/a"}, {NAME, "app"}}},
	 READONLY_TRUE,
	 KEY_READONLY,
	 KEY_TMPFS "/app",
	 "/a"},
	{"another container's are passed over unread",
	 {{{KEY_READONLY "/db", "nonsense"},
	   {KEY_TMPFS "/ap", "x"},
	   {KEY_TMPFS "/app2", "x"},
	   {NAME, "app"}}},
	 READONLY_UNSAID,
	 NULL,
	 NULL,
	 NULL},
	{"containerd's name",
	 {{{KEY_READONLY "/app", "true"}, {"io.kubernetes.cri.container-name", "app"}}},
	 READONLY_TRUE,
	 KEY_READONLY "/app",
	 NULL,
	 NULL},
	{"bare option names without a list",
	 {{{KEY_READONLY, "true"}, {"size", "1g"}}},
	 READONLY_TRUE,
	 KEY_READONLY,
	 NULL,
	 NULL},
	{"bare option names beside another's list",
	 {{{KEY_TMPFS "/db", "/a"}, {"size", "1g"}, {NAME, "app"}}},
	 READONLY_UNSAID,
	 NULL,
	 NULL,
	 NULL},
	{"a path as a key without a list",
	 {{{KEY_READONLY, "true"}, {"/tmp:size", "1g"}}},
	 READONLY_TRUE,
	 KEY_READONLY,
	 NULL,
	 NULL},
	{"near, but not near enough",
	 {{{"io.containers.readonl", "x"},
	   {"io.containerss.readonly", "x"},
	   {"xio.containers.readonly", "x"},
	   {"io.containers.read--only", "x"},
	   {"io-containers.readonly", "x"},
	   {"io.containers.read", "x"}}},
	 READONLY_UNSAID,
	 NULL,
	 NULL,
	 NULL},
};

Test(annotations, wish)
{
	for (size_t i = 0; i < ARRAY_SIZE(wishes); i++) {
		struct annotations annotations = all(&wishes[i].pairs);
		struct error error = UNSET_ERROR;
		AUTO_WISH wish = {0};

		expect_success(wishes[i].row, annotations_wish(&annotations, &error, &wish),
			       &error);
		expect_number(wishes[i].row, wish.readonly, wishes[i].readonly);
		expect_number(wishes[i].row, wish.list.count, wishes[i].path != NULL);
		expect_text(wishes[i].row, wish.readonly_key ? wish.readonly_key : "",
			    wishes[i].readonly_key ? wishes[i].readonly_key : "");
		expect_text(wishes[i].row, wish.list_key ? wish.list_key : "",
			    wishes[i].list_key ? wishes[i].list_key : "");
		if (wishes[i].path && wish.list.count)
			expect_text(wishes[i].row, wish.list.entries[0].path, wishes[i].path);
	}
}

#define NEITHER "' is neither 'true' nor 'false'"

static struct {
	struct pairs pairs;
	size_t offset;
	const char *part;
} refused[] = {
	/* Values. */
	{{{{KEY_READONLY, "True"}}},
	 0,
	 KEY_READONLY ": 'True" NEITHER "; write lower-case, and quote it in YAML"},
	{{{{KEY_READONLY, "FALSE"}}},
	 0,
	 "'FALSE" NEITHER "; write lower-case, and quote it in YAML"},
	{{{{KEY_READONLY, ""}}}, 0, KEY_READONLY ": '" NEITHER},
	{{{{KEY_READONLY, " true"}}}, 0, "' true" NEITHER},
	{{{{KEY_READONLY, "true\n"}}}, 0, NEITHER},
	{{{{KEY_READONLY, "1"}}}, 0, "'1" NEITHER},
	{{{{KEY_READONLY "/app", "yes"}, {NAME, "app"}}}, 0, KEY_READONLY "/app: 'yes" NEITHER},
	{{{{KEY_TMPFS, "/a;/b:zz"}}}, 6, KEY_TMPFS ": entry '/b:zz', at 4: zz: no such option"},
	{{{{KEY_TMPFS "/app", "a"}, {NAME, "app"}}},
	 0,
	 KEY_TMPFS "/app: entry 'a', at 1: a path must begin"},
	/* Keys, also if nothing else is requested, and with the name of another container. */
	{{{{"io.containers.readonly.tmpf", "/a"}}},
	 ERROR_NO_OFFSET,
	 "io.containers.readonly.tmpf: no such annotation; did you mean 'io.containers.readonly.tmpfs'?"},
	{{{{"io.containers.readonlytmpfs", "/a"}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly.tmpfs'?"},
	{{{{"io.containers.readonly.TMPFS", "/a"}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly.tmpfs'?"},
	{{{{"io.containers.readonly.tmfps", "/a"}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly.tmpfs'?"},
	{{{{"io.containers.readonlyy", "true"}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly'?"},
	{{{{"io.containers.readonly.", "true"}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly'?"},
	{{{{"io.containers.readonly ", "true"}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly'?"},
	{{{{"io.containers.readonly.tmpsf/app", "/a"}, {NAME, "db"}}},
	 ERROR_NO_OFFSET,
	 "io.containers.readonly.tmpsf/app: no such annotation; did you mean 'io.containers.readonly.tmpfs/app'?"},
	{{{{"io.containers.readonlyy/", "true"}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly'?"},
	{{{{"io.containers.readonly.and-something-that-is-far-longer-than-any-known-key", "x"}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly"},
	{{{{KEY_READONLY, "true"}, {"io.containers.readonly-tmpfs", "/a"}}},
	 ERROR_NO_OFFSET,
	 "io.containers.readonly-tmpfs: no such annotation"},
	{{{{"io.containers.read-only", "true"}}},
	 ERROR_NO_OFFSET,
	 "io.containers.read-only: no such annotation; did you mean 'io.containers.readonly'?"},
	{{{{"io.containers.read_only", "true"}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly'?"},
	{{{{"io.containers.read.only", "true"}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly'?"},
	{{{{"io.container.readonly", "true"}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly'?"},
	{{{{"io.containers.readOnly", "true"}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly'?"},
	{{{{"IO.Containers.READONLY", "true"}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly'?"},
	{{{{"io.container.read-only.tmpfs", "/a"}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly.tmpfs'?"},
	{{{{"io.containers.readOnly/app", "true"}, {NAME, "app"}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly/app'?"},
	{{{{"io.containers.readonly.readonly", "true"}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly'?"},
	{{{{"io.containers.readonly.tmpfs:/run", ""}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly.tmpfs'?"},
	{{{{"io.containers.readonly.tmpfs.paths", "/a"}}},
	 ERROR_NO_OFFSET,
	 "did you mean 'io.containers.readonly.tmpfs'?"},
	/* Names. */
	{{{{KEY_READONLY "/", "true"}, {NAME, "app"}}},
	 ERROR_NO_OFFSET,
	 KEY_READONLY
	 "/: the container's name is missing after the '/'; did you mean '" KEY_READONLY "'?"},
	{{{{KEY_TMPFS "/", "/a"}}},
	 ERROR_NO_OFFSET,
	 KEY_TMPFS "/: the container's name is missing after the '/'; did you mean '" KEY_TMPFS
		   "'?"},
	{{{{KEY_READONLY "/app", "true"}}},
	 ERROR_NO_OFFSET,
	 KEY_READONLY
	 "/app: no annotation names this container of the pod; use the key '" KEY_READONLY "'"},
	{{{{KEY_TMPFS "/app", "/a"}, {NAME, ""}}}, ERROR_NO_OFFSET, "use the key '" KEY_TMPFS "'"},
	/* podman before 5.0. */
	{{{{KEY_TMPFS, "/a:ro"}, {"mode", "700"}}},
	 ERROR_NO_OFFSET,
	 KEY_TMPFS
	 ": there is also an annotation 'mode': podman before 5.0 splits annotations at ','; "
	 "write ':mode=700' in the list"},
	{{{{"uid", "1"}, {KEY_TMPFS, "/a"}}}, ERROR_NO_OFFSET, "write ':uid=1'"},
	{{{{"gid", "1"}, {KEY_TMPFS, "/a"}}}, ERROR_NO_OFFSET, "write ':gid=1'"},
	{{{{"nr_inodes", "1"}, {KEY_TMPFS, "/a"}}}, ERROR_NO_OFFSET, "write ':nr_inodes=1'"},
	{{{{"size", "1"}, {KEY_TMPFS, "/a"}}}, ERROR_NO_OFFSET, "write ':size=1'"},
	{{{{"seed", "none"}, {KEY_TMPFS, ""}}}, ERROR_NO_OFFSET, "write ':seed=none'"},
	{{{{"huge", "always"}, {KEY_TMPFS "/app", "/a"}, {NAME, "app"}}},
	 ERROR_NO_OFFSET,
	 "write ':huge=always'"},
	{{{{KEY_TMPFS, "/run"}, {"/tmp:size", "64m"}}},
	 ERROR_NO_OFFSET,
	 KEY_TMPFS
	 ": there is also an annotation '/tmp:size': podman before 5.0 splits annotations at "
	 "',', and systemd splits them at a blank; write ';/tmp:size=64m' in the list, and quote "
	 "it"},
	{{{{"/tmp", ""}, {KEY_TMPFS, "/run"}}}, ERROR_NO_OFFSET, "write ';/tmp' in the list"},
	/* As runc would write them. */
	{{{{KEY_TMPFS, "/a"}, {"mode=700", ""}}}, ERROR_NO_OFFSET, "annotation 'mode=700'"},
};

Test(annotations, wish_refuses)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct annotations annotations = all(&refused[i].pairs);
		struct wish wish = {.list.count = 77};
		struct error error = UNSET_ERROR;
		int r = annotations_wish(&annotations, &error, &wish);

		expect_error(refused[i].part, r, &error, STATUS_ANNOTATION, refused[i].offset,
			     refused[i].part);
		expect_number(refused[i].part, wish.list.count, 77);
	}
}

/* The regular expression of the hooks file, with the cases of tests/tools/check-hooks-json. */
Test(annotations, ask)
{
	static const struct {
		const char *key;
		bool asks;
	} rows[] = {
		{"io.containers.readonly", true},
		{"io.containers.readonly.tmpfs", true},
		{"io.containers.readonly/web", true},
		{"io.containers.readonlyy", true},
		{"io.containers.readonly=x", true},
		{"io.container.readonly", true},
		{"io.containers.read-only", true},
		{"io.containers.read_only", true},
		{"io.containers.read.only", true},
		{"iO.cONTAINER.rEAD-oNLY", true},
		{"Io.Containers.Readonly", true},
		{"io.containers.readonl", false},
		{"io.containers.read", false},
		{"io.containers.read--only", false},
		{"io.containers.read=only", false},
		{"io.containerss.readonly", false},
		{"io.containe.readonly", false},
		{"ioxcontainers.readonly", false},
		{"io.containersxreadonly", false},
		{"x.io.containers.readonly", false},
		{"io.containers", false},
		{"", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pairs pairs = {{{"a", "b"}, {rows[i].key, ""}}};
		struct annotations annotations = all(&pairs);

		cr_expect(annotations_ask(&annotations) == rows[i].asks, "'%s'", rows[i].key);
		cr_expect(annotations_key_is_read(rows[i].key, strlen(rows[i].key)) == rows[i].asks,
			  "'%s' is read", rows[i].key);
	}
}

Test(annotations, keys_that_are_read)
{
	static const struct {
		const char *key;
		size_t length;
		bool is_read;
	} rows[] = {
		{NAME, sizeof(NAME) - 1, true},
		{NAME "=x", sizeof(NAME) - 1, true},
		{NAME "x", sizeof(NAME), false},
		{NAME, sizeof(NAME) - 2, false},
		{KEY_CONTAINERD_NAME, sizeof(KEY_CONTAINERD_NAME) - 1, true},
		{KEY_CRIO_TYPE, sizeof(KEY_CRIO_TYPE) - 1, true},
		{KEY_CONTAINERD_TYPE, sizeof(KEY_CONTAINERD_TYPE) - 1, true},
		{KEY_CRIO_SANDBOX, sizeof(KEY_CRIO_SANDBOX) - 1, true},
		{KEY_CONTAINERD_SANDBOX, sizeof(KEY_CONTAINERD_SANDBOX) - 1, true},
		{"mode", 4, false},
		{"", 0, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(annotations_key_is_read(rows[i].key, rows[i].length) == rows[i].is_read,
			  "'%.*s'", (int)rows[i].length, rows[i].key);
}

Test(annotations, long_keys_are_cut_in_messages)
{
	AUTO_FREE char *tail = repeat('x', 1 << 20);
	AUTO_FREE char *key = malloc((1 << 20) + 64);
	struct error error = UNSET_ERROR;
	struct pairs pairs = {{{0}}};
	struct annotations annotations;
	struct wish wish;

	cr_assert(key);
	stpcpy(stpcpy(key, KEY_READONLY), tail);
	pairs.items[0] = (struct annotation){key, "true"};
	annotations = all(&pairs);
	expect_error("key", annotations_wish(&annotations, &error, &wish), &error,
		     STATUS_ANNOTATION, ERROR_NO_OFFSET, "no such annotation");
	stpcpy(stpcpy(key, KEY_READONLY "/"), tail);
	expect_error("name", annotations_wish(&annotations, &error, &wish), &error,
		     STATUS_ANNOTATION, ERROR_NO_OFFSET, "use the key '" KEY_READONLY "'");
	pairs.items[0] = (struct annotation){KEY_READONLY, tail};
	annotations = all(&pairs);
	expect_error("value", annotations_wish(&annotations, &error, &wish), &error,
		     STATUS_ANNOTATION, 0, "x" NEITHER);
}
