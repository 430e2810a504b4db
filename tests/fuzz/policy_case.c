/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy_case.h"

#include <stdlib.h>

#define ROOT_TARGET "/c"
#define ROOT_ID	    10

/* The next argument, to be written. */
static struct text *argument(struct operator_case *operator_case)
{
	REQUIRE(operator_case->arguments_count < ARGUMENTS_MAX, "too many arguments");
	return &operator_case->arguments[operator_case->arguments_count++];
}

/* "--name=", or "--name" and a separate argument. */
static struct text *option(struct take *take, struct operator_case *operator_case, const char *name)
{
	struct text *text = argument(operator_case);

	text_add(text, "--%s", name);
	if (take_rarely(take, 4))
		return argument(operator_case);
	text_put(text, '=');
	return text;
}

static void make_limit(struct take *take, struct operator_case *operator_case, const char *name,
		       struct model_size *limit)
{
	if (take_below(take, 2))
		return;
	model_size(take, option(take, operator_case, name), limit);
	operator_case->valid &= limit->valid;
}

static void make_max_inodes(struct take *take, struct operator_case *operator_case)
{
	static const struct {
		const char *text;
		uint64_t value; /* 0: it has to be refused */
	} limits[] = {
		{"1", 1},
		{"10k", 10240},
		{"010240", 10240},
		{"10239", 10239},
		{"9007199254740991", 9007199254740991},
		{"0", 0},
		{"9007199254740992", 0},
		{"10%", 0},
		{"1t", 0},
	};
	unsigned which;

	if (!take_rarely(take, 4))
		return;
	which = take_below(take, take_rarely(take, 4) ? ARRAY_SIZE(limits) : 5);
	text_add(option(take, operator_case, "max-inodes"), "%s", limits[which].text);
	operator_case->max_inodes = limits[which].value;
	operator_case->valid &= limits[which].value > 0;
}

static void make_globs(struct take *take, struct operator_case *operator_case, const char *name,
		       struct model_glob globs[], size_t *count)
{
	size_t wanted = take_below(take, 2 * GLOBS_MAX + 1);

	for (size_t i = 0; wanted > GLOBS_MAX && i < wanted - GLOBS_MAX; i++)
		operator_case->valid &=
			model_glob(take, option(take, operator_case, name), &globs[(*count)++]);
}

static void make_forbid(struct take *take, struct operator_case *operator_case)
{
	size_t count = take_below(take, FORBIDS_MAX + 1);
	struct text *text;

	if (!count)
		return;
	text = option(take, operator_case, "forbid");
	for (size_t i = 0; i < count; i++) {
		text_add(text, "%s", i ? "," : "");
		model_forbidden(take, text, &operator_case->forbid[operator_case->forbid_count++]);
	}
}

static void make_defaults(struct take *take, struct operator_case *operator_case)
{
	size_t wanted = take_below(take, 2 * DEFAULTS_MAX + 1);

	for (size_t i = 0; wanted > DEFAULTS_MAX && i < wanted - DEFAULTS_MAX; i++) {
		struct model_entry *entry = &operator_case->defaults[i];

		model_entry(take, option(take, operator_case, "tmpfs"), entry);
		operator_case->valid &= entry->valid;
		for (size_t k = 0; k < i; k++)
			if (!strcmp(operator_case->defaults[k].path.text, entry->path.text))
				operator_case->valid = false;
		operator_case->defaults_count++;
	}
}

