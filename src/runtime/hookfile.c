/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hookfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/json.h"
#include "linux/input.h"
#include "scan.h"

#define WHAT "hooks file"

void hookfile_done(struct hookfile *file)
{
	json_put(&file->document);
	free_ptr(&file->text);
	file->hook = (struct hook_text){0};
}

static int read_first(const char *const directories[], size_t count, struct error *error,
		      char ret_path[static PATH_MAX], char **ret_text, size_t *ret_length)
{
	int r = -ENOENT;

	for (size_t i = 0; i < count && r == -ENOENT; i++) {
		snprintf(ret_path, PATH_MAX, "%s/" HOOK_FILE, directories[i]);
		r = input_read_file(AT_FDCWD, ret_path, HOOK_FILE_LENGTH_MAX, ret_text, ret_length);
	}
	if (r == -ENOENT)
		return error_set(error, STATUS_OPTIONS, 0,
				 "hooks file: there is no oci-readonly-hook.json in %s",
				 directories[count - 1]);
	if (r == -EFBIG)
		return error_set(error, STATUS_OPTIONS, EFBIG, "hooks file %s: more than %d bytes",
				 ret_path, HOOK_FILE_LENGTH_MAX);
	if (r < 0)
		return error_set(error, STATUS_OPTIONS, -r, "hooks file %s: cannot be read",
				 ret_path);
	return 0;
}

/* The member must be a list of strings, or absent. */
static int check_strings(struct json_object *hook, const char *key, struct error *error)
{
	struct json_object *list;
	int r;

	r = json_get_array(hook, "hook", key, JSON_OPTIONAL, error, &list);
	if (r < 0)
		return r;
	for (size_t i = 0; i < json_array_count(list); i++)
		if (!json_object_is_type(json_object_array_get_idx(list, i), json_type_string))
			return error_set(error, STATUS_INPUT, 0, "hook: %s[%zu]: must be a string",
					 key, i);
	return 0;
}

static int check_binary(const char *path, struct error *error)
{
	struct stat st;

	if (path[0] != '/')
		return error_set(error, STATUS_INPUT, 0,
				 "hook: path: '%" NAME_SHOWN "' is not an absolute path", path);
	if (stat(path, &st) < 0 || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0)
		return error_set(error, STATUS_INPUT, errno,
				 "hook: path: %" NAME_SHOWN " cannot be executed", path);
	if (!S_ISREG(st.st_mode))
		return error_set(error, STATUS_INPUT, 0,
				 "hook: path: %" NAME_SHOWN " is not a regular file", path);
	return 0;
}

/* Checks the hook's members: the file may set only those that config.json allows in a hook. */
static int check_hook(struct json_object *document, struct error *error)
{
	struct json_object *hook;
	const char *path;
	int64_t timeout;
	int r;

	r = json_get_object(document, WHAT, "hook", JSON_REQUIRED, error, &hook);
	if (r == 0)
		r = json_get_string(hook, "hook", "path", JSON_REQUIRED, error, &path);
	if (r == 0)
		r = check_strings(hook, "args", error);
	if (r == 0)
		r = check_strings(hook, "env", error);
	/* OCI requires more than 0. */
	if (r == 0)
		r = json_get_int(hook, "hook", "timeout", JSON_OPTIONAL, 1, INT32_MAX, error,
				 &timeout);
	return r != 0 ? r : check_binary(path, error);
}

static int parse(const char *text, size_t length, struct error *error, struct hookfile *file)
{
	struct span hook;
	bool found;
	int r;

	r = json_parse(WHAT, text, length, error, &file->document);
	if (r == 0)
		r = check_hook(file->document, error);
	if (r == 0)
		r = scan_member(WHAT, text, scan_blanks(text, 0), "hook", error, &found, &hook);
	if (r != 0)
		return r;
	file->hook.text = text + hook.start;
	file->hook.length = hook.end - hook.start;
	file->hook.object = json_object_object_get(file->document, "hook");
	return 0;
}

int hookfile_load(const char *const directories[], size_t count, struct error *error,
		  struct hookfile *ret_file)
{
	AUTO_HOOKFILE file = {0};
	char path[PATH_MAX];
	size_t length = 0;
	int r;

	r = read_first(directories, count, error, path, &file.text, &length);
	if (r < 0)
		return r;
	r = parse(file.text, length, error, &file);
	if (r < 0) {
		error->status = STATUS_OPTIONS;
		return error_wrap(error, "%s", path);
	}
	*ret_file = file;
	file = (struct hookfile){0};
	return 0;
}
