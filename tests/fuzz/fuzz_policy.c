/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An operator's options and a container's annotations are made at random, from a model of their
 * meaning. policy_decide() and plan_make() have to refuse what the model refuses, with the right
 * status, and accept what it accepts. What they accept never exceeds a cap, and respects --deny,
 * --allow and --forbid. Then the plan is carried out on a mount table. plan_verify() has to
 * accept the result, and to detect any single change of it.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "core/escape.h"
#include "core/explain.h"
#include "core/plan_make.h"
#include "core/plan_verify.h"
#include "../unit/plan_print.h"
#include "policy_case.h"

#define PAST_TMPFS_ID 1000

struct run {
	struct take take;
	struct operator_case operator_case;
	struct annotations_case annotations_case;
	struct facts_case facts;
	struct options options;
	struct wish wish;
	struct policy policy;
	struct plan plan;
	const struct model_entry *entries[REQUESTS_MAX]; /* the policy's requests */
	enum fate fates[REQUESTS_MAX];
};

static void run_done(struct run *run)
{
	plan_done(&run->plan);
	policy_done(&run->policy);
	wish_done(&run->wish);
	options_done(&run->options);
	facts_case_done(&run->facts);
	annotations_case_done(&run->annotations_case);
	operator_done(&run->operator_case);
}

/* Both match the operator's arguments, or are refused. */
static bool read_options(struct run *run)
{
	struct operator_case *operator_case = &run->operator_case;
	const char *arguments[ARGUMENTS_MAX];
	struct error error = UNSET_ERROR;
	int r;

	for (size_t i = 0; i < operator_case->arguments_count; i++)
		arguments[i] =
			operator_case->arguments[i].text ? operator_case->arguments[i].text : "";
	r = options_parse((int)operator_case->arguments_count, arguments, &error, &run->options);
	if (r < 0) {
		require_error(r, &error, STATUS_BIT(STATUS_OPTIONS), 0);
		REQUIRE(!operator_case->valid, "%s", error.text);
		return false;
	}
	REQUIRE(operator_case->valid, "the options are taken");
	REQUIRE(run->options.audit == operator_case->audit, "--audit");
	return true;
}

static void require_meaning(const struct tmpfs_entry *entry, const struct model_entry *model)
{
	REQUIRE(!strcmp(entry->path, model->path.text), "'%s' is '%s'", entry->text,
		model->path.text);
	REQUIRE(entry->given == model->given, "'%s': %#x instead of %#x", entry->text, entry->given,
		model->given);
	REQUIRE(entry->flags == model->flags, "'%s': %#x instead of %#x", entry->text, entry->flags,
		model->flags);
	if (model->given & GIVEN_SIZE)
		REQUIRE(entry->size.value == model->size.value &&
				entry->size.is_percent == model->size.percent,
			"'%s': size %" PRIu64, entry->text, entry->size.value);
	if (model->given & GIVEN_NR_INODES)
		REQUIRE(entry->nr_inodes == model->nr_inodes, "'%s'", entry->text);
	if (model->given & GIVEN_MODE)
		REQUIRE(entry->mode == model->mode, "'%s'", entry->text);
	if (model->given & GIVEN_UID)
		REQUIRE(entry->uid == model->uid, "'%s'", entry->text);
	if (model->given & GIVEN_GID)
		REQUIRE(entry->gid == model->gid, "'%s'", entry->text);
	REQUIRE(entry->huge == model->huge && entry->seed == model->seed, "'%s'", entry->text);
}

/* Why the container has to be refused before anything is inspected; 0 if it must not be. */
static unsigned refusal_at_once(const struct run *run)
{
	const struct annotations_case *annotations_case = &run->annotations_case;
	const struct model_list *list = &annotations_case->wanted;

	if (!annotations_case->valid)
		return STATUS_BIT(STATUS_ANNOTATION);
	if (annotations_case->readonly == READONLY_FALSE && run->operator_case.enforce)
		return STATUS_BIT(STATUS_POLICY);
	for (size_t i = 0; annotations_case->has_list && i < list->count; i++)
		if (operator_forbids(&run->operator_case, &list->entries[i]) ||
		    !operator_allows(&run->operator_case, list->entries[i].path.text))
			return STATUS_BIT(STATUS_POLICY);
	return 0;
}

/* The expected requests: annotations' entries, then defaults that none of them names. */
static size_t expect_requests(struct run *run, bool readonly)
{
	const struct model_list *list = &run->annotations_case.wanted;
	size_t listed = run->annotations_case.has_list ? list->count : 0;
	size_t count = 0;

	for (size_t i = 0; i < listed; i++)
		run->entries[count++] = &list->entries[i];
	for (size_t i = 0; readonly && i < run->operator_case.defaults_count; i++) {
		const struct model_entry *entry = &run->operator_case.defaults[i];
		bool named = false;

		for (size_t k = 0; k < listed; k++)
			named |= !strcmp(list->entries[k].path.text, entry->path.text);
		if (!named)
			run->entries[count++] = entry;
	}
	return count;
}

