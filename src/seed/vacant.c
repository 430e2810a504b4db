/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vacant.h"

#include <errno.h>

#include "cut.h"
#include "walk.h"
#include "work.h"

/* type is never unknown in a tmpfs. */
static int look_at_entry(struct thread *thread, struct directory *directory, const char *name,
			 unsigned char type)
{
	const struct cut_node *cut = cuts_find(directory->cut, name);

	/* Runtimes mount on directories and empty files. A device that one has made is neither. */
	if (!cut || (type != DT_DIR && (cut->child || type != DT_REG)))
		return seed_stop(thread);
	if (cut->child && directory_add(thread->tree, directory, name, cut, false) < 0)
		return seed_fail(thread, directory, name, ENOMEM,
				 "out of memory keeping track of it");
	return 0;
}

int seed_is_vacant(const struct seed_request *request, struct error *error, bool *ret_is_vacant)
{
	struct tree tree = {.visit = look_at_entry};
	struct seed_request walk = *request;
	int r;

	walk.image = request->copy;
	walk.copy = -EBADF;
	walk.threads = 1;
	r = seed_walk(&tree, &walk, error);
	if (r == 0)
		*ret_is_vacant = !tree.is_stopped;
	return r;
}
