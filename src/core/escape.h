/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text from outside, made fit to be printed in one line. */
#ifndef ORH_CORE_ESCAPE_H
#define ORH_CORE_ESCAPE_H

#include <stddef.h>
#include <stdint.h>

/*
 * The length of the UTF-8 sequence that text begins with, 0 if there is none: an overlong sequence,
 * a surrogate, and anything past U+10FFFF are invalid. length is how much of text there is, 1 and
 * more. ret_point is set to the code point if there is a sequence.
 */
size_t utf8_sequence(const char *text, size_t length, uint32_t *ret_point);

/*
 * Copies text with control characters, invalid UTF-8 and the Unicode line, paragraph and direction
 * marks escaped as \xNN, so that what came from outside cannot start a line of its own or hide what
 * is said. The copy is cut, at the end of an escape, where the buffer ends. Returns the length
 * written, without the NUL.
 */
size_t text_escape(const char *text, char *buffer, size_t size);

/*
 * The same for a value of a line of KEY=VALUE that is split at blanks: blanks of all kinds, '"',
 * '=' and '\' are escaped as well, so that no value can end early or hold another key.
 * text_escape() leaves the result as it is.
 */
size_t text_escape_value(const char *text, char *buffer, size_t size);

#endif