/* Returns whether there is something to do. */
static bool decide(struct run *run)
{
	const struct annotations_case *annotations_case = &run->annotations_case;
	struct annotations annotations = {.items = run->annotations_case.items,
					  .count = annotations_case->count};
	size_t longest = annotations_case->list.length > annotations_case->other_list.length
				 ? annotations_case->list.length
				 : annotations_case->other_list.length;
	unsigned refusal = refusal_at_once(run);
	struct error error = UNSET_ERROR;
	bool readonly;
	bool seeds;
	size_t count;
	int r = policy_decide(&annotations, CONTAINER_ID, &run->options, &error, &run->wish,
			      &run->policy);

	/* A container whose config.json is not even read would not change. */
	if (policy_is_idle(&annotations, &run->options))
		REQUIRE(r < 0 ? error.status == STATUS_ANNOTATION && annotations_case->is_cut
			      : run->policy.left_alone != NULL,
			"not idle: %s", error.text);
	if (annotations_case->left_alone) {
		REQUIRE(r == 0 && run->policy.left_alone && !run->policy.requests_count &&
				!run->policy.readonly && !run->policy.seeds_tmpfs,
			"not left alone: %s", error.text);
		return false;
	}
	if (r < 0) {
		require_error(r, &error, STATUS_BIT(STATUS_ANNOTATION) | STATUS_BIT(STATUS_POLICY),
			      longest);
		REQUIRE(refusal & STATUS_BIT(error.status), "refused: %s", error.text);
		return false;
	}
	REQUIRE(!refusal, "taken: %s",
		annotations_case->list.text ? annotations_case->list.text : "");
	readonly = annotations_case->readonly == READONLY_TRUE ||
		   (annotations_case->readonly == READONLY_UNSAID && run->operator_case.readonly);
	REQUIRE(run->policy.readonly == readonly, "root");
	count = expect_requests(run, readonly);
	REQUIRE(run->policy.requests_count == count, "%zu instead of %zu",
		run->policy.requests_count, count);
	seeds = run->operator_case.seed_tmpfs && !annotations_case->is_podman;
	REQUIRE(run->policy.seeds_tmpfs == seeds, "--seed-tmpfs");
	REQUIRE((run->policy.left_alone != NULL) == (!readonly && !count && !seeds), "left alone");
	for (size_t i = 0; i < count; i++)
		require_meaning(run->policy.requests[i].entry, run->entries[i]);
	return !run->policy.left_alone;
}

static bool is_annotations(const struct run *run, size_t number)
{
	return run->annotations_case.has_list && number < run->annotations_case.wanted.count;
}

static bool is_mapped(const struct run *run, uint64_t id)
{
	return !run->facts.bundle.uids.count || id < run->facts.mapping.size;
}

static bool is_own(const struct mount_line *mount)
{
	return mount->is_whole && mount->is_private &&
	       same_text(mount->source, "oci-readonly-hook") &&
	       (!strcmp(mount->fstype, "tmpfs") || !strcmp(mount->fstype, "overlay"));
}

static bool is_kernel(const struct mount_line *mount)
{
	return !strcmp(mount->fstype, "proc") || !strcmp(mount->fstype, "sysfs");
}

/* Whether the path is on a kernel filesystem, whatever is mounted between. */
static bool is_above_kernel(const struct run *run, const char *path)
{
	for (size_t i = 1; i < run->facts.mounts_count; i++)
		if (model_is_below(path, run->facts.mounts[i].path) &&
		    is_kernel(&run->facts.table.lines[run->facts.mounts[i].line]))
			return true;
	return false;
}

/* Whether the path is on a mount of the container, without a tmpfs of the plan between. */
static bool is_given(const struct run *run, size_t number)
{
	const char *path = run->facts.targets[number].path;
	const struct mount_line *mount = facts_mount(&run->facts, path, NULL);

	if (mount == &run->facts.table.lines[0] || is_own(mount))
		return false;
	for (size_t i = 0; i < number; i++)
		if (run->fates[i] == FATE_TMPFS &&
		    model_is_below(path, run->facts.targets[i].path) &&
		    facts_mount(&run->facts, run->facts.targets[i].path, NULL) == mount)
			return false;
	return true;
}

