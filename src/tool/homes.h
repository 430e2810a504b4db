/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which directories become a tmpfs for what is written below them. Files that a service renames or
 * links must stay on one tmpfs, so a service's whole directory below a well-known one is taken; and
 * no more than that, since whatever the image has there is copied.
 */
#ifndef ORH_TOOL_HOMES_H
#define ORH_TOOL_HOMES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The start of dir, in bytes, that names the directory to take for something that dir is needed
 * for: dir itself, or one above. dir is in normal form, and the image has it.
 */
size_t home_length(const char *dir);

/* Does dir have much more below it than one service's files, such as /var/lib? It is taken only
 * if nothing below it will do. */
bool home_is_broad(const char *dir);

/* Is dir one of the well-known directories themselves? */
bool home_is_known(const char *dir);

/* Is dir one of them, and is what is right below it directories, as far as is known? */
bool home_has_directories(const char *dir);

/* Is dir the root, or one with the image's programs, or below one? These are never taken. */
bool home_is_programs(const char *dir);

/* From how many directories right below dir on is dir taken instead of them; 0: never. */
size_t home_siblings(const char *dir);

#endif
