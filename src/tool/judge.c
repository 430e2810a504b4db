/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge.h"

#include <errno.h>
#include <string.h>

#include "core/plan_make.h"

void verdict_done(struct verdict *verdict)
{
	plan_done(&verdict->plan);
	scene_done(&verdict->scene);
	policy_done(&verdict->policy);
	wish_done(&verdict->wish);
}

/* Takes the same steps as the hook, in the same order. On failure the verdict has the decisions
 * made so far. */
static int decide(const struct judge *judge, struct subject *subject, struct error *error,
		  struct verdict *verdict)
{
	const struct annotations *annotations = written_annotations(&subject->annotations);
	int r;

	if (!annotations)
		return error_memory(error);
	r = policy_decide(annotations, subject->id, judge->options, error, &verdict->wish,
			  &verdict->policy);
	if (r < 0)
		return r;
	policy_see_mounts(&subject->bundle, &verdict->policy);
	if (verdict->policy.left_alone)
		return 0;
	r = scene_make(&subject->bundle, &verdict->policy, judge->image, judge->total_memory, error,
		       &verdict->scene);
	if (r < 0)
		return r;
	return plan_make(&verdict->policy, judge->options, &verdict->scene.facts, error,
			 &verdict->plan);
}

/* Returns how to fix a mistake whose text does not say so. */
static const char *hint_for(const struct error *error)
{
	return error->status == STATUS_POLICY
		       ? "the operator's options decide this: ask for less, or have them changed"
		       : NULL;
}

/* Is the list that applies to the container refused before it is read, because of an annotation
 * beside it? The list's own mistakes are still to be found then. */
static bool is_of_whole_list(struct subject *subject, const struct written *written,
			     const struct error *error)
{
	const struct annotations *annotations = written_annotations(&subject->annotations);

	if (error->offset != ERROR_NO_OFFSET || !annotations)
		return false;
	return !strcmp(written->key, KEY_TMPFS) ||
	       (annotations_container_name(annotations) &&
		!strncmp(written->key, KEY_TMPFS "/", strlen(KEY_TMPFS "/")));
}

static int tell(struct subject *subject, const struct error *error, struct findings *findings,
		bool *ret_is_placed)
{
	struct written *written = written_blamed(&subject->annotations, error);
	struct finding_place place;
	int r;

	if (written)
		place = written_place(&subject->annotations, written, error->offset);
	r = findings_add(findings, false, (int)error->status, written ? &place : NULL,
			 hint_for(error), "%s", error->text);
	if (r == 0 && written &&
	    !(is_of_whole_list(subject, written, error) &&
	      written_take_out_stray(&subject->annotations)))
		written_take_out(written, error->offset);
	*ret_is_placed = written;
	return r;
}

/* The limit keeps the time bounded, because each mistake is found in a pass over the whole
 * input. */
#define MISTAKES_MAX 64

int judge_subject(const struct judge *judge, struct subject *subject, struct findings *findings,
		  struct verdict *ret_verdict)
{
	struct error first = {.status = STATUS_BUG};
	bool is_refused = false;
	size_t mistakes = 0;
	bool is_placed;
	int r;

	do {
		struct error error;

		/* Reset in place, because the scene's facts point into the verdict. */
		verdict_done(ret_verdict);
		*ret_verdict = (struct verdict){0};
		is_placed = false;
		r = decide(judge, subject, &error, ret_verdict);
		if (r == 0 || r == -ENOMEM)
			break;
		if (!is_refused)
			first = error;
		is_refused = true;
		r = tell(subject, &error, findings, &is_placed);
	} while (r == 0 && is_placed && ++mistakes < MISTAKES_MAX);
	ret_verdict->is_refused = is_refused;
	ret_verdict->error = first;
	return r;
}
