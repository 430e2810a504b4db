/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>

#include "core/tmpfs_list.h"
#include "core/tmpfs_options.h"
#include "expect.h"

/* The paths of each list, separated by "|". */
Test(tmpfs_list, paths)
{
	static const struct {
		const char *value, *paths;
	} rows[] = {
		{"", ""},
		{" \t\r\n;;; \n ", ""},
		{"/tmp", "/tmp"},
		{"/run;/tmp:size=64m;/etc:rw:noexec:nosuid:size=2g", "/run|/tmp|/etc"},
		{"/etc:rw,noexec,nosuid,size=2g", "/etc"},
		{"/etc:rw,noexec:nosuid", "/etc"},
		{"/a\n/b\r\n/c\n", "/a|/b|/c"},
		{"  /a ;\t/b:ro\t; /c\r", "/a|/b|/c"},
		{";/a;;/b;", "/a|/b"},
		/* Normal form. */
		{"/etc//x/", "/etc/x"},
		{"///etc", "/etc"},
		{"/etc/:ro", "/etc"},
		/* A blank or ',' inside a path is text, and so is an unknown word after ','. */
		{"/a b/c", "/a b/c"},
		{"/a,b", "/a,b"},
		{"/a,b:ro", "/a,b"},
		{"/a,rwx,sizes=1", "/a,rwx,sizes=1"},
		{"/a,ro/b", "/a,ro/b"},
		{"/...;/..a;/.b", "/...|/..a|/.b"},
		/* "\" makes the next character literal. */
		{"/a\\:b", "/a:b"},
		{"/a\\;b;/c", "/a;b|/c"},
		{"/a\\\nb", "/a\nb"},
		{"/a\\,ro", "/a,ro"},
		{"/a,r\\o", "/a,ro"},
		{"/a,ro\\,", "/a,ro,"},
		{"/a\\\\", "/a\\"},
		{"/a\\\\:ro", "/a\\"},
		{"/a\\b", "/ab"},
		{"/a\\ ", "/a "},
		{"/a\\  ;/b", "/a |/b"},
		{"/a\\\t:ro", "/a\t"},
		{"\\/a\\/\\/b", "/a/b"},
		/* Control characters and invalid UTF-8 are text. */
		{"/a\x01\x1b", "/a\x01\x1b"},
		{"/\xff\xfe", "/\xff\xfe"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_TMPFS_LIST list = {0};
		struct error error = UNSET_ERROR;
		char paths[128] = "";

		expect_success(rows[i].value, tmpfs_list_parse(rows[i].value, &error, &list),
			       &error);
		for (size_t n = 0; n < list.count; n++) {
			strcat(paths, n ? "|" : "");
			strcat(paths, list.entries[n].path);
		}
		expect_text(rows[i].value, paths, rows[i].paths);
	}
}

Test(tmpfs_list, text_offset_and_words)
{
	static const char value[] = "; /a\\ :ro:size=8k \n\t/b;";
	AUTO_TMPFS_LIST list = {0};
	struct error error = UNSET_ERROR;

	expect_success(value, tmpfs_list_parse(value, &error, &list), &error);
	cr_assert(list.count == 2);
	expect_text("text", list.entries[0].text, "/a\\ :ro:size=8k");
	expect_number("offset", list.entries[0].offset, 2);
	expect_text("word", list.entries[0].words[0], "ro");
	expect_text("word", list.entries[0].words[1], "size=8k");
	expect_null("the last word", list.entries[0].words[2]);
	expect_text("text", list.entries[1].text, "/b");
	expect_number("offset", list.entries[1].offset, 20);
	cr_assert(list.entries[1].words);
	expect_null("no words", list.entries[1].words[0]);
}

Test(tmpfs_list, defaults)
{
	AUTO_TMPFS_ENTRY entry = {0};
	struct error error = UNSET_ERROR;

	expect_success("/a", tmpfs_entry_parse("/a", &error, &entry), &error);
	expect_number("given", entry.given, 0);
	expect_number("flags", entry.flags, FLAG_NOEXEC | FLAG_NOSUID | FLAG_NODEV);
	expect_number("seed", entry.seed, SEED_COPY);
	expect_number("huge", entry.huge, HUGE_UNSAID);
	expect_number("size", entry.size.value, 0);
}

#define NO_SIZE	 "' is not a valid size (a number, then k, m, g, t or %)"
#define NO_MODE	 "' is not a valid mode (up to 5 octal digits)"
#define NO_UID	 "' is not a valid user id (a decimal number)"
#define NO_FILES "' is not a valid number of files (a number, then k, m or g)"
#define COLON	 "write ':' between a path and its options"
#define BETWEEN	 "write ';' between entries"

/* at is the position in the entry from 1, as in the message; offset is that in the value, from 0.
 */
static const struct {
	const char *value;
	size_t at, offset;
	const char *part;
} refused[] = {
	/* The path. */
	{"tmp", 1, 0, "a path must begin with '/'"},
	{"/a; tmp:ro", 1, 4, "a path must begin with '/'"},
	{":ro", 1, 0, "a path must begin with '/'"},
	{"~", 1, 0, "a path must begin with '/'"},
	{"/", 1, 0, "'/' itself cannot be a tmpfs"},
	{"//:ro", 1, 0, "'/' itself cannot be a tmpfs"},
	{"/a/./b", 4, 3, "a path must not contain '.'"},
	{"/.", 2, 1, "a path must not contain '.'"},
	{"/a/../b", 4, 3, "a path must not contain '..'"},
	{"/..", 2, 1, "a path must not contain '..'"},
	{"/a;\n/b/..:ro", 4, 7, "a path must not contain '..'"},
	{"/a\\:b/\\..", 7, 6, "a path must not contain '..'"},
	{"/a/\\.\\./b", 4, 3, "a path must not contain '..'"},
	{"/a\\", 3, 2, "nothing follows the '\\'"},
	{"/a; /b\\", 3, 6, "nothing follows the '\\'"},
	/* Docker's comma instead of the colon. */
	{"/etc,rw", 5, 4, COLON},
	{"/etc,rw,noexec", 5, 4, COLON},
	{"/etc,x,size=2g", 7, 6, COLON},
	{"/etc,ro:noexec", 5, 4, COLON},
	{"/a;/etc,U", 5, 7, COLON},
	{"/a\\,b,tmpcopyup ", 6, 5, COLON},
	{"/etc,tmpfs-size=1m", 5, 4, COLON},
	/* Another separator instead of the semicolon. */
	{"/run,/tmp", 5, 4,
	 BETWEEN " (and '\\' before a ',', ':' or blank that belongs to the path)"},
	{"/run /tmp", 5, 4, BETWEEN},
	{"/run, /tmp", 6, 5, BETWEEN},
	{"/run\t/tmp:ro", 5, 4, BETWEEN},
	{"/run\r/tmp", 5, 4, BETWEEN},
	{"/a;/run\\,,/tmp", 7, 9, BETWEEN},
	{"/run:/tmp", 6, 5, BETWEEN},
	{"/run:ro:/tmp:rw", 9, 8, BETWEEN},
	{"/run:ro,/tmp", 9, 8, BETWEEN},
	{"/run:size=1m /tmp", 14, 13, BETWEEN},
	{"/run:/", 6, 5, BETWEEN},
	/* Options that do not follow their path. */
	{"/tmp;size=64m", 1, 5,
	 "a path must begin with '/', and options follow their path: write ':' before an option"},
	{"/tmp;ro:noexec", 1, 5, "options follow their path"},
	{"/tmp\nmode=700,uid=5", 1, 5, "options follow their path"},
	{"tmpfs-size=1m", 1, 0, "options follow their path"},
	/* A missing option. */
	{"/x:", 4, 3, "an option is missing"},
	{"/x:;/y", 4, 3, "an option is missing"},
	{"/x:ro,,rw", 7, 6, "an option is missing"},
	{"/x:ro:", 7, 6, "an option is missing"},
	{"/x::ro", 4, 3, "an option is missing"},
	{"/x:,", 4, 3, "an option is missing"},
	{"/x:ro,:", 7, 6, "an option is missing"},
	/* An unknown option. */
	{"/x:ro:nosiud", 7, 6, "nosiud: no such option; did you mean 'nosuid'?"},
	{"/x:sise=1", 4, 3, "sise=1: no such option; did you mean 'size'?"},
	{"/x:RO", 4, 3, "RO: no such option; did you mean 'ro'?"},
	{"/x:u", 4, 3, "u: no such option; did you mean 'U'?"},
	{"/x:bind", 4, 3, "bind: no such option"},
	{"/x: ro", 4, 3, "' ro': blanks are not allowed before or after an option"},
	{"/x:size=1m, mode=700", 12, 11, "' mode=700': blanks are not allowed"},
	{"/x:ro\t,noexec", 4, 3, "'ro\t': blanks are not allowed"},
	{"/x:ro, ,noexec", 7, 6, "' ': blanks are not allowed"},
	{"/x:ro /y", 7, 6, BETWEEN},
	{"/x:ro y", 4, 3, "ro y: no such option"},
	{"/x:ro\\", 4, 3, "ro\\: no such option"},
	{"/x:ro\\;/y", 4, 3, "ro\\;/y: no such option"},
	{"/x:=", 4, 3, "=: no such option"},
	{"/x:defaults", 4, 3, "defaults: no such option; oci-readonly-annotations(5) lists them"},
	/* Names of options elsewhere, and habits. */
	{"/x:tmpfs-size=64m", 4, 3, "tmpfs-size=64m: no such option; did you mean 'size='?"},
	{"/x:tmpfs-mode=700", 4, 3, "tmpfs-mode=700: no such option; did you mean 'mode='?"},
	{"/x:inodes=5", 4, 3, "inodes=5: no such option; did you mean 'nr_inodes='?"},
	{"/x:64m", 4, 3, "64m: no such option; did you mean 'size=64m'?"},
	{"/x:ro:10%", 7, 6, "10%: no such option; did you mean 'size=10%'?"},
	{"/x:64", 4, 3, "64: no such option; oci-readonly-annotations(5) lists them"},
	{"/x:nr_blocks=5", 4, 3,
	 "nr_blocks=5: no such option (an option of tmpfs(5) that the hook lacks); did you mean 'size='?"},
	{"/x:mpol=bind:0", 4, 3,
	 "mpol=bind: no such option (an option of tmpfs(5) that the hook lacks); leave it out"},
	{"/x:mpol", 4, 3, "mpol: no such option (an option of tmpfs(5)"},
	/* Values where none is allowed, and missing values. */
	{"/x:ro=1", 4, 3, "ro: takes no value"},
	{"/x:noexec=", 4, 3, "noexec: takes no value"},
	{"/x:tmpcopyup=yes", 4, 3, "tmpcopyup: takes no value"},
	{"/x:U=1", 4, 3, "U: takes no value"},
	{"/x:size", 4, 3, "size: its value is missing (size=VALUE: a number, then"},
	{"/x:mode", 4, 3, "mode: its value is missing"},
	{"/x:seed", 4, 3, "seed: its value is missing (seed=VALUE: copy, overlay, auto or none)"},
	{"/x:huge", 4, 3, "huge: its value is missing"},
	/* Values. */
	{"/tmp:size=64x", 6, 5, "size=64x: '64x" NO_SIZE},
	{"/tmp:size=", 6, 5, "size=: '" NO_SIZE},
	{"/tmp:size=m", 6, 5, "size=m: 'm" NO_SIZE},
	{"/tmp:size=-1", 6, 5, "'-1" NO_SIZE},
	{"/tmp:size=+1", 6, 5, "'+1" NO_SIZE},
	{"/tmp:size= 1", 6, 5, "' 1" NO_SIZE},
	{"/tmp:size=1kk", 6, 5, "'1kk" NO_SIZE},
	{"/tmp:size=0x10", 6, 5, "'0x10" NO_SIZE},
	{"/tmp:size=1.5g", 6, 5, "'1.5g" NO_SIZE},
	{"/tmp:size=1=2", 6, 5, "'1=2" NO_SIZE},
	{"/tmp:size=0", 6, 5, "size=0: out of range, which is 4096 to 9223372036854775807 bytes"},
	{"/tmp:size=0%", 6, 5, "size=0%: out of range"},
	{"/tmp:size=64", 6, 5, "size=64: less than 4096 bytes; did you mean 'size=64m'?"},
	{"/tmp:size=4095", 6, 5, "size=4095: less than 4096 bytes"},
	{"/tmp:size=3k", 6, 5, "size=3k: out of range, which is 4096"},
	{"/tmp:size=101%", 6, 5, "size=101%: out of range"},
	{"/tmp:size=8388608t", 6, 5, "size=8388608t: out of range"},
	{"/tmp:nr_inodes=0", 6, 5, "nr_inodes=0: out of range, which is 1 to 9007199254740991"},
	{"/tmp:nr_inodes=9007199254740992", 6, 5, "out of range"},
	{"/tmp:nr_inodes=1t", 6, 5, "'1t" NO_FILES},
	{"/tmp:nr_inodes=50%", 6, 5, "'50%" NO_FILES},
	{"/tmp:mode=8", 6, 5, "mode=8: '8" NO_MODE},
	{"/tmp:mode=", 6, 5, "mode=: '" NO_MODE},
	{"/tmp:mode=u+x", 6, 5, "'u+x" NO_MODE},
	{"/tmp:mode=000755", 6, 5, "'000755" NO_MODE},
	{"/tmp:mode=10000", 6, 5, "mode=10000: out of range, which is 0 to 7777"},
	{"/tmp:uid=root", 6, 5, "'root" NO_UID},
	{"/tmp:uid=-1", 6, 5, "'-1" NO_UID},
	{"/tmp:uid=4294967295", 6, 5, "uid=4294967295: out of range, which is 0 to 4294967294"},
	{"/tmp:gid=18446744073709551616", 6, 5, "out of range"},
	{"/tmp:gid=1k", 6, 5, "'1k' is not a valid group id"},
	{"/tmp:huge=deny", 6, 5,
	 "'deny' is not a valid choice (never, always, within_size or advise)"},
	{"/tmp:seed=Copy", 6, 5, "'Copy' is not a valid seed (copy, overlay, auto or none)"},
	{"/tmp:seed=", 6, 5, "'' is not a valid seed"},
	{"/a:ro\n \t/tmp:ro:uid=x", 9, 16, "'x" NO_UID},
	/* The same path twice. */
	{"/a:ro;/b;/a/:rw", 1, 9, "the same path as entry '/a:ro'"},
	{"/a;\\/\\a", 1, 3, "the same path as entry '/a'"},
};

Test(tmpfs_list, refuses)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct tmpfs_list list = {.count = 77};
		struct error error = UNSET_ERROR;
		char at[32];
		int r = tmpfs_list_parse(refused[i].value, &error, &list);

		snprintf(at, sizeof(at), "', at %zu: ", refused[i].at);
		expect_error(refused[i].value, r, &error, STATUS_ANNOTATION, refused[i].offset,
			     refused[i].part);
		expect_error(refused[i].value, r, &error, STATUS_ANNOTATION, refused[i].offset, at);
		expect_number(refused[i].value, list.count, 77);
	}
}

