/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses the command line of a subcommand, using its table of options. */
#ifndef ORH_TOOL_ARGUMENTS_H
#define ORH_TOOL_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "command.h"

struct arguments {
	const struct command *command;
	int argc; /* the number of arguments after the subcommand's name */
	char **argv;
	int next;	   /* the index of the next argument */
	bool after_dashes; /* "--" was read: all following arguments are operands */
	const char *value; /* of the last option or operand; borrowed from argv */
	int status;	   /* the exit status that goes with ARGUMENT_STOP */
};

/* The values that arguments_next() returns, besides the index of an option in the command's
 * table. */
enum argument {
	ARGUMENT_OPERAND = -1, /* value is the operand, which may be "-" */
	ARGUMENT_END = -2,
	ARGUMENT_STOP = -3, /* --help was printed, or a mistake was reported: return status */
};

/*
 * Returns the next option or operand. Options may follow operands; "--" ends the options. A mistake
 * (an unknown option; a value that is missing, not one of the choices, or not expected) is reported
 * on standard error with the nearest name.
 */
int arguments_next(struct arguments *arguments);

/* Reports a mistake in the command line as "oci-readonly COMMAND: TEXT", and refers to --help.
 * Returns TOOL_USAGE. */
int arguments_wrong(const struct arguments *arguments, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

/* Prints the subcommand's help on standard output. */
void arguments_help(const struct command *command);

#endif
