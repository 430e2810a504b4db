/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "jobs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "places.h"

#define LIST "/etc;/srv;/var;/var/lib/app;/opt:seed=overlay;/run:seed=none;/missing/too"

const struct scenario scenarios[SCENARIOS] = {
	{.name = "one thread", .list = LIST, .cpus = 1},
	{.name = "user namespace", .list = LIST, .cpus = 1, .is_user = true},
	{.name = "without statmount",
	 .list = LIST,
	 .cpus = 1,
	 .always = {{"statmount", "", ENOSYS}}},
	/* As before Linux 6.15. */
	{.name = "overlay set aside",
	 .list = LIST,
	 .cpus = 1,
	 .always = {{"fsconfig", "make", EINVAL}}},
	{.name = "too small", .list = "/etc:size=64k", .cpus = 1, .status = 74},
	{.name = "read-only already", .list = LIST, .cpus = 1, .is_root_ro = true},
	{.name = "second run", .list = LIST, .cpus = 1, .runs_before = true},
	/* A copy, and an overlay for a directory that is too large for one. */
	{.name = "auto", .list = "/etc:seed=auto;/srv:seed=auto:size=1m", .cpus = 1},
	{.name = "audit", .list = LIST, .cpus = 1, .is_audit = true},
	{.name = "seed-tmpfs", .list = "/opt", .cpus = 1, .fills = true},
	{.name = "two threads", .list = LIST, .cpus = 2},
};

struct options options = {.jobs = 2};
struct prepared prepared[SCENARIOS];
struct job *jobs;
size_t jobs_count;

/* FUNCTION CALL ERROR, of answers.txt. */
static char answers[64][3][48];
static unsigned answers_count;

void answers_read(const char *path)
{
	FILE *file = fopen(path, "re");
	char line[512];

	if (!file)
		MUST(-1);
	while (fgets(line, sizeof(line), file) && answers_count < 64) {
		char(*words)[48] = answers[answers_count];

		if (line[0] != '#' &&
		    sscanf(line, "%47s %47s %47s", words[0], words[1], words[2]) == 3)
			answers_count++;
	}
	fclose(file);
}

bool answers_have(const struct call *call, int err)
{
	for (unsigned i = 0; i < answers_count; i++) {
		if (strcmp(answers[i][0], call->site.function) == 0 &&
		    strcmp(answers[i][1], call_name(call->number)) == 0 &&
		    strcmp(answers[i][2], error_text(err)) == 0)
			return true;
	}
	return false;
}

static void add_job(unsigned scenario, size_t call, enum action action, int err)
{
	if (jobs_count % 1024 == 0)
		jobs = realloc(jobs, (jobs_count + 1024) * sizeof(*jobs));
	jobs[jobs_count++] = (struct job){scenario, call, action, err};
}

static bool can_fail(const struct call *call)
{
	return call->number != call_number("exit") && call->number != call_number("exit_group") &&
	       call->number != call_number("execve");
}

/* All errors and the three kinds of kill, or one of them. */
static void add_jobs(unsigned scenario, size_t index, bool just_one)
{
	const struct call *call = &prepared[scenario].calls[index];
	const int *errors;
	int count = errors_of(call->number, &errors);
	bool is_alloc = call->number == CALL_ALLOC;

	/* The hook ensures that none of these can fail: memory_reserve(). */
	if (is_alloc && (strcmp(call->site.function, "json-c") == 0 ||
			 strcmp(call->site.function, "libmount") == 0))
		return;

	if (count < 0 && options.reach)
		return;
	if (count < 0) {
		fprintf(stderr, "not in errors.txt: call %d (%s) of %s\n", call->number,
			call_name(call->number) ? call_name(call->number) : "?",
			call->site.function);
		exit(1);
	}
	if (just_one && count && (index % 4 || options.reach)) {
		add_job(scenario, index, ACT_ERROR, errors[index % (size_t)count]);
		return;
	}
	for (int i = 0; i < count && can_fail(call) && !just_one; i++)
		add_job(scenario, index, ACT_ERROR, errors[i]);
	/* A killed process has counted nothing. */
	if (is_alloc || options.reach)
		return;
	if (just_one) {
		add_job(scenario, index, index / 4 % 2 ? ACT_KILL_SELF : ACT_KILL_HOOK, 0);
		return;
	}
	add_job(scenario, index, ACT_KILL_SELF, 0);
	if (call->kind == KIND_HOOK)
		return;
	add_job(scenario, index, ACT_KILL_HOOK, 0);
	add_job(scenario, index, ACT_KILL_BOTH, 0);
}

/* The calls that fail in every run of the scenario. */
static void add_always(struct prepared *of)
{
	const struct scenario *scenario = of->plan.scenario;

	for (size_t i = 0; i < 2 && scenario->always[i].call; i++) {
		int number = call_number(scenario->always[i].call);
		struct fault fault = {
			.number = number, .action = ACT_ERROR, .err = scenario->always[i].err};
		bool is_anywhere = !scenario->always[i].function[0];

		for (size_t j = 0; j < of->count && !is_anywhere; j++) {
			if (of->calls[j].number != number ||
			    strcmp(of->calls[j].site.function, scenario->always[i].function) != 0)
				continue;
			fault.kind = of->calls[j].kind;
			fault.nth = of->calls[j].nth;
			of->plan.faults[of->plan.faults_count++] = fault;
			break;
		}
		for (enum kind kind = 0; kind < KIND_THREAD && is_anywhere; kind++) {
			fault.kind = kind;
			of->plan.faults[of->plan.faults_count++] = fault;
		}
	}
}

void scenario_prepare(const struct tools *tools, unsigned index)
{
	struct prepared *of = &prepared[index];

	of->plan.scenario = &scenarios[index];
	judge_golden(tools, &of->plan, &of->golden, &of->calls, &of->count);
	if (scenarios[index].always[0].call) {
		add_always(of);
		judge_golden(tools, &of->plan, &of->golden, &of->calls, &of->count);
	}
	of->plan.golden = &of->golden;
	of->plan.wants_site = scenarios[index].cpus != 1;
	if (!options.list)
		return;
	for (size_t i = 0; i < of->count; i++)
		printf("%zu%s %s %s %u %s %016lx\n", i, i == of->golden.commit ? "*" : "",
		       kind_names[of->calls[i].kind], call_name(of->calls[i].number),
		       of->calls[i].nth, of->calls[i].site.function,
		       (unsigned long)of->calls[i].site.chain);
}

/* All calls of the first scenario are swept, and those of the others that it does not have. */
void jobs_make(void)
{
	struct places seen = {.count = 0};

	for (unsigned i = 0; i < SCENARIOS; i++) {
		for (size_t j = 0; j < prepared[i].count; j++) {
			const struct call *call = &prepared[i].calls[j];
			struct place *place;
			bool is_loader = strcmp(call->site.function, "-") == 0;

			if (options.function && strcmp(options.function, call->site.function) != 0)
				continue;
			if (!call_name(call->number) && !options.reach) {
				fprintf(stderr, "a call of no table: %d, of %s\n", call->number,
					call->site.function);
				exit(1);
			}
			place = places_get(&seen, call->site.function, call->number,
					   is_loader	   ? call->kind
					   : options.quick ? 0
							   : call->site.chain);
			if (place->runs++ && (options.quick || options.distinct || i > 0))
				continue;
			add_jobs(i, j, options.quick);
		}
	}
	places_done(&seen);
}
