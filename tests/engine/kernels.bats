#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# Kernels that lack a call, simulated by a seccomp filter around the hook that answers ENOSYS.

load lib
load promise

setup_file()
{
	suite_begin
	[ -n "$OBSTACLE" ] || dd if=/dev/urandom of="$SUITE/base/srv/large" bs=1M count=9 status=none
}
teardown_file() { suite_end; }
setup() { bundle_begin; }
teardown() { bundle_end; }

# without CALL[=EINVAL]...: the hook runs as if the kernel lacked these calls.
without()
{
	TRACE="$BUILDDIR/tests/tools/without_calls $* --"
	write_wrapper
}

# promised: the container is the same as with every call available.
promised()
{
	create
	table >"$W/table"
	runtime delete --force "$ID"
	rm -f "$W"/hook.{status,err}
	rm -rf "$W/rootfs/missing"
	TRACE=
	write_wrapper
	create
	table | diff "$W/table" -
	is_ours /etc /var /var/lib/app /srv /missing/too
	has_option / ro
	same "$(cksum <"$ROOT/srv/large")" "$(cksum <"$W/rootfs/srv/large")"
}

@test "69: lacking any one call of Linux 5.12 is refused before anything changes" {
	local call

	all_of_it
	for call in close_range fsconfig fsmount fsopen mount_setattr move_mount open_tree openat2 pidfd_open statx; do
		rm -f "$W"/hook.{status,err}
		without "$call"
		refused 69 "$call: this kernel is too old; Linux 5.12 is needed: ENOSYS"
		[ ! -e "$W/rootfs/missing" ]
	done
}

@test "69: setns without pidfds is refused" {
	all_of_it
	without setns=EINVAL
	refused 69 'setns: this kernel is too old; Linux 5.12 is needed: EINVAL'
	[ ! -e "$W/rootfs/missing" ]
}

@test "69: lacking all calls of Linux 5.12 is refused" {
	all_of_it
	without close_range fsconfig fsmount fsopen mount_setattr move_mount open_tree openat2 pidfd_open statx newer
	refused 69 'this kernel is too old; Linux 5.12 is needed: ENOSYS'
}

@test "an old kernel is harmless if nothing is requested" {
	without close_range fsconfig fsmount fsopen mount_setattr move_mount open_tree openat2 pidfd_open statx newer
	create
	same "$(our_mounts)" 0
}

@test "without statmount, the result is complete" {
	all_of_it
	without statmount
	promised
}

@test "without listmount, the result is complete" {
	all_of_it
	without listmount
	promised
}

@test "without any call newer than Linux 5.12, the result is complete" {
	all_of_it
	without newer
	promised
}

@test "without fspick, the result is complete, although large files get no huge pages" {
	all_of_it
	without fspick
	promised
}

@test "without keyctl, rseq and clone3, the result is complete" {
	all_of_it
	without keyctl rseq clone3
	promised
}
