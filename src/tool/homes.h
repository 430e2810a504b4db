/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decides which directory becomes a tmpfs for what is written below it. Files that a service
 * renames or links must stay on one tmpfs, so the service's whole directory in a well-known one is
 * used. It is not larger than that, because all that the image has there is copied.
 */
#ifndef ORH_TOOL_HOMES_H
#define ORH_TOOL_HOMES_H

#include <stdbool.h>
#include <stddef.h>

/* Returns the length of the prefix of dir, in bytes, that names the directory to use if dir is
 * needed: dir itself, or one above it. dir is in normal form, and exists in the image. */
size_t home_length(const char *dir);

/* Does dir contain much more than the files of one service, like /var/lib? It becomes a tmpfs only
 * if no directory below it is enough. */
bool home_is_broad(const char *dir);

/* Is dir itself one of the well-known directories? */
bool home_is_known(const char *dir);

/* Is dir a well-known directory that usually contains directories only? */
bool home_has_directories(const char *dir);

/* Is dir "/", or a directory with the image's programs, or below one? These never become a
 * tmpfs. */
bool home_is_programs(const char *dir);

/* Returns the number of needed directories in dir from which dir replaces them; 0: never. */
size_t home_siblings(const char *dir);

#endif
