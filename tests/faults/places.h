/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The places that calls come from, and the outcomes of their failures. */
#ifndef ORH_FAULTS_PLACES_H
#define ORH_FAULTS_PLACES_H

#include <stddef.h>
#include <stdint.h>

#define STATUSES_MAX 8

struct place {
	char function[48];
	int number;
	uint64_t chain; /* 0 if it does not matter */
	unsigned long runs;
	int statuses[STATUSES_MAX]; /* the hook's exit statuses, in order */
	int statuses_count;
};

struct places {
	struct place *places;
	size_t count;
};

/* Returns the place, which is added if it is new. Valid until the next one is added. */
struct place *places_get(struct places *places, const char *function, int number, uint64_t chain);
void place_add_status(struct place *place, int status);
void places_done(struct places *places);

/* Lines of "FUNCTION CALL STATUS...", in order. */
void places_write(struct places *places, const char *path);
/* Prints each place, and each status of a place, that the file lacks. Returns their number. */
unsigned places_compare(struct places *places, const char *path);

#endif
