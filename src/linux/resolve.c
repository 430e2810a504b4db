/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "core/path.h"

/* The kernel's MAXSYMLINKS. The plan's message contains this number. */
#define LINKS_MAX 40

/* The state of a path walk. Both texts have PATH_LENGTH_MAX + 1 bytes. */
struct walk {
	struct resolver *resolver;
	int fd;		   /* a directory, O_PATH */
	bool is_stale;	   /* reached has changed: open it again before the next lookup */
	bool is_beyond;	   /* reached does not exist, or is below a link that is not followed */
	struct file_id id; /* of fd */
	char *reached;	   /* path of the current position, in normal form */
	size_t existing;   /* length of the existing part, if is_beyond */
	char *text; /* the rest of the path is at its end, so that a link's text can be prepended */
	char *rest;
	char *links[LINKS_MAX]; /* their paths; owned */
	size_t links_count;
	enum resolve_end end;
};

static int spend(struct walk *walk, unsigned components)
{
	struct resolver *resolver = walk->resolver;

	resolver->components += components;
	resolver->is_spent |= resolver->components > RESOLVE_COMPONENTS_MAX;
	return resolver->is_spent ? -E2BIG : 0;
}

static unsigned depth(const char *path)
{
	unsigned components = 0;
	size_t length;

	while (path_next(&path, &length))
		components++;
	return components;
}

/* Opens reached again. This costs the kernel a lookup of the whole path, and the budget is charged
 * the same. If it fails, the mount is not known. */
static int walk_reopen(struct walk *walk)
{
	int r = spend(walk, 1 + depth(walk->reached));
	int fd = r < 0 ? r
		       : sys_openat2(walk->resolver->rootfs->fd, walk->reached,
				     O_PATH | O_DIRECTORY, 0, RESOLVE_ROOTED | RESOLVE_LINKLESS);

	walk->id = walk->resolver->rootfs->id;
	if (fd < 0)
		return fd;
	close_fd(&walk->fd);
	walk->fd = fd;
	walk->is_stale = false;
	return sys_file_id(fd, &walk->id);
}

static int walk_append(struct walk *walk, const char *name)
{
	size_t length = strlen(walk->reached);
	bool at_root = length == 1;

	if (length + strlen(name) + 1 > PATH_LENGTH_MAX)
		return -ENAMETOOLONG;
	sprintf(walk->reached + length, "%s%s", at_root ? "" : "/", name);
	return 0;
}

/* Handles "..", which stays at the root as in chroot(2). */
static void walk_up(struct walk *walk)
{
	path_cut(walk->reached);
	/* If the walk is back at an existing directory, it continues from there. */
	if (walk->is_beyond && strlen(walk->reached) > walk->existing)
		return;
	walk->is_beyond = false;
	walk->is_stale = true;
}

/* Remembers a link's path. The budget is charged for it, which limits the memory used. */
static int note_link(struct walk *walk, const char *name)
{
	char **link = &walk->links[walk->links_count];
	int r;

	if (walk->links_count == LINKS_MAX)
		return -ELOOP;
	r = spend(walk, depth(walk->reached));
	if (r < 0)
		return r;
	r = path_join(walk->reached, name, strlen(name), link);
	if (r == 0)
		walk->links_count++;
	return r;
}

/* Prepends a link's text to the rest of the path. */
static int walk_link(struct walk *walk, int link, const char *name)
{
	char text[PATH_LENGTH_MAX + 1];
	ssize_t length = readlinkat(link, "", text, sizeof(text));
	int r;

	if (length < 0)
		return -errno;
	r = note_link(walk, name);
	if (r < 0)
		return r;
	if (length + 1 > walk->rest - walk->text)
		return -ENAMETOOLONG;
	*--walk->rest = '/';
	walk->rest -= length;
	memcpy(walk->rest, text, (size_t)length);
	if (length == 0 || text[0] != '/')
		return 0;
	memcpy(walk->reached, "/", sizeof("/"));
	walk->is_stale = true;
	return 0;
}

/* From here on, components do not exist or are not followed. */
static int walk_beyond(struct walk *walk, const char *name)
{
	walk->existing = strlen(walk->reached);
	walk->is_beyond = true;
	return walk_append(walk, name);
}

