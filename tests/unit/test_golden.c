/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole decision for a container of CRI-O's: crio/ holds what a runtime gave the hook (state,
 * config.json, mount table) and what the image has. Each NAME.case says in JSON what is different
 * from that, and NAME.expected what becomes of it, in words. "make golden" writes the latter anew.
 *
 * A case: "annotations" (null takes one away), "options" (the hook's arguments), "process" (members
 * of config.json's), "mounts" (more of config.json's; each a tmpfs, that of the container's own if
 * its type says so, and otherwise one of the host's), "devices" (linux.devices), "rootfs" (lines
 * that come before those of crio/rootfs).
 */
#include <sys/sysmacros.h>

#include "core/bundle.h"
#include "core/path.h"
#include "core/plan_make.h"
#include "core/state.h"
#include "golden.h"

#define LINKS_MOST    8
#define REQUESTS_MOST 32
#define GIVEN_MOST    32
#define CASE_ID	      200 /* the number of the first mount of a case */

/* One line of crio/rootfs. */
struct node {
	char kind; /* 'd', 'f' or 'l' */
	char path[128];
	char to[128]; /* the target of a link */
};

struct container {
	struct node nodes[64];
	size_t nodes_count;
	struct json_object *change; /* the case */
	struct state state;
	struct bundle bundle;
	struct mounttab table;
	const struct mount_line *root;
	struct target targets[REQUESTS_MOST];
	struct target given[GIVEN_MOST];
	struct target devices[GIVEN_MOST];
	struct target cwd;
};

static void add_nodes(struct container *container, const char *text)
{
	int length;

	for (const char *line = text; *line; line += length) {
		struct node *node = &container->nodes[container->nodes_count];

		*node = (struct node){0};
		length = (int)strcspn(line, "\n");
		length += line[length] == '\n';
		if (*line == '#')
			continue;
		cr_assert(sscanf(line, "%c %127s %127[^\n]", &node->kind, node->path, node->to) >=
				  (*line == 'l' ? 3 : 2),
			  "rootfs: '%.*s'", length, line);
		cr_assert(++container->nodes_count < ARRAY_SIZE(container->nodes));
	}
}

static const struct node *find_node(const struct container *container, const char *path)
{
	for (size_t i = 0; i < container->nodes_count; i++)
		if (!strcmp(container->nodes[i].path, path))
			return &container->nodes[i];
	return NULL;
}

/* The topmost mount whose root is that path of the container. */
static const struct mount_line *mount_at(const struct container *container, const char *path)
{
	const struct mount_line *found = NULL;
	const char *root = container->root->target;

	for (size_t i = 0; i < container->table.count; i++) {
		const struct mount_line *line = &container->table.lines[i];

		if (path_is_below(line->target, root) &&
		    !strcmp(path_below(line->target, root), path + 1))
			found = line;
	}
	return found;
}

/* The mount that contains the path: the nearest one at or above it. */
static const struct mount_line *mount_of(const struct container *container, const char *path)
{
	char above[256];

	snprintf(above, sizeof(above), "%s", path);
	for (;; path_cut(above)) {
		const struct mount_line *line = mount_at(container, above);

		if (line || !strcmp(above, "/"))
			return line;
	}
}

/* Whether a path exists. The runtime has created what leads to a mount. */
static bool exists(const struct container *container, const char *path)
{
	const char *root = container->root->target;

	if (find_node(container, path))
		return true;
	for (size_t i = 0; i < container->table.count; i++) {
		const char *target = container->table.lines[i].target;
		char inside[512];

		if (!path_is_below(target, root))
			continue;
		snprintf(inside, sizeof(inside), "/%s", path_below(target, root));
		if (path_is_below(inside, path))
			return true;
	}
	return false;
}

/* Finds the first link of the path, and truncates the path after it. NULL if there is none. */
static const struct node *first_link(const struct container *container, const char *path,
				     const char **ret_rest, char at[static 512])
{
	const char *name;
	size_t length;

	*ret_rest = path;
	for (at[0] = '\0'; (name = path_next(ret_rest, &length));) {
		const struct node *node;

		snprintf(at + strlen(at), 512 - strlen(at), "/%.*s", (int)length, name);
		node = find_node(container, at);
		if (node && node->kind == 'l')
			return node;
	}
	return NULL;
}

