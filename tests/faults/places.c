/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "calls.h"

/* The C library chooses which of the two calls fstat() makes. */
static int one_of_stats(int number)
{
#ifdef SYS_newfstatat
	if (number == SYS_fstat)
		return SYS_newfstatat;
#endif
	return number;
}

struct place *places_get(struct places *places, const char *function, int number, uint64_t chain)
{
	struct place *place;

	number = one_of_stats(number);
	for (size_t i = 0; i < places->count; i++) {
		place = &places->places[i];
		if (place->number == number && place->chain == chain &&
		    strcmp(place->function, function) == 0)
			return place;
	}
	places->places = realloc(places->places, (places->count + 1) * sizeof(*places->places));
	if (!places->places)
		exit(2);
	place = &places->places[places->count++];
	*place = (struct place){.number = number, .chain = chain};
	snprintf(place->function, sizeof(place->function), "%s", function);
	return place;
}

void place_add_status(struct place *place, int status)
{
	int at = 0;

	while (at < place->statuses_count && place->statuses[at] < status)
		at++;
	if ((at < place->statuses_count && place->statuses[at] == status) ||
	    place->statuses_count == STATUSES_MAX)
		return;
	memmove(&place->statuses[at + 1], &place->statuses[at],
		(size_t)(place->statuses_count - at) * sizeof(int));
	place->statuses[at] = status;
	place->statuses_count++;
}

void places_done(struct places *places)
{
	free(places->places);
	*places = (struct places){.count = 0};
}

static int by_name(const void *a, const void *b)
{
	const struct place *one = a;
	const struct place *other = b;
	int order = strcmp(one->function, other->function);

	return order ? order : strcmp(call_name(one->number), call_name(other->number));
}

void places_write(struct places *places, const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file) {
		perror(path);
		exit(2);
	}
	fputs("# The places that calls come from, and the hook's statuses when they fail, 0 being the one that it\n"
	      "# has without a fault: FUNCTION CALL STATUS... Written by sweep --record.\n",
	      file);
	if (places->count)
		qsort(places->places, places->count, sizeof(*places->places), by_name);
	for (size_t i = 0; i < places->count; i++) {
		fprintf(file, "%s %s", places->places[i].function,
			call_name(places->places[i].number));
		for (int j = 0; j < places->places[i].statuses_count; j++)
			fprintf(file, " %d", places->places[i].statuses[j]);
		fputc('\n', file);
	}
	fclose(file);
}

static void read_places(struct places *places, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[512];

	if (!file) {
		perror(path);
		return;
	}
	while (fgets(line, sizeof(line), file)) {
		char *function = strtok(line, " \n");
		char *call = strtok(NULL, " \n");
		struct place *place;
		char *status;

		if (!function || !call || function[0] == '#' || call_number(call) < 0)
			continue;
		place = places_get(places, function, call_number(call), 0);
		while ((status = strtok(NULL, " \n")))
			place_add_status(place, atoi(status));
	}
	fclose(file);
}

static unsigned compare_statuses(const struct place *place, struct place *listed)
{
	unsigned count = 0;

	for (int i = 0; i < place->statuses_count; i++) {
		int before = listed->statuses_count;

		place_add_status(listed, place->statuses[i]);
		if (listed->statuses_count == before)
			continue;
		printf("not ok - a status that is not in sites.txt: %s %s %d\n", place->function,
		       call_name(place->number), place->statuses[i]);
		count++;
	}
	return count;
}

unsigned places_compare(struct places *places, const char *path)
{
	struct places listed = {.count = 0};
	unsigned count = 0;

	read_places(&listed, path);
	for (size_t i = 0; i < places->count; i++) {
		const struct place *place = &places->places[i];
		size_t before = listed.count;
		struct place *other = places_get(&listed, place->function, place->number, 0);

		if (listed.count > before) {
			printf("not ok - a place that is not in sites.txt: %s %s\n",
			       place->function, call_name(place->number));
			count++;
		} else {
			count += compare_statuses(place, other);
		}
	}
	places_done(&listed);
	return count;
}