void operator_make(struct take *take, struct operator_case *operator_case)
{
	*operator_case = (struct operator_case){.valid = true};
	text_add(argument(operator_case), "hook");
	operator_case->enforce = take_rarely(take, 4);
	operator_case->readonly = operator_case->enforce || take_rarely(take, 3);
	if (operator_case->enforce)
		text_add(argument(operator_case), "--enforce");
	if (operator_case->readonly && (!operator_case->enforce || take_rarely(take, 2)))
		text_add(argument(operator_case), "--readonly");
	/* It affects no decision. */
	operator_case->audit = take_rarely(take, 8);
	if (operator_case->audit)
		text_add(argument(operator_case), "--audit");
	operator_case->seed_tmpfs = take_rarely(take, 3);
	if (operator_case->seed_tmpfs)
		text_add(argument(operator_case), "--seed-tmpfs");
	make_limit(take, operator_case, "max-size", &operator_case->max_size);
	make_limit(take, operator_case, "max-total", &operator_case->max_total);
	make_max_inodes(take, operator_case);
	make_globs(take, operator_case, "allow", operator_case->allow, &operator_case->allow_count);
	make_globs(take, operator_case, "deny", operator_case->deny, &operator_case->deny_count);
	make_forbid(take, operator_case);
	make_defaults(take, operator_case);
	if (take_rarely(take, 4)) {
		operator_case->exempt_whole = take_rarely(take, 2);
		operator_case->exempt = "kube-system";
		text_add(option(take, operator_case, "exempt"), "io.kubernetes.pod.namespace=%s",
			 operator_case->exempt_whole ? "^kube-(system)$" : "kube-system");
	}
}

void operator_done(struct operator_case *operator_case)
{
	for (size_t i = 0; i < operator_case->arguments_count; i++)
		text_done(&operator_case->arguments[i]);
}

bool operator_allows(const struct operator_case *operator_case, const char *path)
{
	for (size_t i = 0; i < operator_case->deny_count; i++)
		if (model_matches(&operator_case->deny[i], path))
			return false;
	for (size_t i = 0; i < operator_case->allow_count; i++)
		if (model_matches(&operator_case->allow[i], path))
			return true;
	return !operator_case->allow_count;
}

bool operator_forbids(const struct operator_case *operator_case, const struct model_entry *entry)
{
	for (size_t i = 0; i < operator_case->forbid_count; i++)
		for (size_t k = 0; k < entry->options_count; k++)
			if (model_is_forbidden(&operator_case->forbid[i], &entry->options[k]))
				return true;
	return false;
}

static void annotate(struct annotations_case *annotations_case, const char *key, const char *value)
{
	REQUIRE(annotations_case->count < ANNOTATIONS_ROOM, "too many annotations");
	annotations_case->items[annotations_case->count++] =
		(struct annotation){.key = key, .value = value};
}

/* This container's name; NULL if it is unknown. */
static const char *make_name(struct take *take, struct annotations_case *annotations_case)
{
	static const char crio[] = "io.kubernetes.container.name";
	static const char containerd[] = "io.kubernetes.cri.container-name";

	switch (take_below(take, 5)) {
	case 1:
		annotate(annotations_case, crio, "app");
		return "app";
	case 2:
		annotate(annotations_case, containerd, "app");
		return "app";
	case 3:
		annotate(annotations_case, crio, "");
		annotate(annotations_case, containerd, "app");
		return "app";
	case 4:
		annotate(annotations_case, crio, "app");
		annotate(annotations_case, containerd, "other");
		return "app";
	default:
		return NULL;
	}
}

static void make_readonly(struct take *take, struct annotations_case *annotations_case,
			  const char *name)
{
	static const char *const values[] = {"true", "false", "True", "true ", "", "1"};
	unsigned plain = take_below(take, 2 * ARRAY_SIZE(values));
	unsigned effective = UINT32_MAX;

	if (plain < ARRAY_SIZE(values)) {
		/* Mostly a valid one. */
		effective = take_rarely(take, 8) ? plain : plain % 2;
		annotate(annotations_case, "io.containers.readonly", values[effective]);
	}
	if (take_rarely(take, 6)) {
		effective = take_below(take, 2);
		annotate(annotations_case, "io.containers.readonly/app", values[effective]);
		annotations_case->valid &= name != NULL;
	}
	if (take_rarely(take, 16)) {
		annotate(annotations_case, "io.containers.readonly/other", "nonsense");
		annotations_case->valid &= name != NULL;
	}
	if (effective == UINT32_MAX)
		return;
	annotations_case->readonly = effective ? READONLY_FALSE : READONLY_TRUE;
	if (effective > 1)
		annotations_case->valid = false;
}

