/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of a subcommand, by its table of options. */
#ifndef ORH_TOOL_ARGUMENTS_H
#define ORH_TOOL_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "command.h"

struct arguments {
	const struct command *command;
	int argc; /* of all arguments that follow the subcommand's name */
	char **argv;
	int next;	   /* the argument to look at next */
	bool after_dashes; /* "--" has been passed: all that follow are operands */
	const char *value; /* of the last option or operand; borrowed from argv */
	int status;	   /* the exit status that goes with ARGUMENT_STOP */
};

/* What arguments_next() returns besides the index of an option in the command's table. */
enum argument {
	ARGUMENT_OPERAND = -1, /* value is the operand; "-" is one */
	ARGUMENT_END = -2,
	ARGUMENT_STOP = -3, /* --help has been printed, or a mistake: return status */
};

/*
 * The next option or operand. Options may follow operands; "--" ends them. A mistake (an unknown
 * option, a value that is missing, is not one of the choices, or is not expected) is reported on
 * standard error with the nearest name.
 */
int arguments_next(struct arguments *arguments);

/* Reports a mistake in the command line, "oci-readonly COMMAND: TEXT", with a pointer to --help.
 * Returns TOOL_USAGE. */
int arguments_wrong(const struct arguments *arguments, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

/* Prints the subcommand's help on standard output. */
void arguments_help(const struct command *command);

#endif
