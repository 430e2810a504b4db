/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cut.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/path.h"

static struct cut_node *find(const struct cut_node *node, const char *name, size_t length)
{
	struct cut_node *child = node->child;

	while (child && (child->length != length || memcmp(child->name, name, length) != 0))
		child = child->next;
	return child;
}

int cuts_make(const struct seed_cut *cuts, size_t count, struct cut_node **ret_cuts)
{
	struct cut_node *nodes;
	size_t most = 1;
	size_t used = 1;

	*ret_cuts = NULL;
	if (!count)
		return 0;
	for (size_t i = 0; i < count; i++) {
		most++;
		for (const char *at = cuts[i].path; *at; at++)
			most += *at == '/';
	}
	nodes = calloc(most, sizeof(*nodes));
	if (!nodes)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct cut_node *node = &nodes[0];
		const char *rest = cuts[i].path;
		const char *name;
		size_t length;

		while (!node->is_end && (name = path_next(&rest, &length))) {
			struct cut_node *child = find(node, name, length);

			if (!child) {
				child = &nodes[used++];
				*child = (struct cut_node){
					.next = node->child, .name = name, .length = length};
				node->child = child;
			}
			node = child;
		}
		node->is_end = true;
		node->child = NULL;
	}
	*ret_cuts = nodes;
	return 0;
}

const struct cut_node *cuts_find(const struct cut_node *node, const char *name)
{
	return node && node->child ? find(node, name, strlen(name)) : NULL;
}
