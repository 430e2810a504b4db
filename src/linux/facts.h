/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts that a plan is made from, gathered in the container after its mount namespace is
 * entered. */
#ifndef ORH_LINUX_FACTS_H
#define ORH_LINUX_FACTS_H

#include "container.h"
#include "core/plan.h"
#include "rootfs.h"

struct facts {
	struct rootfs rootfs;
	struct mounttab table;
	struct target *targets;
	size_t targets_count;
	struct target *given; /* the places of config.json's mounts, if needed */
	size_t given_count;
	struct target *devices; /* the places of its devices, if needed */
	size_t devices_count;
	struct target cwd;
	struct target program;
	struct plan_facts plan; /* all of these, in the form that plan_make() takes */
};

void facts_done(struct facts *facts);

#define AUTO_FACTS CLEANUP(facts_done) struct facts

/* Called before a container is entered. Checks which interface the kernel has for mount tables, and
 * loads libmount if only mountinfo is available. Errors: those of libmount_load(). */
int facts_prepare(struct error *error);

/*
 * Reads the container's current mount table. If the kernel has listmount and statmount, it covers
 * only the rootfs and the mounts below it, because a host may have thousands of other mounts.
 * Otherwise all mounts are read from mountinfo, which requires that facts_prepare() has loaded
 * libmount. The caller calls mounttab_done(). Errors: STATUS_SYSTEM, STATUS_INPUT.
 */
int facts_read_table(const struct container *container, const struct rootfs *rootfs,
		     struct error *error, struct mounttab *ret_table);

/* Gathers the facts. The caller is in the container's mount namespace. policy and bundle must
 * outlive the facts. Errors: those of rootfs_open(), resolve_path() and mounttab_parse(). */
int facts_gather(const struct container *container, const struct policy *policy,
		 const struct bundle *bundle, struct error *error, struct facts *ret_facts);

#endif