static void make_lists(struct take *take, struct annotations_case *annotations_case,
		       const char *name)
{
	if (!take_rarely(take, 8)) {
		model_list(take, &annotations_case->list, &annotations_case->wanted);
		annotate(annotations_case, "io.containers.readonly.tmpfs",
			 annotations_case->list.text ? annotations_case->list.text : "");
		annotations_case->has_list = true;
	}
	if (take_rarely(take, 6)) {
		model_list(take, &annotations_case->other_list, &annotations_case->wanted);
		annotate(annotations_case, "io.containers.readonly.tmpfs/app",
			 annotations_case->other_list.text ? annotations_case->other_list.text
							   : "");
		annotations_case->has_list = true;
		annotations_case->valid &= name != NULL;
	}
	if (take_rarely(take, 16)) {
		annotate(annotations_case, "io.containers.readonly.tmpfs/other", "nonsense");
		annotations_case->valid &= name != NULL;
	}
	if (annotations_case->has_list)
		annotations_case->valid &= annotations_case->wanted.valid;
}

static void make_mistakes(struct take *take, struct annotations_case *annotations_case)
{
	static const char *const keys[] = {
		"io.containers.readonly.tmpf", "io.containers.readonlyx",
		"io.containers.readonly/",     "io.containers.readonly.tmpfs/",
		"io.containers.readonly.",     "io.containers.readonly.tmpfs.x",
		"io.containers.read-only",     "io.container.readonly.tmpfs",
		"io.containers.readOnly/app",  "IO.CONTAINERS.READ_ONLY",
		"io.container.read.only.x",
	};
	static const char *const bare[] = {"mode", "uid",  "gid", "nr_inodes", "size",
					   "seed", "huge", "/b",  "/b:size",   "mode=7"};

	if (take_rarely(take, 32)) {
		annotate(annotations_case, keys[take_below(take, ARRAY_SIZE(keys))], "true");
		annotations_case->valid = false;
	}
	if (take_rarely(take, 32)) {
		annotate(annotations_case, bare[take_below(take, ARRAY_SIZE(bare))], "1");
		annotations_case->valid &= !annotations_case->has_list;
	}
}

/* The keys that engines set for a sandbox, or an author for a container. */
static void make_sandbox(struct take *take, struct annotations_case *annotations_case)
{
	static const char crio_type[] = "io.kubernetes.cri-o.ContainerType";
	static const char crio_id[] = "io.kubernetes.cri-o.SandboxID";
	static const char containerd_type[] = "io.kubernetes.cri.container-type";
	static const char containerd_id[] = "io.kubernetes.cri.sandbox-id";

	switch (take_below(take, 16)) {
	case 10:
		annotate(annotations_case, crio_type, "sandbox");
		break;
	case 11:
		annotate(annotations_case, containerd_type, "sandbox");
		annotate(annotations_case, containerd_id, CONTAINER_ID "1");
		break;
	case 12:
		annotate(annotations_case, crio_type, "sandbox");
		annotate(annotations_case, crio_id, CONTAINER_ID);
		annotations_case->left_alone = true;
		break;
	case 13:
		annotate(annotations_case, containerd_type, "sandbox");
		annotate(annotations_case, containerd_id, CONTAINER_ID);
		annotations_case->left_alone = true;
		break;
	case 14:
		annotate(annotations_case, crio_type, "container");
		annotate(annotations_case, crio_id, CONTAINER_ID);
		break;
	case 15:
		/* Keys of the other engine do no harm. */
		annotate(annotations_case, crio_type, "sandbox");
		annotate(annotations_case, crio_id, CONTAINER_ID);
		annotate(annotations_case, containerd_type, "container");
		annotations_case->left_alone = true;
	}
}

