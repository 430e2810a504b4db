#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# Kernels that lack a call: by a seccomp filter around the hook, which answers ENOSYS.

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

# without CALL[=EINVAL]...: the hook runs where these are not.
without()
{
	TRACE="$BUILDDIR/tests/tools/without_calls $* --"
	write_wrapper
}

# promised: the container has all that was asked for, the same as with every call there.
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

@test "69: each call that Linux 5.12 has, one at a time, before anything is changed" {
	local call

	all_of_it
	for call in close_range fsconfig fsmount fsopen mount_setattr move_mount open_tree openat2 pidfd_open statx; do
		rm -f "$W"/hook.{status,err}
		without "$call"
		refused 69 "$call: this kernel is too old; Linux 5.12 is needed: ENOSYS"
		[ ! -e "$W/rootfs/missing" ]
	done
}

@test "69: a pidfd that is no namespace" {
	all_of_it
	without setns=EINVAL
	refused 69 'setns: this kernel is too old; Linux 5.12 is needed: EINVAL'
	[ ! -e "$W/rootfs/missing" ]
}

@test "69: a kernel that has none of them" {
	all_of_it
	without close_range fsconfig fsmount fsopen mount_setattr move_mount open_tree openat2 pidfd_open statx newer
	refused 69 'this kernel is too old; Linux 5.12 is needed: ENOSYS'
}

@test "an old kernel is no matter where nothing is asked for" {
	without close_range fsconfig fsmount fsopen mount_setattr move_mount open_tree openat2 pidfd_open statx newer
	create
	same "$(our_mounts)" 0
}

@test "without statmount" {
	all_of_it
	without statmount
	promised
}

@test "without listmount" {
	all_of_it
	without listmount
	promised
}

@test "without all that came after Linux 5.12" {
	all_of_it
	without newer
	promised
}

@test "without fspick: a large file has no huge pages of its own" {
	all_of_it
	without fspick
	promised
}

@test "without keyctl, rseq and clone3" {
	all_of_it
	without keyctl rseq clone3
	promised
}