Test(tmpfs_list, the_whole_message)
{
	struct tmpfs_list list;
	struct error error = UNSET_ERROR;

	cr_expect(tmpfs_list_parse(" /run; /tmp:size=64x ;/y", &error, &list) < 0);
	expect_text(
		"message", error.text,
		"entry '/tmp:size=64x', at 6: size=64x: '64x' is not a valid size (a number, then k, m, g, t or %)");
	expect_number("offset", error.offset, 12);
}

/* A value at the limit is accepted; one byte or entry more is refused. */
static void expect_limit(const char *row, const char *value, bool accepted, size_t offset,
			 const char *part)
{
	AUTO_TMPFS_LIST list = {0};
	struct error error = UNSET_ERROR;
	int r = tmpfs_list_parse(value, &error, &list);

	if (accepted)
		expect_success(row, r, &error);
	else
		expect_error(row, r, &error, STATUS_ANNOTATION, offset, part);
}

Test(tmpfs_limits, component)
{
	for (size_t length = PATH_MAX / 16 - 1; length <= PATH_MAX / 16; length++) {
		AUTO_FREE char *name = repeat('n', length);
		char value[512];

		snprintf(value, sizeof(value), "/a//%s:ro", name);
		expect_limit("component", value, length <= 255, 4,
			     "at 5: this part of the path is longer than 255 bytes");
	}
}

