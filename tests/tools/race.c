/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the hook repeatedly while another process exchanges what the hook is about to use:
 *
 *	race HOOK DIR KIND ROUNDS
 *	race kinds
 *	race exchange A B		exchanges the two names until it is killed
 *
 * DIR is an empty directory on a filesystem with RENAME_EXCHANGE. It gets a rootfs and, beside it,
 * the canary, to which the exchanged files lead. In each round, a process in a mount namespace
 * represents the container. After each round, the container is as promised, or was refused with a
 * status and one line. The canary is unchanged, including the change times of its files, and this
 * process's mount table has no mount of the hook. At the end, race prints how many rounds had each
 * outcome: the place of the first tmpfs, or the message. It makes more rounds than requested, at
 * most some thousands, until the hook has both succeeded and refused. Exit status 1: a check
 * failed, or one of the two never occurred.
 */
#include "race.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS_MAX 60
#define SAYINGS_MAX 64

/* Shared with the exchanging process. */
struct writer {
	atomic_bool run;
	atomic_bool rests; /* A is in its original place */
	atomic_ulong exchanges;
	pid_t pid;
};

struct saying {
	char text[512];
	unsigned long count;
};

struct tally {
	unsigned long succeeded;
	unsigned long refused;
	unsigned long missed; /* rounds without an exchange while the hook ran */
	struct saying sayings[SAYINGS_MAX];
};

void die(const char *what, const char *name)
{
	fprintf(stderr, "race: %s %s: %s\n", what, name, strerror(errno));
	exit(2);
}

/* --- exchanging --- */

static void spin(unsigned *seed)
{
	unsigned turns;

	*seed = *seed * 1664525u + 1013904223u;
	/* From zero to about the duration of a step of the hook. */
	turns = (*seed >> 8) % ((*seed >> 4) % 8 ? 4000 : 100000);
	for (volatile unsigned i = 0; i < turns; i++)
		continue;
}

static int swap(const struct kind *kind, bool is_away)
{
	if (!kind->toggles)
		return renameat2(AT_FDCWD, kind->a, AT_FDCWD, kind->b, RENAME_EXCHANGE);
	/* What the hook has created there stays, so there is nothing left to attack. */
	return is_away ? renameat2(AT_FDCWD, kind->a, AT_FDCWD, kind->b, RENAME_NOREPLACE)
		       : renameat2(AT_FDCWD, kind->b, AT_FDCWD, kind->a, RENAME_NOREPLACE);
}

static _Noreturn void exchange(const struct kind *kind, struct writer *writer)
{
	unsigned seed = (unsigned)getpid();
	bool is_away = false;

	for (;;) {
		if (!is_away && !atomic_load(&writer->run)) {
			atomic_store(&writer->rests, true);
			sched_yield();
			continue;
		}
		atomic_store(&writer->rests, false);
		if (swap(kind, is_away) == 0) {
			is_away = !is_away;
			atomic_fetch_add(&writer->exchanges, 1);
		}
		spin(&seed);
	}
}

static struct writer *start_writer(const struct kind *kind)
{
	struct writer *writer = mmap(NULL, sizeof(*writer), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	if (writer == MAP_FAILED)
		die("mmap", "");
	pid = fork();
	if (pid < 0)
		die("fork", "");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		exchange(kind, writer);
	}
	writer->pid = pid;
	return writer;
}

static void rest(struct writer *writer)
{
	atomic_store(&writer->rests, false);
	atomic_store(&writer->run, false);
	while (!atomic_load(&writer->rests))
		sched_yield();
}

/* --- the container --- */

static void bind(const char *from, const char *to)
{
	if (mount(from, to, NULL, MS_BIND, NULL) < 0)
		die("mount", to);
}

static void be_container(const struct kind *kind)
{
	struct stat st;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		die("unshare", "");
	bind("rootfs", "rootfs");
	/* The working directory is below the mount. */
	if (chdir("/") < 0 || chdir(kind->dir) < 0)
		die("chdir", kind->dir);
	bind("/proc", "rootfs/proc");
	if (!kind->volume)
		return;
	if (stat(kind->volume, &st) < 0)
		die("stat", kind->volume);
	bind(S_ISDIR(st.st_mode) ? "volume" : "volume/t/file", kind->volume);
}

static pid_t start_container(const struct kind *kind)
{
	int pipes[2];
	char byte;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		die("pipe2", "");
	pid = fork();
	if (pid < 0)
		die("fork", "");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		be_container(kind);
		if (write(pipes[1], "x", 1) != 1)
			die("write", "");
		for (;;)
			pause();
	}
	close(pipes[1]);
	if (read(pipes[0], &byte, 1) != 1)
		die("read", "the container");
	close(pipes[0]);
	return pid;
}

/* --- the hook --- */

