/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The input of oci-readonly flags, and the words that it prints. */
#include "core/tmpfs_list.h"
#include "expect.h"
#include "tool/carried.h"
#include "tool/inspect.h"

Test(flags, labels)
{
	static const struct {
		const char *text;
		const char *labels; /* NULL: none */
	} rows[] = {
		/* podman */
		{"[{\"Labels\":{\"io.containers.readonly\":\"true\"},"
		 "\"Config\":{\"Labels\":{\"io.containers.readonly\":\"true\",\"a\":\"b\"}}}]",
		 "io.containers.readonly=true"},
		{"[{\"Labels\":null,\"Config\":{}}]", NULL},
		/* Docker */
		{"[{\"Config\":{\"Labels\":{\"io.containers.readonly\":\"false\"}}}]",
		 "io.containers.readonly=false"},
		{"[{\"Config\":{\"Labels\":null}}]", NULL},
		/* skopeo */
		{"{\"config\":{\"Labels\":{\"io.containers.readonly.tmpfs\":\"/run\"}}}",
		 "io.containers.readonly.tmpfs=/run"},
		{"{\"config\":{}}", NULL},
		{"{\"Labels\":{\"io.containers.readonly\":\"true\"}}",
		 "io.containers.readonly=true"},
		/* the core refuses misspelt keys */
		{"{\"config\":{\"Labels\":{\"IO.Container.ReadOnly\":\"x\",\"size\":\"y\"}}}",
		 "IO.Container.ReadOnly=x"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_WRITTEN list = {0};
		struct error error = UNSET_ERROR;

		expect_success(
			rows[i].text,
			inspect_labels("input", rows[i].text, strlen(rows[i].text), &error, &list),
			&error);
		expect_number(rows[i].text, list.count, rows[i].labels != NULL);
		if (list.count && rows[i].labels)
			expect_text(rows[i].text, list.items[0].line, rows[i].labels);
	}
}

Test(flags, not_labels)
{
	static const struct {
		const char *text;
		const char *why;
	} rows[] = {
		{"", "input: not JSON: it ends before its last bracket"},
		{"[{", "input: not JSON: it ends before its last bracket"},
		{"[}", "input: not JSON: at byte 2: "},
		{"[]", "input: 0 images; inspect one"},
		{"[{},{}]", "input: 2 images; inspect one"},
		{"\"x\"", "input: not what podman image inspect"},
		{"[{}] [{}]", "input: at byte 6: more than one document"},
		{"[1]", "input: not what podman image inspect"},
		{"{}", "input: not what podman image inspect"},
		{"{\"Config\":[]}", "input: Config: "},
		{"{\"config\":{\"Labels\":[]}}", "input: Labels: "},
		{"{\"Labels\":{\"io.containers.readonly\":true}}",
		 "input: label 'io.containers.readonly': not a string"},
		{"{\"Labels\":{\"io.containers.readonly\":\"tr\\u0000ue\"}}",
		 "input: label 'io.containers.readonly': contains a NUL"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_WRITTEN list = {0};
		struct error error = UNSET_ERROR;
		int r = inspect_labels("input", rows[i].text, strlen(rows[i].text), &error, &list);

		expect_error(rows[i].text, r, &error, STATUS_INPUT, ANYWHERE, rows[i].why);
	}
}

Test(flags, carried)
{
	static const struct {
		const char *list;
		const char *carried; /* NULL: refused */
		size_t fault;
	} rows[] = {
		{"/run", "/run", 0},
		{"/run;/tmp:size=64m,mode=0700,ro", "/run;/tmp:size=64m:mode=0700:ro", 0},
		{" /run ;\n /var//tmp/:size=50% ", "/run;/var/tmp:size=50%", 0},
		{"/\u00e4-_.+=@~^#%", "/\u00e4-_.+=@~^#%", 0},
		{"/a b", NULL, 2},
		{"/a\tb", NULL, 2},
		{"/a*", NULL, 2},
		{"/a?", NULL, 2},
		{"/[a]", NULL, 1},
		{"/a\\:b", NULL, 2},
		{"/a\"", NULL, 2},
		{"/a'", NULL, 2},
		{"/a,b", NULL, 2},
		{"/$(a)", NULL, 1},
		{"/`a`", NULL, 1},
		{"/{a}", NULL, 1},
		{"/a\033", NULL, 2},
		{"/a\u202e", NULL, 2},
		{"/a\xff", NULL, 2},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_TMPFS_LIST list = {0};
		struct error error = UNSET_ERROR;
		AUTO_FREE char *carried = NULL;

		expect_success(rows[i].list, tmpfs_list_parse(rows[i].list, &error, &list), &error);
		if (!rows[i].carried) {
			expect_number(rows[i].list, carried_fault(&list.entries[0]), rows[i].fault);
			continue;
		}
		for (size_t k = 0; k < list.count; k++)
			expect_number(rows[i].list, carried_fault(&list.entries[k]),
				      strlen(list.entries[k].text));
		carried = carried_list(&list);
		expect_text(rows[i].list, carried, rows[i].carried);
	}
}
