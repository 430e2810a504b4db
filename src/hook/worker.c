/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply.h"
#include "core/plan_make.h"
#include "linux/facts.h"
#include "linux/output.h"
#include "linux/process.h"

/* More threads do not make a seed faster: they contend for locks in the tmpfs. */
#define THREADS_MOST 4

/* An audit must not delay a container until the engine's timeout kills both. */
#define AUDIT_SECONDS 10

/* What is sent over the pipe: the error, or the outcome after it. */
struct report {
	bool has_failed;
	struct error error;
	struct outcome outcome;
};

/*
 * Returns the number of usable processors: those of the machine that the affinity mask and the
 * cgroups allow. The cgroups are the ones that a worker that copies will be in: joining a v2 cgroup
 * joins it for all controllers.
 */
static unsigned count_threads(const struct container *container)
{
	AUTO_FD self = openat(container->proc, "self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	cpu_set_t set;
	int count;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	count = CPU_COUNT(&set);
	if (count < 1)
		count = 1;
	if (count > THREADS_MOST)
		count = THREADS_MOST;
	return cpu_cgroup_quota(container->cgroup.is_v2 ? container->process : self,
				(unsigned)count);
}

static void fill_outcome(struct outcome *outcome, size_t requests_count, const struct plan *plan,
			 const struct filled *results)
{
	outcome->root_readonly = plan->root_readonly;
	outcome->already = !plan->ops_count;
	outcome->program_on = plan->program_on;
	for (size_t i = 0; i < requests_count && i < OUTCOME_TMPFS_MAX; i++)
		outcome->requests[i].fate = plan->fates[i];
	for (size_t i = 0; i < plan->tmpfs_count && i < OUTCOME_TMPFS_MAX; i++) {
		struct outcome_tmpfs *tmpfs = &outcome->tmpfs[outcome->count++];

		snprintf(tmpfs->path, sizeof(tmpfs->path), "%s", plan->tmpfs[i].path);
		tmpfs->size = plan->tmpfs[i].size;
		tmpfs->is_noexec = plan->tmpfs[i].entry->flags & FLAG_NOEXEC;
		tmpfs->filled = results[i];
		if (outcome->is_audit)
			tmpfs->filled.seed = plan->tmpfs[i].entry->seed;
		outcome->requests[plan->tmpfs[i].request].tmpfs = i;
	}
	for (size_t i = 0; i < plan->fills_count && outcome->count < OUTCOME_TMPFS_MAX; i++) {
		struct outcome_tmpfs *tmpfs = &outcome->tmpfs[outcome->count++];

		snprintf(tmpfs->path, sizeof(tmpfs->path), "%s", plan->fills[i].path);
		tmpfs->is_noexec = plan->fills[i].is_noexec;
		tmpfs->filled = results[plan->tmpfs_count + i];
		if (outcome->is_audit)
			tmpfs->filled.as = FILLED_IN_PLACE;
	}
}

static int plan_and_apply(const struct worker_request *request, unsigned threads,
			  struct error *error, struct outcome *outcome)
{
	AUTO_FACTS facts = {.rootfs = {.fd = -EBADF}};
	AUTO_PLAN plan = {0};
	AUTO_FREE struct filled *results = NULL;
	struct apply_request apply = {
		.container = request->container,
		.plan = &plan,
		.facts = &facts,
		.label = request->container->selinux ? request->bundle->mount_label : NULL,
		.threads = threads,
	};
	int r;

	r = facts_gather(request->container, request->policy, request->bundle, error, &facts);
	if (r < 0)
		return r;
	r = plan_make(request->policy, request->options, &facts.plan, error, &plan);
	if (r < 0)
		return r;
	results = calloc(plan.tmpfs_count + plan.fills_count + 1, sizeof(*results));
	if (!results)
		return error_memory(error);
	outcome->is_audit = request->options->audit;
	if (plan.ops_count && !outcome->is_audit)
		r = apply_plan(&apply, error, &outcome->charge, results);
	if (r < 0)
		return r;
	fill_outcome(outcome, request->policy->requests_count, &plan, results);
	return 0;
}

static bool may_copy(const struct policy *policy)
{
	if (policy->seeds_tmpfs)
		return true;
	for (size_t i = 0; i < policy->requests_count; i++) {
		enum seed seed = policy->requests[i].entry->seed;

		if (seed == SEED_COPY || seed == SEED_AUTO)
			return true;
	}
	return false;
}

static int work(const struct worker_request *request, pid_t parent, struct error *error,
		struct outcome *outcome)
{
	unsigned threads = may_copy(request->policy) ? count_threads(request->container) : 1;
	int r;

	r = container_enter(request->container, error);
	if (r < 0)
		return r;
	r = process_prepare_entered(parent, error);
	outcome->charge.is_charged = true;
	return r < 0 ? r : plan_and_apply(request, threads, error, outcome);
}

/* The number of bytes to send: only the error, or as many tmpfs as there are. This keeps the report
 * small enough for the pipe's buffer, so that the worker need not wait for the parent. */
static size_t report_length(const struct report *report)
{
	return report->has_failed ? offsetof(struct report, outcome)
				  : offsetof(struct report, outcome.tmpfs) +
					    report->outcome.count * sizeof(*report->outcome.tmpfs);
}

static void send_report(int pipe, const struct report *report)
{
	if (output_write(pipe, report, report_length(report)) < 0)
		_exit(STATUS_SYSTEM);
}

static _Noreturn void be_worker(const struct worker_request *request, int pipe, pid_t parent,
				struct report *report)
{
	struct error *error = &report->error;
	int r;

	r = process_prepare_worker(request->container->proc, parent, error);
	if (r == 0)
		r = work(request, parent, error, &report->outcome);
	report->has_failed = r < 0;
	send_report(pipe, report);
	/* No exit(): the parent's buffers and handlers must not be flushed or called by the
	 * worker. */
	_exit(0);
}

/* Returns 0, -ETIMEDOUT or another -errno. */
static int wait_report(int pipe, unsigned seconds)
{
	struct pollfd poll = {.fd = pipe, .events = POLLIN};
	struct timespec timeout = {.tv_sec = (time_t)seconds};
	int r = ppoll(&poll, 1, &timeout, NULL);

	if (r < 0)
		return -errno;
	return r ? 0 : -ETIMEDOUT;
}

/* Reads the report from the pipe. Returns 1 if it is complete, 0 if it is not, or -errno;
 * -ETIMEDOUT if nothing arrives for that many seconds (0: no timeout). */
static int receive_report(int pipe, unsigned seconds, struct report *report)
{
	char *to = (char *)report;
	size_t length = 0;

	while (length < sizeof(*report)) {
		int r = seconds ? wait_report(pipe, seconds) : 0;
		ssize_t n = 0;

		if (r == 0)
			n = read(pipe, to + length, sizeof(*report) - length);
		if (n < 0)
			r = -errno;
		if (r == -EINTR)
			continue;
		if (r < 0)
			return r;
		if (n == 0)
			break;
		length += (size_t)n;
	}
	if (length < offsetof(struct report, outcome))
		return 0;
	return report->has_failed ||
	       (length >= offsetof(struct report, outcome.tmpfs) &&
		report->outcome.count <= OUTCOME_TMPFS_MAX && length == report_length(report));
}

/* The signal's name without SIG, or its number if the C library has no name for it: glibc has names
 * since 2.32, and none for real-time signals. */
static const char *signal_name(int number, char buffer[static 16])
{
#ifdef HAVE_SIGABBREV_NP
	const char *name = sigabbrev_np(number);

	if (name)
		return name;
#endif
	snprintf(buffer, 16, "%d", number);
	return buffer;
}

/* The worker has sent nothing: it was killed, or it crashed. */
static int explain_death(const struct container *container, int status, uint64_t kills_before,
			 struct error *error)
{
	uint64_t limit = memory_cgroup_limit(&container->cgroup);
	char name[16];

	if (!WIFSIGNALED(status))
		return error_set(error, STATUS_BUG, 0,
				 "the worker ended with status %d without a message",
				 WEXITSTATUS(status));
	if (WTERMSIG(status) != SIGKILL)
		return error_set(error, STATUS_BUG, 0, "the worker was killed by SIG%s",
				 signal_name(WTERMSIG(status), name));
	if (memory_cgroup_kills(&container->cgroup) == kills_before)
		return error_set(
			error, STATUS_SYSTEM, 0,
			"the worker was killed (SIGKILL), but not for the container's memory limit");
	if (!limit)
		return error_set(
			error, STATUS_SEED, ENOMEM,
			"the seed was killed because memory ran out: the memory limit of the container, or of its pod, is too low for it");
	return error_set(
		error, STATUS_SEED, ENOMEM,
		"the container's memory limit of %" PRIu64
		" bytes is too low for the seed, which was killed: raise it, or use seed=overlay or seed=none",
		limit);
}

/* The worker waits for a filesystem that does not answer, and cannot be killed before it does. */
static int give_up(pid_t child, struct error *error)
{
	kill(child, SIGKILL);
	return error_set(error, STATUS_SYSTEM, ETIMEDOUT,
			 "the worker has not answered for %d seconds", AUDIT_SECONDS);
}

static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return status;
}

