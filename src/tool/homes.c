/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "homes.h"

#include <string.h>

#include "core/memory.h"
#include "core/path.h"

enum home_kind {
	WHOLE,	     /* the directory itself becomes a tmpfs */
	MIXED,	     /* each directory in it becomes a tmpfs */
	DIRECTORIES, /* like MIXED, and it directly contains directories only */
	BROAD,	     /* like DIRECTORIES, and avoided as a tmpfs itself */
};

struct home {
	const char *dir;
	enum home_kind kind;
	size_t siblings; /* from this number of needed directories in it, it replaces them; 0: never
			  */
};

/* From this number on, one tmpfs for the parent is easier to read, and the parent is still
 * small. */
#define SIBLINGS 3

static const struct home homes[] = {
	{"/", BROAD, 0},	 {"/etc", MIXED, SIBLINGS},
	{"/home", BROAD, 0},	 {"/media", BROAD, 0},
	{"/mnt", BROAD, 0},	 {"/opt", BROAD, 0},
	{"/root", WHOLE, 0},	 {"/run", DIRECTORIES, 2},
	{"/srv", BROAD, 0},	 {"/tmp", WHOLE, 0},
	{"/var", BROAD, 0},	 {"/var/cache", BROAD, 0},
	{"/var/lib", BROAD, 0},	 {"/var/log", MIXED, SIBLINGS},
	{"/var/mail", WHOLE, 0}, {"/var/spool", BROAD, 0},
	{"/var/tmp", WHOLE, 0},
};

static const struct home *find(const char *dir)
{
	for (size_t i = 0; i < ARRAY_SIZE(homes); i++) {
		if (!strcmp(homes[i].dir, dir))
			return &homes[i];
	}
	return NULL;
}

/* Returns the home that contains dir, "/" and "/var" excepted: a directory in these is not the
 * whole directory of one service. */
static const struct home *find_above(const char *dir)
{
	const struct home *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(homes); i++) {
		const struct home *home = &homes[i];

		if (!strcmp(home->dir, "/") || !strcmp(home->dir, "/var"))
			continue;
		if (path_is_below(dir, home->dir))
			found = home;
	}
	return found;
}

size_t home_length(const char *dir)
{
	const struct home *home = find_above(dir);
	const char *rest;
	size_t length;

	if (!home)
		return strlen(dir);
	if (home->kind == WHOLE)
		return strlen(home->dir);
	rest = dir + strlen(home->dir);
	path_next(&rest, &length);
	return (size_t)(rest - dir);
}

bool home_is_broad(const char *dir)
{
	const struct home *home = find(dir);

	return home && home->kind == BROAD;
}

bool home_is_known(const char *dir)
{
	return find(dir);
}

bool home_has_directories(const char *dir)
{
	const struct home *home = find(dir);

	return home && home->kind >= DIRECTORIES;
}

bool home_is_programs(const char *dir)
{
	static const char *const tops[] = {"bin",     "boot",	"lib",	"lib32", "lib64",
					   "libexec", "libx32", "sbin", "usr"};
	const char *at = dir;
	size_t length;
	const char *top = path_next(&at, &length);

	if (!top)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(tops); i++) {
		if (strlen(tops[i]) == length && !strncmp(top, tops[i], length))
			return true;
	}
	return false;
}

size_t home_siblings(const char *dir)
{
	const struct home *home = find(dir);
	const char *at = dir;
	size_t length;

	if (home)
		return home->siblings;
	/* A directory in / may contain a whole application, with its programs. */
	path_next(&at, &length);
	return *at ? SIBLINGS : 0;
}
