/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operator's options as in a hooks file. */
#ifndef ORH_TESTS_OPTIONS_OF_H
#define ORH_TESTS_OPTIONS_OF_H

#include "core/options.h"
#include "expect.h"

struct arguments {
	const char *items[6];
};

static inline struct options options_of(const struct arguments *arguments)
{
	const char *argv[ARRAY_SIZE(arguments->items) + 1] = {"hook"};
	struct error error = UNSET_ERROR;
	struct options options = {0};
	int argc = 1;

	while (argc <= (int)ARRAY_SIZE(arguments->items) && arguments->items[argc - 1]) {
		argv[argc] = arguments->items[argc - 1];
		argc++;
	}
	cr_assert(options_parse(argc, argv, &error, &options) == 0, "%s", error.text);
	return options;
}

#endif