static int run(const struct worker_request *request, struct report *report, struct error *error)
{
	uint64_t kills = memory_cgroup_kills(&request->container->cgroup);
	pid_t parent = getpid();
	int pipes[2];
	AUTO_FD reading = -EBADF;
	AUTO_FD writing = -EBADF;
	int received;
	pid_t child;
	int status;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return error_set(error, STATUS_SYSTEM, errno, "pipe2");
	reading = pipes[0];
	writing = pipes[1];
	child = fork();
	if (child < 0)
		return error_set(error, STATUS_SYSTEM, errno, "fork");
	if (child == 0)
		be_worker(request, writing, parent, report);
	close_fd(&writing);
	received = receive_report(reading, request->options->audit ? AUDIT_SECONDS : 0, report);
	if (received == -ETIMEDOUT)
		return give_up(child, error);
	status = wait_for(child);
	if (status < 0)
		return error_set(error, STATUS_SYSTEM, -status, "waitpid");
	if (received < 0)
		return error_set(error, STATUS_SYSTEM, -received,
				 "the worker's report cannot be read");
	if (!received || status != 0)
		return explain_death(request->container, status, kills, error);
	if (!report->has_failed)
		return 0;
	*error = report->error;
	return error_value(error);
}

int worker_run(const struct worker_request *request, struct error *error,
	       struct outcome *ret_outcome)
{
	AUTO_FREE struct report *report = calloc(1, sizeof(*report));
	int r;

	if (!report)
		return error_memory(error);
	r = facts_prepare(error);
	if (r == 0)
		r = run(request, report, error);
	if (r < 0)
		return r;
	*ret_outcome = report->outcome;
	return 0;
}
