/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a program under ptrace(2), follows what it forks, and lets one of its calls fail. */
#ifndef ORH_FAULTS_TRACE_H
#define ORH_FAULTS_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "calls.h"

/* The hook's first process, its child, and that one's threads. Calls are counted apart. */
enum kind { KIND_HOOK, KIND_WORKER, KIND_THREAD };
#define KINDS 3

extern const char *const kind_names[KINDS];

/* What is done at one call, and to whom. */
enum action { ACT_ERROR, ACT_KILL_SELF, ACT_KILL_HOOK, ACT_KILL_BOTH };

struct fault {
	enum kind kind;
	int number;
	unsigned nth; /* from 1 on; 0: each of them */
	enum action action;
	int err; /* ACT_ERROR; ERR_SHORT: a part is done */
};

/* Who made a call: the function of the program that it comes from. */
struct site {
	char function[48]; /* "-": none of the program's own, as in the loader */
	uint64_t chain;	   /* the same for the same calls one in another */
};

/* A call that was met. */
struct call {
	enum kind kind;
	int number;
	unsigned nth;
	struct site site;
};

struct trace {
	char *const *argv;
	char *const *environment;
	int in, out, err; /* what the program gets as 0, 1 and 2; -1: what the caller has */
	unsigned cpus;	  /* how many it may run on; 0: all */
	const struct fault *faults;
	size_t faults_count;
	int seconds; /* how long it may take */

	/* Set by the caller to have all calls recorded, with their sites. */
	bool records;
	/* Set by the caller to have the site of the last fault found out. */
	bool wants_site;

	/* What came of it. */
	int status; /* as waitpid(2) */
	bool is_hung;
	bool is_hit; /* the last of the faults took place */
	struct site site;
	struct call *calls;
	size_t calls_count;
};

/* Exits where ptrace itself does not work. */
void trace_run(struct trace *trace);

/* site.c: where a stopped thread of the program comes from. */
struct sites;
struct sites *sites_new(const char *program);
void sites_free(struct sites *sites);
/* Mappings have changed. */
void sites_stale(struct sites *sites);
void sites_find(struct sites *sites, pid_t process, pid_t thread, struct site *ret_site);

#endif
