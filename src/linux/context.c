/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "context.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "sys.h"

void context_complaint(int context, char buffer[static CONTEXT_COMPLAINT_MAX])
{
	ssize_t length = read(context, buffer, CONTEXT_COMPLAINT_MAX - 1);

	buffer[length > 0 ? length : 0] = '\0';
	buffer[strcspn(buffer, "\n")] = '\0';
	/* "e " stands for error, "w " for warning. */
	if (length > 2 && buffer[1] == ' ')
		memmove(buffer, buffer + 2, strlen(buffer + 2) + 1);
}

/* Parameters that came with a later kernel than the hook needs, or that a kernel may be built
 * without. */
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
	return error_set(error, is_unknown ? STATUS_KERNEL : STATUS_SYSTEM, err, "%s%s%s: %s%s%s%s",
			 key, *value ? "=" : "", value,
			 is_unknown ? "this kernel does not take it here"
				    : "the kernel does not take it",
			 *complaint ? " (" : "", complaint, *complaint ? ")" : "");
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
