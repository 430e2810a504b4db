/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints the result for a container as JSON. oci-readonly(1) describes the format. */
#ifndef ORH_TOOL_REPORT_JSON_H
#define ORH_TOOL_REPORT_JSON_H

#include <json-c/json_object.h>

#include "outcome.h"

/* Returns an object, which the caller puts. */
struct json_object *report_json(const struct outcome *outcome);

#endif
