/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The work of the sweep: its scenarios, the calls that each of them makes, and the faults for
 * these. */
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

#define SCENARIOS 11
extern const struct scenario scenarios[SCENARIOS];
extern struct prepared prepared[SCENARIOS];
extern struct job *jobs;
extern size_t jobs_count;

/* FUNCTION CALL ERROR, of answers.txt. */
void answers_read(const char *path);
bool answers_have(const struct call *call, int err);

/* Runs the scenario without a fault, and records its calls. */
void scenario_prepare(const struct tools *tools, unsigned index);
/* Selects the runs, after all scenarios are prepared. */
void jobs_make(void);

#endif
