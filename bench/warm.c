/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocates memory, writes to it and frees it:
 *
 *	warm MEGABYTES
 *
 * A virtual machine may return free memory to its host, and the next process that uses it waits for
 * the host. This program waits, so that the measured ones do not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define PAGE ((size_t)4096)

int main(int argc, char *argv[])
{
	size_t length = argc == 2 ? strtoul(argv[1], NULL, 10) * 1024 * 1024 : 0;
	char *memory;

	if (!length) {
		fputs("usage: warm MEGABYTES\n", stderr);
		return 64;
	}
	memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		perror("warm: mmap");
		return 1;
	}
	madvise(memory, length, MADV_HUGEPAGE);
	for (size_t at = 0; at < length; at += PAGE)
		memory[at] = 1;
	return 0;
}
