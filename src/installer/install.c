/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "install.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/path.h"
#include "directory.h"
#include "file.h"
#include "hooksfile.h"
#include "linux/input.h"
#include "linux/sys.h"

#define HOOK_NAME      "oci-readonly-hook"
#define HOOKSFILE_NAME "oci-readonly-hook.json"

#define HOOK_LENGTH_MAX (64 * 1024 * 1024)

/* How long a container that an engine is starting may still call the program, in seconds. */
#define GRACE 5

/* The host's programs have the label that a new one needs: engines may execute it. */
#define LABELLED "/usr/bin"

/* The host's directories. */
struct place {
	int host;
	int program_dir; /* -EBADF: missing */
	int hooks_dir;	 /* -EBADF: missing */
	const char *program_name;
	char *hooksfile; /* path on the host */
};

static void place_done(struct place *place)
{
	close_fd(&place->host);
	close_fd(&place->program_dir);
	close_fd(&place->hooks_dir);
	free_ptr(&place->hooksfile);
}

#define AUTO_PLACE CLEANUP(place_done) struct place
#define PLACE_NONE ((struct place){.host = -EBADF, .program_dir = -EBADF, .hooks_dir = -EBADF})

static int open_program_dir(struct place *place, const char *program, bool make,
			    struct error *error)
{
	AUTO_FREE char *dir = strdup(program);

	if (!dir)
		return error_memory(error);
	path_cut(dir);
	place->program_name = strrchr(program, '/') + 1;
	return directory_open(place->host, dir, make, error, &place->program_dir);
}

/* Fills place also on failure, as far as it comes. */
static int open_place(const struct arguments *arguments, bool make, struct error *error,
		      struct place *place)
{
	int r = path_join(arguments->hooks_dir, HOOKSFILE_NAME, strlen(HOOKSFILE_NAME),
			  &place->hooksfile);

	if (r < 0)
		return error_set(error, STATUS_PATH, -r, "%" NAME_SHOWN, arguments->hooks_dir);
	r = directory_open_host(arguments->host, error, &place->host);
	if (r == 0)
		r = open_program_dir(place, arguments->program, make, error);
	if (r == 0)
		r = directory_open(place->host, arguments->hooks_dir, make, error,
				   &place->hooks_dir);
	if (r == 0 && place->hooks_dir >= 0)
		r = hooksfile_judge(place->hooks_dir, HOOKSFILE_NAME, place->hooksfile,
				    arguments->program, error);
	return r;
}

static int judge_executable(const struct place *place, const char *program, struct error *error)
{
	struct statvfs fs;

	if (fstatvfs(place->program_dir, &fs) < 0)
		return error_set(error, STATUS_SYSTEM, errno, "%" NAME_SHOWN, program);
	if (fs.f_flag & ST_NOEXEC)
		return error_set(error, STATUS_PATH, 0,
				 "%" NAME_SHOWN ": its filesystem is mounted noexec; "
				 "choose another --program",
				 program);
	return 0;
}

static int read_label(const struct place *place, struct error *error, struct label *ret_label)
{
	AUTO_FD fd = sys_openat2(place->host, LABELLED, O_RDONLY | O_DIRECTORY, 0, RESOLVE_ROOTED);
	int r = fd < 0 ? fd : file_label(fd, ret_label);

	if (fd == -ENOENT) {
		ret_label->length = 0;
		return 0;
	}
	return r < 0 ? error_set(error, STATUS_PATH, -r, LABELLED ": its label cannot be read") : 0;
}

/* A file of the image. */
static int read_source(const char *from, const char *name, size_t max, struct error *error,
		       char **ret_text, size_t *ret_length)
{
	AUTO_FD dir = open(from, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = dir < 0 ? -errno : input_read_file(dir, name, max, ret_text, ret_length);

	return r == 0 ? 0
		      : error_set(error, STATUS_INPUT, -r, "%" NAME_SHOWN "/%s: cannot be read",
				  from, name);
}

static int replace_both(const struct arguments *arguments, const struct place *place,
			const struct label *label, const char *hooksfile, struct error *error)
{
	AUTO_FREE char *hook = NULL;
	struct new_file file = {
		.directory = place->program_dir,
		.name = place->program_name,
		.path = arguments->program,
		.mode = 0755,
		.label = label,
	};
	int r;

	r = read_source(arguments->from, HOOK_NAME, HOOK_LENGTH_MAX, error, &hook, &file.length);
	file.text = hook;
	if (r == 0)
		r = file_replace(&file, error);
	file = (struct new_file){
		.directory = place->hooks_dir,
		.name = HOOKSFILE_NAME,
		.path = place->hooksfile,
		.text = hooksfile,
		.length = strlen(hooksfile),
		.mode = 0644,
	};
	return r < 0 ? r : file_replace(&file, error);
}

int install(const struct arguments *arguments, struct error *error)
{
	AUTO_PLACE place = PLACE_NONE;
	AUTO_FREE char *template = NULL;
	AUTO_FREE char *hooksfile = NULL;
	struct label label;
	size_t length = 0;
	int r;

	r = read_source(arguments->from, HOOKSFILE_NAME, HOOKSFILE_LENGTH_MAX, error, &template,
			&length);
	if (r == 0)
		r = hooksfile_make(template, length, arguments->program, arguments->options,
				   arguments->options_count, error, &hooksfile);
	if (r == 0)
		r = open_place(arguments, true, error, &place);
	if (r == 0)
		r = judge_executable(&place, arguments->program, error);
	if (r == 0)
		r = read_label(&place, error, &label);
	if (r == 0)
		r = replace_both(arguments, &place, &label, hooksfile, error);
	return r;
}

int uninstall(const struct arguments *arguments, struct error *error)
{
	AUTO_PLACE place = PLACE_NONE;
	bool removed = false;
	int r = open_place(arguments, false, error, &place);

	if (r == 0 && place.hooks_dir >= 0)
		r = file_remove(place.hooks_dir, HOOKSFILE_NAME, place.hooksfile, error, &removed);
	if (r == 0 && removed)
		sleep(GRACE);
	if (r == 0 && place.program_dir >= 0)
		r = file_remove(place.program_dir, place.program_name, arguments->program, error,
				&removed);
	return r;
}
