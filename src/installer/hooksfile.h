/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hooks file: the packaged one, with the program's path and the operator's options. */
#ifndef ORH_INSTALLER_HOOKSFILE_H
#define ORH_INSTALLER_HOOKSFILE_H

#include <stddef.h>

#include "core/error.h"

#define HOOKSFILE_LENGTH_MAX (1024 * 1024)

/*
 * Makes the hooks file's text from a template, the packaged file. options, of which there are
 * count, are the hook's arguments after its name; wrong ones are refused. The caller frees the
 * text. Errors: STATUS_OPTIONS, STATUS_INPUT, STATUS_SYSTEM.
 */
int hooksfile_make(const char *template, size_t length, const char *program,
		   const char *const options[], size_t count, struct error *error, char **ret_text);

/*
 * Refuses a hooks file that the installer did not write: one that is invalid, or calls another
 * program. It would be the operator's, with a policy in it. A missing file is accepted. path is
 * the file's on the host, for errors. Errors: STATUS_PATH.
 */
int hooksfile_judge(int directory, const char *name, const char *path, const char *program,
		    struct error *error);

#endif
