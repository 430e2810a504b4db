/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Describes decisions and the reasons for them, for the log at level debug. */
#ifndef ORH_CORE_EXPLAIN_H
#define ORH_CORE_EXPLAIN_H

#include <stddef.h>
#include <stdint.h>

#include "annotations.h"
#include "options.h"
#include "plan.h"
#include "policy.h"

#define EXPLAIN_MAX 2048

/* Why the root is made read-only, or not: "root read-only, by --enforce". Untrusted text is escaped
 * as a value. */
void explain_root(const struct options *options, const struct wish *wish,
		  const struct policy *policy, char text[static EXPLAIN_MAX]);

/*
 * What happens to one request of the policy. For FATE_TMPFS, the text has the path that the request
 * resolves to and the size in bytes (0: the kernel's default): "/var/run
 * (io.containers.readonly.tmpfs): tmpfs at /run of 1048576 bytes, by --max-size".
 */
void explain_request(const struct options *options, const struct wish *wish,
		     const struct request *request, enum fate fate, const char *path, uint64_t size,
		     char text[static EXPLAIN_MAX]);

/* Describes a default that the policy dropped because the list names its path. Returns false if the
 * default was not dropped. */
bool explain_default(const struct wish *wish, const struct policy *policy,
		     const struct tmpfs_entry *entry, char text[static EXPLAIN_MAX]);

#endif
