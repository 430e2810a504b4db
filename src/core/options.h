/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hook's command line: the operator's policy, contract section 5. */
#ifndef ORH_CORE_OPTIONS_H
#define ORH_CORE_OPTIONS_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "tmpfs_list.h"

enum log_level {
	LEVEL_ERROR,
	LEVEL_INFO,
	LEVEL_DEBUG,
};

struct exemption {
	char *key;     /* owned */
	char *reason;  /* "exempt by --exempt=KEY", for policy's left_alone; owned */
	regex_t regex; /* POSIX extended; not anchored, see regexec(3) */
};

struct string_list {
	const char **items; /* borrowed from argv; the array is owned */
	size_t count;
	size_t capacity;
};

struct options {
	bool help;
	bool version;
	bool readonly; /* --readonly or --enforce */
	bool enforce;
	bool audit;
	bool seed_tmpfs;
	struct tmpfs_list defaults; /* from --tmpfs, without duplicate paths */
	struct size max_size;	    /* value 0: none */
	struct size max_total;
	uint64_t max_inodes;	  /* 0: none */
	struct string_list allow; /* globs that can match: absolute, in normal form, "**" only as
				     the last component */
	struct string_list deny;
	struct string_list forbid; /* single options, split at commas, accepted by
				      tmpfs_option_check_forbidden(); point into forbid_text */
	char *forbid_text;
	struct exemption *exemptions;
	size_t exemptions_count;
	size_t exemptions_capacity;
	enum log_level log_level;
};

void options_done(struct options *options);

#define AUTO_OPTIONS CLEANUP(options_done) struct options

/*
 * Parses the hook's arguments; argv[0] is ignored. Only long options are accepted, as
 * "--name=value" or "--name value", without abbreviations or operands. Repeating an option that is
 * not repeatable is an error, as is an empty value. Errors have STATUS_OPTIONS, name the option,
 * and have no offset. argv must outlive ret_options. The caller calls options_done().
 * policy_sizes() compares the sizes of defaults with --max-size.
 */
int options_parse(int argc, const char *const argv[], struct error *error,
		  struct options *ret_options);

#endif
