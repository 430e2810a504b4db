/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8 by the letter: no overlong sequence, no surrogate, nothing past U+10FFFF. */
#ifndef ORH_CORE_UTF8_H
#define ORH_CORE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * The length of the sequence that text begins with, 0 if it begins with none. length is how much of
 * text there is, 1 and more. ret_point is set to the code point where there is a sequence.
 */
size_t utf8_sequence(const char *text, size_t length, uint32_t *ret_point);

#endif
