/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A subcommand of oci-readonly, as main, --help and the shell completion use it. */
#ifndef ORH_TOOL_COMMAND_H
#define ORH_TOOL_COMMAND_H

#include <stddef.h>

/* The exit statuses of contract section 6. */
enum tool_exit {
	TOOL_OK = 0,
	TOOL_FINDING = 1,    /* a mistake or a finding */
	TOOL_USAGE = 2,	     /* a wrong command line */
	TOOL_UNREADABLE = 3, /* input that cannot be read */
};

/* An option of a subcommand: "--NAME", "--NAME VALUE" or "--NAME=VALUE". The tables do not contain
 * --help, which every subcommand has. */
struct command_option {
	const char *name;
	const char *value;   /* the name of its value in --help; NULL if it takes no value */
	const char *choices; /* the allowed values, separated by blanks; NULL: any value */
	const char *help;    /* one line, without a full stop */
};

struct arguments;

struct command {
	const char *name;
	const char *summary;	 /* one line, for the list of subcommands */
	const char *usage;	 /* what follows the name in the usage line */
	const char *description; /* the text of --help between the usage line and the options: lines
				    of at most 80 columns, with a final newline */
	const char *examples;	 /* the text of --help after the options, in the same form */
	const struct command_option *options;
	size_t options_count;
	/* Returns the exit status: enum tool_exit. */
	int (*run)(struct arguments *arguments);
};

#endif