/* Whether it has to be created on a mount that is read-only in config.json. */
static bool cant_be_made(const struct run *run, const struct target *target)
{
	const struct bundle *bundle = &run->facts.bundle;
	const char *decides = "";
	bool is_readonly = false;

	if (target->existing == strlen(target->path) ||
	    target->mount_id == run->facts.table.lines[0].id)
		return false;
	for (size_t i = 0; i < bundle->mounts_count; i++) {
		const char *path = run->facts.given[i].path;

		if (model_is_below(target->path, path) && strlen(path) > strlen(decides)) {
			decides = path;
			is_readonly = bundle->mounts[i].is_readonly;
		}
	}
	return is_readonly;
}

/* What config.json contains about the tmpfs that it mounts there, if any. */
static const struct bundle_mount *engines_tmpfs(const struct run *run, const struct target *target,
						const struct mount_line *mount)
{
	const struct bundle *bundle = &run->facts.bundle;

	if (!mount->is_whole || !mount->is_private || strcmp(mount->fstype, "tmpfs") != 0)
		return NULL;
	/* Each has a separate place here. */
	for (size_t i = 0; i < bundle->mounts_count; i++)
		if (bundle->mounts[i].is_tmpfs && !strcmp(run->facts.given[i].path, target->path))
			return &bundle->mounts[i];
	return NULL;
}

static bool has_device(const struct run *run, const char *path)
{
	return run->facts.bundle.devices_count && model_is_below(run->facts.devices[0].path, path);
}

/* The expected outcome of a request, or the status that refuses it. */
static unsigned judge(struct run *run, size_t number)
{
	const struct target *target = &run->facts.targets[number];
	const struct model_entry *entry = run->entries[number];
	const struct mount_line *mount = facts_mount(&run->facts, target->path, NULL);
	bool yields = !is_annotations(run, number);
	const struct bundle_mount *given;
	bool taken = false;

	for (size_t i = 0; i < number; i++)
		taken |= (run->fates[i] == FATE_TMPFS || run->fates[i] == FATE_DONE) &&
			 !strcmp(run->facts.targets[i].path, target->path);
	run->fates[number] = FATE_TMPFS;
	if (!strcmp(target->path, "/") || !strcmp(target->path, "/dev") ||
	    (!strcmp(target->path, "/dev/shm") && !(yields && target->is_mount_root)) ||
	    is_kernel(mount))
		return STATUS_BIT(STATUS_PATH);
	given = engines_tmpfs(run, target, mount);
	if (target->is_mount_root && !yields && !is_own(mount) && given) {
		if (given->is_readonly || has_device(run, target->path))
			return STATUS_BIT(STATUS_PATH);
	} else if (target->is_mount_root) {
		bool ours = is_own(mount) && mount->flags == entry->flags;

		run->fates[number] = taken ? FATE_TWIN : ours ? FATE_DONE : FATE_YIELDED;
		if (ours && !yields && !operator_allows(&run->operator_case, target->path))
			return STATUS_BIT(STATUS_POLICY);
		return yields || (ours && !taken) ? 0 : STATUS_BIT(STATUS_PATH);
	}
	if (yields && is_given(run, number)) {
		run->fates[number] = FATE_YIELDED;
		return 0;
	}
	if (mount->is_shared || is_above_kernel(run, target->path) || cant_be_made(run, target))
		return STATUS_BIT(STATUS_PATH);
	if (!yields && !operator_allows(&run->operator_case, target->path))
		return STATUS_BIT(STATUS_POLICY);
	if (taken) {
		run->fates[number] = FATE_TWIN;
		return yields ? 0 : STATUS_BIT(STATUS_PATH);
	}
	if ((entry->given & GIVEN_UID && !is_mapped(run, entry->uid)) ||
	    (entry->given & GIVEN_GID && !is_mapped(run, entry->gid)))
		return STATUS_BIT(STATUS_ANNOTATION);
	return 0;
}

static uint64_t pages_up(uint64_t bytes)
{
	return bytes / MODEL_PAGE + (bytes % MODEL_PAGE != 0);
}

static uint64_t pages_of(const struct run *run, size_t number, bool is_down)
{
	uint64_t bytes = model_bytes(&run->entries[number]->size, run->facts.total_memory);
	uint64_t pages = is_down ? bytes / MODEL_PAGE : pages_up(bytes);

	/* Without a size, the minimum is a page. */
	return run->entries[number]->given & GIVEN_SIZE && pages ? pages : 1;
}

/* By this run or an earlier one. */
static bool is_mounted(const struct run *run, size_t number)
{
	return run->fates[number] == FATE_TMPFS || run->fates[number] == FATE_DONE;
}

