/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "core/json.h"
#include "expect.h"
#include "need_openat2.h"
#include "tool/containerd.h"
#include "tool/hooksfile.h"
#include "tool/json_check.h"
#include "tool/release.h"
#include "tool/tree.h"

Test(doctor, json)
{
	static const struct {
		const char *text;
		size_t line;
	} rows[] = {
		{"{}", 0},
		{" [1, -0, 1.5e+3, \"\\u00e9\\n\", true, false, null, {\"a\": {}}] \n", 0},
		{"{\"a\": \"\u00e9\x7f\"}", 0},
		{"", 1},
		{"{", 1},
		{"{}{}", 1},
		{"{\n\"a\": 1,\n}", 3},
		{"[1,]", 1},
		{"[,1]", 1},
		{"{'a': 1}", 1},
		{"{a: 1}", 1},
		{"{\"a\" 1}", 1},
		{"\n// c\n{}", 2},
		{"{} /* c */", 1},
		{"[01]", 1},
		{"[1.]", 1},
		{"[.5]", 1},
		{"[+1]", 1},
		{"[1e]", 1},
		{"[-]", 1},
		{"[NaN]", 1},
		{"[Infinity]", 1},
		{"[True]", 1},
		{"[nul]", 1},
		{"[\"\n\"]", 1},
		{"[\"\\q\"]", 1},
		{"[\"\\u12g4\"]", 1},
		{"[\"a]", 1},
		{"[\"\\", 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_number(rows[i].text, json_check(rows[i].text), rows[i].line);
}

/* The depth limit of json_parse(). A megabyte of brackets uses no stack. */
Test(doctor, json_depth)
{
	char nested[2 * JSON_DEPTH_MAX + 3];
	AUTO_FREE char *brackets = repeat('[', 1024 * 1024);

	for (size_t depth = 1; depth <= JSON_DEPTH_MAX + 1; depth++) {
		memset(nested, '[', depth);
		memset(nested + depth, ']', depth);
		nested[2 * depth] = '\0';
		expect_number(nested, json_check(nested) != 0, depth > JSON_DEPTH_MAX);
	}
	expect_number("brackets", json_check(brackets), 1);
}

/* The annotations that an engine passes on, with Go's path.Match(). */
Test(doctor, globs)
{
	static const struct {
		const char *glob;
		const char *key;
		bool matches;
	} rows[] = {
		{"io.container*.read*", "io.containers.readonly", true},
		{"io.container*.read*", "io.containers.readonly.tmpfs", true},
		{"io.container*.read*", "io.containers.readonly/web", false},
		{"io.container*.read*/*", "io.containers.readonly/web", true},
		{"io.container*.read*/*", "io.containers.readonly", false},
		{"io.containers.*", "io.containers.readonly", true},
		{"*", "io.containers.readonly", true},
		{"*", "io.containers.readonly/web", false},
		{"*/*", "io.containers.readonly/web", true},
		{"io.containers.readonl?", "io.containers.readonly", true},
		{"io[.]containers.readonly", "io.containers.readonly", true},
		{"io[^a]containers.readonly", "io.containers.readonly", true},
		{"io[!a]containers.readonly", "io.containers.readonly", false},
		{"io.containers", "io.containers.readonly", false},
		{"", "io.containers.readonly", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_number(rows[i].glob, containerd_glob_matches(rows[i].glob, rows[i].key),
			      rows[i].matches);
}

Test(doctor, release)
{
	static const struct {
		const char *text;
		const char *release; /* NULL: unknown */
	} rows[] = {
		{"podman version 4.3.1\n", "4 3 4.3.1"},
		{"podman version 5.0.0-rc1", "5 0 5.0.0-rc1"},
		{"containerd github.com/containerd/containerd v2.1.4 75cb2b7", "2 1 2.1.4"},
		{"containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+b1",
		 "1 6 1.6.20~ds1"},
		{"1:5.4.2+ds1-2", "5 4 5.4.2+ds1-2"},
		{"4.10", "4 10 4.10"},
		{"x4.3 unknown", NULL},
		{"version 4", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct release release = {0};
		char found[128];
		int r = release_parse(rows[i].text, &release);

		snprintf(found, sizeof(found), "%u %u %s", release.major, release.minor,
			 release.text);
		if (rows[i].release)
			expect_text(rows[i].text, found, rows[i].release);
		else
			expect_number(rows[i].text, r == -ENOENT, true);
	}
}

Test(doctor, release_by_dpkg)
{
	static const char status[] = "Package: apt\nStatus: install ok installed\n"
				     "Description: knows\n Package: podman\nVersion: 9.9\n\n"
				     "Package: podman-docker\nStatus: install ok installed\n"
				     "Version: 8.8\n\n"
				     "Package: gone\nStatus: deinstall ok config-files\n"
				     "Version: 7.7\n\n"
				     "Package: podman\nStatus: install ok installed\n"
				     "Version: 5.4.2+ds1-2\n\n"
				     "Package: bare\nStatus: install ok installed\n";
	struct release release;

	expect_number("podman", release_parse_dpkg(status, "podman", &release) == 0, true);
	expect_text("podman", release.text, "5.4.2+ds1-2");
	expect_number("gone", release_parse_dpkg(status, "gone", &release) == -ENOENT, true);
	expect_number("bare", release_parse_dpkg(status, "bare", &release) == -ENOENT, true);
	expect_number("none", release_parse_dpkg(status, "none", &release) == -ENOENT, true);
}

#define HOOK                                                                                       \
	"\"version\": \"1.0.0\", \"hook\": {\"path\": \"/x/oci-readonly-hook\"}, "                 \
	"\"stages\": [\"createRuntime\"]"

Test(doctor, when)
{
	static const struct {
		const char *when;
		enum hooks_match match;
	} rows[] = {
		{"{\"always\": true}", MATCH_YES},
		{"{\"always\": false}", MATCH_NO},
		{"{}", MATCH_NO},
		{"null", MATCH_NO},
		{"{\"annotations\": {\"^key$\": \"^value$\"}}", MATCH_YES},
		{"{\"annotations\": {\"^ke$\": \".*\"}}", MATCH_NO},
		{"{\"annotations\": {\"^key$\": \"^other$\"}}", MATCH_NO},
		{"{\"annotations\": {\"(?i)^KEY\": \".*\"}}", MATCH_YES},
		{"{\"annotations\": {\"^k(?:ey)\": \".*\"}}", MATCH_UNKNOWN},
		{"{\"annotations\": {\"^\\\\d\": \".*\"}}", MATCH_UNKNOWN},
		{"{\"annotations\": {\"[\": \".*\"}}", MATCH_UNKNOWN},
		/* All conditions have to match. */
		{"{\"annotations\": {\"^key$\": \".*\", \"^other$\": \".*\"}}", MATCH_NO},
		{"{\"always\": true, \"annotations\": {\"^other$\": \".*\"}}", MATCH_NO},
		{"{\"always\": true, \"commands\": [\"/bin/sh\"]}", MATCH_UNKNOWN},
		{"{\"commands\": [\"/bin/sh\"], \"always\": true}", MATCH_UNKNOWN},
		{"{\"commands\": [\"/bin/sh\"], \"always\": false}", MATCH_NO},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error error = UNSET_ERROR;
		AUTO_HOOKSFILE file = {0};
		char text[512];

		snprintf(text, sizeof(text), "{" HOOK ", \"when\": %s}", rows[i].when);
		expect_success(text, hooksfile_parse(text, strlen(text), &error, &file), &error);
		expect_number(rows[i].when, hooksfile_matches(&file, "key", "value"),
			      rows[i].match);
	}
}

Test(doctor, hooks_file)
{
	static const struct {
		const char *text;
		const char *part; /* in the error; NULL: no error */
		enum hooks_program program;
	} rows[] = {
		{"{" HOOK "}", NULL, PROGRAM_HOOK},
		{"{\"version\": \"1.0.0\", \"hook\": {\"path\": \"oci-readonly\", \"args\": [\"a\", "
		 "\"learn\"]}, \"stages\": [\"poststop\"]}",
		 NULL, PROGRAM_LEARN},
		{"{\"version\": \"1.0.0\", \"hook\": {\"path\": \"oci-readonly\", \"args\": [\"a\"]}, "
		 "\"stages\": [\"poststop\"]}",
		 NULL, PROGRAM_OTHER},
		/* Another program's hook. */
		{"{\"version\": \"1.0.0\", \"hook\": {\"path\": \"/bin/true\"}}", NULL,
		 PROGRAM_OTHER},
		{"{\"version\": \"0.1.0\", \"hook\": \"/bin/true\"}", NULL, PROGRAM_OTHER},
		{"{}", NULL, PROGRAM_OTHER},
		{"{,}", "line 1: not JSON", PROGRAM_OTHER},
		/* Our hook. */
		{"{\"version\": \"0.1.0\", \"hook\": \"oci-readonly-hook\"}", "version: '0.1.0'",
		 PROGRAM_OTHER},
		{"{\"hook\": {\"path\": \"oci-readonly-hook\"}}", "version: ''", PROGRAM_OTHER},
		{"{\"version\": \"1.0.0\", \"hook\": {\"path\": \"oci-readonly-hook\"}}",
		 "stages: missing", PROGRAM_OTHER},
		{"{\"version\": \"1.0.0\", \"hook\": {\"path\": \"oci-readonly-hook\"}, \"stages\": "
		 "[]}",
		 "stages: empty", PROGRAM_OTHER},
		{"{\"version\": \"1.0.0\", \"hook\": {\"path\": \"oci-readonly-hook\"}, \"stages\": "
		 "[null]}",
		 "there is no stage 'null'", PROGRAM_OTHER},
		{"{\"version\": \"1.0.0\", \"hook\": {\"path\": \"oci-readonly-hook\", \"args\": "
		 "[1]}, \"stages\": [\"createRuntime\"]}",
		 "hook.args[0]: not a string", PROGRAM_OTHER},
		{"{\"version\": \"1.0.0\", \"hook\": {\"path\": [\"oci-readonly-hook\"]}}",
		 "hook: path: must be a string", PROGRAM_OTHER},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error error = UNSET_ERROR;
		AUTO_HOOKSFILE file = {0};
		int r = hooksfile_parse(rows[i].text, strlen(rows[i].text), &error, &file);

		if (rows[i].part)
			expect_error(rows[i].text, r, &error, STATUS_INPUT, ANYWHERE, rows[i].part);
		else
			expect_success(rows[i].text, r, &error);
		expect_number(rows[i].text, file.program, rows[i].program);
	}
}

/* More arguments than a hooks file may have. */
Test(doctor, hooks_file_arguments)
{
	for (size_t count = HOOKSFILE_ARGS_MAX - 1; count <= HOOKSFILE_ARGS_MAX; count++) {
		struct error error = UNSET_ERROR;
		AUTO_HOOKSFILE file = {0};
		AUTO_FREE char *text = calloc(1, 4096);
		int r;

		strcpy(text, "{\"version\": \"1.0.0\", \"stages\": [\"createRuntime\"], \"hook\": "
			     "{\"path\": \"oci-readonly-hook\", \"args\": [\"a\"");
		for (size_t i = 1; i < count; i++)
			strcat(text, ",\"a\"");
		strcat(text, "]}}");
		r = hooksfile_parse(text, strlen(text), &error, &file);
		if (count < HOOKSFILE_ARGS_MAX)
			expect_success("arguments", r, &error);
		else
			expect_error("arguments", r, &error, STATUS_INPUT, ANYWHERE,
				     "hook.args: more than 255");
	}
}

/* Nothing outside a tree is visible, and only regular files are read. */
Test(doctor, tree)
{
	char root[] = "/tmp/orh-tree.XXXXXX";
	struct error error = UNSET_ERROR;
	AUTO_TREE tree = {.fd = -EBADF};
	AUTO_NAMES names = {0};
	char path[128];
	size_t length;

	need_openat2();
	cr_assert(mkdtemp(root));
	expect_success("open", tree_open(root, &error, &tree), &error);
	expect_number("host", tree.is_host, false);
	snprintf(path, sizeof(path), "%s/out", root);
	cr_assert(symlink("../../../../../../../../../../etc/passwd", path) == 0);
	snprintf(path, sizeof(path), "%s/fifo", root);
	cr_assert(mkfifo(path, 0644) == 0);
	for (size_t i = 0; i < 2; i++) {
		static const char *const paths[] = {"/out", "/fifo"};
		static const int results[] = {-ENOENT, -EINVAL};
		AUTO_FREE char *text = NULL;
		int r = tree_read(&tree, paths[i], TREE_FILE_MAX, &text, &length);

		cr_expect(r == results[i], "%s: %d instead of %d", paths[i], r, results[i]);
	}
	expect_number("list", tree_list(&tree, "/", "t", &names) == 0, true);
	expect_number("list", names.count, 1);
	expect_number("no directory", tree_list(&tree, "/../none", "", &names) == -ENOENT, true);
	expect_number("missing", tree_open("/nowhere", &error, &tree) < 0, true);
	snprintf(path, sizeof(path), "rm -r %s", root);
	cr_expect(system(path) == 0);
}
