/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arguments.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/nearest.h"
#include "output.h"

#define OPTIONS_MAX 32

/* The width of the column of option names in --help. */
#define OPTION_COLUMNS 22

int arguments_wrong(const struct arguments *arguments, const char *format, ...)
{
	char text[ERROR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	output_remark(arguments->command->name, "%s (see 'oci-readonly %s --help')", text,
		      arguments->command->name);
	return TOOL_USAGE;
}

void arguments_help(const struct command *command)
{
	printf("Usage: oci-readonly %s%s%s\n\n%s\nOptions:\n", command->name,
	       *command->usage ? " " : "", command->usage, command->description);
	for (size_t i = 0; i < command->options_count; i++) {
		const struct command_option *option = &command->options[i];
		char text[128];

		snprintf(text, sizeof(text), "--%s%s%s", option->name, option->value ? "=" : "",
			 option->value ? option->value : "");
		printf("  %-*s  %s\n", OPTION_COLUMNS, text, option->help);
	}
	printf("  %-*s  %s\n", OPTION_COLUMNS, "--help", "show this text");
	if (command->examples)
		printf("\nExamples:\n%s", command->examples);
	fputs("\nSee oci-readonly(1).\n", stdout);
}

static int stop(struct arguments *arguments, int status)
{
	arguments->status = status;
	return ARGUMENT_STOP;
}

static int unknown_option(struct arguments *arguments, const char *word, size_t length)
{
	const struct command *command = arguments->command;
	const char *names[OPTIONS_MAX];
	const char *near;
	size_t count = 0;

	for (size_t i = 0; i < command->options_count && count < OPTIONS_MAX - 1; i++)
		names[count++] = command->options[i].name;
	names[count++] = "help";
	near = nearest_name(word, length, names, count, NEAREST_SLIP);
	if (near)
		return stop(arguments, arguments_wrong(arguments,
						       "unknown option '--%.*s'; did you mean "
						       "'--%s'?",
						       (int)length, word, near));
	return stop(arguments,
		    arguments_wrong(arguments, "unknown option '--%.*s'", (int)length, word));
}

/* Is the value one of the words of choices? */
static bool is_choice(const char *choices, const char *value)
{
	size_t length = strlen(value);

	while (*choices) {
		size_t word = strcspn(choices, " ");

		if (word == length && !strncmp(choices, value, word))
			return true;
		choices += word + (choices[word] == ' ');
	}
	return false;
}

/* Takes an option's value: the text after "=", or the next argument. */
static int take_value(struct arguments *arguments, const struct command_option *option,
		      const char *attached)
{
	arguments->value = attached;
	if (!option->value) {
		if (attached)
			return arguments_wrong(arguments, "'--%s' takes no value", option->name);
		return 0;
	}
	if (!attached && arguments->next < arguments->argc)
		arguments->value = arguments->argv[arguments->next++];
	if (!arguments->value || !*arguments->value)
		return arguments_wrong(arguments, "'--%s' needs a value: %s", option->name,
				       option->choices ? option->choices : option->value);
	if (option->choices && !is_choice(option->choices, arguments->value))
		return arguments_wrong(arguments, "'%" NAME_SHOWN "' is not a value of '--%s': %s",
				       arguments->value, option->name, option->choices);
	return 0;
}

static int long_option(struct arguments *arguments, const char *word)
{
	const struct command *command = arguments->command;
	size_t length = strcspn(word, "=");
	const char *attached = word[length] ? word + length + 1 : NULL;

	if (!strcmp(word, "help")) {
		arguments_help(command);
		return stop(arguments, TOOL_OK);
	}
	for (size_t i = 0; i < command->options_count; i++) {
		const struct command_option *option = &command->options[i];
		int status;

		if (strncmp(option->name, word, length) != 0 || option->name[length])
			continue;
		status = take_value(arguments, option, attached);
		return status ? stop(arguments, status) : (int)i;
	}
	return unknown_option(arguments, word, length);
}

int arguments_next(struct arguments *arguments)
{
	const char *word;

	if (!arguments->after_dashes && arguments->next < arguments->argc &&
	    !strcmp(arguments->argv[arguments->next], "--")) {
		arguments->after_dashes = true;
		arguments->next++;
	}
	if (arguments->next >= arguments->argc)
		return ARGUMENT_END;
	word = arguments->argv[arguments->next++];
	if (arguments->after_dashes || word[0] != '-' || !word[1]) {
		arguments->value = word;
		return ARGUMENT_OPERAND;
	}
	if (!strcmp(word, "-h"))
		word = "--help";
	if (word[1] != '-')
		return stop(arguments,
			    arguments_wrong(arguments, "unknown option '%" NAME_SHOWN "'", word));
	return long_option(arguments, word + 2);
}
