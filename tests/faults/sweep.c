/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep [OPTION]... HOOK ALLOC.SO FOLDER
 *
 * Makes each call of the hook fail, one at a time, and checks the outcome: everything that was
 * promised, or a refusal. FOLDER contains errors.txt and sites.txt.
 *
 *   --quick           each place once
 *   --distinct        each place with each chain of callers, once with each error
 *   --reach           only the errors, without a verdict: for a hook that counts for gcov
 *   --jobs=N          N runs at the same time
 *   --scenario=NAME   only this scenario
 *   --function=NAME   only calls from this function
 *   --record=FILE     writes the new sites.txt
 *   --verbose         shows each outcome
 *   --list            only shows the calls
 */
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "jobs.h"
#include "places.h"

#define JOBS_MAX 64

struct result {
	size_t job;
	struct verdict verdict;
};

static struct tools tools;
/* At every exit but SIGKILL. */
static char work[] = "/var/tmp/orh-faults.XXXXXX";
static pid_t owner;
static pid_t runners[JOBS_MAX];

static void clean_up(void)
{
	if (getpid() != owner)
		return;
	for (unsigned i = 0; i < options.jobs && runners[i]; i++) {
		kill(runners[i], SIGKILL);
		waitpid(runners[i], NULL, 0);
	}
	for (unsigned i = 0; i <= options.jobs; i++)
		host_cgroup_remove(owner, i);
	umount2(work, MNT_DETACH);
	rmdir(work);
}

static void at_signal(int number)
{
	exit(128 + number);
}

static const char *action_text(const struct job *job)
{
	static const char *const kills[] = {"", "SIGKILL", "SIGKILL to the hook",
					    "SIGKILL to hook and worker"};

	return job->action == ACT_ERROR ? error_text(job->err) : kills[job->action];
}

static void run_job(size_t index, int pipe)
{
	const struct job *job = &jobs[index];
	const struct prepared *of = &prepared[job->scenario];
	const struct call *call = &of->calls[job->call];
	struct plan plan = of->plan;
	struct result result = {.job = index};
	/* With threads, the order of calls varies. */
	bool is_ordered = of->plan.scenario->cpus == 1 || call->kind != KIND_WORKER;

	/* The worker is only told after the hook is dead, and continues until then. */
	if (job->action == ACT_KILL_HOOK && call->kind != KIND_HOOK)
		is_ordered = false;

	plan.call = call;
	plan.is_answer = job->action == ACT_ERROR && answers_have(call, job->err);
	plan.faults[plan.faults_count++] = (struct fault){.kind = call->kind,
							  .number = call->number,
							  .nth = call->nth,
							  .action = job->action,
							  .err = job->err};
	/* Some calls are not made in every run. */
	for (int tries = 0; tries < (of->plan.scenario->cpus == 1 ? 1 : 4); tries++) {
		judge_run(&tools, &plan, is_ordered ? job->call : (size_t)-1, &result.verdict);
		if (result.verdict.is_hit || result.verdict.problem[0])
			break;
	}
	MUST(write(pipe, &result, sizeof(result)));
}

static void run_share(unsigned number, int pipe)
{
	struct host host = {.log = -1};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	host_open(&host, work, owner, number);
	tools.host = &host;
	for (size_t i = number; i < jobs_count; i += options.jobs)
		run_job(i, pipe);
	host_close(&host);
	exit(0);
}

/* All runs, by outcome. */
struct tally {
	unsigned long runs, failed, missed;
	unsigned long statuses[256];
	unsigned long killed;
	struct places places;
};

