/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "podman.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config_file.h"
#include "release.h"

#define SUBJECT "podman"
#define KEY	"engine.hooks_dir"

#define USR "/usr/share/containers"
#define ETC "/etc/containers"

#define NAME "containers.conf"

struct podman {
	const struct tree *tree;
	const struct podman_user *user;
	struct diagnoses *findings;
	char *home; /* the user's configuration directory for containers, or NULL */
	struct release release;
	bool has_release;
	bool is_known; /* what it reads could be determined */
	struct name_list files;
};

static bool is_since(const struct podman *podman, unsigned major)
{
	return podman->has_release && !release_is_before(&podman->release, major, 0);
}

static void add_file(struct podman *podman, const char *directory, const char *name)
{
	if (names_add(&podman->files, "%s/%s", directory, name) < 0)
		podman->findings->is_short = true;
}

static void add_files(struct podman *podman, const char *directory, const char *name)
{
	AUTO_FREE char *path = NULL;

	if (asprintf(&path, "%s/%s", directory, name) < 0) {
		path = NULL;
		podman->findings->is_short = true;
	} else if (!config_list(podman->tree, SUBJECT, path, ".conf", podman->findings,
				&podman->files)) {
		podman->is_known = false;
	}
}

static void add_files_of_user(struct podman *podman, const char *directory)
{
	char name[64];

	snprintf(name, sizeof(name), "containers.rootless.conf.d/%u", podman->user->uid);
	add_files(podman, directory, "containers.rootless.conf.d");
	add_files(podman, directory, name);
}

/* Before podman 6, all files are read in this order. Since podman 5, root's podman reads root's
 * user file too. */
static void list_files(struct podman *podman)
{
	bool is_root = podman->user->uid == 0;

	add_file(podman, USR, NAME);
	add_file(podman, ETC, NAME);
	add_files(podman, ETC, NAME ".d");
	if (!is_root && is_since(podman, 5)) {
		add_file(podman, ETC, "containers.rootless.conf");
		add_files_of_user(podman, ETC);
	}
	if (podman->home && (!is_root || is_since(podman, 5))) {
		add_file(podman, podman->home, NAME);
		add_files(podman, podman->home, NAME ".d");
	}
}

/* The name of a file, without its directories. */
static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int compare_base_names(const void *left, const void *right)
{
	return strcmp(base_name(*(char *const *)left), base_name(*(char *const *)right));
}

/* Drop-ins are read in the order of their names. Of files with one name, only the last is read. */
static void merge_drop_ins(struct name_list *paths, size_t first)
{
	size_t kept = first;

	for (size_t i = first; i < paths->count; i++) {
		bool is_last = true;

		for (size_t k = i + 1; k < paths->count; k++)
			is_last = is_last && strcmp(base_name(paths->items[i]),
						    base_name(paths->items[k])) != 0;
		if (is_last)
			paths->items[kept++] = paths->items[i];
		else
			free(paths->items[i]);
	}
	paths->count = kept;
	if (kept > first)
		qsort(paths->items + first, kept - first, sizeof(char *), compare_base_names);
}

static void add_main_file(struct podman *podman)
{
	const char *const directories[] = {podman->home, ETC, USR};

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		AUTO_FREE char *path = NULL;

		if (!directories[i])
			continue;
		if (asprintf(&path, "%s/" NAME, directories[i]) < 0) {
			path = NULL;
			podman->findings->is_short = true;
		} else if (tree_has(podman->tree, path)) {
			add_file(podman, directories[i], NAME);
			return;
		}
	}
}

/* Since podman 6, one main file is read (the user's, or else that in /etc, or else that in /usr),
 * and then the drop-ins. */
static void list_files_of_6(struct podman *podman)
{
	static const char *const vendors[] = {USR, ETC};
	size_t first;

	add_main_file(podman);
	first = podman->files.count;
	for (size_t i = 0; i < ARRAY_SIZE(vendors); i++) {
		add_files(podman, vendors[i], NAME ".d");
		if (podman->user->uid == 0)
			add_files(podman, vendors[i], "containers.rootful.conf.d");
		else
			add_files_of_user(podman, vendors[i]);
	}
	if (podman->home)
		add_files(podman, podman->home, NAME ".d");
	merge_drop_ins(&podman->files, first);
}