static void make_left_alone(struct take *take, const struct operator_case *operator_case,
			    struct annotations_case *annotations_case)
{
	static const char *const spaces[] = {"default", "kube-system", "my-kube-systems"};
	/* runc would cut each to a key that is read, the last one only if a rule names that. */
	static const char *const cut[] = {
		"io.containers.readonly.tmpfs=/usr:mode",
		"io.kubernetes.container.name=app",
		("io.kubernetes.cri-o.SandboxID=" CONTAINER_ID),
		"io.kubernetes.pod.namespace=kube-system",
	};
	unsigned space = take_below(take, 32);

	if (space < 16 && space % 6 < ARRAY_SIZE(spaces)) {
		const char *name = spaces[space % 6];

		annotate(annotations_case, "io.kubernetes.pod.namespace", name);
		if (operator_case->exempt)
			annotations_case->left_alone =
				operator_case->exempt_whole
					? !strcmp(name, operator_case->exempt)
					: strstr(name, operator_case->exempt) != NULL;
	}
	if (space >= 32 - ARRAY_SIZE(cut)) {
		const char *key = cut[31 - space];

		annotate(annotations_case, key, "");
		annotations_case->is_cut = space > 32 - ARRAY_SIZE(cut) || operator_case->exempt;
	}
	make_sandbox(take, annotations_case);
	/* Annotations of other programs. */
	if (annotations_case->is_cut)
		annotations_case->valid = annotations_case->left_alone = false;
}

void annotations_make(struct take *take, const struct operator_case *operator_case,
		      struct annotations_case *annotations_case)
{
	const char *name;
	size_t turn;

	*annotations_case = (struct annotations_case){.valid = true};
	name = make_name(take, annotations_case);
	make_readonly(take, annotations_case, name);
	make_lists(take, annotations_case, name);
	make_mistakes(take, annotations_case);
	make_left_alone(take, operator_case, annotations_case);
	if (take_rarely(take, 8)) {
		annotations_case->is_podman = take_rarely(take, 2);
		annotate(annotations_case, "io.container.manager",
			 annotations_case->is_podman ? "libpod" : "libpod ");
	}
	/* An object has no order. */
	turn = take_below(take, 8);
	for (size_t i = 0; i < turn && annotations_case->count > 1; i++) {
		size_t other = take_below(take, (unsigned)annotations_case->count);
		struct annotation first = annotations_case->items[0];

		annotations_case->items[0] = annotations_case->items[other];
		annotations_case->items[other] = first;
	}
}

void annotations_case_done(struct annotations_case *annotations_case)
{
	text_done(&annotations_case->list);
	text_done(&annotations_case->other_list);
}

static void random_path(struct take *take, struct model_path *ret_path)
{
	AUTO_TEXT spelling = {0};

	model_path(take, &spelling, ret_path);
}

static unsigned random_flags(struct take *take)
{
	static const unsigned flags[] = {
		FLAG_NOEXEC | FLAG_NOSUID | FLAG_NODEV,		  FLAG_RO,	0,
		FLAG_RO | FLAG_NOEXEC | FLAG_NOSUID | FLAG_NODEV, FLAG_NOATIME,
	};

	return flags[take_below(take, ARRAY_SIZE(flags))];
}

const struct mount_line *facts_mount(const struct facts_case *facts, const char *path,
				     const char **ret_path)
{
	const struct mount_case *best = &facts->mounts[0];

	for (size_t i = 1; i < facts->mounts_count; i++)
		if (model_is_below(path, facts->mounts[i].path) &&
		    (best == &facts->mounts[0] ||
		     strlen(facts->mounts[i].path) > strlen(best->path)))
			best = &facts->mounts[i];
	if (ret_path)
		*ret_path = best->path;
	return &facts->table.lines[best->line];
}

