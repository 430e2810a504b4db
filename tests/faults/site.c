/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

#define PROCESSES_MAX 4

struct sites {
	char program[4096];
	struct {
		pid_t pid;
		bool is_stale;
		Dwfl *dwfl;
	} processes[PROCESSES_MAX];
	size_t count;
};

static char *no_path;

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_linux_proc_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
	.debuginfo_path = &no_path,
};

/* Functions that make calls for others: the caller counts. */
static bool is_plumbing(const char *function)
{
	static const char *const names[] = {
		"array_reserve",
		"ask_mount",
		"close_fd",
		"context_flag",
		"context_set",
		"free_ptr",
		"get_value",
		"input_open",
		"input_read",
		"is_refused",
		"input_read_file",
		"list_attributes",
		"list_names",
		"malloc",
		"output_write",
		"result",
		"set_attribute",
		"unlock",
		/* Functions of the C library that its headers inline. */
		"open",
		"openat",
		"pread",
		"read",
		"readlinkat",
		"syslog",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(function, names[i]) == 0)
			return true;
	}
	return strncmp(function, "sys_", 4) == 0;
}

struct search {
	struct sites *sites;
	Dwfl *dwfl;
	struct site *site;
	unsigned frames;
	const char *library; /* the first of the functions for which the hook reserves memory */
};

static void note(struct search *search, const char *function)
{
	char plain[sizeof(search->site->function)];

	snprintf(plain, sizeof(plain), "%s", function);
	plain[strcspn(plain, ".")] = '\0';
	if (!search->site->function[0] && !is_plumbing(plain))
		strcpy(search->site->function, plain);
}

/* The functions that are inlined there, innermost first. */
static void note_scopes(struct search *search, Dwfl_Module *module, Dwarf_Addr address)
{
	Dwarf_Addr bias;
	Dwarf_Die *unit = dwfl_module_addrdie(module, address, &bias);
	Dwarf_Die *inner = NULL;
	Dwarf_Die *scopes = NULL;
	int count = unit ? dwarf_getscopes(unit, address - bias, &inner) : -1;

	/* libdw's function continues with the code around an inlined function, this one with its
	 * caller. */
	if (count > 0)
		count = dwarf_getscopes_die(&inner[0], &scopes);
	for (int i = 0; i < count; i++) {
		int tag = dwarf_tag(&scopes[i]);

		if (tag != DW_TAG_subprogram && tag != DW_TAG_inlined_subroutine)
			continue;
		if (dwarf_diename(&scopes[i]))
			note(search, dwarf_diename(&scopes[i]));
	}
	free(scopes);
	free(inner);
	if (count <= 0 && dwfl_module_addrname(module, address))
		note(search, dwfl_module_addrname(module, address));
}

static int at_frame(Dwfl_Frame *frame, void *data)
{
	struct search *search = data;
	Dwfl_Module *module;
	Dwarf_Addr address, start;
	bool is_activation;
	const char *file;

	if (++search->frames > 64 || !dwfl_frame_pc(frame, &address, &is_activation))
		return DWARF_CB_ABORT;
	if (!is_activation)
		address--;
	module = dwfl_addrmodule(search->dwfl, address);
	if (!module)
		return DWARF_CB_OK;
	file = dwfl_module_info(module, NULL, &start, NULL, NULL, NULL, NULL, NULL);
	if (file && !search->site->chain && !search->library)
		search->library = strstr(file, "/libjson-c.so")	 ? "json-c"
				  : strstr(file, "/libmount.so") ? "libmount"
								 : NULL;
	if (!file || strcmp(file, search->sites->program) != 0)
		return DWARF_CB_OK;
	search->site->chain = search->site->chain * UINT64_C(0x100000001b3) + (address - start);
	note_scopes(search, module, address);
	return DWARF_CB_OK;
}

struct sites *sites_new(const char *program)
{
	struct sites *sites = calloc(1, sizeof(*sites));

	if (sites && !realpath(program, sites->program))
		sites->program[0] = '\0';
	return sites;
}

void sites_free(struct sites *sites)
{
	for (size_t i = 0; i < sites->count; i++)
		dwfl_end(sites->processes[i].dwfl);
	free(sites);
}

void sites_stale(struct sites *sites)
{
	for (size_t i = 0; i < sites->count; i++)
		sites->processes[i].is_stale = true;
}

static Dwfl *dwfl_of(struct sites *sites, pid_t pid)
{
	size_t i = 0;
	Dwfl *dwfl;

	while (i < sites->count && sites->processes[i].pid != pid)
		i++;
	if (i < sites->count && !sites->processes[i].is_stale)
		return sites->processes[i].dwfl;
	if (i == PROCESSES_MAX)
		return NULL;
	if (i == sites->count)
		sites->count++;
	else
		dwfl_end(sites->processes[i].dwfl);
	dwfl = dwfl_begin(&callbacks);
	sites->processes[i].pid = pid;
	sites->processes[i].is_stale = false;
	sites->processes[i].dwfl = dwfl;
	if (dwfl && (dwfl_linux_proc_report(dwfl, pid) || dwfl_report_end(dwfl, NULL, NULL) ||
		     dwfl_linux_proc_attach(dwfl, pid, true)))
		fprintf(stderr, "stack of %d: %s\n", (int)pid, dwfl_errmsg(-1));
	return dwfl;
}

void sites_find(struct sites *sites, pid_t process, pid_t thread, struct site *ret_site)
{
	struct search search = {.sites = sites, .site = ret_site};

	*ret_site = (struct site){.chain = 0};
	search.dwfl = dwfl_of(sites, process);
	if (search.dwfl)
		dwfl_getthread_frames(search.dwfl, thread, at_frame, &search);
	if (!ret_site->function[0])
		strcpy(ret_site->function, "-");
	if (search.library && (strcmp(ret_site->function, "parse_document") == 0 ||
			       strcmp(ret_site->function, "parse_stream") == 0))
		strcpy(ret_site->function, search.library);
}
