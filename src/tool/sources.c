/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources.h"

#include <errno.h>
#include <string.h>

#include "core/json.h"
#include "input.h"
#include "place.h"
#include "pod.h"
#include "podlint.h"
#include "podsubject.h"

static const char *shown_name(const char *file)
{
	return strcmp(file, "-") ? file : "standard input";
}

static int is_json(const char *text, size_t length, struct error *error)
{
	AUTO_JSON *document = NULL;

	return json_parse("config.json", text, length, error, &document);
}

/* config.json does not contain the id. For a sandbox, it is the id that its annotations name. */
static int take_id(struct survey *survey, struct subject *subject)
{
	const struct annotations *annotations = &subject->bundle.annotations;
	const char *crio = annotations_get(annotations, KEY_CRIO_SANDBOX);
	const char *containerd = annotations_get(annotations, KEY_CONTAINERD_SANDBOX);

	subject->id = crio ? crio : containerd ? containerd : "";
	if (!annotations_is_sandbox(annotations, subject->id))
		return 0;
	return findings_add(
		&survey->findings, true, 0, NULL, NULL,
		"the annotations call this a pod's sandbox; the hook leaves it alone only "
		"if its id is %s",
		subject->id);
}

/* Returns linux.resources.memory.limit. The runtime refuses a value that is not a number. */
static uint64_t memory_limit(const struct bundle *bundle)
{
	static const char *const path[] = {"linux", "resources", "memory", "limit"};
	struct json_object *value = bundle->document;
	int64_t limit;

	for (size_t i = 0; i < ARRAY_SIZE(path) && value; i++)
		if (!json_object_is_type(value, json_type_object) ||
		    !json_object_object_get_ex(value, path[i], &value))
			return 0;
	limit = json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : 0;
	return limit > 0 ? (uint64_t)limit : 0;
}

static int take_config(struct survey *survey, struct subject *subject)
{
	const struct annotations *annotations = &subject->bundle.annotations;
	int r = take_id(survey, subject);

	subject->memory_limit = memory_limit(&subject->bundle);
	for (size_t i = 0; i < annotations->count && r == 0; i++)
		r = written_add(&subject->annotations, annotations->items[i].key,
				annotations->items[i].value, NULL, NULL);
	return r < 0 ? r : survey_take(survey, subject);
}

int sources_config(struct survey *survey, const char *file, struct error *error)
{
	AUTO_FREE char *text = NULL;
	AUTO_SUBJECT subject = {.id = "", .is_user_known = true};
	size_t length;
	int r;

	r = tool_read(file, CONFIG_LENGTH_MAX, error, &text, &length);
	if (r < 0)
		return r;
	r = is_json(text, length, error);
	if (r < 0)
		return error_wrap(error, "%" NAME_SHOWN, shown_name(file));
	r = bundle_parse(text, length, "/", error, &subject.bundle);
	if (r == -ENOMEM)
		return r;
	/* The hook would report the same error. */
	if (r < 0)
		r = findings_add(&survey->findings, false, (int)error->status, NULL, NULL, "%s",
				 error->text);
	else
		r = take_config(survey, &subject);
	return r < 0 ? error_memory(error) : 0;
}

/* Adds an error that has a place in the source as a finding. */
static int add_error(struct survey *survey, const struct pod_source *source,
		     const struct error *error)
{
	struct finding_place place = {
		.file = source->file,
		.text = source->text,
		.length = source->length,
		.start = error->offset,
		.end = error->offset + 1,
	};
	bool is_placed = error->offset != ERROR_NO_OFFSET;

	return findings_add(&survey->findings, false, 0, is_placed ? &place : NULL, NULL, "%s",
			    error->text);
}

/* Takes each container of a pod as the hook would get it. */
static int take_containers(struct survey *survey, const struct pod_source *source,
			   const struct pod *pod, enum pod_reader reader)
{
	AUTO_WRITTEN annotations = {0};
	struct error error;
	int r;

	r = podsubject_annotations(source, pod, reader, &error, &annotations);
	if (r < 0)
		return r == -ENOMEM ? r : add_error(survey, source, &error);
	for (size_t i = 0; i < pod->count; i++) {
		AUTO_SUBJECT subject = {0};

		r = podsubject_make(&annotations, pod, &pod->containers[i], reader, &error,
				    &subject);
		if (r == 0)
			r = survey_take(survey, &subject);
		else if (r != -ENOMEM)
			r = add_error(survey, source, &error);
		if (r < 0)
			return r;
	}
	return 0;
}

static int take_pods(struct survey *survey, const struct pod_source *source,
		     const struct pods *pods)
{
	int r = 0;

	for (size_t i = 0; i < pods->count && r == 0; i++) {
		const struct pod *pod = &pods->items[i];

		r = podlint_add(source, pod, &survey->findings);
		if (r == 0)
			r = take_containers(survey, source, pod, READ_BY_KUBERNETES);
		if (r == 0 && podsubject_differs(pod))
			r = take_containers(survey, source, pod, READ_BY_PODMAN);
	}
	if (r == 0 && !pods->containers)
		r = findings_add(&survey->findings, true, 0, NULL, NULL,
				 "%s: no object in it makes a pod", source->file);
	return r;
}

/* Puts "FILE:LINE:COLUMN" before the text of a syntax error. */
static int wrap_place(const struct pod_source *source, struct error *error)
{
	struct place place = place_of(source->text, source->length, error->offset);

	return error_wrap(error, "%" NAME_SHOWN ":%zu:%zu", source->file, place.line, place.column);
}

int sources_pod(struct survey *survey, const char *file, struct error *error)
{
	AUTO_FREE char *text = NULL;
	AUTO_YAML yaml = {0};
	AUTO_PODS pods = {0};
	struct pod_source source = {.file = shown_name(file)};
	int r;

	r = tool_read(file, YAML_LENGTH_MAX, error, &text, &source.length);
	if (r < 0)
		return r;
	source.length = yaml_join_surrogates(text, source.length);
	source.text = text;
	r = yaml_parse(text, source.length, error, &yaml);
	if (r == 0)
		r = pods_find(&yaml, error, &pods);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return wrap_place(&source, error);
	return take_pods(survey, &source, &pods) < 0 ? error_memory(error) : 0;
}
