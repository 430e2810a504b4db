/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where oci-readonly check reads containers from. */
#ifndef ORH_TOOL_SOURCES_H
#define ORH_TOOL_SOURCES_H

#include "core/error.h"
#include "survey.h"

/*
 * Each reads a file ("-": standard input) and hands its containers to the survey: an OCI
 * config.json, and Kubernetes objects. What is wrong with a container is a finding. Errors: the
 * file cannot be read, or is not JSON or YAML.
 */
int sources_config(struct survey *survey, const char *file, struct error *error);
int sources_pod(struct survey *survey, const char *file, struct error *error);

#endif
