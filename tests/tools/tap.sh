# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# TAP for the check scripts, which source this file:
#
#   check NAME COMMAND...    one test: the command succeeds. Its output is shown if it fails
#   skip NAME REASON
#   done_testing             prints the plan, and exits with 1 if a test failed

tap_count=0
tap_failed=0

check()
{
	tap_name=$1
	shift
	tap_count=$((tap_count + 1))
	if tap_output=$("$@" 2>&1); then
		echo "ok $tap_count - $tap_name"
	else
		echo "not ok $tap_count - $tap_name"
		printf '%s\n' "$tap_output" | sed 's/^/# /'
		tap_failed=$((tap_failed + 1))
	fi
}

skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

done_testing()
{
	echo "1..$tap_count"
	[ "$tap_failed" = 0 ] || exit 1
	exit 0
}
