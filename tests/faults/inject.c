/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inject KIND:CALL:NTH:ERROR COMMAND [ARGUMENT]...
 *
 * Runs the command and makes one call fail: the NTH with that name, of its first process (KIND
 * hook), of the child of that (worker) or of the child's threads (thread). ERROR may be SIGKILL.
 * The exit status is the command's, 128 and the signal's number if a signal killed it, or 125 if
 * there was no such call. The command has one processor, so that the order of calls does not vary.
 * For CALL alloc, its LD_PRELOAD is the value of PRELOAD.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "trace.h"

#define SECONDS_MAX 60

static void usage(const char *what)
{
	fprintf(stderr, "inject KIND:CALL:NTH:ERROR COMMAND [ARGUMENT]...: %s\n", what);
	exit(125);
}

static struct fault parse(char *text)
{
	const char *kind = strtok(text, ":");
	const char *call = strtok(NULL, ":");
	const char *nth = strtok(NULL, ":");
	const char *error = strtok(NULL, ":");
	struct fault fault = {.action = ACT_ERROR};

	if (!error)
		usage("too few parts");
	while (fault.kind < KINDS && strcmp(kind_names[fault.kind], kind) != 0)
		fault.kind++;
	fault.number = call_number(call);
	fault.nth = (unsigned)atoi(nth);
	if (strcmp(error, "SIGKILL") == 0)
		fault.action = ACT_KILL_SELF;
	else
		fault.err = error_number(error);
	if (fault.kind == KINDS || fault.number < 0 || !fault.nth ||
	    (fault.action == ACT_ERROR && !fault.err))
		usage("not known");
	return fault;
}

int main(int argc, char *argv[])
{
	char preload[4096];
	char *environment[] = {NULL, NULL};
	struct trace trace = {.in = -1,
			      .out = -1,
			      .err = -1,
			      .cpus = 1,
			      .seconds = SECONDS_MAX,
			      .faults_count = 1};
	struct fault fault;

	if (argc < 3)
		usage("too few arguments");
	fault = parse(argv[1]);
	if (getenv("PRELOAD")) {
		snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", getenv("PRELOAD"));
		environment[0] = preload;
	}
	trace.argv = argv + 2;
	trace.environment = environment;
	trace.faults = &fault;
	trace_run(&trace);
	if (!trace.is_hit || trace.is_hung) {
		fprintf(stderr, "inject: %s\n", trace.is_hung ? "it hangs" : "no such call");
		return 125;
	}
	return WIFEXITED(trace.status) ? WEXITSTATUS(trace.status) : 128 + WTERMSIG(trace.status);
}
