/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a program under ptrace(2), follows its children, and makes one of its calls fail. */
#ifndef ORH_FAULTS_TRACE_H
#define ORH_FAULTS_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "calls.h"

/* The hook's first process, its child, and the child's threads. Calls are counted separately. */
enum kind { KIND_HOOK, KIND_WORKER, KIND_THREAD };
#define KINDS 3

extern const char *const kind_names[KINDS];

/* What happens at one call, and to which process. */
enum action { ACT_ERROR, ACT_KILL_SELF, ACT_KILL_HOOK, ACT_KILL_BOTH };

struct fault {
	enum kind kind;
	int number;
	unsigned nth; /* from 1 on; 0: each of them */
	enum action action;
	int err; /* ACT_ERROR; ERR_SHORT: only a part is done */
};

/* The place of a call: the function of the program that it comes from. */
struct site {
	char function[48]; /* "-": none of the program's functions, as in the loader */
	uint64_t chain;	   /* equal for equal chains of calls */
};

/* A call that was seen. */
struct call {
	enum kind kind;
	int number;
	unsigned nth;
	struct site site;
};

struct trace {
	char *const *argv;
	char *const *environment;
	int in, out, err; /* the program's descriptors 0, 1 and 2; -1: those of the caller */
	unsigned cpus;	  /* how many it may run on; 0: all */
	const struct fault *faults;
	size_t faults_count;
	int seconds; /* the time limit */

	/* Set by the caller to record all calls with their places. */
	bool records;
	/* Set by the caller to determine the place of the last fault. */
	bool wants_site;

	/* The result. */
	int status; /* as waitpid(2) */
	bool is_hung;
	bool is_hit; /* the last of the faults occurred */
	struct site site;
	struct call *calls;
	size_t calls_count;
};

/* Exits if ptrace does not work. */
void trace_run(struct trace *trace);

/* site.c: the place of a stopped thread. */
struct sites;
struct sites *sites_new(const char *program);
void sites_free(struct sites *sites);
/* The mappings have changed. */
void sites_stale(struct sites *sites);
void sites_find(struct sites *sites, pid_t process, pid_t thread, struct site *ret_site);

#endif
