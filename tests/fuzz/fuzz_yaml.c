/* SPDX-License-Identifier: GPL-2.0-or-later */
/* YAML, and Kubernetes' objects in it, as oci-readonly check reads them. The input is a file. */
#include <stdio.h>

#include "fuzz.h"
#include "tool/podlint.h"
#include "tool/podsubject.h"
#include "tool/survey.h"

/* A container is judged again for each mistake in it. */
#define CONTAINERS_MOST 16

struct input {
	const char *text;
	size_t size;
};

/* Limits are respected for all aliases, and every node is in the text. */
static size_t require_node(const struct input *input, const struct node *node, unsigned depth)
{
	size_t weight = 1;

	REQUIRE(depth <= YAML_DEPTH_MAX, "%u", depth);
	REQUIRE(node->start <= node->end && node->end <= input->size, "%zu to %zu", node->start,
		node->end);
	REQUIRE(strlen(node_type(node)) > 2, "%s", node_type(node));
	if (node->kind == NODE_TEXT) {
		size_t length = strlen(node->text);

		REQUIRE(is_utf8(node->text, length), "%s", node->text);
		for (size_t i = 0; i <= length; i++) {
			size_t at = node_locate(node, input->text, i);

			REQUIRE(at >= node->start && at <= node->end, "%zu at %zu", i, at);
		}
		return weight;
	}
	REQUIRE(node->kind == NODE_LIST || node->count % 2 == 0, "%zu", node->count);
	for (size_t i = 0; i < node->count; i++)
		weight += require_node(input, node->items[i], depth + 1);
	REQUIRE(weight == node->weight && weight <= YAML_NODES_MAX, "%zu, not %zu", node->weight,
		weight);
	return weight;
}

static int count_pair(const struct node *key, const struct node *value, void *data)
{
	size_t *count = data;

	REQUIRE(key->kind == NODE_TEXT && value, "%s", key->text);
	++*count;
	return 0;
}

/* Everything that is listed can be looked up. */
static void require_map(const struct node *map)
{
	size_t count = 0;

	node_each(map, count_pair, &count);
	REQUIRE(count <= map->weight, "%zu of %zu", count, map->weight);
	for (size_t i = 0; i < map->count; i += 2) {
		const struct node *key = NULL;
		const struct node *value = NULL;

		if (map->items[i]->kind != NODE_TEXT)
			continue;
		value = node_get(map, map->items[i]->text, &key);
		REQUIRE(value && key && !strcmp(key->text, map->items[i]->text), "%s",
			map->items[i]->text);
	}
}

/* Each has a text, and a place in the file or none. */
static void require_findings(const struct input *input, const struct findings *findings)
{
	size_t mistakes = 0;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];

		REQUIRE(finding->text && *finding->text, "%zu", i);
		mistakes += !finding->is_warning;
		if (!finding->excerpt)
			continue;
		REQUIRE(finding->start <= finding->end && finding->end <= strlen(finding->excerpt),
			"%zu to %zu", finding->start, finding->end);
		REQUIRE(finding->line <= input->size + 1 && finding->column <= input->size + 1,
			"%zu:%zu", finding->line, finding->column);
	}
	REQUIRE(mistakes + findings->left_out >= findings->mistakes, "%zu", mistakes);
}

/* The output has no control characters, for any names. */
static void require_printed(char *text, size_t length)
{
	char *rest = text;
	char *line;

	REQUIRE(strlen(text) == length, "a NUL in what is printed");
	while ((line = strsep(&rest, "\n")))
		require_line(line);
}

static void survey_pod(struct survey *survey, const struct pod_source *source,
		       const struct pod *pod, enum pod_reader reader)
{
	AUTO_WRITTEN annotations = {0};
	struct error error = UNSET_ERROR;

	if (podsubject_annotations(source, pod, reader, &error, &annotations) < 0)
		return;
	for (size_t i = 0; i < pod->count && i < CONTAINERS_MOST; i++) {
		AUTO_SUBJECT subject = {0};
		int r = podsubject_make(&annotations, pod, &pod->containers[i], reader, &error,
					&subject);

		if (r == 0)
			REQUIRE(survey_take(survey, &subject) == 0, "out of memory");
		else
			require_error(r, &error, STATUS_BIT(STATUS_INPUT), 0);
	}
}

static void require_pods(const struct input *input, const struct yaml *yaml)
{
	static const struct options options;
	struct pod_source source = {"file", input->text, input->size};
	AUTO_SURVEY survey = {.judge = {.options = &options, .total_memory = 1 << 30}};
	AUTO_PODS pods = {0};
	struct error error = UNSET_ERROR;
	char *printed = NULL;
	size_t length = 0;
	int r = pods_find(yaml, &error, &pods);

	if (r < 0) {
		require_error(r, &error, STATUS_BIT(STATUS_INPUT), input->size);
		return;
	}
	survey.output = (struct output){.file = open_memstream(&printed, &length), .columns = 60};
	REQUIRE(survey.output.file, "out of memory");
	for (size_t i = 0; i < pods.count; i++) {
		REQUIRE(podlint_add(&source, &pods.items[i], &survey.findings) == 0,
			"out of memory");
		survey_pod(&survey, &source, &pods.items[i], READ_BY_KUBERNETES);
		if (podsubject_differs(&pods.items[i]))
			survey_pod(&survey, &source, &pods.items[i], READ_BY_PODMAN);
	}
	require_findings(input, &survey.findings);
	survey_end(&survey);
	fclose(survey.output.file);
	require_printed(printed, length);
	free(printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = fuzz_text(data, size);
	struct input input = {.text = text, .size = yaml_join_surrogates(text, size)};
	AUTO_YAML yaml = {0};
	struct error error = UNSET_ERROR;
	int r = yaml_parse(text, input.size, &error, &yaml);

	if (r < 0) {
		require_error(r, &error, STATUS_BIT(STATUS_INPUT), input.size);
		return 0;
	}
	for (size_t i = 0; i < yaml.count; i++) {
		require_node(&input, yaml.documents[i], 0);
		if (yaml.documents[i]->kind == NODE_MAP)
			require_map(yaml.documents[i]);
	}
	require_pods(&input, &yaml);
	return 0;
}
