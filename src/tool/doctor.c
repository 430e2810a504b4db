/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "doctor.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "containerd.h"
#include "crio.h"
#include "docker.h"
#include "diagnosis.h"
#include "hooks.h"
#include "host.h"
#include "podman.h"
#include "tree.h"

#define NAME "doctor"

#define LOG "/dev/log"

struct visit {
	struct tree tree;
	struct diagnoses findings;
	struct podman_user user;
	char *config_home;     /* the user's configuration directory; owned */
	struct name_list more; /* further directories in which the user may have hooks files */
	struct hooks_reader readers[2];
	size_t readers_count;
};

static void visit_done(struct visit *visit)
{
	tree_done(&visit->tree);
	diagnoses_done(&visit->findings);
	names_done(&visit->more);
	for (size_t i = 0; i < ARRAY_SIZE(visit->readers); i++)
		names_done(&visit->readers[i].dirs);
	free(visit->config_home);
}

static const char *home_of_user(void)
{
	const char *home = getenv("HOME");
	const struct passwd *user;

	if (home && *home == '/')
		return home;
	user = getpwuid(geteuid());
	return user ? user->pw_dir : NULL;
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value == '/' ? value : NULL;
}

/* Finds the user whose engines are examined. In a tree this is always root. */
static int find_user(struct visit *visit, struct error *error)
{
	const char *xdg = variable("XDG_CONFIG_HOME");
	const char *home = home_of_user();

	if (names_add_dir(&visit->more, HOOKS_DIRECTORY) < 0)
		return error_memory(error);
	if (!visit->tree.is_host)
		return 0;
	if ((xdg && asprintf(&visit->config_home, "%s", xdg) < 0) ||
	    (!xdg && home && asprintf(&visit->config_home, "%s/.config", home) < 0)) {
		visit->config_home = NULL;
		return error_memory(error);
	}
	visit->user = (struct podman_user){
		.uid = geteuid(),
		.config_home = visit->config_home,
		.only = variable("CONTAINERS_CONF"),
		.override = variable("CONTAINERS_CONF_OVERRIDE"),
	};
	if (visit->config_home &&
	    names_add(&visit->more, "%s/containers/oci/hooks.d", visit->config_home) < 0)
		return error_memory(error);
	return 0;
}

static bool has_kubelet(const struct tree *tree)
{
	static const char *const paths[] = {"/usr/bin/kubelet", "/usr/local/bin/kubelet",
					    "/etc/kubernetes", "/var/lib/kubelet"};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (tree_has(tree, paths[i]))
			return true;
	}
	return false;
}

static void examine(struct visit *visit)
{
	const struct tree *tree = &visit->tree;
	struct diagnoses *findings = &visit->findings;
	bool has_podman;
	bool has_crio;
	bool has_containerd;
	bool has_docker;

	if (tree->is_host) {
		host_judge_kernel(findings);
		host_judge_log(LOG, findings);
	}
	has_podman =
		podman_judge(tree, &visit->user, findings, &visit->readers[visit->readers_count]);
	visit->readers_count += has_podman;
	has_crio = crio_judge(tree, findings, &visit->readers[visit->readers_count]);
	visit->readers_count += has_crio;
	if (visit->readers_count)
		hooks_judge(tree, visit->readers, visit->readers_count, &visit->more, findings);
	has_docker = docker_judge(tree, visit->user.uid ? visit->config_home : NULL, findings);
	has_containerd = containerd_judge(tree, has_kubelet(tree) && !has_crio, findings);
	if (has_podman || has_crio || has_containerd || has_docker)
		return;
	diagnoses_add(
		findings, VERDICT_PROBLEM, "engines", "engine-absent",
		"there is neither podman, nor CRI-O, containerd or Docker in /usr/bin and the "
		"other system directories");
	diagnoses_fix(findings, "Install one of them.");
}

static int report(const struct visit *visit, bool is_json)
{
	const struct diagnoses *findings = &visit->findings;
	struct error error;

	if (findings->is_short) {
		error_memory(&error);
		return output_failure(NAME, &error);
	}
	if (is_json) {
		diagnoses_print_json(findings, stdout);
	} else {
		struct output output;

		output_begin(stdout, &output);
		diagnoses_print(findings, &output);
	}
	if (diagnoses_count(findings, VERDICT_PROBLEM) ||
	    diagnoses_count(findings, VERDICT_UNKNOWN))
		return TOOL_FINDING;
	return TOOL_OK;
}

static int visit_host(const char *root, bool is_json)
{
	CLEANUP(visit_done) struct visit visit = {.tree = {.fd = -EBADF}};
	struct error error;

	if (tree_open(root, &error, &visit.tree) < 0 || find_user(&visit, &error) < 0)
		return output_failure(NAME, &error);
	examine(&visit);
	return report(&visit, is_json);
}

enum option {
	OPTION_ROOT,
	OPTION_JSON,
};

static const struct command_option options[] = {
	[OPTION_ROOT] = {"root", "DIR", NULL,
			 "look at the tree in DIR, such as an image being built"},
	[OPTION_JSON] = {"json", NULL, NULL, "print JSON: oci-readonly(1) describes it"},
};

static int run(struct arguments *arguments)
{
	const char *root = NULL;
	bool is_json = false;
	int argument;

	while ((argument = arguments_next(arguments)) != ARGUMENT_END) {
		switch (argument) {
		case ARGUMENT_STOP:
			return arguments->status;
		case ARGUMENT_OPERAND:
			return arguments_wrong(arguments, "unexpected '%" NAME_SHOWN "'",
					       arguments->value);
		case OPTION_ROOT:
			root = arguments->value;
			break;
		default:
			is_json = true;
		}
	}
	return visit_host(root, is_json);
}

const struct command doctor_command = {
	.name = NAME,
	.summary = "find what keeps the hook from protecting containers on this host",
	.usage = "[--root DIR] [--json]",
	.description =
		"Reads the configuration of podman, CRI-O, containerd and Docker as they do, and\n"
		"reports what would keep the hook from protecting a container, each with a fix.\n"
		"What it cannot read it calls \"cannot tell\". Exits 1 if it reports anything.\n",
	.examples = "  sudo oci-readonly doctor\n"
		    "  oci-readonly doctor\n"
		    "  oci-readonly doctor --root /mnt/image --json\n",
	.options = options,
	.options_count = ARRAY_SIZE(options),
	.run = run,
};
