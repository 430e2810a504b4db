/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the sweep: an image, containers of it, and what is checked afterwards. */
#ifndef ORH_FAULTS_FAULTS_H
#define ORH_FAULTS_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>

#include "trace.h"

/* Prints the call and errno, and exits with 2: something that the sweep itself needs has failed. */
#define MUST(call)   must_((call), #call, __FILE__, __LINE__)
#define PATH_OF(...) path_of((char[256]){""}, __VA_ARGS__)
#define USER_FIRST   100000 /* the host's user that is root in a container's user namespace */
#define CONTAINER_ID "faults"
#define SAID_PREFIX  "oci-readonly-hook: "

long must_(long result, const char *call, const char *file, int line);
const char *path_of(char buffer[static 256], const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));
/* The contents of a file with a NUL. The caller frees it. */
char *read_text(const char *path);
void write_text(const char *path, const char *text);

/* image.c: a tree with a file of each type below dir, with owners from first_id on. */
void image_make(const char *dir, uid_t first_id);

/* listing.c: the contents of a tree. */
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

/* What the log line counts as lost. */
struct losses {
	unsigned long attributes, owners, nodes;
};

void listing_add(struct listing *listing, int root, const char *path);
void listing_done(struct listing *listing);
/*
 * Compares found with wanted, and allows as many differences as the log counts. Writes the first
 * other one to problem, "" if there is none.
 */
void listing_compare(const struct listing *wanted, const struct listing *found,
		     const struct losses *losses, char problem[static 512]);

/* box.c: a container, as a runtime has set it up when it calls the hook. */
struct scenario {
	const char *name;
	const char *list; /* io.containers.readonly.tmpfs */
	unsigned cpus;
	bool is_user;	  /* it has a separate user namespace */
	bool is_root_ro;  /* its root is read-only already */
	bool runs_before; /* the hook has run on it before */
	bool is_audit;	  /* --audit */
	bool fills;	  /* --seed-tmpfs, and config.json has tmpfs */
	int status;	  /* the hook's exit status if nothing fails */
	/* Calls that fail in every run, each time: in a function, or "" for any. */
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

/* work is the sweep's directory, which contains image, image-user, volume and hosts. */
void box_open(struct box *box, const struct scenario *scenario, const char *work,
	      const char *cgroup);
void box_close(struct box *box);
/* The kernel's mount table of the container, and the promised part of it in a form without numbers.
 * The caller frees it. */
char *box_table(const struct box *box);
char *box_promise(const struct box *box);
void box_list(const struct box *box, struct listing *listing);
/* What is in the root's upper layer without a request, or, in an audit, anything; "" if there is
 * nothing. */
void box_strangers(const struct box *box, bool is_audit, char problem[static 512]);

/* host.c: places in which nothing may be left. */
struct host {
	int log; /* /dev/log */
	char cgroup[128];
	char *mounts;
	char *files;
	const char *work;
};

/*
 * Gives the caller a mount namespace without the mounts of others, except those that contain one
 * of paths (absolute, without links): a mount disappears from every namespace when somebody
 * removes the directory that it is on.
 */
void host_alone(const char *const paths[], size_t count);
/* Needs a mount namespace of the caller, and a separate /dev. */
void host_open(struct host *host, const char *work, pid_t owner, unsigned number);
void host_cgroup_remove(pid_t owner, unsigned number);
void host_close(struct host *host);
/* Empties the log. Newlines separate the lines. The caller frees it. */
char *host_log(const struct host *host);
/* What is left; "" if nothing. box: the container's process, or 0. */
void host_leftovers(const struct host *host, pid_t box, char problem[static 512]);

/* judge.c: one run, and its verdict. */
struct golden {
	char *promise; /* box_promise() of a run without a fault */
	struct listing listing;
	struct losses losses;
	size_t commit; /* the index of the commit's first call */
};

struct verdict {
	int status;	    /* the hook's exit status; -1: killed */
	bool is_hit;	    /* the fault occurred */
	struct site site;   /* the place, if requested */
	char said[256];	    /* the beginning of its message */
	char problem[1024]; /* "" if everything is right */
};

struct plan {
	const struct scenario *scenario;
	const struct golden *golden;
	const struct call *call; /* NULL: no fault */
	struct fault faults[3];	 /* the scenario's, then the one that is swept */
	size_t faults_count;
	bool wants_site;
	bool is_answer; /* the error says something about the image, and the hook believed it */
};

struct tools {
	const char *hook;
	const char *preload;
	struct host *host;
};

void judge_run(const struct tools *tools, const struct plan *plan, size_t order,
	       struct verdict *ret_verdict);
/* A run without a fault, with which the others are compared. The caller frees calls. */
void judge_golden(const struct tools *tools, const struct plan *plan, struct golden *ret_golden,
		  struct call **ret_calls, size_t *ret_count);

#endif
