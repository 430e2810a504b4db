/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints annotations ready to paste, quoted for where they are used. */
#ifndef ORH_TOOL_FORMAT_H
#define ORH_TOOL_FORMAT_H

#include <stdio.h>

/* The names of the formats, separated by blanks; the first is the default. */
#define FORMAT_NAMES "annotations podman quadlet compose kube"

/* The maximum length of a value in kube play of podman before 4.7. */
#define KUBE_PLAY_VALUE_MAX 63

/*
 * Prints io.containers.readonly=true and, if list is not "", io.containers.readonly.tmpfs=LIST.
 * name is one of FORMAT_NAMES. list has no control characters, commas or double quotes.
 */
void format_print(FILE *file, const char *name, const char *list);

#endif
