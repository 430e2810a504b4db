/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run of oci-readonly check: judges containers one by one, and prints the result for each. */
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
	struct json_object *containers; /* an array; NULL: containers are printed as text */
	size_t count;
	bool is_blind; /* a plan was made without the image */
};

void survey_done(struct survey *survey);

#define AUTO_SURVEY CLEANUP(survey_done) struct survey

/* Judges a container, and prints it or stores it for JSON. Mistakes are removed from its
 * annotations. Returns 0 or -ENOMEM. */
int survey_take(struct survey *survey, struct subject *subject);

/* Prints the findings, or everything as JSON. Returns the exit status. */
int survey_end(struct survey *survey);

#endif
