/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jobs.h"

#define SECONDS_MAX 20

/* The result of one run. */
struct evidence {
	const struct plan *plan;
	size_t order;
	const struct trace *trace;
	const struct box *box;
	char *before; /* the container's mount table */
	char *after;
	char *promise;
	char *log;
	char *said; /* the text on standard error */
	char *out;
	bool is_answer; /* the error says something about the image, and the hook believed it */
};

__attribute__((__format__(__printf__, 2, 3))) static void complain(struct verdict *verdict,
								   const char *format, ...)
{
	va_list args;

	if (verdict->problem[0])
		return;
	va_start(args, format);
	vsnprintf(verdict->problem, sizeof(verdict->problem), format, args);
	va_end(args);
}

static int memory_file(const char *text)
{
	int fd = (int)MUST(memfd_create("faults", MFD_CLOEXEC));

	MUST(write(fd, text, strlen(text)));
	MUST(lseek(fd, 0, SEEK_SET));
	return fd;
}

static char *text_of(int fd)
{
	return read_text(PATH_OF("/proc/self/fd/%d", fd));
}

static int make_state(const struct scenario *scenario, const struct box *box)
{
	char text[2048];

	snprintf(text, sizeof(text),
		 "{\"ociVersion\":\"1.0.2\",\"id\":\"" CONTAINER_ID
		 "\",\"status\":\"creating\",\"pid\":%d,\"bundle\":\"%s%s\",\"annotations\":{"
		 "\"io.containers.readonly\":\"true\",\"io.containers.readonly.tmpfs\":\"%s\"}}",
		 (int)box->pid, box->bundle, scenario->fills ? "/fills" : "", scenario->list);
	return memory_file(text);
}

static unsigned long sum_of(const char *log, const char *key)
{
	unsigned long sum = 0;

	while ((log = strstr(log, key))) {
		log += strlen(key);
		sum += strtoul(log, NULL, 10);
	}
	return sum;
}

static struct losses losses_of(const char *log)
{
	return (struct losses){
		.attributes = sum_of(log, " lost_xattrs="),
		.owners = sum_of(log, " lost_owners="),
		.nodes = sum_of(log, " lost_nodes="),
	};
}

/* Whether the call is part of sending a line to the system log. */
static bool concerns_log(const struct evidence *evidence)
{
	const struct call *call = evidence->plan->call;

	return call && (strcmp(call->site.function, "to_syslog") == 0 ||
			strcmp(call->site.function, "send_parts") == 0);
}

static bool concerns_stderr(const struct evidence *evidence)
{
	const struct call *call = evidence->plan->call;

	const struct fault *fault = &evidence->plan->faults[evidence->plan->faults_count - 1];

	return call && strcmp(call->site.function, "write_line") == 0 &&
	       call->number == call_number("write") && fault->err != EINTR &&
	       fault->err != ERR_SHORT;
}

