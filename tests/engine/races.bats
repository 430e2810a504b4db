#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# What the hook is about to use is exchanged for something else, in a loop, by another process: a short form of scripts/race, which
# see. The hook runs on a process that stands for the container.

load lib

setup_file()
{
	RUNTIME=none
	suite_begin
}
teardown_file() { suite_end; }

setup()
{
	RUNTIME=none
	bundle_begin
}
teardown() { bundle_end; }

# race ROUNDS KIND...
race()
{
	local rounds=$1 kind

	shift
	for kind; do
		mkdir "$W/$kind"
		"$RACE" "$HOOK" "$W/$kind" "$kind" "$rounds" >"$W/log" 2>&1 3>&- || fail "$(cat "$W/log")"
	done
}

@test "every kind of race is in one of these tests" {
	same "$(grep -Eo '^	race [0-9]+ .*' "$BATS_TEST_FILENAME" | cut -d ' ' -f 3- | tr ' ' '\n' | sort)" "$("$RACE" kinds | sort)"
}

@test "the target is exchanged for a link out" {
	race 30 target-link target-relative target-magic target-overlay target-nested
}

@test "the target is exchanged for a file or a FIFO" {
	race 30 target-file target-fifo
}

@test "a directory above the target is exchanged" {
	race 30 parent-link parent-directory
}

@test "a link out comes and goes where a directory is to be made" {
	race 30 made-link
}

@test "a directory of the seed is exchanged" {
	race 30 seed-directory seed-deep seed-moved
}

@test "a file of the seed is exchanged for a link out, a FIFO or a device" {
	race 30 seed-file seed-fifo seed-device
}

@test "the place of a mount that is kept is exchanged" {
	race 30 place-link place-directory place-parent
}

@test "a target on a volume is exchanged by who shares the volume" {
	race 30 volume-target
}