/* Whether the sizes are within the limits, all of them rounded up or all rounded down. */
static bool sizes_fit(const struct run *run, bool is_down)
{
	const struct operator_case *operator_case = &run->operator_case;
	uint64_t memory = run->facts.total_memory;
	uint64_t each = model_bytes(&operator_case->max_size, memory);
	uint64_t all = model_bytes(&operator_case->max_total, memory);
	uint64_t pages = 0, bytes = 0;

	for (size_t i = 0; i < run->policy.requests_count; i++) {
		uint64_t own = 0;

		if (!is_mounted(run, i))
			continue;
		if (run->entries[i]->given & GIVEN_SIZE)
			own = model_bytes(&run->entries[i]->size, memory);
		if (operator_case->max_size.value &&
		    (own > each || pages_of(run, i, is_down) > each / MODEL_PAGE))
			return false;
		bytes += own;
		pages += pages_of(run, i, is_down);
	}
	return !operator_case->max_total.value || !pages ||
	       (pages <= all / MODEL_PAGE && bytes <= all);
}

/* The pages left for an entry without a size; 0: no limit. The sizes are within the limits. */
static uint64_t share_pages(const struct run *run)
{
	const struct operator_case *operator_case = &run->operator_case;
	uint64_t memory = run->facts.total_memory;
	uint64_t each = model_bytes(&operator_case->max_size, memory) / MODEL_PAGE;
	uint64_t left = model_bytes(&operator_case->max_total, memory) / MODEL_PAGE;
	uint64_t sharers = 0;

	if (!operator_case->max_total.value)
		return operator_case->max_size.value ? each : 0;
	for (size_t i = 0; i < run->policy.requests_count; i++) {
		if (!is_mounted(run, i))
			continue;
		if (run->entries[i]->given & GIVEN_SIZE)
			left -= pages_of(run, i, !sizes_fit(run, false));
		else
			sharers++;
	}
	left = sharers ? left / sharers : 0;
	return operator_case->max_size.value && each < left ? each : left;
}

/* Whether what an earlier run has mounted may have its size, in the kernel's pages. */
static bool own_sizes_fit(const struct run *run)
{
	for (size_t i = 0; i < run->policy.requests_count; i++) {
		const struct target *target = &run->facts.targets[i];
		uint64_t pages;

		if (run->fates[i] != FATE_DONE)
			continue;
		pages = share_pages(run);
		if (run->entries[i]->given & GIVEN_SIZE)
			pages = pages_of(run, i, !sizes_fit(run, false));
		while (pages && pages % (target->own_block / MODEL_PAGE))
			pages++;
		if (pages && target->own_size / MODEL_PAGE > pages)
			return false;
	}
	return true;
}

/* How many files an entry's tmpfs may have; 0: no limit. */
static uint64_t inodes_of(const struct run *run, size_t number)
{
	const struct model_entry *entry = run->entries[number];

	return entry->given & GIVEN_NR_INODES ? entry->nr_inodes : run->operator_case.max_inodes;
}

static bool inodes_fit(const struct run *run)
{
	uint64_t most = run->operator_case.max_inodes;

	for (size_t i = 0; i < run->policy.requests_count; i++) {
		uint64_t inodes = inodes_of(run, i);

		if (is_mounted(run, i) && most && inodes > most)
			return false;
		if (run->fates[i] == FATE_DONE && inodes &&
		    run->facts.targets[i].own_inodes > inodes)
			return false;
	}
	return true;
}

/* Whether a link is hidden: it is only in the image, below a tmpfs that starts empty. */
static bool is_lost(const struct run *run, const char *link)
{
	const char *decides = NULL;
	enum seed seed = SEED_COPY;

	for (size_t i = 0; i < run->policy.requests_count; i++) {
		const char *path = run->facts.targets[i].path;

		if (run->fates[i] != FATE_TMPFS || !model_is_below(link, path) ||
		    !strcmp(link, path) || (decides && strlen(path) <= strlen(decides)))
			continue;
		decides = path;
		seed = (enum seed)run->entries[i]->seed;
	}
	/* A mount between them has its own files. */
	for (size_t i = 1; decides && i < run->facts.mounts_count; i++)
		if (model_is_below(link, run->facts.mounts[i].path) &&
		    model_is_below(run->facts.mounts[i].path, decides) &&
		    strcmp(run->facts.mounts[i].path, decides) != 0)
			return false;
	return decides && seed == SEED_NONE;
}

static bool loses_link(const struct run *run, const struct target *target)
{
	return target->links_count && is_lost(run, target->links[0]);
}

/* Whether the container would not find a path of an entry, or a mount of config.json. */
static bool any_loses_link(const struct run *run)
{
	for (size_t i = 0; i < run->policy.requests_count; i++)
		if (run->fates[i] == FATE_TMPFS && loses_link(run, &run->facts.targets[i]))
			return true;
	for (size_t i = 0; i < run->facts.bundle.mounts_count; i++)
		if (loses_link(run, &run->facts.given[i]))
			return true;
	return false;
}