static void list_all_files(struct podman *podman)
{
	const char *override = podman->user->override;

	if (podman->user->only)
		add_file(podman, "", podman->user->only + 1);
	else if (is_since(podman, 6))
		list_files_of_6(podman);
	else
		list_files(podman);
	if (override)
		add_file(podman, "", override + 1);
}

static void read_dirs(struct podman *podman, struct name_list *dirs)
{
	bool appends = false;

	for (size_t i = 0; i < podman->files.count; i++) {
		const char *path = podman->files.items[i];
		AUTO_TOML toml = {0};
		enum config_file file =
			config_read_toml(podman->tree, SUBJECT, path, podman->findings, &toml);

		if (file == CONFIG_UNKNOWN ||
		    (file == CONFIG_READ && !config_take_dirs(SUBJECT, path, &toml, KEY,
							      podman->findings, &appends, dirs)))
			podman->is_known = false;
	}
	/* An empty list means no directories, but podman 5 and later then use the default ones for
	 * root. */
	if (!dirs->count && podman->user->uid == 0 && is_since(podman, 5) &&
	    (names_add_dir(dirs, HOOKS_DIR_DEFAULT) < 0 || names_add_dir(dirs, HOOKS_DIR_ETC) < 0))
		podman->findings->is_short = true;
}

static void judge_release(struct podman *podman, const char *program)
{
	const struct release *release = &podman->release;
	char name[16];
	int r = release_find(podman->tree, program, SUBJECT, &podman->release);

	podman->has_release = r == 0;
	if (r < 0) {
		diagnoses_add(podman->findings, VERDICT_UNKNOWN, SUBJECT, "podman-release",
			      "%s: cannot tell its release: %s", program, error_name(-r, name));
		diagnoses_fix(podman->findings,
			      "podman --version prints it: 5.0 or later is best.");
		return;
	}
	if (release_is_before(release, 5, 0)) {
		diagnoses_add(podman->findings, VERDICT_PROBLEM, SUBJECT, "podman-commas",
			      "%s: before 5.0, it splits an annotation at commas", release->text);
		diagnoses_fix(
			podman->findings,
			"Separate options with colons, or update podman:\n"
			"    --annotation 'io.containers.readonly.tmpfs=/etc:noexec:size=2g'");
	}
	if (release_is_before(release, 4, 6)) {
		diagnoses_add(podman->findings, VERDICT_PROBLEM, SUBJECT,
			      "podman-image-annotations",
			      "%s: before 4.6, an image's annotations become the container's: its "
			      "author can ask for tmpfs mounts, or for a writable root",
			      release->text);
		diagnoses_fix(podman->findings, "Give the hook --enforce and limits "
						"(oci-readonly-hook(8)), or update podman.");
	}
	if (!release_is_before(release, 5, 0))
		diagnoses_add(podman->findings, VERDICT_OK, SUBJECT, "podman-release", "%s",
			      release->text);
}

bool podman_judge(const struct tree *tree, const struct podman_user *user,
		  struct diagnoses *findings, struct hooks_reader *ret_reader)
{
	static const char *const directories[] = {"/usr/bin", "/usr/local/bin", "/bin", NULL};
	AUTO_FREE char *program = tree_program(tree, directories, SUBJECT);
	struct podman podman = {.tree = tree, .user = user, .findings = findings, .is_known = true};
	AUTO_NAMES dirs = {0};

	if (!program)
		return false;
	judge_release(&podman, program);
	if (user->config_home && asprintf(&podman.home, "%s/containers", user->config_home) < 0) {
		podman.home = NULL;
		findings->is_short = true;
	}
	if (names_add_dir(&dirs, HOOKS_DIR_DEFAULT) < 0)
		findings->is_short = true;
	list_all_files(&podman);
	read_dirs(&podman, &dirs);
	names_done(&podman.files);
	free(podman.home);
	*ret_reader = (struct hooks_reader){
		.subject = SUBJECT,
		.config = ETC "/" NAME,
		.table = "[engine]",
		.is_known = podman.is_known,
		.dirs = dirs,
	};
	dirs = (struct name_list){0};
	return true;
}