/* Follows a path as the hook does, with the list of files. */
static char *follow(const struct container *container, const char *path, struct target *target)
{
	char *text = strdup(path);
	const struct node *node;
	const char *rest;
	char at[512];

	for (int links = 0; (node = first_link(container, text, &rest, at)); links++) {
		char *next;

		cr_assert(links < LINKS_MOST, "%s: too many links", path);
		if (target && !target->links)
			target->links = calloc(LINKS_MOST, sizeof(*target->links));
		if (target)
			target->links[target->links_count++] = strdup(at);
		path_cut(at);
		cr_assert(asprintf(&next, "%s/%s%s", *node->to == '/' || !at[1] ? "" : at,
				   node->to + (*node->to == '/'), rest) > 0);
		free(text);
		text = next;
	}
	return text;
}

static struct target resolve(const struct container *container, const char *path)
{
	struct target target = {0};
	const struct mount_line *line;
	char *there;

	target.path = follow(container, path, &target);
	there = strdup(target.path);
	while (strcmp(there, "/") != 0 && !exists(container, there))
		path_cut(there);
	line = mount_of(container, there);
	target.existing = strlen(there);
	target.mount_id = line->id;
	target.is_mount_root = line == mount_at(container, target.path);
	free(there);
	return target;
}

/* Writes a mount of the case as a line of the mount table. */
static size_t add_mount(struct json_object *mount, char *line, size_t size,
			const struct container *container, const char *root, int id)
{
	struct error error = UNSET_ERROR;
	struct json_object *options = json_object_object_get(mount, "options");
	const char *destination = NULL, *type = NULL;
	AUTO_FREE char *path = NULL;
	bool is_readonly = false, is_private;

	expect_success("mounts",
		       json_get_string(mount, "mounts", "destination", JSON_REQUIRED, &error,
				       &destination),
		       &error);
	expect_success("mounts",
		       json_get_string(mount, "mounts", "type", JSON_REQUIRED, &error, &type),
		       &error);
	is_private = !strcmp(type, "tmpfs");
	for (size_t i = 0; i < json_array_count(options); i++)
		is_readonly |= !strcmp(
			json_object_get_string(json_object_array_get_idx(options, i)), "ro");
	path = follow(container, destination, NULL);
	return (size_t)snprintf(line, size, "%d 113 0:%d / %s%s %s,relatime - tmpfs tmpfs rw\n", id,
				is_private ? id : 20, root, path, is_readonly ? "ro" : "rw");
}

/* A mount below a mount of the case, or later at the same path, is mounted on it. */
static void put_on_mounts(struct mounttab *table)
{
	for (size_t i = 0; i < table->count; i++) {
		struct mount_line *line = &table->lines[i];
		const struct mount_line *best = NULL;

		for (size_t k = 0; k < table->count; k++) {
			const struct mount_line *below = &table->lines[k];
			bool is_same = !strcmp(below->target, line->target);

			if (below->id >= CASE_ID && path_is_below(line->target, below->target) &&
			    (is_same ? k < i : true) &&
			    (!best || strlen(below->target) >= strlen(best->target)))
				best = below;
		}
		if (best)
			line->parent = best->id;
		line->is_private = line->dev >= makedev(0, CASE_ID);
	}
}

static void parse_table(struct container *container, struct json_object *config)
{
	AUTO_FREE char *table = golden_text("crio/mountinfo");
	AUTO_FREE char *text = NULL;
	struct json_object *more = json_object_object_get(container->change, "mounts");
	struct json_object *root = json_object_object_get(config, "root");
	const char *path = json_object_get_string(json_object_object_get(root, "path"));
	size_t length = strlen(table), size = length + 4096;
	struct error error;

	text = calloc(1, size);
	cr_assert(text);
	memcpy(text, table, length);
	for (size_t i = 0; i < json_array_count(more); i++)
		length += add_mount(json_object_array_get_idx(more, i), text + length,
				    size - length, container, path, CASE_ID + (int)i);
	golden_add_mounts(config, more);
	expect_success("mountinfo", mounttab_parse(text, length, &error, &container->table),
		       &error);
	put_on_mounts(&container->table);
	/* The root is mounted twice there. The topmost mount is the one. */
	for (size_t i = 0; i < container->table.count; i++)
		if (!strcmp(container->table.lines[i].target, path))
			container->root = &container->table.lines[i];
	cr_assert(container->root && container->root->id == 113);
}