/* Is one of config.json's mounts a tmpfs that --seed-tmpfs fills? Each has a separate place here.
 */
static bool is_filled(const struct run *run, size_t number)
{
	static const char *const reserved[] = {"/dev", "/proc", "/sys"};
	const struct target *given = &run->facts.given[number];
	const struct mount_line *mount = facts_mount(&run->facts, given->path, NULL);

	if (!run->policy.seeds_tmpfs || !engines_tmpfs(run, given, mount) || is_own(mount))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(reserved); i++)
		if (model_is_below(given->path, reserved[i]))
			return false;
	for (size_t i = 0; i < run->policy.requests_count; i++)
		if (run->fates[i] == FATE_TMPFS && !strcmp(run->facts.targets[i].path, given->path))
			return false;
	return true;
}

static bool any_fill_is_readonly(const struct run *run)
{
	for (size_t i = 0; i < run->facts.bundle.mounts_count; i++)
		if (is_filled(run, i) &&
		    facts_mount(&run->facts, run->facts.given[i].path, NULL)->flags & FLAG_RO)
			return true;
	return false;
}

/* The statuses that may refuse the plan; 0: it has to be made. */
static unsigned refusal_of_plan(struct run *run)
{
	size_t counts[FATE_DONE + 1] = {0};
	unsigned refusal = 0;

	for (size_t i = 0; i < run->policy.requests_count; i++) {
		refusal |= judge(run, i);
		counts[run->fates[i]]++;
	}
	if (counts[FATE_DONE] && counts[FATE_TMPFS])
		refusal |= STATUS_BIT(STATUS_PATH);
	if (any_loses_link(run))
		refusal |= STATUS_BIT(STATUS_PATH);
	if (!refusal && ((!sizes_fit(run, false) && !sizes_fit(run, true)) || !own_sizes_fit(run) ||
			 !inodes_fit(run)))
		refusal = STATUS_BIT(STATUS_POLICY);
	if (any_fill_is_readonly(run))
		refusal |= STATUS_BIT(STATUS_PATH);
	return refusal;
}

/* Nothing exceeds a cap, and those without a size share everything that is left. */
static void require_sizes(const struct run *run)
{
	uint64_t memory = run->facts.total_memory;
	uint64_t each = model_bytes(&run->operator_case.max_size, memory);
	uint64_t all = model_bytes(&run->operator_case.max_total, memory);
	uint64_t sum = 0, share = 0;
	size_t sharers = 0;

	for (size_t i = 0; i < run->plan.tmpfs_count; i++) {
		const struct planned_tmpfs *tmpfs = &run->plan.tmpfs[i];
		const struct model_entry *entry = run->entries[tmpfs->request];

		REQUIRE(tmpfs->size % MODEL_PAGE == 0, "%" PRIu64, tmpfs->size);
		REQUIRE(tmpfs->inodes == inodes_of(run, tmpfs->request), "%" PRIu64, tmpfs->inodes);
		if (each)
			REQUIRE(tmpfs->size && tmpfs->size <= each,
				"%s has %" PRIu64 " bytes, and --max-size is %" PRIu64, tmpfs->path,
				tmpfs->size, each);
		if (all)
			REQUIRE(tmpfs->size && tmpfs->size <= all - sum,
				"%s has %" PRIu64 " bytes, and --max-total is %" PRIu64
				", of which %" PRIu64 " are gone",
				tmpfs->path, tmpfs->size, all, sum);
		sum += all ? tmpfs->size : 0;
		if (entry->given & GIVEN_SIZE) {
			uint64_t pages = pages_of(run, tmpfs->request, !sizes_fit(run, false));

			REQUIRE(tmpfs->size == pages * MODEL_PAGE, "%s has %" PRIu64 " bytes",
				tmpfs->path, tmpfs->size);
			continue;
		}
		REQUIRE(each || all || !tmpfs->size, "%s has %" PRIu64 " bytes", tmpfs->path,
			tmpfs->size);
		REQUIRE(!sharers || tmpfs->size == share, "%" PRIu64 " and %" PRIu64, share,
			tmpfs->size);
		share = tmpfs->size;
		sharers++;
	}
	if (!sharers || (!each && !all))
		return;
	REQUIRE((each && share == each / MODEL_PAGE * MODEL_PAGE) ||
			(all && all - sum < (sharers + 1) * MODEL_PAGE),
		"%zu get %" PRIu64 " bytes each, and %" PRIu64 " are left", sharers, share,
		all - sum);
}

