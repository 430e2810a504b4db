#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The fault sweep, each place once: make check-faults does the whole of it. It needs no runtime.

load lib

@test "the fault sweep, each place once" {
	if [ "$(id -u)" != 0 ]; then
		skip 'needs root'
	elif [ ! -x "$BUILDDIR/tests/faults/sweep" ]; then
		skip 'the sweep is not built: it needs libdw'
	elif nm "$HOOK" | grep -Eq '__(asan_init|gcov_exit|ubsan_handle)'; then
		skip 'the sweep is of the hook as it is installed'
	fi
	run "$BUILDDIR/tests/faults/sweep" --quick "$BUILDDIR/oci-readonly-hook" "$BUILDDIR/tests/faults/alloc.so" \
		"$BATS_TEST_DIRNAME/../faults"
	echo "$output"
	[ "$status" = 0 ]
}
