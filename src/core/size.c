/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "size.h"

#include <errno.h>
#include <string.h>

int number_parse(const char *text, size_t length, unsigned base, uint64_t max, uint64_t *ret_number)
{
	uint64_t number = 0;
	bool is_over = false;

	if (!length)
		return -EINVAL;
	for (size_t i = 0; i < length; i++) {
		unsigned digit = (unsigned)(unsigned char)text[i] - '0';

		if (digit >= base)
			return -EINVAL;
		/* Read on: "99...9x" is not a number, rather than a number that is too large. */
		is_over = is_over || digit > max || number > (max - digit) / base;
		if (!is_over)
			number = number * base + digit;
	}
	if (is_over)
		return -ERANGE;
	*ret_number = number;
	return 0;
}

int scaled_parse(const char *text, size_t length, const char *units, uint64_t max,
		 uint64_t *ret_number)
{
	unsigned shift = 0;
	uint64_t number;
	int r;

	if (length) {
		char unit = text[length - 1];
		const char *found;

		if (unit >= 'A' && unit <= 'Z')
			unit = (char)(unit - 'A' + 'a');
		found = unit ? strchr(units, unit) : NULL;
		if (found) {
			shift = 10 * (unsigned)(found - units + 1);
			length--;
		}
	}
	r = number_parse(text, length, 10, max >> shift, &number);
	if (r < 0)
		return r;
	*ret_number = number << shift;
	return 0;
}

int size_parse(const char *text, size_t length, struct size *ret_size)
{
	struct size size = {.is_percent = length && text[length - 1] == '%'};
	int r;

	if (size.is_percent)
		r = number_parse(text, length - 1, 10, 100, &size.value);
	else
		r = scaled_parse(text, length, "kmgt", INT64_MAX, &size.value);
	if (r < 0)
		return r;
	if (size.value < (size.is_percent ? 1 : SIZE_BYTES_MIN))
		return -ERANGE;
	*ret_size = size;
	return 0;
}

bool size_lacks_unit(const char *text, size_t length)
{
	uint64_t number;

	return number_parse(text, length, 10, SIZE_BYTES_MIN - 1, &number) == 0 && number;
}
