/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "entrypoint.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/path.h"

/* Images typically have six. */
#define DIRECTORIES_MAX 32

static bool is_there(const struct target *target)
{
	return !target->err && target->existing == strlen(target->path);
}

/* Looks for directory/program. Returns 1 if it exists, 0 if not, or negative. */
static int look_in(struct resolver *resolver, const char *directory, size_t length,
		   const char *program, struct error *error, struct target *ret_program)
{
	char path[PATH_LENGTH_MAX + 1];
	CLEANUP(target_done) struct target target = {0};
	int r;

	if (snprintf(path, sizeof(path), "%.*s/%s", (int)length, directory, program) >=
	    (int)sizeof(path))
		return 0;
	r = resolve_path(resolver, path, RESOLVE_ANYTHING, error, &target);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (!is_there(&target))
		return 0;
	*ret_program = target;
	target = (struct target){0};
	return 1;
}

int entrypoint_find(const struct rootfs *rootfs, const struct bundle *bundle, struct error *error,
		    struct target *ret_program)
{
	struct resolver resolver = {.rootfs = rootfs};
	const char *program = bundle->program;
	const char *rest = bundle->search_path;
	const char *cwd = bundle->cwd ? bundle->cwd : "";
	int r = 0;

	*ret_program = (struct target){0};
	if (!program)
		return 0;
	if (strchr(program, '/')) {
		r = look_in(&resolver, cwd, *program == '/' ? 0 : strlen(cwd), program, error,
			    ret_program);
		return r < 0 ? r : 0;
	}
	for (int i = 0; rest && r == 0 && i < DIRECTORIES_MAX; i++) {
		size_t length = strcspn(rest, ":");

		r = *rest == '/' ? look_in(&resolver, rest, length, program, error, ret_program)
				 : 0;
		rest = rest[length] ? rest + length + 1 : NULL;
	}
	return r < 0 ? r : 0;
}
