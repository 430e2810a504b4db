/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses the command lines of runc and crun, to find the bundle of a container that is about to be
 * created. Pure: strings are borrowed from argv. */
#ifndef ORH_RUNTIME_COMMANDLINE_H
#define ORH_RUNTIME_COMMANDLINE_H

#include <stdbool.h>

#include "core/error.h"

/* Whose command line: runc parses it with Go's urfave/cli, crun with argp. */
enum grammar {
	GRAMMAR_RUNC,
	GRAMMAR_CRUN,
};

/* The options before the command. */
struct globals {
	const char *log; /* --log; NULL if it is not given */
	bool log_is_json;
	int command;	     /* its index in argv; argc if there is none */
	const char *unclear; /* the argument that could not be read, or NULL; if set, command is the
				index after it */
	const char *why;     /* what is wrong with it */
};

void commandline_globals(enum grammar grammar, int argc, char *const argv[],
			 struct globals *ret_globals);

struct creation {
	bool is_creation;   /* create, run or restore, without --help */
	const char *bundle; /* "." if it is not given */
	const char *config; /* the file to read instead of the bundle's config.json, relative to the
			       current directory; NULL: config.json */
};

/* Parses the command and its arguments. An unknown option is an error if the command creates a
 * container, because the bundle could be another one than it seems. Errors: STATUS_OPTIONS. */
int commandline_creation(enum grammar grammar, int argc, char *const argv[],
			 const struct globals *globals, struct error *error,
			 struct creation *ret_creation);

#endif
