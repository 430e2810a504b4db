/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "binary.h"

#include <errno.h>
#include <string.h>

#include "core/path.h"

static void judge_writer(const struct tree *tree, const char *subject, const char *path,
			 struct diagnoses *findings)
{
	struct stat st;
	char who[64];

	if (tree_stat(tree, path, &st) < 0)
		return;
	tree_writer(tree, &st, who);
	if (!*who)
		return;
	diagnoses_add(findings, VERDICT_PROBLEM, subject, "writable", "%s: %s", path, who);
	diagnoses_fix(findings, "chown root:root %s; chmod go-w %s", path, path);
}

void binary_judge_writers(const struct tree *tree, const char *subject, const char *path,
			  struct diagnoses *findings)
{
	AUTO_FREE char *dir = strdup(path);

	judge_writer(tree, subject, path, findings);
	if (!dir)
		return;
	path_cut(dir);
	judge_writer(tree, subject, dir, findings);
}

/* Policies label programs bin_t or a type of their own. A confined engine may execute both. */
static bool is_program_type(const char *type, size_t length)
{
	static const char end[] = "_exec_t";
	size_t tail = sizeof(end) - 1;

	return (length == 5 && memcmp(type, "bin_t", 5) == 0) ||
	       (length > tail && memcmp(type + length - tail, end, tail) == 0);
}

/* Returns the type of user:role:type:level. */
static const char *type_of(const char *label, size_t *length)
{
	for (int i = 0; i < 2; i++) {
		label += strcspn(label, ":");
		label += *label == ':';
	}
	*length = strcspn(label, ":");
	return label;
}

static void judge_label(const struct tree *tree, const struct binary *binary,
			struct diagnoses *findings)
{
	char label[TREE_LABEL_MAX] = "unlabeled";
	int r = tree_label(tree, binary->path, label);
	const char *type;
	char name[16];
	size_t length;

	/* A tree may be labelled later. */
	if (r == -EOPNOTSUPP || (r == -ENODATA && !tree->is_host))
		return;
	if (r < 0 && r != -ENODATA) {
		diagnoses_add(findings, VERDICT_UNKNOWN, binary->subject, "selinux-label",
			      "%s: its SELinux label cannot be read: %s", binary->path,
			      error_name(-r, name));
		diagnoses_fix(findings, "Run doctor as root.");
		return;
	}
	type = type_of(label, &length);
	if (r == 0 && is_program_type(type, length))
		return;
	diagnoses_add(findings, VERDICT_PROBLEM, binary->subject, "selinux-label",
		      "%s: its SELinux label is %s: a confined engine may not execute it",
		      binary->path, label);
	diagnoses_fix(findings,
		      "restorecon -v %s\nor, below /usr/local:\n"
		      "    semanage fcontext -a -t bin_t %s && restorecon -v %s",
		      binary->path, binary->path, binary->path);
}

static bool is_executable(const struct binary *binary, const struct stat *st,
			  struct diagnoses *findings)
{
	if (!S_ISREG(st->st_mode)) {
		diagnoses_add(findings, VERDICT_PROBLEM, binary->subject, "binary-not-executable",
			      "%s: not a regular file, but %s names it: %s", binary->path,
			      binary->namer, binary->failing);
		diagnoses_fix(findings, "Install the program again.");
		return false;
	}
	/* Check all three bits, because the engine may run as another user than the caller. */
	if (!(st->st_mode & (S_IXUSR | S_IXGRP | S_IXOTH))) {
		diagnoses_add(findings, VERDICT_PROBLEM, binary->subject, "binary-not-executable",
			      "%s: mode %04o: it cannot be executed, but %s names it: %s",
			      binary->path, st->st_mode & 07777, binary->namer, binary->failing);
		diagnoses_fix(findings, "chmod 0755 %s", binary->path);
		return false;
	}
	return true;
}

bool binary_judge(const struct tree *tree, const struct binary *binary, struct diagnoses *findings)
{
	struct stat st;
	char name[16];
	int r;

	if (binary->path[0] != '/') {
		diagnoses_add(findings, VERDICT_PROBLEM, binary->subject, "binary-missing",
			      "%s: the path of the program in %s must be absolute: %s",
			      binary->path, binary->namer, binary->missing);
		diagnoses_fix(findings, "Write the whole path.");
		return false;
	}
	r = tree_stat(tree, binary->path, &st);
	if (r == -ENOENT || r == -ENOTDIR) {
		diagnoses_add(findings, VERDICT_PROBLEM, binary->subject, "binary-missing",
			      "%s: it does not exist, but %s names it: %s", binary->path,
			      binary->namer, binary->missing);
		diagnoses_fix(findings, "Install the program again, or correct the path in %s.",
			      binary->namer);
		return false;
	}
	if (r < 0) {
		diagnoses_add(findings, VERDICT_UNKNOWN, binary->subject, "binary-unreadable",
			      "%s: cannot be inspected: %s", binary->path, error_name(-r, name));
		diagnoses_fix(findings, "Run doctor as root.");
		return false;
	}
	binary_judge_writers(tree, binary->subject, binary->path, findings);
	if (!is_executable(binary, &st, findings))
		return false;
	judge_label(tree, binary, findings);
	return true;
}
