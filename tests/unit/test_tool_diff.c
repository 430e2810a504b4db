/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tool/diff.h"

#include "expect.h"

/* A text form of the record: "C /etc;A /run/x;M /data;". */
static void describe(struct record *record, char text[static 512])
{
	size_t used = 0;

	record_sort(record);
	text[0] = '\0';
	for (size_t i = 0; i < record->count; i++)
		used += (size_t)snprintf(text + used, 512 - used, "%c %s;",
					 "CAD"[record->traces[i].kind], record -> traces[i].path);
	for (size_t i = 0; i < record->mounts.count; i++)
		used += (size_t)snprintf(text + used, 512 - used, "M %s;", record->mounts.items[i]);
}

#define NAME_64	 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define NAME_256 NAME_64 NAME_64 NAME_64 NAME_64

Test(diff, read)
{
	static const struct {
		const char *text;
		const char *record;
		size_t ignored;
	} rows[] = {
		{"", "", 0},
		{"C /etc\nA /run/x\nD /old\n", "C /etc;D /old;A /run/x;", 0},
		{"C /etc\r\n\r\nA /no newline", "C /etc;A /no newline;", 0},
		{"{\"changed\":[\"/etc\"],\"added\":[\"/a\"],\"deleted\":[\"/d\"]}",
		 "A /a;D /d;C /etc;", 0},
		{"{}", "", 0},
		{"{\"changed\":null}", "", 0},
		{"[]", "", 0},
		{"[{\"Path\":\"/m\",\"Kind\":0},{\"Path\":\"/a\",\"Kind\":1},{\"Path\":\"/d\",\"Kind\":2}]",
		 "A /a;D /d;C /m;", 0},
		/* Several diffs in any order; a name that contains brackets and quotes. */
		{"{\"added\":[\"/a]}\\\"{\"]}\n{\"changed\":[\"/c\"]}\nA /b\n",
		 "A /a]}\"{;A /b;C /c;", 0},
		{"C /a\nA /a\n", "C /a;", 0},
		{"[{\"Mounts\":[{\"Destination\":\"/v\"}],\"HostConfig\":{\"Tmpfs\":{\"/t\":\"\"}}}]\n"
		 "C /c",
		 "C /c;M /t;M /v;", 0},
		/* Lines that are not changes. */
		{"C /etc\nX /x\nC etc\nC  /etc\n/run\nC /a/../b\nC /a//b\nC /a/\n", "C /etc;", 7},
		{"{\"added\":[\"relative\",5,\"/a\"]}", "A /a;", 2},
		{"A /" NAME_256 "\nA /b", "A /b;", 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_RECORD record = {0};
		struct diff_count count = {0};
		struct error error = UNSET_ERROR;
		char text[512];

		expect_success(
			rows[i].text,
			diff_read(rows[i].text, strlen(rows[i].text), &error, &record, &count),
			&error);
		describe(&record, text);
		expect_text(rows[i].text, text, rows[i].record);
		expect_number(rows[i].text, count.ignored, rows[i].ignored);
	}
}

Test(diff, refused)
{
	static const struct {
		const char *text;
		const char *part;
	} rows[] = {
		{"{\"added\":[\"/a\"", "standard input"},
		{"{\"added\":\"/a\"}", "podman diff: added"},
		{"{\"added\":[],\"removed\":[]}", "'removed'"},
		{"[1]", "standard input[0]"},
		{"[{\"Path\":\"/a\",\"Kind\":3}]", "Kind"},
		{"[{\"Kind\":1}]", "Path"},
		{"[{\"Mounts\":[{\"Destination\":5}]}]", "Mounts[0].Destination"},
		{"[{\"Mounts\":[],\"HostConfig\":[]}]", "HostConfig"},
		{"{\"added\":[]", "standard input"},
		{"{]", "standard input"},
		{"{\"added\":[\"/a\\u0000b\"]}", "standard input"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_RECORD record = {0};
		struct diff_count count;
		struct error error = UNSET_ERROR;

		expect_error(rows[i].text,
			     diff_read(rows[i].text, strlen(rows[i].text), &error, &record, &count),
			     &error, STATUS_INPUT, ANYWHERE, rows[i].part);
	}
}

Test(diff, long_paths)
{
	AUTO_FREE char *name = repeat('a', 4094);
	AUTO_FREE char *text = malloc(2 * 4094 + 64);
	AUTO_RECORD record = {0};
	struct diff_count count;
	struct error error = UNSET_ERROR;

	/* Components of 255 bytes, and a last one that can be a byte longer. */
	for (size_t i = 255; i < 4094; i += 256)
		name[i] = '/';
	sprintf(text, "C /%s\nC /%sa\n", name, name);
	expect_success("long", diff_read(text, strlen(text), &error, &record, &count), &error);
	expect_number("read", count.read, 1);
	expect_number("ignored", count.ignored, 1);
}

Test(diff, too_many)
{
	size_t lines = RECORD_MAX + 1;
	AUTO_FREE char *text = malloc(lines * 5 + 1);
	AUTO_RECORD record = {0};
	struct diff_count count;
	struct error error = UNSET_ERROR;

	for (size_t i = 0; i < lines; i++)
		memcpy(text + i * 5, "C /a\n", 6);
	expect_error("too many", diff_read(text, lines * 5, &error, &record, &count), &error,
		     STATUS_INPUT, ANYWHERE, "500000");
}