static void container_make(struct container *container, const char *name)
{
	AUTO_FREE char *rootfs = golden_text("crio/rootfs");
	AUTO_JSON *state = golden_json("crio/state.json");
	AUTO_JSON *config = golden_json("crio/config.json");
	struct json_object *annotations, *more;
	char id[STATE_ID_MAX + 1];
	struct error error;
	const char *text;

	*container = (struct container){.change = golden_json(name)};
	more = json_object_object_get(container->change, "rootfs");
	for (size_t i = 0; i < json_array_count(more); i++)
		add_nodes(container, json_object_get_string(json_object_array_get_idx(more, i)));
	add_nodes(container, rootfs);
	annotations = json_object_object_get(container->change, "annotations");
	golden_merge(json_object_object_get(state, "annotations"), annotations);
	golden_merge(json_object_object_get(config, "annotations"), annotations);
	golden_merge(json_object_object_get(config, "process"),
		     json_object_object_get(container->change, "process"));
	parse_table(container, config);
	json_object_object_add(
		json_object_object_get(config, "linux"), "devices",
		json_object_get(json_object_object_get(container->change, "devices")));
	text = json_object_to_json_string(state);
	expect_success("state", state_parse(text, strlen(text), &error, id, &container->state),
		       &error);
	text = json_object_to_json_string(config);
	expect_success("config.json",
		       bundle_parse(text, strlen(text), container->state.bundle, &error,
				    &container->bundle),
		       &error);
	cr_assert(!strcmp(container->bundle.root_path, container->root->target));
}

static void container_done(struct container *container)
{
	for (size_t i = 0; i < REQUESTS_MOST; i++)
		target_done(&container->targets[i]);
	for (size_t i = 0; i < GIVEN_MOST; i++) {
		target_done(&container->given[i]);
		target_done(&container->devices[i]);
	}
	target_done(&container->cwd);
	mounttab_done(&container->table);
	bundle_done(&container->bundle);
	state_done(&container->state);
	json_put(&container->change);
}

static int plan_container(struct container *container, const struct options *options,
			  const struct policy *policy, struct error *error, struct plan *ret_plan)
{
	struct plan_facts facts = {
		.table = &container->table,
		.root_id = container->root->id,
		.targets = container->targets,
		.cwd = &container->cwd,
		.given = container->given,
		.devices = container->devices,
		.bundle = &container->bundle,
		.total_memory = GOLDEN_MEMORY,
	};

	cr_assert(policy->requests_count <= REQUESTS_MOST);
	for (size_t i = 0; i < policy->requests_count; i++)
		container->targets[i] = resolve(container, policy->requests[i].entry->path);
	container->cwd = resolve(container, container->bundle.cwd);
	cr_assert(container->bundle.mounts_count <= GIVEN_MOST &&
		  container->bundle.devices_count <= GIVEN_MOST);
	for (size_t i = 0; i < container->bundle.mounts_count; i++)
		container->given[i] = resolve(container, container->bundle.mounts[i].destination);
	for (size_t i = 0; i < container->bundle.devices_count; i++)
		container->devices[i] = resolve(container, container->bundle.devices[i]);
	return plan_make(policy, options, &facts, error, ret_plan);
}

/* Writes all decisions of a case. */
static char *decide(const char *name)
{
	AUTO_OPTIONS options = {0};
	AUTO_POLICY policy = {0};
	AUTO_PLAN plan = {0};
	AUTO_WISH wish = {0};
	struct container container;
	struct error error = UNSET_ERROR;
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);
	int r;

	cr_assert(file);
	container_make(&container, name);
	golden_options(container.change, &options);
	r = policy_decide(&container.bundle.annotations, container.state.id, &options, &error,
			  &wish, &policy);
	if (r == 0)
		policy_see_mounts(&container.bundle, &policy);
	if (r == 0 && !policy.left_alone)
		r = plan_container(&container, &options, &policy, &error, &plan);
	golden_print(&options, r, &error, &wish, &policy, &plan, file);
	fclose(file);
	container_done(&container);
	return text;
}

static void renew(const char *name, const char *text)
{
	char expected[256], path[1024];
	FILE *file;

	golden_expected_name(name, expected);
	snprintf(path, sizeof(path), "%s/%s", golden_directory(), expected);
	file = fopen(path, "we");
	cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0, "%s: %s", path,
		  strerror(errno));
}

Test(golden, cases)
{
	struct dirent **entries = NULL;
	int count = scandir(golden_directory(), &entries, golden_is_case, alphasort);

	cr_assert(count >= GOLDEN_CASES_AT_LEAST, "%s: %d cases", golden_directory(), count);
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		AUTO_FREE char *found = decide(name);

		if (getenv("GOLDEN_RENEW")) {
			renew(name, found);
		} else {
			AUTO_FREE char *wanted = NULL;
			char expected[256];

			golden_expected_name(name, expected);
			wanted = golden_text(expected);
			expect_text(name, found, wanted);
		}
		free(entries[i]);
	}
	free(entries);
}
