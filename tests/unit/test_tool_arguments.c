/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tool/arguments.h"

#include "expect.h"
#include "tool/commands.h"

static const struct command_option options[] = {
	{"format", "FORMAT", "plain json", "how it is printed"},
	{"rootfs", "DIR", NULL, "the root"},
	{"explain", NULL, NULL, "say why"},
};

static const struct command command = {
	.name = "try",
	.summary = "a try",
	.usage = "[PID]",
	.description = "Tries.\n",
	.options = options,
	.options_count = ARRAY_SIZE(options),
};

/* A text form of parsed arguments: "0=json E operand .", or "!" and the status. */
static void walk(const char *row, char result[static 256])
{
	char *argv[16];
	AUTO_FREE char *line = strdup(row);
	struct arguments arguments = {.command = &command, .argv = argv};
	size_t used = 0;
	int kind;

	result[0] = '\0';
	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		argv[arguments.argc++] = word;
	while ((kind = arguments_next(&arguments)) != ARGUMENT_END) {
		if (kind == ARGUMENT_STOP) {
			snprintf(result + used, 256 - used, "!%d", arguments.status);
			return;
		}
		used += (size_t)snprintf(result + used, 256 - used, "%d:%s%s ", kind,
					 arguments.value ? arguments.value : "-",
					 arguments.after_dashes ? "*" : "");
	}
}

Test(arguments, walk)
{
	static const struct {
		const char *line;
		const char *result;
	} rows[] = {
		{"", ""},
		{"--explain", "2:- "},
		{"--format json 12", "0:json -1:12 "},
		{"12 --format=json", "-1:12 0:json "},
		{"--rootfs=/a=b", "1:/a=b "},
		{"--rootfs --explain", "1:--explain "},
		{"-", "-1:- "},
		{"-- --explain -x", "-1:--explain* -1:-x* "},
		{"a -- -- b", "-1:a -1:--* -1:b* "},
		{"--explain=yes", "!2"},
		{"--format", "!2"},
		{"--format=", "!2"},
		{"--format=js", "!2"},
		{"--format=plain\u00a0json", "!2"},
		{"--form=json", "!2"},
		{"--", ""},
		{"--explai", "!2"},
		{"-x", "!2"},
		{"12 --nothing", "-1:12 !2"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char result[256];

		walk(rows[i].line, result);
		expect_text(rows[i].line, result, rows[i].result);
	}
}

/* main, --help and the completion use this table. */
Test(arguments, commands)
{
	cr_expect(commands_count <= COMMANDS_MAX);
	for (size_t i = 0; i < commands_count; i++) {
		const struct command *one = commands[i];

		cr_expect(one->name && one->summary && one->usage && one->description && one->run,
			  "command %zu", i);
		cr_expect(strlen(one->summary) <= 66, "%s: the summary is long", one->name);
		for (size_t k = 0; k < one->options_count; k++)
			cr_expect(one->options[k].name && one->options[k].help, "%s: option %zu",
				  one->name, k);
	}
}
