/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of oci-readonly check: takes containers one by one, and tells what becomes of each. */
#ifndef ORH_TOOL_SURVEY_H
#define ORH_TOOL_SURVEY_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>

#include "finding.h"
#include "judge.h"
#include "output.h"
#include "subject.h"

struct survey {
	struct judge judge;
	struct findings findings;
	struct output output;
	struct json_object *containers; /* an array; NULL: they are printed for people */
	size_t count;
	bool is_blind; /* something was planned without its image */
};

void survey_done(struct survey *survey);

#define AUTO_SURVEY CLEANUP(survey_done) struct survey

/* Judges a container, and prints it or keeps it for JSON. Mistakes are taken out of its
 * annotations. Returns 0 or -ENOMEM. */
int survey_take(struct survey *survey, struct subject *subject);

/* Prints what was found, or all of it as JSON. Returns the exit status. */
int survey_end(struct survey *survey);

#endif