/* Is everything that is mounted on the tmpfs, or will be, left out? */
static void require_covered(const struct run *run, const struct planned_fill *fill)
{
	for (size_t i = 0; i < run->facts.table.count + run->plan.tmpfs_count; i++) {
		size_t k = i - run->facts.table.count;
		bool is_mount = i < run->facts.table.count;
		const struct mount_line *line = is_mount ? &run->facts.table.lines[i] : NULL;
		const char *path = is_mount ? line->target + strlen("/c") : run->plan.tmpfs[k].path;
		uint64_t on = is_mount ? line->parent : run->plan.tmpfs[k].mount_id;
		bool is_covered = false;

		if (on != fill->id || !strcmp(path, fill->path))
			continue;
		for (size_t c = 0; c < fill->covered_count; c++)
			is_covered |= !strcmp(fill->covered[c], path + strlen(fill->path) + 1);
		REQUIRE(is_covered, "'%s' would be filled at '%s'", fill->path, path);
	}
}

static void require_fills(const struct run *run)
{
	size_t count = 0;

	for (size_t i = 0; i < run->facts.bundle.mounts_count; i++) {
		const struct planned_fill *fill = &run->plan.fills[count];

		if (!is_filled(run, i))
			continue;
		REQUIRE(count < run->plan.fills_count, "'%s' is not filled",
			run->facts.given[i].path);
		REQUIRE(!strcmp(fill->path, run->facts.given[i].path) &&
				fill->id == run->facts.given[i].mount_id,
			"'%s' instead of '%s'", fill->path, run->facts.given[i].path);
		require_covered(run, fill);
		count++;
	}
	REQUIRE(run->plan.fills_count == count, "%zu filled instead of %zu", run->plan.fills_count,
		count);
}

static void require_plan(const struct run *run)
{
	const struct plan *plan = &run->plan;
	size_t attached = 0;

	REQUIRE(plan->root_readonly == run->policy.readonly, "root");
	for (size_t i = 0; i < run->policy.requests_count; i++) {
		REQUIRE(plan->fates[i] == run->fates[i], "%s: %u instead of %u",
			run->entries[i]->path.text, plan->fates[i], run->fates[i]);
		attached += run->fates[i] == FATE_TMPFS;
	}
	REQUIRE(plan->tmpfs_count == attached, "%zu instead of %zu", plan->tmpfs_count, attached);
	for (size_t i = 0; i < plan->tmpfs_count; i++) {
		const struct planned_tmpfs *tmpfs = &plan->tmpfs[i];
		const struct model_entry *entry = run->entries[tmpfs->request];

		REQUIRE(!strcmp(tmpfs->path, run->facts.targets[tmpfs->request].path), "'%s'",
			tmpfs->path);
		if (is_annotations(run, tmpfs->request))
			REQUIRE(operator_allows(&run->operator_case, tmpfs->path) &&
					operator_allows(&run->operator_case, entry->path.text) &&
					!operator_forbids(&run->operator_case, entry),
				"'%s'", tmpfs->entry->text);
		REQUIRE(i == 0 || !model_is_below(plan->tmpfs[i - 1].path, tmpfs->path),
			"'%s' comes after '%s'", tmpfs->path, plan->tmpfs[i - 1].path);
		REQUIRE(tmpfs->uid == (entry->given & GIVEN_UID		 ? entry->uid
				       : entry->given & GIVEN_OWNER_USER ? run->facts.bundle.uid
									 : (uid_t)-1),
			"'%s': uid %u", tmpfs->path, tmpfs->uid);
	}
}

/* Each operation once, the stage before the commit, the root's flag last. */
static void require_ops(const struct run *run)
{
	const struct plan *plan = &run->plan;
	size_t attached = 0, moved = 0, opened = 0, filled = 0;

	for (size_t i = 0; i < plan->ops_count; i++) {
		const struct op *op = &plan->ops[i];
		char *text = NULL;
		size_t length;
		FILE *file = open_memstream(&text, &length);

		REQUIRE(file, "out of memory");
		plan_print_op(plan, op, file);
		fclose(file);
		REQUIRE(length, "operation %u", op->kind);
		require_escapes(text);
		free(text);
		REQUIRE(i == 0 || plan->ops[i - 1].kind < OP_FIRST_OF_COMMIT ||
				op->kind >= OP_FIRST_OF_COMMIT,
			"operation %zu", i);
		attached += op->kind == OP_ATTACH;
		moved += op->kind == OP_MOVE;
		opened += op->kind == OP_OPEN_FILL;
		filled += op->kind == OP_FILL;
		/* Everything is checked before the first is filled. */
		REQUIRE(!filled || op->kind == OP_FILL || op->kind >= OP_FIRST_OF_COMMIT,
			"operation %zu", i);
		REQUIRE((op->kind == OP_ROOT_READONLY) ==
				(plan->root_readonly && i + 1 == plan->ops_count),
			"operation %zu", i);
	}
	REQUIRE(attached == plan->tmpfs_count && moved == plan->moves_count,
		"%zu attached, %zu moved", attached, moved);
	REQUIRE(opened == plan->fills_count && filled == plan->fills_count,
		"%zu opened, %zu filled", opened, filled);
	if (!plan->ops_count)
		REQUIRE(!plan->root_readonly || run->facts.table.lines[0].flags & FLAG_RO,
			"a root that stays writable");
}

