/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is found in the container, once its mount namespace is entered: the facts that a plan is
 * made of. */
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
	struct target *given; /* where config.json's mounts are, if that is needed */
	size_t given_count;
	struct target *devices; /* and its devices */
	size_t devices_count;
	struct target cwd;
	struct target program;
	struct plan_facts plan; /* the same, as plan_make() takes it */
};

void facts_done(struct facts *facts);

#define AUTO_FACTS CLEANUP(facts_done) struct facts

/*
 * Before any container is entered: sees how this kernel tells of mounts, and loads libmount where
 * only mountinfo is left. Errors: those of libmount_load().
 */
int facts_prepare(struct error *error);

/*
 * The container's mount table as it is now: of its rootfs and what is below alone, where the kernel
 * can say that (listmount and statmount), since a host may have thousands of other mounts; else all
 * of it, from mountinfo, if facts_prepare() has loaded libmount. The caller calls mounttab_done().
 * Errors: STATUS_SYSTEM, STATUS_INPUT.
 */
int facts_read_table(const struct container *container, const struct rootfs *rootfs,
		     struct error *error, struct mounttab *ret_table);

/*
 * Gathers them. The caller is in the container's mount namespace. policy and bundle must outlive
 * the facts. Errors: those of rootfs_open(), resolve_path() and mounttab_parse().
 */
int facts_gather(const struct container *container, const struct policy *policy,
		 const struct bundle *bundle, struct error *error, struct facts *ret_facts);

#endif
