/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A subcommand of oci-readonly: what main, --help and the completion know of it. */
#ifndef ORH_TOOL_COMMAND_H
#define ORH_TOOL_COMMAND_H

#include <stddef.h>

/* The exit statuses of contract section 6. */
enum tool_exit {
	TOOL_OK = 0,
	TOOL_FINDING = 1,    /* a mistake, or a finding */
	TOOL_USAGE = 2,	     /* the command line */
	TOOL_UNREADABLE = 3, /* something cannot be read */
};

/* An option of a subcommand, "--NAME" or "--NAME VALUE" or "--NAME=VALUE". --help is not among
 * them: every subcommand has it. */
struct command_option {
	const char *name;
	const char *value;   /* what --help calls its value; NULL if it takes none */
	const char *choices; /* the values that it takes, separated by blanks; NULL: any */
	const char *help;    /* one line, without a full stop */
};

struct arguments;

struct command {
	const char *name;
	const char *summary;	 /* one line, for the list of subcommands */
	const char *usage;	 /* what follows the name in the usage line */
	const char *description; /* the text of --help between the usage and the options: lines of
				    80 columns, a newline at the end */
	const char *examples;	 /* the text of --help after the options, likewise */
	const struct command_option *options;
	size_t options_count;
	/* Returns the exit status: enum tool_exit. */
	int (*run)(struct arguments *arguments);
};

#endif
