/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expect.h"
#include "tool/finding.h"

static char *printed_on(const struct findings *findings, bool is_terminal)
{
	size_t length;
	char *text;
	struct output output = {
		.file = open_memstream(&text, &length), .columns = 40, .is_terminal = is_terminal};

	findings_print(&output, findings);
	fclose(output.file);
	return text;
}

static char *printed(const struct findings *findings)
{
	return printed_on(findings, false);
}

Test(finding, print)
{
	static const char file[] = "a: b\nkey: val\033ue\n";
	const struct finding_place in_file = {
		.file = "f\n.yaml",
		.text = file,
		.length = sizeof(file) - 1,
		.start = 10,
		.end = 13,
	};
	const struct finding_place in_text = {.text = "k=v", .length = 3, .start = 2, .end = 3};
	AUTO_FINDINGS findings = {0};
	AUTO_FREE char *text = NULL;

	cr_assert(findings_add(&findings, false, 65, &in_file, "do\tthis", "wrong %s", "\x1b[m") ==
		  0);
	cr_assert(findings_add(&findings, true, 0, &in_text, NULL, "odd") == 0);
	cr_assert(findings_add(&findings, true, 0, NULL, NULL, "nowhere") == 0);
	/* The same finding again. */
	cr_assert(findings_add(&findings, true, 0, &in_text, NULL, "odd") == 0);
	expect_number("mistakes", findings.mistakes, 1);
	text = printed(&findings);
	expect_text("printed", text,
		    "f\\x0a.yaml:2:6: mistake: wrong \\x1b[m\n"
		    "    key: val\\x1bue\n"
		    "         ^~~\n"
		    "  hint: do\\x09this\n"
		    "warning: odd\n"
		    "    k=v\n"
		    "      ^\n"
		    "warning: nowhere\n");
}

/* Lines are wrapped on a terminal only, so that other output can be searched. */
Test(finding, wrapped)
{
	AUTO_FINDINGS findings = {0};
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *line = NULL;

	cr_assert(findings_add(&findings, true, 0, NULL,
			       "give podman this annotation yourself, in quotes",
			       "a text of more than forty columns, in one line") == 0);
	text = printed_on(&findings, true);
	expect_text("terminal", text,
		    "warning: a text of more than forty\n"
		    "    columns, in one line\n"
		    "  hint: give podman this annotation\n"
		    "    yourself, in quotes\n");
	line = printed(&findings);
	expect_text("file", line,
		    "warning: a text of more than forty columns, in one line\n"
		    "  hint: give podman this annotation yourself, in quotes\n");
}

Test(finding, json)
{
	const struct finding_place place = {
		.file = "f", .text = "a\nbcd", .length = 5, .start = 3, .end = 4};
	AUTO_FINDINGS findings = {0};
	struct json_object *mistakes, *warnings;

	cr_assert(findings_add(&findings, false, 65, &place, "hint", "text") == 0);
	cr_assert(findings_add(&findings, true, 0, NULL, NULL, "other") == 0);
	mistakes = findings_json(&findings, false);
	warnings = findings_json(&findings, true);
	expect_text("mistakes", json_object_to_json_string_ext(mistakes, JSON_C_TO_STRING_PLAIN),
		    "[{\"text\":\"text\",\"status\":65,\"hint\":\"hint\",\"file\":\"f\",\"line\":2,"
		    "\"column\":2,\"at\":\"c\"}]");
	expect_text("warnings", json_object_to_json_string_ext(warnings, JSON_C_TO_STRING_PLAIN),
		    "[{\"text\":\"other\"}]");
	json_object_put(mistakes);
	json_object_put(warnings);
}

/* Offsets outside the text, and a text that is much longer than what is shown. */
Test(finding, far)
{
	AUTO_FREE char *text = repeat('x', 100000);
	struct finding_place place = {.file = "f", .text = text, .length = 100000};
	AUTO_FINDINGS findings = {0};

	place.start = 50000;
	place.end = 90000;
	cr_assert(findings_add(&findings, false, 0, &place, NULL, "far") == 0);
	expect_number("column", findings.items[0].column, 50001);
	cr_expect(strlen(findings.items[0].excerpt) < 2000);
	place.start = place.end = 200000;
	cr_assert(findings_add(&findings, false, 0, &place, NULL, "beyond") == 0);
	expect_number("start", findings.items[1].start, findings.items[1].end);
}

Test(finding, many)
{
	AUTO_FINDINGS findings = {0};
	AUTO_FREE char *text = NULL;

	for (int i = 0; i < FINDINGS_MAX + 5; i++)
		cr_assert(findings_add(&findings, false, 0, NULL, NULL, "number %d", i) == 0);
	expect_number("mistakes", findings.mistakes, FINDINGS_MAX + 5);
	expect_number("kept", findings.count, FINDINGS_MAX);
	text = printed(&findings);
	cr_expect(strstr(text, "5 more are not shown\n"));
}
