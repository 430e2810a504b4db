/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The number of the call by which an allocation shows itself: no kernel has it. */
#define CALL_ALLOC 1000
