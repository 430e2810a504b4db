/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "core/error.h"
#include "expect.h"

Test(error, set_names_the_object_and_returns_the_errno)
{
	struct error error = UNSET_ERROR;
	int r = error_set(&error, STATUS_SYSTEM, ENOSPC, "%s: cannot be made", "/run");

	cr_expect(r == -ENOSPC);
	expect_error("ENOSPC", r, &error, STATUS_SYSTEM, ERROR_NO_OFFSET,
		     "/run: cannot be made: ENOSPC");
	expect_text("text", error.text, "/run: cannot be made: ENOSPC");
}

Test(error, set_without_errno)
{
	struct error error = UNSET_ERROR;
	int r = error_set(&error, STATUS_ANNOTATION, 0, "no path");

	cr_expect(r == -EINVAL);
	expect_text("text", error.text, "no path");
	cr_expect(error.err == 0);
}

Test(error, memory)
{
	struct error error = UNSET_ERROR;

	cr_expect(error_memory(&error) == -ENOMEM);
	cr_expect(error.status == STATUS_SYSTEM);
	expect_text("text", error.text, "out of memory: ENOMEM");
}

Test(error, wrap_keeps_everything_but_the_text)
{
	struct error error = UNSET_ERROR;

	error_set(&error, STATUS_SEED, EDQUOT, "a");
	error.offset = 7;
	cr_expect(error_wrap(&error, "%s %d", "entry", 2) == -EDQUOT);
	expect_error("wrap", -1, &error, STATUS_SEED, 7, "entry 2: a: EDQUOT");
	cr_expect(error_wrap(&error, "key") == -EDQUOT);
	expect_text("twice", error.text, "key: entry 2: a: EDQUOT");
}

Test(error, long_texts_are_cut)
{
	AUTO_FREE char *name = repeat('n', 5000);
	struct error error = UNSET_ERROR;

	error_set(&error, STATUS_INPUT, EIO, "%s", name);
	expect_number("set", strlen(error.text), ERROR_TEXT_MAX - 1);
	error_wrap(&error, "%s", name);
	expect_number("wrap", strlen(error.text), ERROR_TEXT_MAX - 1);
	error_set(&error, STATUS_INPUT, 0, "%" NAME_SHOWN, name);
	expect_number("a name", strlen(error.text), 200);
}

Test(error, names)
{
	char buffer[16];

	expect_text("2", error_name(ENOENT, buffer), "ENOENT");
	expect_text("30", error_name(EROFS, buffer), "EROFS");
	expect_text("unknown", error_name(99999, buffer), "error 99999");
}
