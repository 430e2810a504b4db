/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "core/size.h"
#include "expect.h"

Test(size, parse)
{
	static const struct {
		const char *text;
		int r;
		uint64_t value;
		bool is_percent;
	} rows[] = {
		{"4096", 0, 4096, false},
		{"0004096", 0, 4096, false},
		{"4k", 0, 4096, false},
		{"5K", 0, 5120, false},
		{"3m", 0, 3 << 20, false},
		{"3M", 0, 3 << 20, false},
		{"1g", 0, 1 << 30, false},
		{"2T", 0, 2ULL << 40, false},
		{"1%", 0, 1, true},
		{"100%", 0, 100, true},
		{"9223372036854775807", 0, INT64_MAX, false},
		{"8388607t", 0, 8388607ULL << 40, false},
		{"9223372036854775808", -ERANGE, 0, false},
		{"18446744073709551617", -ERANGE, 0, false},
		{"8388608t", -ERANGE, 0, false},
		{"18014398509481984k", -ERANGE, 0, false},
		{"99999999999999999999999999999g", -ERANGE, 0, false},
		{"0", -ERANGE, 0, false},
		{"1", -ERANGE, 0, false},
		{"4095", -ERANGE, 0, false},
		{"3k", -ERANGE, 0, false},
		{"0k", -ERANGE, 0, false},
		{"0%", -ERANGE, 0, false},
		{"101%", -ERANGE, 0, false},
		{"", -EINVAL, 0, false},
		{"k", -EINVAL, 0, false},
		{"%", -EINVAL, 0, false},
		{"-1", -EINVAL, 0, false},
		{"1p", -EINVAL, 0, false},
		{"1kb", -EINVAL, 0, false},
		{"1%%", -EINVAL, 0, false},
		{"50k%", -EINVAL, 0, false},
		{"1 k", -EINVAL, 0, false},
		{"99999999999999999999999999999x", -EINVAL, 0, false},
		{"\xb2", -EINVAL, 0, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct size size = {0};
		int r = size_parse(rows[i].text, strlen(rows[i].text), &size);

		cr_expect(r == rows[i].r, "'%s': %d instead of %d", rows[i].text, r, rows[i].r);
		expect_number(rows[i].text, size.value, rows[i].value);
		expect_number(rows[i].text, size.is_percent, rows[i].is_percent);
	}
	cr_expect(size_parse("12345k", 5, &(struct size){0}) == 0);
	cr_expect(size_parse("1\0k", 3, &(struct size){0}) == -EINVAL);
	cr_expect(size_parse("1\0", 2, &(struct size){0}) == -EINVAL);
}

Test(size, lacks_unit)
{
	static const struct {
		const char *text;
		bool lacks_unit;
	} rows[] = {
		{"64", true},
		{"1", true},
		{"4095", true},
		{"0064", true},
		{"4096", false},
		{"0", false},
		{"00", false},
		{"64k", false},
		{"64%", false},
		{"", false},
		{"-64", false},
		{"6x", false},
		{"99999999999999999999", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(size_lacks_unit(rows[i].text, strlen(rows[i].text)) == rows[i].lacks_unit,
			  "'%s'", rows[i].text);
}
