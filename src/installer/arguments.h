/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The installer's command line. */
#ifndef ORH_INSTALLER_ARGUMENTS_H
#define ORH_INSTALLER_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

struct arguments {
	const char *host;      /* where the host's root directory is mounted */
	const char *from;      /* the directory with the image's files */
	const char *program;   /* on the host; absolute, in normal form */
	const char *hooks_dir; /* on the host; absolute, in normal form */
	bool uninstall;
	bool wait;
	bool uninstall_at_end;
	bool help;
	bool version;
	const char *const *options; /* the hook's, after "--" */
	size_t options_count;
};

extern const char arguments_usage[];

/* Parses argv, which must outlive ret_arguments. Errors: STATUS_OPTIONS. */
int arguments_parse(int argc, char *argv[], struct error *error, struct arguments *ret_arguments);

#endif