static void require_explained(const struct run *run)
{
	char text[EXPLAIN_MAX];

	explain_root(&run->options, &run->wish, &run->policy, text);
	require_line(text);
	for (size_t i = 0; i < run->policy.requests_count; i++) {
		explain_request(&run->options, &run->wish, &run->policy.requests[i],
				run->plan.fates[i], run->facts.targets[i].path, 4096, text);
		require_line(text);
	}
	for (size_t i = 0; i < run->options.defaults.count; i++) {
		const struct tmpfs_entry *entry = &run->options.defaults.entries[i];
		bool asked = false;

		for (size_t k = 0; k < run->policy.requests_count; k++)
			asked |= run->policy.requests[k].entry == entry;
		REQUIRE(explain_default(&run->wish, &run->policy, entry, text) != asked, "'%s'",
			entry->path);
		if (!asked)
			require_line(text);
	}
}

/* The mount table after the plan has been carried out. */
static void carry_out(struct run *run, struct mounttab *after, struct mounted mounted[])
{
	static char source[] = "oci-readonly-hook";
	const struct plan *plan = &run->plan;

	for (size_t i = 0; i < run->facts.table.count; i++) {
		struct mount_line line = run->facts.table.lines[i];

		for (size_t k = 0; k < plan->moves_count; k++)
			if (plan->moves[k].id == line.id)
				line.parent = PAST_TMPFS_ID + plan->moves[k].onto;
		if (i == 0 && plan->root_readonly)
			line.flags |= FLAG_RO;
		REQUIRE(mounttab_add(after, &line) == 0, "out of memory");
	}
	for (size_t i = 0; i < plan->tmpfs_count; i++) {
		const struct planned_tmpfs *tmpfs = &plan->tmpfs[i];
		bool overlay = tmpfs->entry->seed == SEED_OVERLAY ||
			       (tmpfs->entry->seed == SEED_AUTO && take_rarely(&run->take, 2));
		AUTO_TEXT target = {0};
		struct mount_line line = {
			.id = PAST_TMPFS_ID + i,
			.parent = tmpfs->inside == PLAN_NOWHERE ? tmpfs->mount_id
								: PAST_TMPFS_ID + tmpfs->inside,
			.flags = run->entries[tmpfs->request]->flags,
		};

		text_add(&target, "/c%s", tmpfs->path);
		line.target = target.text;
		line.fstype = (char *)(uintptr_t)(overlay ? "overlay" : "tmpfs");
		line.source = source;
		REQUIRE(mounttab_add(after, &line) == 0, "out of memory");
		mounted[i] = (struct mounted){.id = line.id, .is_overlay = overlay};
	}
}

static void replace(char **text, const char *by)
{
	free(*text);
	*text = strdup(by);
	REQUIRE(*text, "out of memory");
}

/* Changes one thing that was promised; false if there is none of that kind. */
static bool spoil(struct run *run, struct mounttab *after)
{
	size_t old = run->facts.table.count;
	struct mount_line *root = &after->lines[0];
	struct mount_line *tmpfs;
	unsigned kind = take_below(&run->take, 12);

	if (kind == 0 && run->plan.root_readonly) {
		root->flags &= ~(unsigned)FLAG_RO;
		return true;
	}
	if (kind == 1) {
		root->flags ^= FLAG_NOEXEC;
		return true;
	}
	if (kind == 11) {
		REQUIRE(mounttab_add(after, &(struct mount_line){.id = 9999,
								 .parent = root->id,
								 .target = root->target,
								 .fstype = root->fstype}) == 0,
			"out of memory");
		replace(&after->lines[after->count - 1].target, "/c/stray");
		return true;
	}
	if (after->count == old)
		return false;
	tmpfs = &after->lines[old + take_below(&run->take, (unsigned)(after->count - old))];
	switch (kind) {
	case 2:
		tmpfs->flags ^= FLAG_NOSUID;
		return true;
	case 3:
		tmpfs->is_shared = true;
		return true;
	case 4:
		replace(&tmpfs->source, "tmpfs");
		return true;
	case 5:
		replace(&tmpfs->fstype, "ext4");
		return true;
	case 6:
		replace(&tmpfs->target, "/c/elsewhere");
		return true;
	case 7:
		tmpfs->parent += 5000;
		return true;
	case 8:
		tmpfs->id += 5000;
		return true;
	case 9:
		/* On top of it. */
		REQUIRE(mounttab_add(after, &(struct mount_line){.id = 9999,
								 .parent = tmpfs->id,
								 .target = tmpfs->target,
								 .fstype = tmpfs->fstype}) == 0,
			"out of memory");
		return true;
	case 10:
		if (!run->plan.moves_count)
			return false;
		for (size_t i = 0; i < old; i++)
			if (after->lines[i].id == run->plan.moves[0].id)
				after->lines[i].parent = run->facts.table.lines[i].parent;
		return true;
	default:
		return false;
	}
}

