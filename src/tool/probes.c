/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probes.h"

#include "core/memory.h"

const struct probe probes[] = {
	{"io.containers.readonly", "true", false},
	{"io.containers.readonly.tmpfs", "/run", false},
	{"io.containers.readonly/web", "true", false},
	{"io.containers.readonly.tmpfs/web", "/run", false},
	{"io.containers.read-only", "true", true},
	{"io.containers.readOnly", "true", true},
	{"io.containers.readonly.tmfps", "/run", true},
	{"io.container.readonly", "true", true},
};

const size_t probes_count = ARRAY_SIZE(probes);
