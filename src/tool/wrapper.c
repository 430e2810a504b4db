/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wrapper.h"

#include <string.h>

#include "binary.h"
#include "hooks.h"
#include "registration.h"

#define PREFIX	   "oci-readonly-"
#define HOOKS_FILE "oci-readonly-hook.json"

static const char *const directories[] = {
	"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", NULL};

static const char *const runtimes[] = {"runc", "crun"};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Returns the name of the runtime that a wrapper executes, derived from the wrapper's name; NULL if
 * it is not a wrapper. */
static const char *runtime_of(const char *path)
{
	const char *name = base_name(path);

	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(runtimes); i++) {
		if (strcmp(name + strlen(PREFIX), runtimes[i]) == 0)
			return runtimes[i];
	}
	return NULL;
}

bool wrapper_is_ours(const char *path)
{
	return runtime_of(path) != NULL;
}

static bool judge_runtime(const struct tree *tree, const char *subject, const char *path,
			  struct diagnoses *findings)
{
	const char *name = runtime_of(path);
	AUTO_FREE char *found = tree_program(tree, directories, name);

	if (found)
		return true;
	diagnoses_add(findings, VERDICT_PROBLEM, subject, "runtime-missing",
		      "%s: there is no %s in /usr/sbin and the other system directories: no "
		      "container starts",
		      path, name);
	diagnoses_fix(findings, "Install %s.", name);
	return false;
}

/* Judges the operator's file, or else the installed one. */
static bool judge_hooks_file(const struct tree *tree, const char *subject, const char *path,
			     struct diagnoses *findings)
{
	static const char *const files[] = {HOOKS_DIR_ETC "/" HOOKS_FILE,
					    HOOKS_DIRECTORY "/" HOOKS_FILE};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (!tree_has(tree, files[i]))
			continue;
		registration_judge(tree, files[i], findings);
		return true;
	}
	diagnoses_add(findings, VERDICT_PROBLEM, subject, "runtime-hooks-file",
		      "%s: it finds no hooks file, %s or %s: no container starts", path, files[0],
		      files[1]);
	diagnoses_fix(findings, "Install oci-readonly-hook.");
	return false;
}

bool wrapper_judge(const struct tree *tree, const char *subject, const char *namer,
		   const char *program, struct diagnoses *findings)
{
	AUTO_FREE char *found =
		strchr(program, '/') ? NULL : tree_program(tree, directories, program);
	struct binary binary = {
		.subject = subject,
		.path = found ? found : program,
		.namer = namer,
		.missing = "containers that are to use it do not start",
		.failing = "containers that are to use it do not start",
	};

	bool has_runtime;

	if (!binary_judge(tree, &binary, findings))
		return false;
	has_runtime = judge_runtime(tree, subject, binary.path, findings);
	return judge_hooks_file(tree, subject, binary.path, findings) && has_runtime;
}
