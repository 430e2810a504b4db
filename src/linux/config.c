/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/path.h"
#include "input.h"

#define CONFIG_NAME "config.json"

static int parse_file(int dir, const char *shown, const char *bundle_dir, struct error *error,
		      struct bundle *ret_bundle)
{
	AUTO_FREE char *text = NULL;
	size_t length;
	int r;

	r = input_read_file(dir, CONFIG_NAME, CONFIG_LENGTH_MAX, &text, &length);
	if (r == -EFBIG)
		return error_set(error, STATUS_INPUT, EFBIG,
				 "%" NAME_SHOWN "/" CONFIG_NAME ": more than %d bytes", shown,
				 CONFIG_LENGTH_MAX);
	if (r < 0)
		return error_set(error, STATUS_INPUT, -r,
				 "%" NAME_SHOWN "/" CONFIG_NAME ": cannot be read", shown);
	return bundle_parse(text, length, bundle_dir, error, ret_bundle);
}

/* The uid of the user who started the engine, to which this user namespace maps uid 0. */
static uid_t outer_uid(void)
{
	AUTO_FREE char *text = NULL;
	size_t length;
	uint32_t inside;
	uint32_t outside;

	if (input_read_file(AT_FDCWD, "/proc/self/uid_map", 65536, &text, &length) < 0 ||
	    sscanf(text, "%" SCNu32 " %" SCNu32, &inside, &outside) != 2)
		return getuid();
	return outside + (getuid() - inside);
}

/* crun keeps a container's state in ROOT/ID. ROOT is in /run, or in the user's directory there. */
static int open_crun_directory(const char *id, char *ret_path, size_t size)
{
	int fd;

	snprintf(ret_path, size, "/run/crun/%s", id);
	fd = open(ret_path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	snprintf(ret_path, size, "/run/user/%u/crun/%s", outer_uid(), id);
	fd = open(ret_path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* state_parse() has checked that the id is a single path component. */
static int load_of_crun(const struct state *state, struct error *error, struct bundle *bundle)
{
	char path[STATE_ID_MAX + 64];
	AUTO_FD dir = open_crun_directory(state->id, path, sizeof(path));
	char *root;
	int r;

	if (dir < 0)
		return error_set(
			error, STATUS_INPUT, -dir,
			"bundle /: it is not a bundle, and crun's copy of config.json is not in %" NAME_SHOWN,
			path);
	root = strdup(state->root);
	if (!root)
		return error_memory(error);
	r = parse_file(dir, path, "/", error, bundle);
	if (r < 0) {
		free(root);
		return r;
	}
	free(bundle->root_path);
	bundle->root_path = root;
	return 0;
}

int config_load(const struct state *state, struct error *error, struct bundle *ret_bundle)
{
	AUTO_FD dir = -EBADF;
	bool at_top = strcmp(state->bundle, "/") == 0;
	int r;

	if (at_top && state->root)
		return load_of_crun(state, error, ret_bundle);
	dir = open(state->bundle, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return error_set(error, STATUS_INPUT, errno,
				 "bundle %" NAME_SHOWN ": cannot be opened", state->bundle);
	r = parse_file(dir, state->bundle, state->bundle, error, ret_bundle);
	if (r == -ENOENT && at_top)
		return error_set(
			error, STATUS_INPUT, ENOENT,
			"bundle /: there is no config.json in it (crun reports / if the container has a user namespace and devices: use an absolute root.path)");
	return r;
}
