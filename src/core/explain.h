/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decisions in words, with what they were made from: for the log at debug. */
#ifndef ORH_CORE_EXPLAIN_H
#define ORH_CORE_EXPLAIN_H

#include <stddef.h>
#include <stdint.h>

#include "annotations.h"
#include "options.h"
#include "plan.h"
#include "policy.h"

#define EXPLAIN_MAX 2048

/* Why the root is made read-only, or not: "root read-only, by --enforce". Text from outside is
 * escaped as a value is. */
void explain_root(const struct options *options, const struct wish *wish,
		  const struct policy *policy, char text[static EXPLAIN_MAX]);

/*
 * What became of one request of the policy, with the path that it came to and its size in bytes
 * (0: the kernel's own) where its fate is FATE_TMPFS: "/var/run (io.containers.readonly.tmpfs):
 * tmpfs at /run of 1048576 bytes, by --max-size".
 */
void explain_request(const struct options *options, const struct wish *wish,
		     const struct request *request, enum fate fate, const char *path, uint64_t size,
		     char text[static EXPLAIN_MAX]);

/* A default that the policy left out, as the list names its path: false where it did not. */
bool explain_default(const struct wish *wish, const struct policy *policy,
		     const struct tmpfs_entry *entry, char text[static EXPLAIN_MAX]);

#endif