static void require_verified(struct run *run)
{
	struct mounted mounted[REQUESTS_MAX];
	struct error error = UNSET_ERROR;
	AUTO_MOUNTTAB after = {0};
	uint64_t root = run->facts.table.lines[0].id;
	int r;

	carry_out(run, &after, mounted);
	r = plan_verify(&run->plan, &run->facts.table, &after, root, mounted, &error);
	REQUIRE(r == 0, "%s", error.text);
	if (!spoil(run, &after))
		return;
	r = plan_verify(&run->plan, &run->facts.table, &after, root, mounted, &error);
	require_error(r, &error, STATUS_BIT(STATUS_BUG), 0);
}

static void make_plan(struct run *run)
{
	struct facts_case *facts = &run->facts;
	struct plan_facts plan_facts = {
		.table = &facts->table,
		.root_id = facts->table.lines[0].id,
		.targets = facts->targets,
		.cwd = facts->has_cwd ? &facts->cwd : NULL,
		.given = facts->given,
		.devices = facts->devices,
		.bundle = &facts->bundle,
		.total_memory = facts->total_memory,
	};
	struct error error = UNSET_ERROR;
	unsigned refusal = refusal_of_plan(run);
	int r = plan_make(&run->policy, &run->options, &plan_facts, &error, &run->plan);

	if (r < 0) {
		require_error(r, &error, ~0U, SIZE_MAX - 2);
		REQUIRE(refusal & STATUS_BIT(error.status), "refused: %s", error.text);
		return;
	}
	REQUIRE(!refusal, "a plan that must not be");
	require_plan(run);
	require_fills(run);
	require_sizes(run);
	require_ops(run);
	require_explained(run);
	require_verified(run);
}

/* For people: the meaning of an input. */
static void show_text(const char *name, const char *text)
{
	char line[4096];

	text_escape(text ? text : "", line, sizeof(line));
	fprintf(stderr, "%s: %s\n", name, line);
}

static void show_container(const struct run *run)
{
	for (size_t i = 0; i < run->annotations_case.count; i++)
		show_text(run->annotations_case.items[i].key, run->annotations_case.items[i].value);
}

static void show_operator(const struct run *run)
{
	for (size_t i = 1; i < run->operator_case.arguments_count; i++)
		show_text("argument", run->operator_case.arguments[i].text);
}

static void show_facts(const struct run *run)
{
	for (size_t i = 0; i < run->policy.requests_count; i++) {
		show_text("asked", run->entries[i]->path.text);
		show_text("  comes to", run->facts.targets[i].path);
	}
	for (size_t i = 0; i < run->facts.table.count; i++) {
		const struct mount_line *line = &run->facts.table.lines[i];

		show_text(line->fstype, line->target);
		fprintf(stderr, "  id %" PRIu64 " parent %" PRIu64 " flags %#x%s%s from %s\n",
			line->id, line->parent, line->flags, line->is_shared ? " shared" : "",
			line->is_slave ? " slave" : "", line->source ? line->source : "(null)");
	}
	fprintf(stderr, "memory: %" PRIu64 "\n", run->facts.total_memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(run_done) struct run run = {.take = {.at = data, .end = data + size}};

	bool show = getenv("FUZZ_SHOW") != NULL;

	operator_make(&run.take, &run.operator_case);
	if (show)
		show_operator(&run);
	if (!read_options(&run))
		return 0;
	annotations_make(&run.take, &run.operator_case, &run.annotations_case);
	if (show)
		show_container(&run);
	if (!decide(&run))
		return 0;
	facts_make(&run.take, &run.facts);
	for (size_t i = 0; i < run.policy.requests_count; i++)
		facts_resolve(&run.take, &run.facts, run.entries[i]->path.text, i);
	if (show)
		show_facts(&run);
	make_plan(&run);
	return 0;
}
