/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the installed release of an engine. */
#ifndef ORH_TOOL_RELEASE_H
#define ORH_TOOL_RELEASE_H

#include "tree.h"

struct release {
	unsigned major;
	unsigned minor;
	char text[64]; /* as the program or its package writes it */
};

/*
 * Finds the release of a program. On the host, "PROGRAM --version" is run as the calling user, with
 * an empty environment. root does not run it if another user may change it. The program is asked
 * because the version that it was built from may differ from the distribution's. In a tree, no
 * program is run, and dpkg's list of packages is read instead. Returns 0; -ENOENT if the release is
 * not known; -EPERM if the program must not be run; or another -errno from running it.
 */
int release_find(const struct tree *tree, const char *program, const char *package,
		 struct release *ret_release);

/* Parses the first number with a dot in a text such as "podman version 4.3.1". Returns 0 or
 * -ENOENT. */
int release_parse(const char *text, struct release *ret_release);

/* The same for a package in the text of dpkg's status file. */
int release_parse_dpkg(const char *text, const char *package, struct release *ret_release);

bool release_is_before(const struct release *release, unsigned major, unsigned minor);

#endif
