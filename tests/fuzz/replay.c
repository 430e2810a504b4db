/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fuzz target without a fuzzer: runs each file of its corpus, and every beginning of each file,
 * as an interrupted writer would leave it. It is one test in TAP.
 *
 *   fuzz_TARGET [FILE...]     by default, the files of $srcdir/tests/fuzz/corpus/TARGET
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz.h"

#define FILE_MAX 4096

/* The current input, for the message. */
static const char *current = "";

static void say_which(int signal_number)
{
	(void)signal_number;
	/* With the default action, abort() then ends the program. */
	(void)!write(STDERR_FILENO, current, strlen(current));
	(void)!write(STDERR_FILENO, ": broke it\n", strlen(": broke it\n"));
}

static void run_one(const uint8_t *data, size_t size)
{
	/* A separate buffer for each, exactly as long as the input. */
	uint8_t *copy = malloc(size ? size : 1);

	REQUIRE(copy, "out of memory");
	memcpy(copy, data, size);
	REQUIRE(LLVMFuzzerTestOneInput(copy, size) == 0, "it must return 0");
	free(copy);
}

static void replay(const char *path)
{
	static uint8_t data[FILE_MAX + 1];
	FILE *file = fopen(path, "r");
	size_t size;

	current = path;
	REQUIRE(file, "%s cannot be opened", path);
	size = fread(data, 1, sizeof(data), file);
	REQUIRE(!ferror(file) && size <= FILE_MAX, "%s cannot be read, or is over %d bytes", path,
		FILE_MAX);
	fclose(file);
	for (size_t length = 0; length <= size; length++)
		run_one(data, length);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int replay_corpus(const char *target)
{
	const char *srcdir = getenv("srcdir");
	struct dirent **names;
	char folder[4096];
	int count;

	snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s", srcdir ? srcdir : ".", target);
	count = scandir(folder, &names, is_visible, alphasort);
	REQUIRE(count > 0, "nothing in %s", folder);
	for (int i = 0; i < count; i++) {
		char path[sizeof(folder) + 256];

		snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
		replay(path);
		free(names[i]);
	}
	free(names);
	printf("ok 1 - %d inputs, and all that they begin with\n1..1\n", count);
	return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
	const char *target = strrchr(argv[0], '_');

	REQUIRE(target, "%s is not named fuzz_TARGET", argv[0]);
	signal(SIGABRT, say_which);
	if (argc == 1)
		return replay_corpus(target + 1);
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	return EXIT_SUCCESS;
}
