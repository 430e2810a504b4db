/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the input of oci-readonly check. */
#ifndef ORH_TOOL_SOURCES_H
#define ORH_TOOL_SOURCES_H

#include "core/error.h"
#include "survey.h"

/*
 * Both functions read a file ("-": standard input) and pass its containers to the survey. One reads
 * an OCI config.json, the other Kubernetes objects. Mistakes in a container are findings. Errors:
 * the file cannot be read, or is not JSON or YAML.
 */
int sources_config(struct survey *survey, const char *file, struct error *error);
int sources_pod(struct survey *survey, const char *file, struct error *error);

#endif