Test(tmpfs_limits, path)
{
	char value[4200] = "";

	/* 15 times 256 bytes, and then 255 or 256 bytes. */
	for (int i = 0; i < 15; i++) {
		AUTO_FREE char *name = repeat('n', 255);

		strcat(strcat(value, "/"), name);
	}
	for (size_t length = 254; length <= 255; length++) {
		AUTO_FREE char *name = repeat('n', length);
		char whole[4400];

		snprintf(whole, sizeof(whole), "%s/%s", value, name);
		expect_limit("path", whole, length <= 254, 15 * 256 + 1,
			     "the path is longer than 4095 bytes");
	}
}

Test(tmpfs_limits, slashes_do_not_count)
{
	AUTO_FREE char *value = repeat('/', 100000);

	value[99999] = 'a';
	expect_limit("slashes", value, true, 0, "");
}

Test(tmpfs_limits, entries)
{
	AUTO_FREE char *value = malloc((TMPFS_ENTRIES_MAX + 1) * 8);
	char *end = value;

	cr_assert(value);
	for (int i = 0; i < TMPFS_ENTRIES_MAX; i++)
		end += sprintf(end, "/%06d;", i);
	expect_limit("128", value, true, 0, "");
	strcpy(end, "/x");
	expect_limit("129", value, false, TMPFS_ENTRIES_MAX * 8,
		     "entry '/x', at 1: one list may have 128 entries");
}

