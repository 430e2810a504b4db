#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The fault sweep, each place once; make check-faults runs the whole sweep. It needs no runtime.

load lib

setup()
{
	SWEEP=("$BUILDDIR/tests/faults/sweep" "$BUILDDIR/oci-readonly-hook" "$BUILDDIR/tests/faults/alloc.so"
		"$BATS_TEST_DIRNAME/../faults")
}

# Skips if the sweep cannot run.
can_sweep()
{
	if [ "$(id -u)" != 0 ]; then
		skip 'needs root'
	elif [ ! -x "${SWEEP[0]}" ]; then
		skip 'the sweep is not built: it needs libdw'
	elif is_sanitized || nm "$HOOK" | grep -q __gcov_exit; then
		skip 'the sweep is of the hook as it is installed'
	fi
}

@test "the fault sweep passes with each place once" {
	can_sweep
	run "${SWEEP[@]}" --quick
	echo "$output"
	[ "$status" = 0 ]
}

# A directory on which others mount, and which they then remove, is no longer a mount in any namespace.
@test "the fault sweep ignores mounts that others remove" {
	local place="$BATS_TEST_TMPDIR/place"

	can_sweep
	mkdir "$place"
	run unshare -m --propagation private bash -c '
		mount -t tmpfs others "$1" || exit 3
		exec 4< <(exec "${@:2}" 2>&1)
		sweep=$!
		while read -r line <&4 && echo "$line" && [[ $line != *"runs to do" ]]; do :; done
		umount "$1" && rmdir "$1" && cat <&4 && wait "$sweep"' sh "$place" "${SWEEP[@]}" --scenario='one thread' --function=make_file
	echo "$output"
	[ "$status" = 0 ]
	[ ! -e "$place" ]
	[[ $output == *'ok - the sweep' ]]
}
