/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "containerd.h"

#include <errno.h>
#include <fnmatch.h>
#include <json-c/linkhash.h>
#include <stdio.h>
#include <string.h>

#include "containerd_config.h"
#include "core/json.h"
#include "json_check.h"
#include "probes.h"
#include "registration.h"
#include "release.h"
#include "wrapper.h"

#define SUBJECT CONTAINERD_SUBJECT

#define KEY_MAX 1024

#define NRI_DIRECTORY "/opt/nri/plugins"

#define GLOBS "pod_annotations = [\"io.container*.read*\", \"io.container*.read*/*\"]"

struct job {
	const struct tree *tree;
	struct diagnoses *findings;
	struct containerd_config config;
};

bool containerd_glob_matches(const char *glob, const char *key)
{
	/* "[!" negates in fnmatch(3), but not in Go. */
	return !strstr(glob, "[!") && fnmatch(glob, key, FNM_PATHNAME) == 0;
}

static const char *string_of(const struct job *job, const char *runtime, const char *key,
			     const char **path)
{
	const struct toml_entry *entry;
	char whole[KEY_MAX];

	snprintf(whole, sizeof(whole), ".containerd.runtimes.%s.%s", runtime, key);
	entry = containerd_config_get(&job->config, whole, TOML_STRING, job->findings, path);
	return entry && entry->strings[0][0] ? entry->strings[0] : NULL;
}

/* Does any of the hooks of a base spec call the hook? */
static bool judge_hooks(const struct job *job, const char *spec, struct json_object *hooks)
{
	bool calls = false;

	json_object_object_foreach(hooks, stage, list)
	{
		if (!json_object_is_type(list, json_type_array))
			continue;
		for (size_t i = 0; i < json_array_count(list); i++) {
			struct json_object *hook = json_object_array_get_idx(list, i);

			calls = (json_object_is_type(hook, json_type_object) &&
				 registration_judge_hook(job->tree, SUBJECT, spec, stage, hook,
							 job->findings) == PROGRAM_HOOK) ||
				calls;
		}
	}
	return calls;
}

static void report_spec(const struct job *job, const char *runtime, const char *spec,
			const char *why)
{
	diagnoses_add(job->findings, VERDICT_PROBLEM, SUBJECT, "base-spec",
		      "%s: %s, but it is base_runtime_spec of the runtime %s", spec, why, runtime);
	diagnoses_fix(job->findings,
		      "Make it anew:\n    ctr oci spec >%s\nand add the hook to "
		      "hooks.createRuntime.",
		      spec);
}

enum spec {
	SPEC_OTHER,
	SPEC_BROKEN, /* it cannot be read, or not by containerd either */
	SPEC_HOOK,
};

/* Does the runtime's base spec call the hook? */
static enum spec judge_spec(const struct job *job, const char *runtime, const char *spec)
{
	AUTO_FREE char *text = NULL;
	AUTO_JSON *document = NULL;
	struct json_object *hooks = NULL;
	struct error error;
	size_t length;
	int r;

	r = tree_read(job->tree, spec, TREE_FILE_MAX, &text, &length);
	if (r == -ENOENT || r == -ENOTDIR) {
		report_spec(job, runtime, spec, "it does not exist");
		return SPEC_BROKEN;
	}
	if (r < 0) {
		config_unreadable(SUBJECT, spec, r, job->findings);
		return SPEC_BROKEN;
	}
	if (json_check(text) || json_parse(spec, text, length, &error, &document) < 0 ||
	    json_get_object(document, spec, "hooks", JSON_OPTIONAL, &error, &hooks) < 0) {
		report_spec(job, runtime, spec, "not an OCI config.json");
		return SPEC_BROKEN;
	}
	return hooks && judge_hooks(job, spec, hooks) ? SPEC_HOOK : SPEC_OTHER;
}

static bool is_passed(const struct toml_entry *globs, const char *key)
{
	for (size_t i = 0; globs && i < globs->count; i++) {
		if (containerd_glob_matches(globs->strings[i], key))
			return true;
	}
	return false;
}

static void judge_annotations(const struct job *job, const char *runtime)
{
	const struct toml_entry *globs;
	const char *path = CONTAINERD_CONFIG;
	char key[KEY_MAX];

	snprintf(key, sizeof(key), ".containerd.runtimes.%s.pod_annotations", runtime);
	globs = containerd_config_get(&job->config, key, TOML_STRINGS, job->findings, &path);
	for (size_t i = 0; i < probes_count; i++) {
		if (is_passed(globs, probes[i].key))
			continue;
		diagnoses_add(job->findings, VERDICT_PROBLEM, SUBJECT, "pod-annotations",
			      "%s: pod_annotations of the runtime %s do not pass %s%s on%s", path,
			      runtime, probes[i].is_misspelt ? "the misspelt " : "", probes[i].key,
			      probes[i].is_misspelt
				      ? ": the container starts unprotected instead of "
					"being refused"
				      : ": the hook does not see it");
		diagnoses_fix(job->findings, "    %s", GLOBS);
		return;
	}
}

