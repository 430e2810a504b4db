/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hooksfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "core/json.h"
#include "core/memory.h"
#include "core/options.h"
#include "linux/input.h"
#include "linux/sys.h"

#define HOOK_NAME "oci-readonly-hook"

static int judge_options(const char *const argv[], size_t argc, struct error *error)
{
	AUTO_OPTIONS parsed = {0};
	int r = options_parse((int)argc, argv, error, &parsed);

	if (r < 0)
		return error_wrap(error, "the hook's options");
	if (parsed.help || parsed.version)
		return error_set(error, STATUS_OPTIONS, 0,
				 "the hook's options: --help and --version make the hook do "
				 "nothing; leave them out");
	return 0;
}

/* Sets a member to a new value, which it owns. Returns 0 or -ENOMEM. */
static int set_member(struct json_object *object, const char *key, struct json_object *value)
{
	if (value && json_object_object_add(object, key, value) == 0)
		return 0;
	json_object_put(value);
	return -ENOMEM;
}

static int add_string(struct json_object *array, const char *text)
{
	struct json_object *string = json_object_new_string(text);

	if (string && json_object_array_add(array, string) == 0)
		return 0;
	json_object_put(string);
	return -ENOMEM;
}

static int set_args(struct json_object *hook, const char *const argv[], size_t argc)
{
	struct json_object *args = json_object_new_array();
	int r = set_member(hook, "args", args);

	for (size_t i = 0; r == 0 && i < argc; i++)
		r = add_string(args, argv[i]);
	return r;
}

int hooksfile_make(const char *template, size_t length, const char *program,
		   const char *const options[], size_t count, struct error *error, char **ret_text)
{
	AUTO_FREE const char **argv = calloc(count + 2, sizeof(*argv));
	AUTO_JSON *root = NULL;
	struct json_object *hook;
	const char *text;
	int r;

	if (!argv)
		return error_memory(error);
	argv[0] = HOOK_NAME;
	memcpy(argv + 1, options, count * sizeof(*argv));
	r = judge_options(argv, count + 1, error);
	if (r == 0)
		r = json_parse("the image's hooks file", template, length, error, &root);
	if (r == 0)
		r = json_get_object(root, "the image's hooks file", "hook", JSON_REQUIRED, error,
				    &hook);
	if (r != 0)
		return r;
	if (set_member(hook, "path", json_object_new_string(program)) < 0 ||
	    set_args(hook, argv, count + 1) < 0)
		return error_memory(error);
	text = json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY |
							    JSON_C_TO_STRING_SPACED |
							    JSON_C_TO_STRING_NOSLASHESCAPE);
	*ret_text = text ? strdup(text) : NULL;
	return *ret_text ? 0 : error_memory(error);
}

/* The program that a hooks file calls. The string lives as long as root. */
static int read_program(const char *text, size_t length, struct json_object **ret_root,
			const char **ret_program)
{
	AUTO_JSON *root = NULL;
	struct json_object *hook;
	struct error error;
	int r;

	r = json_parse("", text, length, &error, &root);
	if (r == 0)
		r = json_get_object(root, "", "hook", JSON_REQUIRED, &error, &hook);
	if (r == 0)
		r = json_get_string(hook, "", "path", JSON_REQUIRED, &error, ret_program);
	if (r == 0)
		*ret_root = take_ptr(root);
	return r;
}

int hooksfile_judge(int directory, const char *name, const char *path, const char *program,
		    struct error *error)
{
	/* O_NONBLOCK: do not wait for a writer if the file is a FIFO. */
	AUTO_FD fd = sys_openat2(directory, name, O_RDONLY | O_NONBLOCK, 0,
				 RESOLVE_INSIDE | RESOLVE_LINKLESS);
	AUTO_FREE char *text = NULL;
	AUTO_JSON *root = NULL;
	const char *called;
	size_t length;
	int r;

	if (fd == -ENOENT)
		return 0;
	r = fd < 0 ? fd : input_read(fd, HOOKSFILE_LENGTH_MAX, &text, &length);
	if (r != 0)
		return error_set(error, STATUS_PATH, -r,
				 "%" NAME_SHOWN ": is there, and cannot be read", path);
	if (read_program(text, length, &root, &called) != 0)
		return error_set(error, STATUS_PATH, 0,
				 "%" NAME_SHOWN ": is there, and is not a valid hooks file; "
				 "remove it first",
				 path);
	if (strcmp(called, program) != 0)
		return error_set(error, STATUS_PATH, 0,
				 "%" NAME_SHOWN ": is there, and calls %" NAME_SHOWN
				 ": it is not the installer's; remove it first",
				 path, called);
	return 0;
}
