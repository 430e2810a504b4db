/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands.h"

#include "check.h"
#include "core/memory.h"
#include "doctor.h"
#include "flags.h"
#include "status.h"
#include "suggest.h"

const struct command *const commands[] = {
	&check_command, &doctor_command, &flags_command, &status_command, &suggest_command,
};

const size_t commands_count = ARRAY_SIZE(commands);
