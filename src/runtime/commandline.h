/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command lines of runc and crun, as far as one has to understand them to find the bundle of a
 * container that is about to be created. Pure: strings are borrowed from argv.
 */
#ifndef ORH_RUNTIME_COMMANDLINE_H
#define ORH_RUNTIME_COMMANDLINE_H

#include <stdbool.h>

#include "core/error.h"

/* Whose options: runc's are those of Go's urfave/cli, crun's those of argp. */
enum grammar {
	GRAMMAR_RUNC,
	GRAMMAR_CRUN,
};

/* What comes before the command. */
struct globals {
	const char *log; /* --log; NULL if it is not given */
	bool log_is_json;
	int command;	     /* its index in argv; argc if there is none */
	const char *unclear; /* the argument that could not be read, NULL if there is none: then
				command is the index behind it */
	const char *why;     /* what is wrong with it */
};

void commandline_globals(enum grammar grammar, int argc, char *const argv[],
			 struct globals *ret_globals);

struct creation {
	bool is_creation;   /* create, run or restore, and not only their help */
	const char *bundle; /* "." if it is not given */
	const char *config; /* the file that is read instead of the bundle's config.json, relative
			       to the current directory; NULL if it is config.json */
};

/*
 * What follows. An option that the command does not have is an error if the command creates a
 * container: the bundle could be another one than it seems. Errors: STATUS_OPTIONS.
 */
int commandline_creation(enum grammar grammar, int argc, char *const argv[],
			 const struct globals *globals, struct error *error,
			 struct creation *ret_creation);

#endif