/* The text of a magic link in proc is a path of the reading process, not one of the container. */
static bool is_on_proc(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

static bool is_at_end(const struct walk *walk)
{
	return !walk->rest[strspn(walk->rest, "/")];
}

static int walk_name(struct walk *walk, const char *name)
{
	AUTO_FD fd = -EBADF;
	struct file_id id;
	bool may_end;
	int r;

	if (walk->is_beyond)
		return walk_append(walk, name);
	r = walk->is_stale ? walk_reopen(walk) : 0;
	if (r < 0)
		return r;
	fd = sys_openat2(walk->fd, name, O_PATH | O_NOFOLLOW, 0, RESOLVE_INSIDE);
	if (fd == -ENOENT)
		return walk_beyond(walk, name);
	if (fd < 0)
		return fd;
	r = sys_file_id(fd, &id);
	if (r < 0)
		return r;
	if (S_ISLNK(id.mode))
		return is_on_proc(fd) ? walk_beyond(walk, name) : walk_link(walk, fd, name);
	r = walk_append(walk, name);
	if (r < 0)
		return r;
	may_end = id.is_directory || (walk->end == RESOLVE_ANYTHING && is_at_end(walk));
	close_fd(&walk->fd);
	walk->fd = take_fd(&fd);
	walk->id = id;
	return may_end ? 0 : -ENOTDIR;
}

/* Takes the next component of the rest. Returns 1, 0 at the end, or negative. */
static int walk_next(struct walk *walk, char name[static PATH_COMPONENT_MAX + 1])
{
	const char *rest = walk->rest;
	size_t length;
	const char *start = path_next(&rest, &length);

	if (!start)
		return 0;
	if (length > PATH_COMPONENT_MAX)
		return -ENAMETOOLONG;
	memcpy(name, start, length);
	name[length] = '\0';
	walk->rest += rest - walk->rest;
	return 1;
}

static int walk_all(struct walk *walk)
{
	char name[PATH_COMPONENT_MAX + 1];
	int r;

	while ((r = walk_next(walk, name)) > 0) {
		r = spend(walk, 1);
		if (r == 0 && strcmp(name, "..") == 0)
			walk_up(walk);
		else if (r == 0 && strcmp(name, ".") != 0)
			r = walk_name(walk, name);
		if (r < 0)
			return r;
	}
	return r == 0 && walk->is_stale && !walk->is_beyond ? walk_reopen(walk) : r;
}

static void walk_done(struct walk *walk)
{
	for (size_t i = 0; i < walk->links_count; i++)
		free(walk->links[i]);
	close_fd(&walk->fd);
}

/* Makes the target from the position that the walk reached. */
static int take_target(struct walk *walk, int r, struct error *error, struct target *ret_target)
{
	AUTO_FREE char **links = calloc(walk->links_count + 1, sizeof(*links));
	char *path = strdup(walk->reached);

	if (!links || !path) {
		free(path);
		return error_memory(error);
	}
	memcpy(links, walk->links, walk->links_count * sizeof(*links));
	*ret_target = (struct target){
		.path = path,
		.err = -r,
		.existing = r == 0 && walk->is_beyond ? walk->existing : strlen(path),
		.mount_id = walk->id.mount_id,
		.is_mount_root = r == 0 && !walk->is_beyond && walk->id.is_mount_root,
		.links = take_ptr(links),
		.links_count = walk->links_count,
	};
	walk->links_count = 0;
	return 0;
}

int resolve_path(struct resolver *resolver, const char *path, enum resolve_end end,
		 struct error *error, struct target *ret_target)
{
	char reached[PATH_LENGTH_MAX + 1] = "/";
	char text[PATH_LENGTH_MAX + 1];
	size_t length = strnlen(path, sizeof(text));
	CLEANUP(walk_done)
	struct walk walk = {.resolver = resolver,
			    .fd = -EBADF,
			    .is_stale = true,
			    .reached = reached,
			    .text = text,
			    .end = end};
	int r = -ENAMETOOLONG;

	if (length < sizeof(text)) {
		walk.rest = text + sizeof(text) - 1 - length;
		memcpy(walk.rest, path, length + 1);
		r = walk_all(&walk);
	}
	if (r == -ENOMEM)
		return error_memory(error);
	_Static_assert(RESOLVE_COMPONENTS_MAX == 65536, "the message says it");
	if (resolver->is_spent)
		return error_set(
			error, STATUS_PATH, 0,
			"%" NAME_SHOWN
			": the container's paths lead through more than 65536 directories and symlinks",
			path);
	return take_target(&walk, r, error, ret_target);
}
