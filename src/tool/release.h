/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which release of an engine is installed. */
#ifndef ORH_TOOL_RELEASE_H
#define ORH_TOOL_RELEASE_H

#include "tree.h"

struct release {
	unsigned major;
	unsigned minor;
	char text[64]; /* as the program, or its package, says it */
};

/*
 * The release of a program. On the host it is asked ("PROGRAM --version"), with an empty
 * environment, as the user that calls, and not by root if somebody else may change it: what it was
 * built from and what the distribution calls it need not agree. In a tree, no program is run:
 * dpkg's list of packages says it. Returns 0; -ENOENT if nothing says it; -EPERM if it is not
 * asked; or why it could not be asked.
 */
int release_find(const struct tree *tree, const char *program, const char *package,
		 struct release *ret_release);

/* The first number with a dot in it, of a text such as "podman version 4.3.1". Returns 0 or
 * -ENOENT. */
int release_parse(const char *text, struct release *ret_release);

/* The same of a package, by the text of dpkg's status file. */
int release_parse_dpkg(const char *text, const char *package, struct release *ret_release);

bool release_is_before(const struct release *release, unsigned major, unsigned minor);

#endif
