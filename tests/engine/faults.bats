#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# One call of the hook fails, or the hook or its worker is killed at it, on real containers: the result is complete, or nothing.
# A sample; tests/faults sweeps all calls on its own containers.

load lib
load promise

setup_file()
{
	suite_begin
	[ -n "$OBSTACLE" ] || ln "$SUITE/base/etc/app.conf" "$SUITE/base/etc/ssl/again"
}
teardown_file() { suite_end; }
setup()
{
	! is_sanitized || skip 'calls are counted on the hook as it is installed'
	bundle_begin
}
teardown() { bundle_end; }

# attempt KIND:CALL:NTH:ERROR: creates the container with this fault, and sets $OUTCOME to the hook's exit status.
attempt()
{
	rm -f "$W"/hook.{status,err}
	rm -rf "$W/rootfs/missing"
	TRACE="PRELOAD=$BUILDDIR/tests/faults/alloc.so $BUILDDIR/tests/faults/inject $1"
	write_wrapper
	if runtime create --bundle "$W" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1; then
		PID=$(cat "$W/pid")
		hook_succeeded
		OUTCOME=0
		table | diff "$W/table" -
		runtime delete --force "$ID"
		return 0
	fi
	if runtime state "$ID" >/dev/null 2>&1; then
		fail "$1: the container is still there"
	fi
	OUTCOME=$(cat "$W/hook.status")
	case $OUTCOME in
	66 | 70 | 71 | 73 | 74) one_line '' "$W/hook.err" ;;
	137) [ ! -s "$W/hook.err" ] || fail "$1: $(cat "$W/hook.err")" ;;
	*) show_logs; fail "$1: status $OUTCOME" ;;
	esac
}

# The mount table of a container in which nothing fails.
golden()
{
	all_of_it
	create
	table >"$W/table"
	runtime delete --force "$ID"
}

# each OUTCOMES FAULT...: OUTCOMES is a pattern, because the runtimes differ in how often the hook makes a call.
each()
{
	local wanted=$1 fault

	shift
	for fault; do
		attempt "$fault"
		[[ $OUTCOME =~ ^($wanted)$ ]] || { show_logs; fail "$fault: status $OUTCOME, not $wanted"; }
	done
}

@test "a call that fails before the container is entered stops the container" {
	golden
	each 71 hook:pipe2:1:EMFILE hook:clone:1:EAGAIN hook:fstatfs:1:EIO hook:wait4:1:ECHILD worker:dup2:2:EMFILE \
		worker:prctl:1:EINVAL
	each 66 hook:pidfd_open:2:EMFILE worker:setns:1:EPERM
}

@test "a call that fails during planning or staging stops the container" {
	golden
	each 71 worker:fsopen:1:EMFILE worker:fsconfig:1:ENOMEM worker:fsmount:2:ENOMEM worker:open_tree:1:ENOMEM \
		worker:mount_setattr:1:EBUSY
	each '66|73' worker:openat2:4:EIO worker:openat2:8:EACCES
	each 74 worker:getdents64:6:EIO worker:linkat:1:EMLINK worker:fchownat:1:EIO worker:utimensat:1:EIO worker:write:5:EIO
}

@test "a call that fails during the commit stops the container" {
	golden
	each 71 worker:move_mount:1:ENOMEM worker:move_mount:3:EBUSY worker:move_mount:5:EPERM
}

@test "a call whose failure does not matter leaves the result complete" {
	golden
	each 0 worker:keyctl:1:ENOSYS worker:prlimit64:1:EPERM worker:close:20:EIO hook:close:8:EIO \
		hook:socket:1:EACCES hook:connect:1:EACCES worker:write:1:short worker:read:3:EINTR
}

@test "an allocation that fails stops the container" {
	golden
	each 66 hook:alloc:1:ENOMEM
	each 71 hook:alloc:2:ENOMEM
	each '71|74' worker:alloc:15:ENOMEM worker:alloc:40:ENOMEM worker:alloc:80:ENOMEM
}

@test "SIGKILL to the worker during staging or commit stops the container" {
	golden
	each 71 worker:setns:1:SIGKILL worker:fsopen:2:SIGKILL worker:getdents64:8:SIGKILL worker:move_mount:1:SIGKILL \
		worker:move_mount:4:SIGKILL worker:exit_group:1:SIGKILL
}

@test "SIGKILL to the hook stops the container" {
	golden
	each 137 hook:pipe2:1:SIGKILL hook:clone:1:SIGKILL hook:wait4:1:SIGKILL hook:socket:1:SIGKILL
}
