/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "docker.h"

#include <errno.h>
#include <json-c/linkhash.h>
#include <stdio.h>
#include <string.h>

#include "config_file.h"
#include "core/json.h"
#include "json_check.h"
#include "wrapper.h"

#define SUBJECT "Docker"

#define SYSTEM_FILE "/etc/docker/daemon.json"

#define EXAMPLE                                                                                    \
	"    \"runtimes\": {\"readonly\": {\n"                                                     \
	"        \"path\": \"" PROGRAM_DIRECTORY "/oci-readonly-runc\"}}"

static void report_absent(const char *path, struct diagnoses *findings)
{
	diagnoses_add(findings, VERDICT_PROBLEM, SUBJECT, "docker-runtime-absent",
		      "%s: no runtime of it is oci-readonly-runc: Docker does not call the hook",
		      path);
	diagnoses_fix(findings,
		      "Add to it, restart Docker, and run containers with --runtime readonly:\n"
		      "%s",
		      EXAMPLE);
}

/* Returns the program of a runtime, whose entry has a path, or a containerd shim with options. */
static const char *program_of(struct json_object *runtime)
{
	struct json_object *options = NULL;
	struct error ignored;
	const char *path = NULL;

	if (!json_object_is_type(runtime, json_type_object))
		return NULL;
	if (json_get_string(runtime, "runtime", "path", JSON_OPTIONAL, &ignored, &path) == 0 &&
	    path)
		return path;
	if (json_get_object(runtime, "runtime", "options", JSON_OPTIONAL, &ignored, &options) < 0 ||
	    !options ||
	    json_get_string(options, "options", "BinaryName", JSON_OPTIONAL, &ignored, &path) < 0)
		return NULL;
	return path;
}

static void judge_document(const struct tree *tree, const char *path, struct json_object *document,
			   struct diagnoses *findings)
{
	struct json_object *runtimes = NULL;
	struct error error;
	size_t count = 0;

	if (json_get_object(document, path, "runtimes", JSON_OPTIONAL, &error, &runtimes) < 0) {
		diagnoses_add(findings, VERDICT_PROBLEM, SUBJECT, "docker-config-invalid", "%s",
			      error.text);
		diagnoses_fix(findings, "Correct the file: dockerd(8) describes it.");
		return;
	}
	/* json_object_object_foreach() does not accept NULL. */
	if (!runtimes) {
		report_absent(path, findings);
		return;
	}
	json_object_object_foreach(runtimes, name, runtime)
	{
		const char *program = program_of(runtime);

		if (!program || !wrapper_is_ours(program))
			continue;
		count++;
		if (!wrapper_judge(tree, SUBJECT, path, program, findings))
			continue;
		diagnoses_add(findings, VERDICT_OK, SUBJECT, "docker-runtime",
			      "the runtime '%s' is %s", name, program);
	}
	if (!count)
		report_absent(path, findings);
}

static void judge_file(const struct tree *tree, const char *path, struct diagnoses *findings)
{
	AUTO_FREE char *text = NULL;
	AUTO_JSON *document = NULL;
	struct error error;
	size_t length;
	size_t line;
	int r;

	r = tree_read(tree, path, TREE_FILE_MAX, &text, &length);
	if (r == -ENOENT || r == -ENOTDIR) {
		report_absent(path, findings);
		return;
	}
	if (r < 0) {
		config_unreadable(SUBJECT, path, r, findings);
		return;
	}
	line = json_check(text);
	if (line || json_parse(path, text, length, &error, &document) < 0) {
		diagnoses_add(findings, VERDICT_PROBLEM, SUBJECT, "docker-config-invalid",
			      "%s: line %zu: not JSON: dockerd does not start", path,
			      line ? line : 1);
		diagnoses_fix(findings, "Correct the file.");
		return;
	}
	judge_document(tree, path, document, findings);
}

bool docker_judge(const struct tree *tree, const char *config_home, struct diagnoses *findings)
{
	static const char *const directories[] = {"/usr/bin", "/usr/sbin", "/usr/local/bin",
						  "/usr/local/sbin", NULL};
	AUTO_FREE char *program = tree_program(tree, directories, "dockerd");
	char path[4096];

	if (!program)
		return false;
	judge_file(tree, SYSTEM_FILE, findings);
	if (!config_home)
		return true;
	snprintf(path, sizeof(path), "%s/docker/daemon.json", config_home);
	if (tree_has(tree, path))
		judge_file(tree, path, findings);
	return true;
}