static int memory_file(const char *text)
{
	int fd = memfd_create("race", MFD_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		die("memfd_create", "");
	return fd;
}

/* Returns its exit status, or 256 and more if it was killed. Its message is written to said. */
static int run_hook(const char *hook, const struct kind *kind, pid_t container, char *said,
		    size_t size)
{
	char state[2048];
	int in;
	int err = memory_file("");
	int status;
	ssize_t length;
	pid_t pid;

	snprintf(state, sizeof(state),
		 "{\"ociVersion\":\"1.0.2\",\"id\":\"race\",\"status\":\"creating\",\"pid\":%d,"
		 "\"bundle\":\"%s/bundle\",\"annotations\":{\"io.containers.readonly\":\"true\","
		 "\"io.containers.readonly.tmpfs\":\"%s\"}}",
		 container, kind->dir, kind->list);
	in = memory_file(state);
	pid = fork();
	if (pid < 0)
		die("fork", "");
	if (pid == 0) {
		char *argv[] = {(char *)"oci-readonly-hook", NULL};
		char *environment[] = {NULL};

		if (dup2(in, 0) < 0 || dup2(err, 2) < 0)
			_exit(127);
		alarm(SECONDS_MAX);
		execve(hook, argv, environment);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid", "");
	length = pread(err, said, size - 1, 0);
	if (length < 0)
		die("pread", "");
	said[length] = '\0';
	close(in);
	close(err);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

/* --- one round --- */

static bool is_one_line(const char *said)
{
	size_t length = strlen(said);

	if (strncmp(said, "oci-readonly-hook: race: ", 25) != 0 || said[length - 1] != '\n')
		return false;
	for (size_t i = 0; i < length - 1; i++) {
		if (said[i] < ' ' || said[i] == 0x7f)
			return false;
	}
	return true;
}

static bool is_refusal(int status)
{
	return status == 70 || status == 71 || status == 73 || status == 74;
}

static void count_saying(struct tally *tally, int status, const char *said)
{
	char text[512];

	snprintf(text, sizeof(text), "%d %.*s", status, (int)strcspn(said, "\n"), said);
	for (size_t i = 0; i < SAYINGS_MAX; i++) {
		struct saying *saying = &tally->sayings[i];

		if (!saying->count)
			strcpy(saying->text, text);
		if (strcmp(saying->text, text) == 0) {
			saying->count++;
			return;
		}
	}
}

static const char *judge(const struct kind *kind, pid_t container, int status, const char *said,
			 struct tally *tally)
{
	char at[300] = "";
	const char *fault;

	if (status != 0) {
		tally->refused++;
		count_saying(tally, status, said + (strlen(said) > 25 ? 25 : 0));
		if (!is_refusal(status))
			return "a status that it should not have";
		if (!is_one_line(said))
			return "not one line of the form";
		/* 70 is reported after the commit. */
		return status != 70 && has_our_mounts(container) ? "it was refused, and has mounts"
								 : NULL;
	}
	tally->succeeded++;
	fault = promise_broken(kind, container, at, sizeof(at));
	count_saying(tally, 0, at);
	return *said ? "it succeeded, and said something" : fault;
}

static const char *round_of(const char *hook, const struct kind *kind, struct writer *writer,
			    uint64_t canary, struct tally *tally)
{
	char said[4096];
	pid_t container = start_container(kind);
	unsigned long before = atomic_load(&writer->exchanges);
	const char *fault;
	int status;

	atomic_store(&writer->run, true);
	status = run_hook(hook, kind, container, said, sizeof(said));
	if (atomic_load(&writer->exchanges) == before)
		tally->missed++;
	rest(writer);
	fault = judge(kind, container, status, said, tally);
	if (!fault && hash_tree("canary") != canary)
		fault = "the host's files have changed";
	if (!fault && (has_our_mounts(getpid()) || has_mounts_below(getpid(), kind->dir)))
		fault = "the host has a mount";
	kill(container, SIGKILL);
	waitpid(container, NULL, 0);
	if (fault)
		fprintf(stderr, "race: %s: %s: status %d: %s\n", kind->name, fault, status, said);
	clean_round(kind);
	return fault;
}

static bool race(const char *hook, const struct kind *kind, unsigned long rounds)
{
	static struct tally tally;
	struct writer *writer;
	bool is_right = true;
	uint64_t canary;

	make_trees(kind);
	canary = hash_tree("canary");
	writer = start_writer(kind);
	/* Some outcomes are rare. */
	for (unsigned long i = 0;
	     is_right &&
	     (i < rounds || (i < 2000 + 40 * rounds && (!tally.succeeded || !tally.refused)));
	     i++)
		is_right = !round_of(hook, kind, writer, canary, &tally);
	kill(writer->pid, SIGKILL);
	waitpid(writer->pid, NULL, 0);
	printf("%s: %lu rounds, %lu succeeded, %lu refused, %lu exchanges, %lu rounds without\n",
	       kind->name, tally.succeeded + tally.refused, tally.succeeded, tally.refused,
	       atomic_load(&writer->exchanges), tally.missed);
	for (size_t i = 0; i < SAYINGS_MAX && tally.sayings[i].count; i++)
		printf("  %lu: %s\n", tally.sayings[i].count, tally.sayings[i].text);
	if (is_right && rounds && (!tally.succeeded || !tally.refused)) {
		fprintf(stderr, "race: %s: either outcome has to come\n", kind->name);
		is_right = false;
	}
	return is_right;
}

static _Noreturn void exchange_names(char *a, char *b)
{
	static struct writer writer;
	struct kind kind = {.a = a, .b = b};

	atomic_store(&writer.run, true);
	exchange(&kind, &writer);
}

int main(int argc, char *argv[])
{
	struct kind kind;
	char dir[PATH_MAX];

	if (argc == 2 && strcmp(argv[1], "kinds") == 0) {
		list_kinds();
		return 0;
	}
	if (argc == 4 && strcmp(argv[1], "exchange") == 0)
		exchange_names(argv[2], argv[3]);
	if (argc != 5 || !realpath(argv[2], dir) || !find_kind(argv[3], dir, &kind)) {
		fputs("usage: race HOOK DIR KIND ROUNDS | race kinds | race exchange A B\n",
		      stderr);
		return 64;
	}
	umask(022);
	if (chdir(dir) < 0)
		die("chdir", dir);
	return race(argv[1], &kind, strtoul(argv[4], NULL, 10)) ? 0 : 1;
}