/* Does the runtime call the hook, by a base spec or by a wrapper? Also if that is broken: pods of
 * it then do not start. */
static bool judge_runtime(const struct job *job, const char *runtime)
{
	const char *spec_path = CONTAINERD_CONFIG;
	const char *binary_path = CONTAINERD_CONFIG;
	const char *spec = string_of(job, runtime, "base_runtime_spec", &spec_path);
	const char *binary = string_of(job, runtime, "options.BinaryName", &binary_path);
	bool is_wrapper = binary && wrapper_is_ours(binary);
	enum spec judged = spec ? judge_spec(job, runtime, spec) : SPEC_OTHER;
	bool is_complete = judged != SPEC_BROKEN;

	if (judged == SPEC_OTHER && !is_wrapper)
		return false;
	if (is_wrapper && !wrapper_judge(job->tree, SUBJECT, binary_path, binary, job->findings))
		is_complete = false;
	judge_annotations(job, runtime);
	if (is_complete)
		diagnoses_add(job->findings, VERDICT_OK, SUBJECT, "containerd-runtime",
			      "the runtime %s calls the hook, by %s", runtime,
			      is_wrapper ? binary : spec);
	return true;
}

static bool has_injector(const struct tree *tree)
{
	AUTO_NAMES names = {0};

	if (tree_list(tree, NRI_DIRECTORY, "hook-injector", &names) < 0)
		return false;
	return names.count > 0;
}

static void report_absent(const struct job *job)
{
	if (has_injector(job->tree)) {
		diagnoses_add(job->findings, VERDICT_UNKNOWN, SUBJECT, "containerd-nri",
			      NRI_DIRECTORY
			      " has a hook-injector: cannot tell whether it is enabled");
		diagnoses_fix(job->findings, "Start a pod with io.containers.readonly, and look at "
					     "oci-readonly status.");
		return;
	}
	diagnoses_add(job->findings, VERDICT_PROBLEM, SUBJECT, "containerd-hook-absent",
		      CONTAINERD_CONFIG ": no runtime of the CRI plugin calls the hook");
	diagnoses_fix(
		job->findings,
		"Give one a base_runtime_spec that has the hook, choose it by a RuntimeClass, and "
		"restart containerd:\n"
		"    base_runtime_spec = \"/etc/containerd/readonly.json\"\n"
		"    " GLOBS);
}

static void judge_default(const struct job *job, const struct name_list *good)
{
	const struct toml_entry *entry;
	const char *path;

	entry = containerd_config_get(&job->config, ".containerd.default_runtime_name", TOML_STRING,
				      job->findings, &path);
	if (!names_have(good, entry ? entry->strings[0] : "runc"))
		diagnoses_add(
			job->findings, VERDICT_OK, SUBJECT, "containerd-default",
			"the default runtime, %s, does not call the hook: pods choose one that "
			"does by runtimeClassName",
			entry ? entry->strings[0] : "runc");
}

static void judge_runtimes(const struct job *job, bool is_kubernetes)
{
	AUTO_NAMES runtimes = {0};
	AUTO_NAMES good = {0};

	if (containerd_config_runtimes(&job->config, &runtimes) < 0)
		job->findings->is_short = true;
	for (size_t i = 0; i < runtimes.count; i++) {
		if (judge_runtime(job, runtimes.items[i]) &&
		    names_add(&good, "%s", runtimes.items[i]) < 0)
			job->findings->is_short = true;
	}
	if (good.count)
		judge_default(job, &good);
	else if (is_kubernetes || runtimes.count)
		report_absent(job);
	else
		diagnoses_add(job->findings, VERDICT_OK, SUBJECT, "containerd-unused",
			      "its CRI plugin is not configured, and there is no kubelet");
}

static enum containerd_merge merge_of(const struct tree *tree, const char *program)
{
	struct release release;

	if (release_find(tree, program, "containerd", &release) < 0 &&
	    (tree->is_host || release_find(tree, program, "containerd.io", &release) < 0))
		return CONTAINERD_MAY_MERGE;
	return release_is_before(&release, 2, 0) ? CONTAINERD_REPLACES : CONTAINERD_MERGES;
}

bool containerd_judge(const struct tree *tree, bool is_kubernetes, struct diagnoses *findings)
{
	static const char *const directories[] = {"/usr/bin", "/usr/local/bin", NULL};
	AUTO_FREE char *program = tree_program(tree, directories, "containerd");
	struct job job = {.tree = tree, .findings = findings};

	if (!program)
		return false;
	containerd_config_read(tree, merge_of(tree, program), findings, &job.config);
	if (!job.config.is_known)
		;
	else if (containerd_config_has_no_cri(&job.config))
		diagnoses_add(findings, VERDICT_OK, SUBJECT, "containerd-unused",
			      "its CRI plugin is disabled");
	else
		judge_runtimes(&job, is_kubernetes);
	containerd_config_done(&job.config);
	return true;
}
