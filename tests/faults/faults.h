/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the sweep: an image, containers of it, and what is looked at afterwards. */
#ifndef ORH_FAULTS_FAULTS_H
#define ORH_FAULTS_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>

#include "trace.h"

/* Prints the call and errno and exits with 2: what the sweep itself needs has failed. */
#define MUST(call)   must_((call), #call, __FILE__, __LINE__)
#define PATH_OF(...) path_of((char[256]){""}, __VA_ARGS__)
#define USER_FIRST   100000 /* the host's user that is root in a container's user namespace */
#define CONTAINER_ID "faults"
#define SAID_PREFIX  "oci-readonly-hook: "

long must_(long result, const char *call, const char *file, int line);
const char *path_of(char buffer[static 256], const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));
/* All of a file, ended by a NUL; for the caller to free. */
char *read_text(const char *path);
void write_text(const char *path, const char *text);

/* image.c: a tree with something of everything, below dir, with owners from first_id on. */
void image_make(const char *dir, uid_t first_id);

/* listing.c: what a tree holds. */
struct entry {
	char path[128];
	mode_t mode;
	uid_t uid;
	gid_t gid;
	dev_t rdev;
	off_t size;
	struct timespec mtime;
	unsigned first_name; /* the index of the first entry that is the same file */
	uint64_t contents;   /* a symlink's text too */
	uint64_t holes;
	uint64_t attributes;
	uint64_t id[2];
};

struct listing {
	struct entry *entries;
	size_t count;
};

/* What a log line says got lost. */
struct losses {
	unsigned long attributes, owners, nodes;
};

void listing_add(struct listing *listing, int root, const char *path);
void listing_done(struct listing *listing);
/*
 * Holds found against what is wanted, with so many differences as were owned up to. Writes the
 * first one that is too much to problem, "" if there is none.
 */
void listing_compare(const struct listing *wanted, const struct listing *found,
		     const struct losses *losses, char problem[static 512]);

/* box.c: a container, as a runtime has made it when it calls the hook. */
struct scenario {
	const char *name;
	const char *list; /* io.containers.readonly.tmpfs */
	unsigned cpus;
	bool is_user;	  /* it has a user namespace of its own */
	bool is_root_ro;  /* its root is read-only already */
	bool runs_before; /* the hook has run on it once */
	bool is_audit;	  /* --audit */
	int status;	  /* what the hook exits with when nothing fails */
	/* Calls that fail in every run: of a function ("": anybody's), each time. */
	struct {
		const char *call;
		const char *function;
		int err;
	} always[2];
};

struct box {
	pid_t pid;
	int root; /* its root, O_PATH */
	char bundle[128];
};

/* work is the sweep's folder, with image, image-user, volume and hosts in it. */
void box_open(struct box *box, const struct scenario *scenario, const char *work,
	      const char *cgroup);
void box_close(struct box *box);
/* Its mount table as the kernel has it, and what of it was promised, in a form that no numbers are
 * in. For the caller to free. */
char *box_table(const struct box *box);
char *box_promise(const struct box *box);
void box_list(const struct box *box, struct listing *listing);
/* What stands in the root's upper layer that nobody asked for, or, in an audit, at all; "" if
 * nothing. */
void box_strangers(const struct box *box, bool is_audit, char problem[static 512]);

/* host.c: what nothing may be left on. */
struct host {
	int log; /* /dev/log */
	char cgroup[128];
	char *mounts;
	char *files;
	const char *work;
};

/*
 * Gives the caller a mount namespace of its own, without what others have mounted where none of
 * paths are (absolute, and no links in them): a mount goes from every namespace when somebody
 * removes the folder that it is on.
 */
void host_alone(const char *const paths[], size_t count);
/* In a mount namespace of the caller's own, with a /dev of its own. */
void host_open(struct host *host, const char *work, pid_t owner, unsigned number);
void host_cgroup_remove(pid_t owner, unsigned number);
void host_close(struct host *host);
/* Empties the log. Lines are separated by newlines; for the caller to free. */
char *host_log(const struct host *host);
/* What is left; "" if nothing. box: its process, or 0. */
void host_leftovers(const struct host *host, pid_t box, char problem[static 512]);

/* judge.c: one run, and what is to be said of it. */
struct golden {
	char *promise; /* box_promise() of a run without a fault */
	struct listing listing;
	struct losses losses;
	size_t commit; /* the first call of the commit, by its place among all calls */
};

struct verdict {
	int status;	    /* the hook's exit status; -1: killed */
	bool is_hit;	    /* the fault took place */
	struct site site;   /* where, if it was asked for */
	char said[256];	    /* what it said, or the start of it */
	char problem[1024]; /* "" if all is well */
};

struct plan {
	const struct scenario *scenario;
	const struct golden *golden;
	const struct call *call; /* NULL: no fault */
	struct fault faults[3];	 /* the scenario's own, then the one that is swept */
	size_t faults_count;
	bool wants_site;
	bool is_answer; /* the error says something of the image, and was believed */
};

struct tools {
	const char *hook;
	const char *preload;
	struct host *host;
};

void judge_run(const struct tools *tools, const struct plan *plan, size_t order,
	       struct verdict *ret_verdict);
/* A run without a fault: what the others are held against. calls are the caller's to free. */
void judge_golden(const struct tools *tools, const struct plan *plan, struct golden *ret_golden,
		  struct call **ret_calls, size_t *ret_count);

#endif
