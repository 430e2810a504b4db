#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# oci-readonly check and flags: what they say is what the hook does, in podman's containers.

load lib
load podman

TOOL=$BUILDDIR/oci-readonly

setup_file()
{
	suite_begin
	podman_begin
}

teardown_file()
{
	podman_end
	suite_end
}

setup() { podman_test_begin; }
teardown() { podman_test_end; }

# --- flags ---

# labelled LABEL=VALUE...: an image with these labels.
labelled()
{
	local label

	rm -rf "$W/context"
	mkdir "$W/context"
	{
		echo FROM localhost/orh-test
		for label; do
			printf 'LABEL %s="%s"\n' "${label%%=*}" "${label#*=}"
		done
	} >"$W/context/Containerfile"
	podman build --isolation chroot --tag localhost/orh-labelled "$W/context" >"$W/build.log" 2>&1 ||
		fail "$(cat "$W/build.log")"
}

# With the words of an unquoted $(...), as people write it.
run_labelled()
{
	# shellcheck disable=SC2046
	run_container $(podman image inspect localhost/orh-labelled | "$TOOL" flags) localhost/orh-labelled "$@"
}

@test "flags: an image's labels, as podman build makes them and podman run takes them" {
	labelled "$KEY=true" "$LIST_KEY=/run;/tmp:size=64m,mode=0700; /etc:rw,noexec,nosuid,size=2g"
	run_labelled sh -c 'touch /usr/x 2>&1; stat -c %a /tmp; grep ^oci-readonly-hook /proc/mounts | sort'
	same "$status" 0
	[[ $output == *'Read-only file system'$'\n700\n'* ]] || fail "$output"
	[[ $output == *'hook /etc tmpfs '*size=2097152k*'hook /run tmpfs '*'hook /tmp tmpfs '*size=65536k* ]] || fail "$output"
}

@test "flags: an image without labels, and one whose labels say false" {
	labelled other=x
	same "$(podman image inspect localhost/orh-labelled | "$TOOL" flags 2>&1)" ''
	run_labelled sh -c 'touch /usr/x && grep -c ^oci-readonly-hook /proc/mounts'
	same "$output" 0
	labelled "$KEY=false"
	same "$(podman image inspect localhost/orh-labelled | "$TOOL" flags 2>&1)" "--annotation=$KEY=false"
}

@test "flags: labels with a mistake, or that cannot be carried, print no flag" {
	labelled "$KEY=true" "$LIST_KEY=/run;/tmp:siez=64m;/opt/my dir"
	status=0
	podman image inspect localhost/orh-labelled | "$TOOL" flags >"$W/flags" 2>"$W/said" || status=$?
	same "$status" 1
	[ ! -s "$W/flags" ]
	grep -Fq "did you mean 'size'?" "$W/said"
	grep -Fq "'/opt/my dir', at 8" "$W/said"
	labelled io.containers.readonly.tmfps=/run
	status=0
	podman image inspect localhost/orh-labelled | "$TOOL" flags >"$W/flags" 2>"$W/said" || status=$?
	same "$status" 1
	[ ! -s "$W/flags" ]
}
