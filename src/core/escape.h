/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Escapes untrusted text so that it can be printed on one line. */
#ifndef ORH_CORE_ESCAPE_H
#define ORH_CORE_ESCAPE_H

#include <stddef.h>
#include <stdint.h>

/*
 * The length of the UTF-8 sequence at the start of text, 0 if it is invalid. Overlong sequences,
 * surrogates and code points above U+10FFFF are invalid. length is the number of bytes in text, at
 * least 1. ret_point is set to the code point if the sequence is valid.
 */
size_t utf8_sequence(const char *text, size_t length, uint32_t *ret_point);

/*
 * Copies text and escapes control characters, invalid UTF-8, and the Unicode line, paragraph and
 * direction marks as \xNN. Untrusted text can then neither start a new line nor hide other text. A
 * copy that does not fit the buffer is truncated, never within an escape. Returns the length
 * written, without the NUL.
 */
size_t text_escape(const char *text, char *buffer, size_t size);

/*
 * The same for a value in a line of KEY=VALUE pairs that is split at blanks. All kinds of blanks,
 * '"', '=' and '\' are escaped as well, so that a value can neither end early nor contain another
 * key. text_escape() leaves the result unchanged.
 */
size_t text_escape_value(const char *text, char *buffer, size_t size);

#endif