static unsigned count_lines(const char *text)
{
	unsigned lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

/* Lines of the log that are errors: LOG_DAEMON | LOG_ERR. */
static unsigned count_errors(const char *log)
{
	unsigned count = 0;

	while ((log = strstr(log, "<27>"))) {
		count++;
		log++;
	}
	return count;
}

/* Whether the loader made the call, before the hook's first line. */
static bool concerns_loader(const struct evidence *evidence)
{
	const struct call *call = evidence->plan->call;

	return call && call->kind == KIND_HOOK && strcmp(call->site.function, "-") == 0;
}

static void judge_promise(const struct evidence *evidence, struct verdict *verdict)
{
	const struct golden *golden = evidence->plan->golden;
	struct losses lost = losses_of(evidence->log);
	struct listing listing = {.count = 0};
	char problem[512];

	/* If a library cannot be preloaded, the loader prints a message and continues. */
	if (!concerns_loader(evidence) && (evidence->said[0] || evidence->out[0]))
		complain(verdict, "it succeeded and said: %s%s", evidence->said, evidence->out);
	if (count_errors(evidence->log))
		complain(verdict, "it succeeded and logged: %s", evidence->log);
	if (evidence->is_answer)
		return;
	if (!golden->promise) {
		complain(verdict, "it succeeded, and should not have");
		return;
	}
	if (strcmp(evidence->promise, golden->promise) != 0)
		complain(verdict, "other mounts than promised:\n%s", evidence->promise);
	lost.attributes -= lost.attributes < golden->losses.attributes ? lost.attributes
								       : golden->losses.attributes;
	lost.owners -= lost.owners < golden->losses.owners ? lost.owners : golden->losses.owners;
	lost.nodes -= lost.nodes < golden->losses.nodes ? lost.nodes : golden->losses.nodes;
	box_list(evidence->box, &listing);
	listing_compare(&golden->listing, &listing, &lost, problem);
	if (problem[0])
		complain(verdict, "other contents than promised: %s", problem);
	listing_done(&listing);
}

/* Statuses that no fault of a system call may cause, because they blame somebody else. */
static bool is_right_status(int status)
{
	return status == 66 || (status >= 69 && status <= 71) || status == 73 || status == 74;
}

static void judge_refusal(const struct evidence *evidence, struct verdict *verdict)
{
	bool has_said = strncmp(evidence->said, SAID_PREFIX, strlen(SAID_PREFIX)) == 0;

	if (!is_right_status(verdict->status))
		complain(verdict, "status %d: %s", verdict->status, evidence->said);
	if (!concerns_stderr(evidence) && (!has_said || count_lines(evidence->said) != 1))
		complain(verdict, "status %d, and not one line: %s", verdict->status,
			 evidence->said);
	if (evidence->out[0])
		complain(verdict, "something on standard output: %s", evidence->out);
	if (!concerns_log(evidence) && count_errors(evidence->log) != 1)
		complain(verdict, "status %d, and not one error in the log: %s", verdict->status,
			 evidence->log);
}

/* A refusal: the mounts are unchanged if the commit had not begun. */
static void judge_table(const struct evidence *evidence, struct verdict *verdict)
{
	const struct plan *plan = evidence->plan;
	bool is_parent = plan->call && plan->call->kind == KIND_HOOK;

	if (strcmp(evidence->before, evidence->after) == 0 ||
	    evidence->order >= plan->golden->commit || evidence->is_answer)
		return;
	/* The worker may be done before it is told about a failure of the parent. */
	if (is_parent && plan->golden->promise &&
	    strcmp(evidence->promise, plan->golden->promise) == 0)
		return;
	complain(verdict, "half-made:\n%s", evidence->promise);
}

static void judge(const struct evidence *evidence, struct verdict *verdict)
{
	const struct plan *plan = evidence->plan;
	enum action action = plan->call ? plan->faults[plan->faults_count - 1].action : ACT_ERROR;
	bool is_loader = concerns_loader(evidence);
	bool may_die = action == ACT_KILL_HOOK || action == ACT_KILL_BOTH ||
		       (action == ACT_KILL_SELF && plan->call->kind == KIND_HOOK);
	int status = evidence->trace->status;

	verdict->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	if (evidence->trace->is_hung)
		complain(verdict, "it hangs");
	else if (verdict->status == 0)
		judge_promise(evidence, verdict);
	else if (verdict->status < 0 && !may_die && !is_loader)
		complain(verdict, "it was ended by signal %d", WTERMSIG(status));
	else if (verdict->status == 127 && is_loader)
		;
	else if (verdict->status > 0 && plan->scenario->is_audit)
		complain(verdict, "an audit ended with status %d: %s", verdict->status,
			 evidence->said);
	else if (verdict->status > 0)
		judge_refusal(evidence, verdict);
	if (verdict->status != 0)
		judge_table(evidence, verdict);
}

static void run_plain(const struct tools *tools, const struct scenario *scenario,
		      const struct box *box)
{
	char *const argv[] = {(char *)(uintptr_t)tools->hook, NULL};
	int in = make_state(scenario, box);
	struct trace trace = {.argv = argv,
			      .environment = (char *[]){NULL},
			      .in = in,
			      .out = -1,
			      .err = -1,
			      .seconds = SECONDS_MAX};

	trace_run(&trace);
	if (trace.status != 0)
		MUST(-1);
	close(in);
	free(host_log(tools->host));
}

/* Runs the hook on the box, and records the result. */
static void run_traced(const struct tools *tools, const struct plan *plan, struct trace *trace,
		       struct evidence *evidence)
{
	char preload[300];
	char *const argv[] = {(char *)(uintptr_t)tools->hook,
			      plan->scenario->is_audit ? (char[]){"--audit"}
			      : plan->scenario->fills  ? (char[]){"--seed-tmpfs"}
						       : NULL,
			      NULL};
	char *const environment[] = {preload, NULL};
	int in = make_state(plan->scenario, evidence->box);
	int out = memory_file("");
	int err = memory_file("");

	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", tools->preload);
	trace->argv = argv;
	trace->environment = environment;
	trace->in = in;
	trace->out = out;
	trace->err = err;
	trace->cpus = plan->scenario->cpus;
	trace->faults = plan->faults;
	trace->faults_count = plan->faults_count;
	trace->seconds = SECONDS_MAX;
	trace_run(trace);
	evidence->after = box_table(evidence->box);
	evidence->promise = box_promise(evidence->box);
	evidence->log = host_log(tools->host);
	evidence->said = text_of(err);
	evidence->out = text_of(out);
	close(in);
	close(out);
	close(err);
}

static void evidence_done(struct evidence *evidence)
{
	free(evidence->before);
	free(evidence->after);
	free(evidence->promise);
	free(evidence->log);
	free(evidence->said);
	free(evidence->out);
}

static void begin(const struct tools *tools, const struct plan *plan, struct box *box,
		  struct evidence *evidence)
{
	box_open(box, plan->scenario, tools->host->work, tools->host->cgroup);
	if (plan->scenario->runs_before)
		run_plain(tools, plan->scenario, box);
	evidence->plan = plan;
	evidence->box = box;
	evidence->before = box_table(box);
}

/* With threads, another thread may make the call than without a fault. */
static bool is_answer(const struct plan *plan, const struct site *site)
{
	const struct fault *fault = plan->call ? &plan->faults[plan->faults_count - 1] : NULL;
	struct call call;

	if (!fault || fault->action != ACT_ERROR || !site->function[0])
		return plan->is_answer;
	call = *plan->call;
	call.site = *site;
	return answers_have(&call, fault->err);
}

void judge_run(const struct tools *tools, const struct plan *plan, size_t order,
	       struct verdict *ret_verdict)
{
	struct box box;
	struct trace trace = {.wants_site = plan->wants_site};
	struct evidence evidence = {.order = order, .trace = &trace};
	struct verdict verdict = {.status = 0};
	char problem[512];

	begin(tools, plan, &box, &evidence);
	run_traced(tools, plan, &trace, &evidence);
	verdict.is_hit = trace.is_hit;
	verdict.site = trace.site;
	evidence.is_answer = is_answer(plan, &trace.site);
	judge(&evidence, &verdict);
	snprintf(verdict.said, sizeof(verdict.said), "%.*s", (int)strcspn(evidence.said, "\n"),
		 evidence.said);
	host_leftovers(tools->host, box.pid, problem);
	if (problem[0])
		complain(&verdict, "left behind: %s", problem);
	box_strangers(&box, plan->scenario->is_audit, problem);
	if (problem[0])
		complain(&verdict, "half-made: %s", problem);
	box_close(&box);
	host_leftovers(tools->host, 0, problem);
	if (problem[0])
		complain(&verdict, "left behind when the container is gone: %s", problem);
	evidence_done(&evidence);
	*ret_verdict = verdict;
}

/* The image's files, compared with the result of a run without a fault, except for what starts
 * empty and what the image lacks. */
static void check_golden(const struct listing *image, const struct golden *golden)
{
	struct listing expected = {.entries = calloc(image->count + 1, sizeof(*image->entries))};
	struct listing found = {.entries =
					calloc(golden->listing.count + 1, sizeof(*image->entries))};
	char problem[512];

	for (size_t i = 0; i < image->count; i++) {
		if (strncmp(image->entries[i].path, "run", 3) != 0)
			expected.entries[expected.count++] = image->entries[i];
	}
	for (size_t i = 0; i < golden->listing.count; i++) {
		if (strncmp(golden->listing.entries[i].path, "run", 3) != 0 &&
		    strncmp(golden->listing.entries[i].path, "missing", 7) != 0)
			found.entries[found.count++] = golden->listing.entries[i];
	}
	/* The indexes in the two lists differ after an omitted entry, but all of these come later.
	 */
	listing_compare(&expected, &found, &golden->losses, problem);
	if (problem[0]) {
		fprintf(stderr, "without any fault: %s\n", problem);
		exit(1);
	}
	listing_done(&expected);
	listing_done(&found);
}

/* The engine's tmpfs hide the image's files: this is a container without them. */
static void list_image(const struct tools *tools, const struct scenario *scenario,
		       struct listing *listing)
{
	struct scenario plain = *scenario;
	struct box box;

	plain.fills = false;
	box_open(&box, &plain, tools->host->work, tools->host->cgroup);
	box_list(&box, listing);
	box_close(&box);
}

void judge_golden(const struct tools *tools, const struct plan *plan, struct golden *ret_golden,
		  struct call **ret_calls, size_t *ret_count)
{
	struct box box;
	struct trace trace = {.records = true};
	struct evidence evidence = {.trace = &trace};
	struct golden golden = {.commit = (size_t)-1};
	struct listing image = {.count = 0};

	if (plan->scenario->fills)
		list_image(tools, plan->scenario, &image);
	begin(tools, plan, &box, &evidence);
	if (!plan->scenario->fills)
		box_list(&box, &image);
	run_traced(tools, plan, &trace, &evidence);
	if (!WIFEXITED(trace.status) || WEXITSTATUS(trace.status) != plan->scenario->status) {
		fprintf(stderr, "%s, without any fault: status 0x%x: %s\n", plan->scenario->name,
			(unsigned)trace.status, evidence.said);
		exit(1);
	}
	golden.losses = losses_of(evidence.log);
	if (trace.status == 0) {
		golden.promise = evidence.promise;
		evidence.promise = NULL;
		box_list(&box, &golden.listing);
		if (!plan->scenario->runs_before)
			check_golden(&image, &golden);
	}
	for (size_t i = trace.calls_count; i-- > 0;) {
		if (strcmp(trace.calls[i].site.function, "commit_op") == 0)
			golden.commit = i;
	}
	listing_done(&image);
	box_close(&box);
	evidence_done(&evidence);
	*ret_golden = golden;
	*ret_calls = trace.calls;
	*ret_count = trace.calls_count;
}
