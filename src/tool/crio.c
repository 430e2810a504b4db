/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crio.h"

#include "config_file.h"

#define SUBJECT	 "CRI-O"
#define KEY	 "crio.runtime.hooks_dir"
#define MAIN	 "/etc/crio/crio.conf"
#define DROP_INS "/etc/crio/crio.conf.d"

bool crio_judge(const struct tree *tree, struct diagnoses *findings,
		struct hooks_reader *ret_reader)
{
	static const char *const directories[] = {"/usr/bin", "/usr/local/bin", "/bin", NULL};
	AUTO_FREE char *program = tree_program(tree, directories, "crio");
	AUTO_NAMES files = {0};
	AUTO_NAMES dirs = {0};
	bool appends = false;
	bool is_known;

	if (!program && !tree_has(tree, MAIN) && !tree_has(tree, DROP_INS))
		return false;
	if (names_add_dir(&dirs, HOOKS_DIR_DEFAULT) < 0 || names_add(&files, "%s", MAIN) < 0)
		findings->is_short = true;
	/* CRI-O reads drop-in files with any suffix. */
	is_known = config_list(tree, SUBJECT, DROP_INS, "", findings, &files);
	for (size_t i = 0; i < files.count; i++) {
		AUTO_TOML toml = {0};
		enum config_file file =
			config_read_toml(tree, SUBJECT, files.items[i], findings, &toml);

		if (file == CONFIG_UNKNOWN ||
		    (file == CONFIG_READ && !config_take_dirs(SUBJECT, files.items[i], &toml, KEY,
							      findings, &appends, &dirs)))
			is_known = false;
	}
	*ret_reader = (struct hooks_reader){
		.subject = SUBJECT,
		.config = DROP_INS "/50-hooks.conf",
		.table = "[crio.runtime]",
		.is_known = is_known,
		.dirs = dirs,
	};
	dirs = (struct name_list){0};
	return true;
}
