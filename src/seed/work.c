/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "directory.h"

int directory_add(struct tree *tree, struct directory *parent, const char *name,
		  const struct cut_node *cut, bool shallow)
{
	size_t length = strlen(name) + 1;
	struct directory *directory = malloc(sizeof(*directory) + length);

	if (!directory)
		return -ENOMEM;
	*directory = (struct directory){
		.parent = parent,
		.cut = cut,
		.source = parent ? -EBADF : tree->request->image,
		.copy = parent ? -EBADF : tree->request->copy,
		.depth = parent ? parent->depth + 1 : 0,
		.references = 1,
		.shallow = shallow,
	};
	memcpy(directory->name, name, length);
	if (!parent && fstat(directory->source, &directory->st) < 0) {
		free(directory);
		return -errno;
	}

	pthread_mutex_lock(&tree->lock);
	if (parent)
		parent->references++;
	directory->below = tree->work;
	tree->work = directory;
	pthread_cond_signal(&tree->wake);
	pthread_mutex_unlock(&tree->lock);
	return 0;
}

bool work_take(struct tree *tree, struct job *ret_job)
{
	struct job job = {0};

	pthread_mutex_lock(&tree->lock);
	while (!tree->work && !tree->large && tree->active && !atomic_load(&tree->failed))
		pthread_cond_wait(&tree->wake, &tree->lock);
	if (atomic_load(&tree->failed)) {
		/* The remaining work is freed with the tree. */
	} else if (tree->work) {
		job.directory = tree->work;
		tree->work = job.directory->below;
		job.directory->pieces++;
	} else if (tree->large) {
		job.large = tree->large;
		job.large->users++;
	}
	if (job.directory || job.large)
		tree->active++;
	pthread_mutex_unlock(&tree->lock);
	*ret_job = job;
	return job.directory || job.large;
}

void work_list(struct tree *tree, struct large *large)
{
	pthread_mutex_lock(&tree->lock);
	large->below = tree->large;
	tree->large = large;
	large->is_listed = true;
	pthread_cond_broadcast(&tree->wake);
	pthread_mutex_unlock(&tree->lock);
}

bool work_unlist(struct tree *tree, struct large *large)
{
	bool is_last;

	pthread_mutex_lock(&tree->lock);
	if (large->is_listed) {
		struct large **place = &tree->large;

		while (*place != large)
			place = &(*place)->below;
		*place = large->below;
		large->is_listed = false;
	}
	is_last = --large->users == 0;
	pthread_mutex_unlock(&tree->lock);
	return is_last;
}

void work_again(struct tree *tree, struct directory *directory)
{
	pthread_mutex_lock(&tree->lock);
	directory->references++;
	directory->below = tree->work;
	tree->work = directory;
	pthread_cond_signal(&tree->wake);
	pthread_mutex_unlock(&tree->lock);
}

bool work_done(struct tree *tree, struct directory *directory, bool is_read)
{
	bool is_last;

	pthread_mutex_lock(&tree->lock);
	directory->is_read |= is_read;
	is_last = --directory->pieces == 0 && directory->is_read;
	pthread_mutex_unlock(&tree->lock);
	return is_last;
}

void work_leave(struct tree *tree, struct directory *directory)
{
	directory_unref(tree, directory);
	pthread_mutex_lock(&tree->lock);
	if (--tree->active == 0)
		pthread_cond_broadcast(&tree->wake);
	pthread_mutex_unlock(&tree->lock);
}
