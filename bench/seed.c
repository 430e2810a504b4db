/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hook's copy of a directory, as a separate program to compare with cp -a:
 *
 *	seed FROM TO
 *
 * TO is an empty tmpfs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "seed/copy.h"
#include "threads.h"

static int open_directory(const char *name)
{
	int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		fprintf(stderr, "seed: %s: %s\n", name, strerror(errno));
	return fd;
}

int main(int argc, char *argv[])
{
	struct seed_request request = {
		.top = {.uid = (uid_t)-1, .gid = (gid_t)-1, .mode = (mode_t)-1},
		.huge = SEED_HUGE_ASK,
		.threads = count_threads(),
	};
	struct seed_result result;
	struct error error;

	if (argc != 3) {
		fputs("usage: seed FROM TO\n", stderr);
		return 64;
	}
	umask(0);
	request.image = open_directory(argv[1]);
	request.copy = open_directory(argv[2]);
	if (request.image < 0 || request.copy < 0)
		return 1;
	if (seed_copy(&request, &error, &result) < 0) {
		fprintf(stderr, "seed: %s\n", error.text);
		return 1;
	}
	return 0;
}
