/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands.h"

#include "check.h"
#include "core/memory.h"
#include "doctor.h"
#include "flags.h"
#include "learn.h"
#include "status.h"
#include "suggest.h"

const struct command *const commands[] = {
	&suggest_command, &check_command,  &flags_command,
	&status_command,  &doctor_command, &learn_command,
};

const size_t commands_count = ARRAY_SIZE(commands);
