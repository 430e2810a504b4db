/* SPDX-License-Identifier: GPL-2.0-or-later */
/* YAML, as oci-readonly check reads it. The input is a file. */
#include "fuzz.h"
#include "tool/yaml.h"

struct input {
	const char *text;
	size_t size;
};

/* Limits hold, whatever aliases stand for, and every node is in the text. */
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

/* What is listed can be got. */
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
	return 0;
}
