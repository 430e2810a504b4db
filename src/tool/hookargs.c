/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hookargs.h"

#include <string.h>

void hookargs_done(struct hookargs *args)
{
	options_done(&args->options);
	free_ptr(&args->argv);
	hooksfile_done(&args->file);
}

/* Inserts an argument at index at. */
static int insert(struct hookargs *args, size_t at, const char *argument, struct error *error)
{
	if (array_reserve(&args->argv, &args->capacity, args->count, sizeof(*args->argv)) < 0)
		return error_memory(error);
	memmove(args->argv + at + 1, args->argv + at, (args->count - at) * sizeof(*args->argv));
	args->argv[at] = argument;
	args->count++;
	return 0;
}

int hookargs_add(struct hookargs *args, const char *argument, struct error *error)
{
	return insert(args, args->count, argument, error);
}

int hookargs_read(struct hookargs *args, const char *name, const char *text, size_t length,
		  struct error *error)
{
	const struct hooksfile *file = &args->file;

	if (hooksfile_parse(text, length, error, &args->file) < 0)
		return error_wrap(error, "%" NAME_SHOWN, name);
	if (file->program != PROGRAM_HOOK)
		return error_set(error, STATUS_INPUT, 0,
				 "%" NAME_SHOWN ": a hooks file, but not oci-readonly-hook's",
				 name);
	/* Skip argv[0], the hook's name. */
	for (int i = 1; i < file->args_count; i++) {
		int r = insert(args, (size_t)i - 1, file->args[i], error);

		if (r < 0)
			return r;
	}
	return 0;
}

int hookargs_parse(struct hookargs *args, struct error *error)
{
	AUTO_FREE const char **argv = calloc(args->count + 1, sizeof(*argv));

	if (!argv)
		return error_memory(error);
	argv[0] = "oci-readonly-hook";
	if (args->count)
		memcpy(argv + 1, args->argv, args->count * sizeof(*argv));
	/* The parsed options borrow the strings, but not the array. */
	if (options_parse((int)args->count + 1, argv, error, &args->options) < 0)
		return error_wrap(error, "options");
	return 0;
}
