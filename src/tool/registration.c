/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "registration.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "binary.h"
#include "core/options.h"
#include "probes.h"

#define SUBJECT "hooks file"

#define STAGE_HOOK  "createRuntime"
#define STAGE_LEARN "poststop"

#define STAGES_MAX 256

static const char *stage_of(const struct hooksfile *file)
{
	return file->program == PROGRAM_LEARN ? STAGE_LEARN : STAGE_HOOK;
}

static void judge_stage(const char *path, const struct hooksfile *file, struct diagnoses *findings)
{
	char stages[STAGES_MAX];

	if (hooksfile_has_stage(file, stage_of(file)))
		return;
	hooksfile_stages(file, stages, sizeof(stages));
	diagnoses_add(findings, VERDICT_PROBLEM, SUBJECT, "stage", "%s: the stage is %s, not %s",
		      path, stages, stage_of(file));
	diagnoses_fix(findings, "    \"stages\": [\"%s\"]", stage_of(file));
}

static void judge_options(const char *subject, const char *path, const struct hooksfile *file,
			  struct diagnoses *findings)
{
	AUTO_OPTIONS options = {0};
	struct error error;

	if (file->program != PROGRAM_HOOK || file->args_count < 2 ||
	    options_parse(file->args_count, file->args, &error, &options) == 0)
		return;
	diagnoses_add(findings, VERDICT_PROBLEM, subject, "options",
		      "%s: args: %s: no container starts for which the hook is called", path,
		      error.text);
	diagnoses_fix(findings, "oci-readonly-hook(8) lists the options.");
}

static void report_when(const char *path, const struct probe *probe, enum hooks_match match,
			struct diagnoses *findings)
{
	if (match == MATCH_UNKNOWN)
		diagnoses_add(findings, VERDICT_UNKNOWN, SUBJECT, "when-unknown",
			      "%s: when: cannot tell whether it matches the annotation %s", path,
			      probe->key);
	else if (probe->is_misspelt)
		diagnoses_add(findings, VERDICT_PROBLEM, SUBJECT, "when-misspelt",
			      "%s: the hook is not called for the misspelt annotation %s: the "
			      "container starts unprotected instead of being refused",
			      path, probe->key);
	else
		diagnoses_add(findings, VERDICT_PROBLEM, SUBJECT, "when",
			      "%s: the hook is not called for the annotation %s", path, probe->key);
	diagnoses_fix(findings, "Copy \"when\" from the packaged file.");
}

/* Only the first finding is added. */
static void judge_when(const char *path, const struct hooksfile *file, struct diagnoses *findings)
{
	for (size_t i = 0; file->program == PROGRAM_HOOK && i < probes_count; i++) {
		enum hooks_match match = hooksfile_matches(file, probes[i].key, probes[i].value);

		if (match == MATCH_YES)
			continue;
		report_when(path, &probes[i], match, findings);
		return;
	}
}

static void judge_invalid(const char *path, const char *why, struct diagnoses *findings)
{
	diagnoses_add(findings, VERDICT_PROBLEM, SUBJECT, "hooks-file-invalid",
		      "%s: %s: podman starts no container, and CRI-O does not start", path, why);
	diagnoses_fix(findings, "Correct the file, or remove it.");
}

static void judge_unread(const char *path, int r, struct diagnoses *findings)
{
	char name[16];

	/* A dangling symlink: engines skip it, but it is probably a mistake. */
	if (r == -ENOENT || r == -ENOTDIR) {
		diagnoses_add(findings, VERDICT_PROBLEM, SUBJECT, "hooks-file-missing",
			      "%s: a link to a missing file: engines silently skip it", path);
		diagnoses_fix(findings, "Remove the link, or make it lead to the file.");
		return;
	}
	if (r == -EINVAL || r == -EFBIG) {
		judge_invalid(path, r == -EINVAL ? "not a regular file" : "more than 1 MiB",
			      findings);
		return;
	}
	diagnoses_add(findings, VERDICT_UNKNOWN, SUBJECT, "hooks-file-unreadable",
		      "%s: cannot read it: %s", path, error_name(-r, name));
	diagnoses_fix(findings, "Run doctor as root.");
}

static void judge_binary(const struct tree *tree, const char *path, const struct hooksfile *file,
			 struct diagnoses *findings)
{
	struct binary binary = {
		.subject = SUBJECT,
		.path = file->binary,
		.namer = path,
		.missing = "engines silently skip the file, and containers run unprotected",
		.failing = "no container starts for which it is called",
	};

	if (file->program == PROGRAM_LEARN) {
		binary.missing = "engines silently skip the file, and nothing is learned";
		binary.failing = "nothing is learned";
	}
	binary_judge(tree, &binary, findings);
}

enum hooks_program registration_judge(const struct tree *tree, const char *path,
				      struct diagnoses *findings)
{
	AUTO_HOOKSFILE file = {0};
	AUTO_FREE char *text = NULL;
	struct error error;
	size_t length;
	int r;

	r = tree_read(tree, path, TREE_FILE_MAX, &text, &length);
	if (r < 0) {
		judge_unread(path, r, findings);
		return PROGRAM_OTHER;
	}
	r = hooksfile_parse(text, length, &error, &file);
	if (r == -ENOTSUP) {
		diagnoses_add(findings, VERDICT_UNKNOWN, SUBJECT, "hooks-file-version", "%s: %s",
			      path, error.text);
		diagnoses_fix(findings, "Write the file as the packaged one is.");
	} else if (r < 0) {
		judge_invalid(path, error.text, findings);
	}
	if (r < 0 || file.program == PROGRAM_OTHER)
		return PROGRAM_OTHER;
	binary_judge_writers(tree, SUBJECT, path, findings);
	judge_stage(path, &file, findings);
	judge_when(path, &file, findings);
	judge_options(SUBJECT, path, &file, findings);
	judge_binary(tree, path, &file, findings);
	return file.program;
}

enum hooks_program registration_judge_hook(const struct tree *tree, const char *subject,
					   const char *file, const char *stage,
					   struct json_object *hook, struct diagnoses *findings)
{
	struct hooksfile parsed = {0};
	struct error error;
	struct binary binary = {
		.subject = subject,
		.namer = file,
		.missing = "no container starts",
		.failing = "no container starts",
	};

	if (hooksfile_parse_hook(hook, &error, &parsed) < 0 || parsed.program == PROGRAM_OTHER)
		return PROGRAM_OTHER;
	if (strcmp(stage, stage_of(&parsed)) != 0) {
		diagnoses_add(findings, VERDICT_PROBLEM, subject, "stage",
			      "%s: hooks.%s: the stage is not %s", file, stage, stage_of(&parsed));
		diagnoses_fix(findings, "Move the hook to hooks.%s.", stage_of(&parsed));
	}
	judge_options(subject, file, &parsed, findings);
	binary.path = parsed.binary;
	binary_judge(tree, &binary, findings);
	return parsed.program;
}