Test(tmpfs_limits, length)
{
	AUTO_FREE char *value = repeat(' ', TMPFS_LIST_MAX + 1);

	value[0] = '/';
	value[1] = 'a';
	expect_limit("past", value, false, TMPFS_LIST_MAX,
		     "the list is 262145 bytes long; 262144 are allowed");
	value[TMPFS_LIST_MAX] = '\0';
	expect_limit("at", value, true, 0, "");
}

/* The longest possible lists, of options and of escapes, are parsed quickly and without recursion.
 */
Test(tmpfs_limits, many)
{
	AUTO_FREE char *options = repeat(',', TMPFS_LIST_MAX);
	AUTO_FREE char *escapes = repeat('\\', TMPFS_LIST_MAX);
	AUTO_FREE char *commas = repeat(',', TMPFS_LIST_MAX);
	AUTO_TMPFS_ENTRY entry = {0};
	struct error error = UNSET_ERROR;
	size_t words = 0;

	memcpy(options, "/abc:", 5);
	for (size_t i = 5; i + 2 < TMPFS_LIST_MAX; i += 3)
		memcpy(options + i, "ro,", 3);
	options[5 + (TMPFS_LIST_MAX - 5) / 3 * 3 - 1] = '\0';
	expect_success("options", tmpfs_entry_parse(options, &error, &entry), &error);
	while (entry.words[words])
		words++;
	expect_number("options", words, (TMPFS_LIST_MAX - 5) / 3);
	escapes[0] = '/';
	escapes[1] = 'a';
	expect_limit("escapes", escapes, false, 1, "longer than 255 bytes");
	commas[0] = '/';
	expect_limit("commas", commas, false, 1, "longer than 255 bytes");
}

