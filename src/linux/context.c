/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "context.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "sys.h"

/* podman and Docker search messages for phrases such as strerror()'s, and then report a failure
 * that did not happen. overlayfs uses some of them. */
static bool is_misleading(const char *text)
{
	static const char *const parts[] = {"no such file", "a directory", "permission",
					    "permitted", "executable file"};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (strcasestr(text, parts[i]))
			return true;
	}
	return false;
}

void context_complaint(int context, char buffer[static CONTEXT_COMPLAINT_MAX])
{
	char text[CONTEXT_COMPLAINT_MAX - 3];
	ssize_t length = read(context, text, sizeof(text) - 1);
	const char *said = text;

	text[length > 0 ? length : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	/* The prefix is "e " for errors, "w " for warnings. */
	if (length > 2 && text[1] == ' ')
		said = text + 2;
	if (!*said || is_misleading(said))
		buffer[0] = '\0';
	else
		snprintf(buffer, CONTEXT_COMPLAINT_MAX, " (%s)", said);
}

/* Parameters that are newer than the oldest supported kernel, or that depend on the kernel's build
 * configuration. */
static bool may_be_unknown(const char *key)
{
	static const char *const keys[] = {"noswap", "huge", "userxattr"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(key, keys[i]) == 0)
			return true;
	}
	return false;
}

int context_refused(int context, int err, const char *key, const char *value, struct error *error)
{
	bool is_unknown = err == EINVAL && may_be_unknown(key);
	char complaint[CONTEXT_COMPLAINT_MAX];

	context_complaint(context, complaint);
	if (is_unknown)
		error_set(error, STATUS_KERNEL, err, "this kernel does not accept it here%s",
			  complaint);
	else
		error_set(error, STATUS_SYSTEM, err, "the kernel does not accept it%s", complaint);
	return *value ? error_wrap(error, "%s=%s", key, value) : error_wrap(error, "%s", key);
}

int context_set(int context, const char *key, const char *value, struct error *error)
{
	int r = sys_fsconfig_string(context, key, value);

	return r < 0 ? context_refused(context, -r, key, value, error) : 0;
}

int context_flag(int context, const char *key, struct error *error)
{
	int r = sys_fsconfig_flag(context, key);

	return r < 0 ? context_refused(context, -r, key, "", error) : 0;
}
