/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oci-readonly: finds the subcommand and runs it. */
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "commands.h"
#include "core/memory.h"
#include "core/nearest.h"
#include "output.h"

static void print_usage(FILE *file)
{
	fputs("Usage: oci-readonly COMMAND [ARGUMENT]...\n"
	      "\n"
	      "For containers with a read-only root and seeded tmpfs, by oci-readonly-hook.\n"
	      "\n"
	      "Commands:\n",
	      file);
	for (size_t i = 0; i < commands_count; i++)
		fprintf(file, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n"
	      "  --help, --version\n"
	      "\n"
	      "'oci-readonly COMMAND --help' explains a command. See oci-readonly(1).\n",
	      file);
}

static int unknown_command(const char *word)
{
	const char *names[COMMANDS_MAX];
	const char *near;

	for (size_t i = 0; i < commands_count; i++)
		names[i] = commands[i]->name;
	near = nearest_name(word, strlen(word), names, commands_count, NEAREST_SLIP);
	if (near)
		output_remark(NULL, "unknown command '%" NAME_SHOWN "'; did you mean '%s'?", word,
			      near);
	else
		output_remark(NULL, "unknown command '%" NAME_SHOWN "' (see 'oci-readonly --help')",
			      word);
	return TOOL_USAGE;
}

static int run_command(int argc, char *argv[])
{
	for (size_t i = 0; i < commands_count; i++) {
		struct arguments arguments = {
			.command = commands[i],
			.argc = argc - 2,
			.argv = argv + 2,
		};

		if (!strcmp(commands[i]->name, argv[1]))
			return commands[i]->run(&arguments);
	}
	return unknown_command(argv[1]);
}

int main(int argc, char *argv[])
{
	if (argc < 2) {
		print_usage(stderr);
		return TOOL_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		print_usage(stdout);
		return output_end(TOOL_OK);
	}
	if (!strcmp(argv[1], "--version")) {
		puts("oci-readonly " PACKAGE_VERSION);
		return output_end(TOOL_OK);
	}
	return output_end(run_command(argc, argv));
}
