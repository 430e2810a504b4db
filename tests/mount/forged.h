/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values that imitate further fields of a log line.
 */
#ifndef ORH_TESTS_FORGED_H
#define ORH_TESTS_FORGED_H

static const char *const forged_values[] = {
	"x root=ro charged=yes",
	"x\nroot=ro charged=yes",
	"x\troot=ro",
	"x\" root=ro charged=yes \"",
	"x\\ root=ro\\",
	"\x1b[2Jx root=ro",
	"x\xff root=ro",
	"x\xe2\x80\xa8root=ro",
	"x\xc2\xa0root=ro",
	"=root=ro",
	" ",
};

#endif
