/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sweep does: its scenarios, the calls that each of them makes, and what is done to them.
 */
#ifndef ORH_FAULTS_JOBS_H
#define ORH_FAULTS_JOBS_H

#include "faults.h"

struct prepared {
	struct plan plan;
	struct golden golden;
	struct call *calls;
	size_t count;
};

struct job {
	unsigned scenario;
	size_t call;
	enum action action;
	int err;
};

extern struct options {
	bool quick, distinct, reach, list, verbose;
	unsigned jobs;
	const char *scenario, *function, *record;
} options;

#define SCENARIOS 10
extern const struct scenario scenarios[SCENARIOS];
extern struct prepared prepared[SCENARIOS];
extern struct job *jobs;
extern size_t jobs_count;

/* FUNCTION CALL ERROR, of answers.txt. */
void answers_read(const char *path);
bool answers_have(const struct call *call, int err);

/* Has the scenario run without a fault, and its calls recorded. */
void scenario_prepare(const struct tools *tools, unsigned index);
/* Decides what is done, once all scenarios are prepared. */
void jobs_make(void);

#endif