static void count(struct tally *tally, const struct result *result)
{
	const struct job *job = &jobs[result->job];
	const struct call *call = &prepared[job->scenario].calls[job->call];
	const struct verdict *verdict = &result->verdict;
	const char *function =
		verdict->site.function[0] ? verdict->site.function : call->site.function;
	struct place *place;

	tally->runs++;
	if (!verdict->is_hit)
		tally->missed++;
	else if (job->action == ACT_ERROR && strcmp(function, "-") != 0 &&
		 !scenarios[job->scenario].is_audit) {
		place = places_get(&tally->places, function, call->number, 0);
		place->runs++;
		if (verdict->status >= 0)
			place_add_status(place, verdict->status == scenarios[job->scenario].status
							? 0
							: verdict->status);
	}
	if (verdict->status < 0)
		tally->killed++;
	else
		tally->statuses[verdict->status]++;
	tally->failed += verdict->problem[0] != '\0';
	if (options.reach || (!verdict->problem[0] && !options.verbose))
		return;
	printf("%s - %s: %s: %s %s, number %u: %s: status %d%s%s\n",
	       verdict->problem[0] ? "not ok" : "ok", scenarios[job->scenario].name, function,
	       kind_names[call->kind], call_name(call->number), call->nth, action_text(job),
	       verdict->status, verdict->is_hit ? ": " : " (not reached)", verdict->said);
	if (verdict->problem[0])
		printf("# %s\n", verdict->problem);
	fflush(stdout);
}

static void run_all(struct tally *tally)
{
	struct result result;
	int pipes[2];

	MUST(pipe(pipes));
	for (unsigned i = 0; i < options.jobs; i++) {
		runners[i] = (pid_t)MUST(fork());
		if (runners[i] == 0) {
			close(pipes[0]);
			run_share(i, pipes[1]);
		}
	}
	close(pipes[1]);
	while (read(pipes[0], &result, sizeof(result)) == (ssize_t)sizeof(result)) {
		count(tally, &result);
		if (tally->runs % 1000 == 0) {
			printf("# %lu runs done\n", tally->runs);
			fflush(stdout);
		}
	}
	for (unsigned i = 0; i < options.jobs; i++) {
		int status = 0;

		waitpid(runners[i], &status, 0);
		runners[i] = 0;
		tally->failed += status != 0;
	}
}

static void be_alone(const char *folder)
{
	const char *paths[] = {work, realpath(tools.hook, NULL), realpath(tools.preload, NULL),
			       realpath(folder, NULL), getcwd(NULL, 0)};
	size_t count = sizeof(paths) / sizeof(paths[0]);

	for (size_t i = 0; i < count; i++) {
		if (!paths[i])
			MUST(-1);
	}
	host_alone(paths, count);
	for (size_t i = 1; i < count; i++)
		free((void *)paths[i]);
}

static void make_work(const char *folder)
{
	static const char config[] =
		"{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"rootfs\"},\"process\":{\"cwd\":\"/work/dir\","
		"\"user\":{\"uid\":0,\"gid\":0},\"args\":[\"sh\"]},\"mounts\":[]}\n";
	static const char fills[] =
		"{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"../rootfs\"},\"process\":{\"cwd\":\"/work/dir\","
		"\"user\":{\"uid\":0,\"gid\":0},\"args\":[\"sh\"]},\"mounts\":["
		"{\"destination\":\"/etc\",\"type\":\"tmpfs\"},{\"destination\":\"/srv\",\"type\":\"tmpfs\"},"
		"{\"destination\":\"/var/lib\",\"type\":\"tmpfs\"},{\"destination\":\"/missing/too\",\"type\":\"tmpfs\"}]}\n";
	mode_t mask;

	if (!mkdtemp(work))
		MUST(-1);
	owner = getpid();
	atexit(clean_up);
	signal(SIGINT, at_signal);
	signal(SIGTERM, at_signal);
	signal(SIGHUP, at_signal);
	be_alone(folder);
	MUST(mount("orh-faults", work, "tmpfs", 0, "mode=755"));
	mask = umask(0);
	image_make(PATH_OF("%s/image", work), 0);
	image_make(PATH_OF("%s/image-user", work), USER_FIRST);
	MUST(mkdir(PATH_OF("%s/bundle", work), 0755));
	MUST(mkdir(PATH_OF("%s/bundle/rootfs", work), 0755));
	MUST(mkdir(PATH_OF("%s/layers", work), 0755));
	MUST(mkdir(PATH_OF("%s/volume", work), 0755));
	write_text(PATH_OF("%s/volume/file", work), "of a volume\n");
	write_text(PATH_OF("%s/hosts", work), "of the engine\n");
	write_text(PATH_OF("%s/bundle/config.json", work), config);
	MUST(mkdir(PATH_OF("%s/bundle/fills", work), 0755));
	write_text(PATH_OF("%s/bundle/fills/config.json", work), fills);
	umask(mask);
}

