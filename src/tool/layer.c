/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "core/path.h"
#include "linux/input.h"

#define STATUS_FILE_MAX 65536

void layer_done(struct layer *layer)
{
	close_fd(&layer->upper);
	for (size_t i = 0; i < layer->lowers_count; i++)
		close_fd(&layer->lowers[i]);
	free_ptr(&layer->lowers);
	layer->lowers_count = 0;
	free_ptr(&layer->uids.lines);
	free_ptr(&layer->gids.lines);
}

uint32_t layer_id(const struct id_map *map, uint32_t id)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct id_mapping *line = &map->lines[i];

		if (id >= line->host && id - line->host < line->size)
			return line->container + (id - line->host);
	}
	return map->count ? ID_UNKNOWN : id;
}

char *layer_option(const char *options, const char *name)
{
	size_t length = strlen(name);

	while (*options) {
		size_t whole = strcspn(options, ",");

		if (whole > length && options[length] == '=' && !strncmp(options, name, length))
			return strndup(options + length + 1, whole - length - 1);
		options += whole + (options[whole] == ',');
	}
	return NULL;
}

static bool has_option(const char *options, const char *name)
{
	size_t length = strlen(name);

	while (*options) {
		size_t whole = strcspn(options, ",");

		if (whole == length && !strncmp(options, name, length))
			return true;
		options += whole + (options[whole] == ',');
	}
	return false;
}

int layer_open(const struct mounts_entry *mount, const char *base, struct error *error,
	       struct layer *ret_layer)
{
	AUTO_FREE char *upper = layer_option(mount->options, "upperdir");
	AUTO_FREE char *path = NULL;
	int fd;

	if (!upper)
		return error_set(error, STATUS_INPUT, 0,
				 "the overlay has no upper directory: nothing can be written");
	if (*upper == '/')
		path = take_ptr(upper);
	else if (!base || path_join(base, upper, strlen(upper), &path) < 0)
		return error_set(error, STATUS_INPUT, 0,
				 "upper directory %" NAME_SHOWN
				 ": it is relative, and the storage's directory is not known",
				 upper);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_set(error, STATUS_INPUT, errno,
				 "upper directory %" NAME_SHOWN ": cannot open", path);
	*ret_layer = (struct layer){
		.kind = has_option(mount->options, "userxattr") ? LAYER_USER : LAYER_TRUSTED,
		.upper = fd,
	};
	return 0;
}

/*
 * Does the caller have CAP_SYS_ADMIN effective in the initial user namespace? This is the only
 * namespace that maps each user to itself. Without the capability, the kernel hides trusted.*
 * attributes.
 */
static bool may_read_trusted(void)
{
	AUTO_FREE char *status = NULL;
	AUTO_FREE char *map = NULL;
	const char *line;
	uint64_t effective;
	unsigned long inside, outside, count;
	size_t length;

	if (input_read_file(AT_FDCWD, "/proc/self/status", STATUS_FILE_MAX, &status, &length) < 0 ||
	    input_read_file(AT_FDCWD, "/proc/self/uid_map", STATUS_FILE_MAX, &map, &length) < 0)
		return false;
	line = strstr(status, "\nCapEff:");
	if (!line || sscanf(line, "\nCapEff: %" SCNx64, &effective) != 1 ||
	    sscanf(map, "%lu %lu %lu", &inside, &outside, &count) != 3)
		return false;
	return (effective >> CAP_SYS_ADMIN & 1) && !inside && !outside && count >= UINT32_MAX;
}

int layer_check_rights(const struct layer *layer, struct error *error)
{
	if (layer->kind != LAYER_TRUSTED || may_read_trusted())
		return 0;
	return error_set(
		error, STATUS_INPUT, EPERM,
		"only root can read its upper directory (podman diff can be given instead)");
}
