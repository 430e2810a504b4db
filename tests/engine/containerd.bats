#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# containerd: ctr, and pods as Kubernetes starts them. The other tests are in containerd-full.bats.

load lib
load containerd

setup_file() { cri_begin; }
teardown_file() { cri_end; }
setup() { cri_test_begin; }
teardown() { cri_test_end; }

@test "ctr run --runc-binary applies the annotations of the command line" {
	ctr images import "$SUITE/image.tar" >/dev/null
	run ctr run --rm --cgroup "/$CGROUP/one" --runc-binary "$SUITE/oci-readonly-runc" --annotation "$KEY=true" \
		--annotation "$LIST_KEY=/etc;/var/lib/app" localhost/orh-test:1 "orh-$BATS_TEST_NUMBER" /bin/sh -c \
		'exec 2>&1; touch /usr/x; touch /etc/x && echo yes; stat -c "%a %u:%g" /etc/app.conf /var/lib/app'
	same "$output" $'touch: /usr/x: Read-only file system\nyes\n640 100:101\n755 33:44'
	run ctr run --rm --cgroup "/$CGROUP/one" --runc-binary "$SUITE/oci-readonly-runc" --annotation "$KEY=treu" \
		localhost/orh-test:1 "orh-$BATS_TEST_NUMBER" /bin/sh -c 'echo started'
	not_started 'oci-readonly-hook: ' "$KEY: 'treu'"
}

@test "with base_runtime_spec, each container of a pod follows its own keys, and the sandbox is unchanged" {
	pod spec "$KEY" true "$LIST_KEY/one" '/etc;/run' "$LIST_KEY/two" /var/lib/app:size=64k "$KEY/two" false
	container one
	is_ours /etc /run
	same "$(our_mounts) $(mount_flags / | cut -c 1-2)" '2 ro'
	same "$(in_container 'touch /usr/x; touch /etc/x && echo yes; stat -c "%a %u:%g" /etc/app.conf /run/app; grep -c . /etc/hosts')" \
		"touch: /usr/x: Read-only file system
yes
640 100:101
2750 33:44
$(grep -c . /etc/hosts)"
	container two
	is_ours /var/lib/app
	has_option /var/lib/app size=64k
	same "$(our_mounts) $(mount_flags / | cut -c 1-2)" '1 rw'
	PID=$(host_pid "$(cri PodSandboxStatus "{\"pod_sandbox_id\": \"$POD\", \"verbose\": 1}" | jq -r '.info.info | fromjson | .pid')")
	same "$(our_mounts)" 0
}

@test "with BinaryName, the annotations apply" {
	pod binary "$KEY" true "$LIST_KEY" /etc
	container one
	is_ours /etc
	same "$(our_mounts) $(mount_flags / | cut -c 1-2)" '1 ro'
	same "$(in_container 'touch /usr/x; touch /etc/x && echo yes')" $'touch: /usr/x: Read-only file system\nyes'
}

@test "a misspelt key reaches the hook, and its message reaches the user" {
	pod spec io.containers.read-only true
	run container one
	not_started 'oci-readonly-hook: ' "io.containers.read-only" "$KEY"
}
