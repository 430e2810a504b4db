#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The fault sweep, each place once: make check-faults does the whole of it. It needs no runtime.

load lib

setup()
{
	SWEEP=("$BUILDDIR/tests/faults/sweep" "$BUILDDIR/oci-readonly-hook" "$BUILDDIR/tests/faults/alloc.so"
		"$BATS_TEST_DIRNAME/../faults")
}

# Skips where there is nothing to sweep with.
can_sweep()
{
	if [ "$(id -u)" != 0 ]; then
		skip 'needs root'
	elif [ ! -x "${SWEEP[0]}" ]; then
		skip 'the sweep is not built: it needs libdw'
	elif sanitized || nm "$HOOK" | grep -q __gcov_exit; then
		skip 'the sweep is of the hook as it is installed'
	fi
}

@test "the fault sweep, each place once" {
	can_sweep
	run "${SWEEP[@]}" --quick
	echo "$output"
	[ "$status" = 0 ]
}

# A folder that others mount on, and remove, is no mount any more in every namespace.
@test "the sweep does not mind what others mount and take away" {
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