/* Some path leads there through a link, at any place. */
static void make_link(struct take *take, struct target *target)
{
	struct model_path link;

	if (!take_rarely(take, 3))
		return;
	random_path(take, &link);
	if (!link.valid)
		return;
	target->links = calloc(1, sizeof(*target->links));
	REQUIRE(target->links, "out of memory");
	target->links[0] = strdup(link.text);
	REQUIRE(target->links[0], "out of memory");
	target->links_count = 1;
}

/* The description of it in config.json. */
static void add_given(struct take *take, struct facts_case *facts, const char *path, uint64_t id,
		      const char *fstype)
{
	struct bundle *bundle = &facts->bundle;

	facts->given_mounts[bundle->mounts_count] = (struct bundle_mount){
		.destination = path,
		.is_readonly = take_rarely(take, 4),
		.is_tmpfs = !strcmp(fstype, "tmpfs") && !take_rarely(take, 4),
	};
	facts->given[bundle->mounts_count].mount_id = id;
	facts->given[bundle->mounts_count].is_mount_root = true;
	facts->given[bundle->mounts_count].path = strdup(path);
	REQUIRE(facts->given[bundle->mounts_count].path, "out of memory");
	make_link(take, &facts->given[bundle->mounts_count]);
	bundle->mounts = facts->given_mounts;
	bundle->mounts_count++;
}

/* A device, on the first of the mounts or elsewhere. */
static void make_device(struct take *take, struct facts_case *facts)
{
	const char *path = facts->mounts[facts->mounts_count > 1].path;

	facts->device_paths[0] = "/x";
	facts->devices[0].path = strdup(take_rarely(take, 4) ? "/dev/x" : path);
	REQUIRE(facts->devices[0].path, "out of memory");
	facts->bundle.devices = facts->device_paths;
	facts->bundle.devices_count = 1;
}

static void add_mount(struct take *take, struct facts_case *facts, const char *path)
{
	static const char *const types[] = {"tmpfs", "ext4", "proc", "overlay", "sysfs"};
	static const char *const sources[] = {"oci-readonly-hook", "/dev/sda1", NULL, "none"};
	bool is_root = !strcmp(path, "/");
	AUTO_TEXT target = {0};
	struct mount_line line = {
		.id = ROOT_ID + facts->table.count,
		.parent = is_root ? 1 : facts_mount(facts, path, NULL)->id,
		.flags = random_flags(take),
		.is_slave = take_rarely(take, 4),
		.is_shared = take_rarely(take, 16),
		.is_whole = !take_rarely(take, 4),
		.is_private = !take_rarely(take, 4),
	};

	line.fstype = (char *)(uintptr_t)(is_root ? "overlay"
						  : types[take_below(take, ARRAY_SIZE(types))]);
	line.source = (char *)(uintptr_t)sources[take_below(take, ARRAY_SIZE(sources))];
	text_add(&target, "%s%s", ROOT_TARGET, is_root ? "" : path);
	line.target = target.text;
	facts->mounts[facts->mounts_count].line = facts->table.count;
	memcpy(facts->mounts[facts->mounts_count].path, path, strlen(path) + 1);
	REQUIRE(mounttab_add(&facts->table, &line) == 0, "out of memory");
	if (!is_root)
		add_given(take, facts, facts->mounts[facts->mounts_count].path, line.id,
			  line.fstype);
	facts->mounts_count++;
}

/* Outer ones first, as in a mount table, so that no mount covers an earlier one. */
static void make_mounts(struct take *take, struct facts_case *facts)
{
	size_t count = take_below(take, MOUNTS_ROOM + 1);

	add_mount(take, facts, "/");
	for (size_t i = 0; i < count; i++) {
		struct model_path path;
		bool fits;

		random_path(take, &path);
		fits = path.valid;
		for (size_t k = 1; k < facts->mounts_count; k++)
			fits &= !model_is_below(facts->mounts[k].path, path.text);
		if (fits)
			add_mount(take, facts, path.text);
	}
}

