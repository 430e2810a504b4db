/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of a container, for machines. oci-readonly(1) has the form. */
#ifndef ORH_TOOL_REPORT_JSON_H
#define ORH_TOOL_REPORT_JSON_H

#include <json-c/json_object.h>

#include "outcome.h"

/* An object; the caller puts it. */
struct json_object *report_json(const struct outcome *outcome);

#endif
