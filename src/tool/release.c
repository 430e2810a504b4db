/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "release.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "child.h"

/* How long a program may take to print its version, in milliseconds, and how much it may print. */
#define PATIENCE   5000
#define ANSWER_MAX 4096

#define DPKG_STATUS	"/var/lib/dpkg/status"
#define DPKG_STATUS_MAX (64 * 1024 * 1024)
#define INSTALLED	"install ok installed\n"

/* Parses "4.3" or "4.3.1+ds1-8": a number at the start, or after a blank, a "v" or an epoch. */
int release_parse(const char *text, struct release *ret_release)
{
	struct release release = {0};
	const char *at = text;

	while (*at) {
		bool starts = at == text || strchr(" v:\t", at[-1]);
		int length = 0;

		if (starts && isdigit((unsigned char)*at) &&
		    sscanf(at, "%9u.%9u%n", &release.major, &release.minor, &length) == 2 &&
		    length) {
			snprintf(release.text, sizeof(release.text), "%.*s",
				 (int)strcspn(at, " \t\n,"), at);
			*ret_release = release;
			return 0;
		}
		at++;
	}
	return -ENOENT;
}

/* Returns the value of a field, which begins a line of the paragraph. */
static const char *find_field(const char *paragraph, const char *field)
{
	const char *line = paragraph;

	while (line && *line && *line != '\n') {
		if (strncmp(line, field, strlen(field)) == 0)
			return line + strlen(field);
		line = strchr(line, '\n');
		line += line ? 1 : 0;
	}
	return NULL;
}

int release_parse_dpkg(const char *text, const char *package, struct release *ret_release)
{
	size_t length = strlen(package);
	const char *at = text;

	while ((at = strstr(at, "Package: "))) {
		const char *name = at + strlen("Package: ");
		bool starts = at == text || at[-1] == '\n';
		const char *version;
		const char *status;
		char line[64];

		at = name;
		if (!starts || strncmp(name, package, length) != 0 || name[length] != '\n')
			continue;
		version = find_field(name, "Version: ");
		status = find_field(name, "Status: ");
		/* The entry of a removed package may remain for its configuration files. */
		if (!version || !status || strncmp(status, INSTALLED, strlen(INSTALLED)) != 0)
			return -ENOENT;
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(version, "\n"), version);
		return release_parse(line, ret_release);
	}
	return -ENOENT;
}

static int ask(int out, void *data)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	static char language[] = "LC_ALL=C";
	static char option[] = "--version";
	char *environment[] = {path, language, NULL};
	char *arguments[] = {data, option, NULL};

	if (dup2(out, STDOUT_FILENO) < 0)
		return 126;
	signal(SIGPIPE, SIG_DFL);
	execve(data, arguments, environment);
	return 127;
}

static int ask_program(const struct tree *tree, const char *program, struct release *ret_release)
{
	AUTO_FREE char *answer = NULL;
	AUTO_FREE char *copy = strdup(program);
	struct stat st;
	size_t length;
	char who[64];
	int r;

	if (!copy)
		return -ENOMEM;
	r = tree_stat(tree, program, &st);
	if (r < 0)
		return r;
	tree_writer(tree, &st, who);
	if (*who && geteuid() == 0)
		return -EPERM;
	r = child_run(ask, copy, PATIENCE, ANSWER_MAX, &answer, &length);
	if (r < 0)
		return r;
	return r == 0 ? release_parse(answer, ret_release) : -ENOENT;
}

int release_find(const struct tree *tree, const char *program, const char *package,
		 struct release *ret_release)
{
	AUTO_FREE char *text = NULL;
	size_t length;
	int r;

	if (tree->is_host)
		return ask_program(tree, program, ret_release);
	r = tree_read(tree, DPKG_STATUS, DPKG_STATUS_MAX, &text, &length);
	return r < 0 ? r : release_parse_dpkg(text, package, ret_release);
}

bool release_is_before(const struct release *release, unsigned major, unsigned minor)
{
	return release->major < major || (release->major == major && release->minor < minor);
}
