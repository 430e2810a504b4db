/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How oci-readonly check shows the result for a container: at several widths, and as JSON. */
#include "core/json.h"
#include "expect.h"
#include "tool/hookargs.h"
#include "tool/survey.h"
#include "tool/words.h"
#include "tool/wrap.h"

Test(report, sizes)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{0, "0 bytes"},
		{1023, "1023 bytes"},
		{1024, "1 KiB"},
		{1536, "1.5 KiB"},
		{64 << 20, "64 MiB"},
		{178956288, "170.6 MiB"},
		{(1 << 30) - 1, "1023.9 MiB"},
		{UINT64_C(2) << 40, "2 TiB"},
		{INT64_MAX, "7.9 EiB"},
		{UINT64_MAX, "15.9 EiB"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[WORDS_MAX];

		words_size(rows[i].bytes, text);
		expect_text(rows[i].text, text, rows[i].text);
	}
}

Test(report, wrap)
{
	static const struct {
		const char *text;
		size_t columns;
		const char *printed;
	} rows[] = {
		{"", 10, ">>\n"},
		{"one two", 10, ">>one two\n"},
		{"one two", 8, ">>one\n  two\n"},
		{"rw,nosuid,exec", 12, ">>rw,nosuid,\n  exec\n"},
		{"much-too-long x", 6, ">>much-too-long\n  x\n"},
		{"\u65e5\u672c \u65e5\u672c", 8, ">>\u65e5\u672c\n  \u65e5\u672c\n"},
		{"a  b ", 20, ">>a  b\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char printed[256] = "";
		struct output output = {
			.file = fmemopen(printed, sizeof(printed), "w"),
			.columns = rows[i].columns,
		};

		fputs(">>", output.file);
		wrap_print(&output, rows[i].text, 2, 2);
		fclose(output.file);
		expect_text(rows[i].text, printed, rows[i].printed);
	}
}

Test(report, hookargs)
{
	static const char file[] =
		"{\"version\":\"1.0.0\",\"hook\":{\"path\":\"/oci-readonly-hook\",\"args\":[\"hook\","
		"\"--enforce\",\"--max-size=64m\"]},\"stages\":[\"createRuntime\"],\"when\":{\"always\":true}}";
	AUTO_HOOKARGS both = {0};
	struct error error = UNSET_ERROR;

	expect_success("add", hookargs_add(&both, "--tmpfs=/run", &error), &error);
	expect_success("read", hookargs_read(&both, "f", file, strlen(file), &error), &error);
	expect_text("the file's come first", both.argv[0], "--enforce");
	expect_text("the others follow", both.argv[2], "--tmpfs=/run");
	expect_success("parse", hookargs_parse(&both, &error), &error);
	cr_expect(both.options.enforce && both.options.defaults.count == 1);
	expect_number("size", both.options.max_size.value, 64 << 20);
}

Test(report, hookargs_refused)
{
	static const struct {
		const char *text;
		const char *why;
	} rows[] = {
		{"", "f: "},
		{"{}", "f: a hooks file, but not oci-readonly-hook's"},
		{"{\"hook\":{\"path\":\"/oci-readonly-hook\"}}", "f: version: "},
		{"{\"version\":\"1.0.0\",\"hook\":{\"path\":\"/other\"}}",
		 "f: a hooks file, but not oci-readonly-hook's"},
		{"{\"version\":\"1.0.0\",\"hook\":{\"path\":\"/oci-readonly-hook\",\"args\":[\"hook\",1]},"
		 "\"stages\":[\"createRuntime\"]}",
		 "f: hook.args[1]: not a string"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_HOOKARGS args = {0};
		struct error error = UNSET_ERROR;
		int r = hookargs_read(&args, "f", rows[i].text, strlen(rows[i].text), &error);

		expect_error(rows[i].text, r, &error, STATUS_INPUT, ANYWHERE, rows[i].why);
	}
}

/* One container with a volume, and the operator's options. */
static void survey_one(struct survey *survey, const char *list, size_t columns, FILE *file)
{
	static const char *const arguments[] = {"--max-size=64m", "--tmpfs=/run", "--readonly"};
	AUTO_HOOKARGS args = {0};
	AUTO_JSON *config = subject_config();
	AUTO_SUBJECT subject = {.id = "", .title = strdup("Pod p, container c")};
	struct error error = UNSET_ERROR;

	for (size_t i = 0; i < ARRAY_SIZE(arguments); i++)
		cr_assert(hookargs_add(&args, arguments[i], &error) == 0);
	expect_success("options", hookargs_parse(&args, &error), &error);
	subject_add_mount(config, "/run/volume", "bind", "/v", "rw");
	expect_success("config", subject_set_config(&subject, config, &error), &error);
	cr_assert(written_add(&subject.annotations, KEY_TMPFS, list, NULL, NULL) == 0);
	survey->judge = (struct judge){.options = &args.options, .total_memory = 1 << 30};
	survey->output = (struct output){.file = file, .columns = columns};
	cr_assert(survey_take(survey, &subject) == 0);
	expect_number("status", (unsigned)survey_end(survey), survey->findings.mistakes > 0);
}

Test(report, widths)
{
	static const struct {
		size_t columns;
		const char *printed;
	} rows[] = {
		{40, "Pod p, container c\n"
		     "root read-only, by --readonly\n"
		     "/run\n"
		     "    size 64 MiB, seed copy\n"
		     "    rw,nosuid,nodev,noexec,relatime\n"
		     "    the operator's --tmpfs; size by\n"
		     "    --max-size; keeps /run/volume\n"
		     "/\u65e5\u672c\n"
		     "    size 1 MiB, seed none\n"
		     "    rw,nosuid,nodev,exec,relatime,\n"
		     "    mode=0700,uid=5\n"},
		{80,
		 "Pod p, container c\n"
		 "root read-only, by --readonly\n"
		 "PATH   SIZE    SEED  OPTIONS\n"
		 "/run   64 MiB  copy  rw,nosuid,nodev,noexec,relatime\n"
		 "    the operator's --tmpfs; size by --max-size; keeps /run/volume\n"
		 "/\u65e5\u672c  1 MiB   none  rw,nosuid,nodev,exec,relatime,mode=0700,uid=5\n"},
		{160,
		 "Pod p, container c\n"
		 "root read-only, by --readonly\n"
		 "PATH   SIZE    SEED  OPTIONS                                        NOTES\n"
		 "/run   64 MiB  copy  rw,nosuid,nodev,noexec,relatime                the "
		 "operator's --tmpfs; size by --max-size; keeps /run/volume\n"
		 "/\u65e5\u672c  1 MiB   none  rw,nosuid,nodev,exec,relatime,mode=0700,uid=5\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_SURVEY survey = {0};
		AUTO_FREE char *printed = NULL;
		size_t length;
		FILE *file = open_memstream(&printed, &length);
		char *end;

		survey_one(&survey, "/\u65e5\u672c:exec:size=1m:mode=700:uid=5:seed=none",
			   rows[i].columns, file);
		fclose(file);
		end = strstr(printed, "\nWithout --rootfs,");
		cr_assert(end, "%s", printed);
		*end = '\0';
		expect_text("printed", printed, rows[i].printed);
	}
}

/* oci-readonly(1) documents the form. */
Test(report, json)
{
	static const struct {
		const char *list;
		const char *printed;
	} rows[] = {
		{"/srv:ro",
		 "{\"containers\":[{\"container\":\"Pod p, container c\",\"decision\":\"done\","
		 "\"root_readonly\":true,\"root\":\"root read-only, by --readonly\",\"tmpfs\":[{"
		 "\"path\":\"/run\",\"written\":\"/run\",\"from\":\"--tmpfs\",\"size\":67108864,"
		 "\"size_from\":\"--max-size\",\"seed\":\"copy\","
		 "\"options\":\"rw,nosuid,nodev,noexec,relatime\",\"keeps\":[\"/run/volume\"]},{"
		 "\"path\":\"/srv\",\"written\":\"/srv\",\"from\":\"" KEY_TMPFS
		 "\",\"size\":67108864,\"size_from\":\"--max-size\",\"seed\":\"copy\","
		 "\"options\":\"ro,nosuid,nodev,noexec,relatime\",\"keeps\":[]}],\"filled\":[],\"left_out\":[]}"
		 "],\"mistakes\":[],\"warnings\":[]}"},
		{"/run:size=1g", "{\"containers\":[{\"container\":\"Pod p, container c\","
				 "\"decision\":\"refused\",\"status\":77,\"reason\":\"" KEY_TMPFS
				 ": entry '/run:size=1g': "},
		{"/run/x;/run:x",
		 "\"mistakes\":[{\"text\":\"" KEY_TMPFS ": entry '/run:x', at 6: "},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_SURVEY survey = {.containers = json_object_new_array()};
		AUTO_FREE char *printed = NULL;
		AUTO_JSON *document = NULL;
		struct error error = UNSET_ERROR;
		size_t length;
		FILE *file = open_memstream(&printed, &length);
		const char *plain;

		survey_one(&survey, rows[i].list, 80, file);
		fclose(file);
		expect_success(rows[i].list,
			       json_parse("output", printed, length, &error, &document), &error);
		plain = json_object_to_json_string_ext(
			document, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
		cr_expect(strstr(plain, rows[i].printed), "'%s': '%s' is not in '%s'", rows[i].list,
			  rows[i].printed, plain);
	}
}

/* Takes the blanks out of JSON. */
static void be_plain(char **text)
{
	AUTO_JSON *document = NULL;
	struct error error = UNSET_ERROR;
	const char *plain;

	expect_success("output", json_parse("output", *text, strlen(*text), &error, &document),
		       &error);
	plain = json_object_to_json_string_ext(document, JSON_C_TO_STRING_PLAIN |
								 JSON_C_TO_STRING_NOSLASHESCAPE);
	free(*text);
	*text = strdup(plain);
	cr_assert(*text);
}

/* The engine's tmpfs that --seed-tmpfs fills, in both forms. */
Test(report, fills)
{
	static const struct {
		bool is_json;
		const char *printed;
	} rows[] = {
		{false, "web\n"
			"root unchanged\n"
			"PATH  SIZE          SEED  OPTIONS       NOTES\n"
			"/etc  the engine's  copy  the engine's  filled in place, --seed-tmpfs; "
			"keeps /etc/hosts\n"},
		{true, "\"tmpfs\":[],\"filled\":[{\"path\":\"/etc\",\"from\":\"--seed-tmpfs\"}],"
		       "\"left_out\":[]}"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_SURVEY survey = {.containers =
					      rows[i].is_json ? json_object_new_array() : NULL};
		AUTO_HOOKARGS args = {0};
		AUTO_JSON *config = subject_config();
		AUTO_SUBJECT subject = {.id = "", .title = strdup("web")};
		AUTO_FREE char *printed = NULL;
		struct error error = UNSET_ERROR;
		size_t length;
		FILE *file = open_memstream(&printed, &length);

		cr_assert(hookargs_add(&args, "--seed-tmpfs", &error) == 0);
		expect_success("options", hookargs_parse(&args, &error), &error);
		subject_add_mount(config, "/dev", "tmpfs", "tmpfs", "rw");
		/* The runtimes make it read-only after the hook. */
		subject_add_mount(config, "/etc", "tmpfs", "tmpfs", "ro");
		subject_add_mount(config, "/etc/hosts", "bind", "/h", "rw");
		expect_success("config", subject_set_config(&subject, config, &error), &error);
		survey.judge = (struct judge){.options = &args.options, .total_memory = 1 << 30};
		survey.output = (struct output){.file = file, .columns = 160};
		cr_assert(survey_take(&survey, &subject) == 0);
		expect_number("status", (unsigned)survey_end(&survey), 0);
		fclose(file);
		if (rows[i].is_json)
			be_plain(&printed);
		cr_expect(strstr(printed, rows[i].printed), "%s", printed);
	}
}