Test(tmpfs_limits, long_entries_are_cut_in_messages)
{
	AUTO_FREE char *word = repeat('w', 1000);
	struct tmpfs_list list;
	struct error error = UNSET_ERROR;
	char value[2048];

	snprintf(value, sizeof(value), "/a:%s", word);
	expect_error("option", tmpfs_list_parse(value, &error, &list), &error, STATUS_ANNOTATION, 3,
		     "w: no such option");
	cr_expect(strlen(error.text) < 500, "%zu", strlen(error.text));
	snprintf(value, sizeof(value), "/a:uid=%s", word);
	expect_error("value", tmpfs_list_parse(value, &error, &list), &error, STATUS_ANNOTATION, 3,
		     "w' is not a valid user id");
	cr_expect(strlen(error.text) < 700, "%zu", strlen(error.text));
}

Test(tmpfs_entry, single_entry)
{
	static const struct {
		const char *value;
		size_t offset;
		const char *part;
	} rows[] = {
		{"", 0, "no path is named"},
		{" ; ", 0, "no path is named"},
		{"/a;/b", 3, "one entry is allowed, and '/b' is a second"},
		{"/a;;\n /b:ro;/c", 6, "one entry is allowed, and '/b:ro' is a second"},
		{"/a:zz", 3, "zz: no such option"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tmpfs_entry entry;
		struct error error = UNSET_ERROR;

		expect_error(rows[i].value, tmpfs_entry_parse(rows[i].value, &error, &entry),
			     &error, STATUS_ANNOTATION, rows[i].offset, rows[i].part);
	}
}