static void prepare_all(void)
{
	struct host host = {.log = -1};

	host_open(&host, work, owner, options.jobs);
	tools.host = &host;
	for (unsigned i = 0; i < SCENARIOS; i++) {
		if (!options.scenario || strcmp(options.scenario, scenarios[i].name) == 0)
			scenario_prepare(&tools, i);
	}
	host_close(&host);
}

static void report(const struct tally *tally)
{
	printf("# %lu runs, %zu places, %lu not reached\n", tally->runs, tally->places.count,
	       tally->missed);
	for (int i = 0; i < 256; i++) {
		if (tally->statuses[i])
			printf("# status %d: %lu\n", i, tally->statuses[i]);
	}
	printf("# ended by the signal that was sent to it: %lu\n", tally->killed);
}

static void parse_options(int argc, char *argv[])
{
	static const struct option known[] = {
		{"distinct", no_argument, NULL, 'd'},
		{"reach", no_argument, NULL, 'g'},
		{"verbose", no_argument, NULL, 'v'},
		{"quick", no_argument, NULL, 'q'},
		{"list", no_argument, NULL, 'l'},
		{"jobs", required_argument, NULL, 'j'},
		{"scenario", required_argument, NULL, 's'},
		{"function", required_argument, NULL, 'f'},
		{"record", required_argument, NULL, 'r'},
		{0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) >= 0) {
		switch (c) {
		case 'q':
			options.quick = true;
			break;
		case 'd':
			options.distinct = true;
			break;
		case 'g':
			options.reach = true;
			break;
		case 'v':
			options.verbose = true;
			break;
		case 'l':
			options.list = true;
			break;
		case 'j':
			options.jobs = (unsigned)atoi(optarg);
			break;
		case 's':
			options.scenario = optarg;
			break;
		case 'f':
			options.function = optarg;
			break;
		case 'r':
			options.record = optarg;
			break;
		default:
			exit(2);
		}
	}
	if (argc - optind != 3 || !options.jobs || options.jobs > JOBS_MAX) {
		fputs("sweep [OPTION]... HOOK ALLOC.SO FOLDER\n", stderr);
		exit(2);
	}
}

int main(int argc, char *argv[])
{
	struct tally tally = {.runs = 0};
	char path[256];

	parse_options(argc, argv);
	tools.hook = argv[optind];
	tools.preload = argv[optind + 1];
	errors_read(path_of(path, "%s/errors.txt", argv[optind + 2]));
	answers_read(path_of(path, "%s/answers.txt", argv[optind + 2]));
	make_work(argv[optind + 2]);
	prepare_all();
	jobs_make();
	printf("# %zu runs to do\n", options.list ? 0 : jobs_count);
	fflush(stdout);
	if (!options.list)
		run_all(&tally);
	if (options.list)
		return 0;
	report(&tally);
	if (options.reach)
		return 0;
	if (options.record)
		places_write(&tally.places, options.record);
	tally.failed +=
		places_compare(&tally.places, path_of(path, "%s/sites.txt", argv[optind + 2]));
	puts(tally.failed ? "not ok - the sweep" : "ok - the sweep");
	return tally.failed ? 1 : 0;
}
