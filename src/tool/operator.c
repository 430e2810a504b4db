/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator.h"

#include <string.h>

#include "core/json.h"

#define ARGUMENTS_MAX 4096

void operator_done(struct operator_options *operator)
{
	options_done(&operator->options);
	free_ptr(&operator->argv);
	json_put(&operator->document);
}

int operator_add(struct operator_options *operator, const char * argument, struct error *error)
{
	if (array_reserve(&operator->argv, &operator->capacity, operator->argc,
			  sizeof(*operator->argv)) < 0)
		return error_memory(error);
	operator->argv[operator->argc++] = argument;
	return 0;
}

int operator_read(struct operator_options *operator, const char * name, const char *text,
		  size_t length, struct error *error)
{
	struct json_object *hook, *args;
	int r;

	r = json_parse(name, text, length, error, &operator->document);
	if (r == 0)
		r = json_get_object(operator->document, name, "hook", JSON_REQUIRED, error, &hook);
	if (r == 0)
		r = json_get_array(hook, name, "args", JSON_OPTIONAL, error, &args);
	if (r < 0)
		return r;
	if (json_array_count(args) > ARGUMENTS_MAX)
		return error_set(error, STATUS_INPUT, 0, "%s: args: %zu; %d are allowed", name,
				 json_array_count(args), ARGUMENTS_MAX);
	/* The first is the hook's own name. */
	for (size_t i = 1; i < json_array_count(args) && r == 0; i++) {
		struct json_object *argument = json_object_array_get_idx(args, i);

		if (!json_object_is_type(argument, json_type_string))
			return error_set(error, STATUS_INPUT, 0, "%s: args[%zu]: not a string",
					 name, i);
		r = operator_add(operator, json_object_get_string(argument), error);
	}
	return r;
}

int operator_parse(struct operator_options *operator, struct error * error)
{
	AUTO_FREE const char **argv = calloc(operator->argc + 2, sizeof(*argv));

	if (!argv)
		return error_memory(error);
	argv[0] = "oci-readonly-hook";
	if (operator->argc)
		memcpy(argv + 1, operator->argv, operator->argc * sizeof(*argv));
	/* What is parsed borrows from the arguments, not from the array. */
	if (options_parse((int)operator->argc + 1, argv, error, &operator->options) < 0)
		return error_wrap(error, "options");
	return 0;
}