/* What an earlier run of the hook has mounted, with that kernel's page size. */
static void make_own(struct take *take, const struct mount_line *mount, struct target *target)
{
	static const uint64_t blocks[] = {4096, 65536};
	static const uint64_t sizes[] = {1, 2, 3, 16, 256, 4096, 1 << 20};
	static const uint64_t inodes[] = {1, 10239, 10240, 10241, UINT64_MAX};
	unsigned size = take_below(take, ARRAY_SIZE(sizes) + 1);

	if (!mount->is_whole || !mount->is_private ||
	    !same_text(mount->source, "oci-readonly-hook") ||
	    (strcmp(mount->fstype, "tmpfs") != 0 && strcmp(mount->fstype, "overlay") != 0))
		return;
	target->own_block = blocks[take_below(take, ARRAY_SIZE(blocks))];
	target->own_size = size < ARRAY_SIZE(sizes) ? sizes[size] * target->own_block : UINT64_MAX;
	target->own_inodes = inodes[take_below(take, ARRAY_SIZE(inodes))];
}

static void make_target(struct take *take, const struct facts_case *facts, const char *path,
			struct target *ret_target)
{
	const char *mount_path;
	const struct mount_line *mount = facts_mount(facts, path, &mount_path);
	size_t existing = strlen(path);

	*ret_target = (struct target){
		.path = strdup(path),
		.mount_id = mount->id,
		.is_mount_root = !strcmp(mount_path, path),
	};
	REQUIRE(ret_target->path, "out of memory");
	if (ret_target->is_mount_root)
		make_own(take, mount, ret_target);
	/* A part of it is missing, but not what is mounted. */
	while (take_rarely(take, 4) && existing > strlen(mount_path) && existing > 1) {
		while (existing > 1 && path[existing - 1] != '/')
			existing--;
		if (existing > 1)
			existing--;
	}
	if (existing < strlen(mount_path))
		existing = strlen(mount_path);
	ret_target->existing = existing;
	make_link(take, ret_target);
}

void facts_resolve(struct take *take, struct facts_case *facts, const char *path, size_t number)
{
	static const char *const places[] = {"/", "/dev", "/etc", "/proc/a", "/run"};
	struct model_path other;

	switch (take_below(take, 5)) {
	case 3:
		path = places[take_below(take, ARRAY_SIZE(places))];
		break;
	case 4:
		random_path(take, &other);
		if (other.valid)
			path = other.text;
	}
	REQUIRE(number < REQUESTS_MAX, "%zu", number);
	make_target(take, facts, path, &facts->targets[number]);
}

void facts_make(struct take *take, struct facts_case *facts)
{
	static const uint64_t memories[] = {1ULL << 30, 4095, 10000, 123456789123, 1ULL << 50};
	struct model_path cwd;

	*facts = (struct facts_case){0};
	make_mounts(take, facts);
	if (!take_rarely(take, 2))
		make_device(take, facts);
	facts->total_memory = memories[take_below(take, ARRAY_SIZE(memories))];
	facts->bundle.uid = take_rarely(take, 2) ? 5 : 0;
	facts->bundle.gid = facts->bundle.uid;
	if (take_rarely(take, 2)) {
		facts->mapping = (struct id_mapping){.host = 100000, .size = 1000};
		facts->bundle.uids = (struct id_map){.lines = &facts->mapping, .count = 1};
		facts->bundle.gids = facts->bundle.uids;
	}
	if (!take_rarely(take, 2))
		return;
	random_path(take, &cwd);
	facts->has_cwd = cwd.valid;
	if (cwd.valid)
		make_target(take, facts, cwd.text, &facts->cwd);
}

void facts_case_done(struct facts_case *facts)
{
	mounttab_done(&facts->table);
	for (size_t i = 0; i < REQUESTS_MAX; i++)
		target_done(&facts->targets[i]);
	target_done(&facts->cwd);
	for (size_t i = 0; i < facts->bundle.mounts_count; i++)
		target_done(&facts->given[i]);
	target_done(&facts->devices[0]);
}
