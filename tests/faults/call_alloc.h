/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The number of the system call that represents an allocation. No kernel has it. */
#define CALL_ALLOC 1000
