#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# While the hook runs, another process keeps exchanging what the hook is about to use. This is a short form of scripts/race. The hook
# runs on a process that represents the container.

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

# race ROUNDS KIND...: runs each kind that often.
race()
{
	local rounds=$1 kind

	shift
	for kind; do
		mkdir "$W/$kind"
		"$RACE" "$HOOK" "$W/$kind" "$kind" "$rounds" >"$W/log" 2>&1 3>&- || fail "$(cat "$W/log")"
	done
}

@test "these tests cover every kind of race" {
	same "$(grep -Eo '^	race [0-9]+ .*' "$BATS_TEST_FILENAME" | cut -d ' ' -f 3- | tr ' ' '\n' | sort)" "$("$RACE" kinds | sort)"
}

@test "a target exchanged for a link out of the root is safe" {
	race 30 target-link target-relative target-magic target-overlay target-nested
}

@test "a target exchanged for a file or a FIFO is safe" {
	race 30 target-file target-fifo
}

@test "a directory above the target, exchanged, is safe" {
	race 30 parent-link parent-directory
}

@test "a link that comes and goes at a directory to create is safe" {
	race 30 made-link
}

@test "a directory of the seed, exchanged, is safe" {
	race 30 seed-directory seed-deep seed-moved
}

@test "a file of the seed exchanged for a link, a FIFO or a device is safe" {
	race 30 seed-file seed-fifo seed-device
}

@test "the mount point of a kept mount, exchanged, is safe" {
	race 60 place-link place-directory place-file place-parent
}

@test "a target on a volume, exchanged by another container, is safe" {
	race 30 volume-target
}
