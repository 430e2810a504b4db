#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# Pods on containerd: correct and wrong settings, and hostile authors. scripts/assure engines runs it.

load lib
load containerd

RUNTIME=${RUNTIME:-runc}

setup_file() { cri_begin; }
teardown_file() { cri_end; }
setup() { cri_test_begin; }
teardown() { cri_test_end; }

@test "a runtime without the hook ignores the annotations" {
	pod runc "$KEY" true "$LIST_KEY" /etc
	container one
	same "$(our_mounts) $(mount_flags / | cut -c 1-2)" '0 rw'
}

@test "readOnlyRootFilesystem works with a list and no other key" {
	pod spec "$LIST_KEY" '/etc;/var/lib/new'
	container one '.linux.security_context.readonly_rootfs = 1'
	is_ours /etc /var/lib/new
	same "$(our_mounts) $(mount_flags / | cut -c 1-2)" '2 ro'
	is /var/lib/new '%a %u:%g' '1777 0:0'
}

@test "a pattern that does not cross the slash loses the keys with a container's name" {
	pod narrow "$KEY/one" true "$LIST_KEY/one" /etc
	container one
	same "$(our_mounts) $(mount_flags / | cut -c 1-2)" '0 rw'
	pod narrow "$KEY" true "$LIST_KEY" /etc
	container one
	same "$(our_mounts) $(mount_flags / | cut -c 1-2)" '1 ro'
}

@test "an operator's --enforce needs no annotation" {
	pod enforced
	container one
	is_ours /run
	same "$(our_mounts) $(mount_flags / | cut -c 1-2)" '1 ro'
	# An author's annotation does not reach the hook.
	pod enforced "$KEY" false "$LIST_KEY" /etc
	container one
	same "$(our_mounts) $(mount_flags / | cut -c 1-2)" '1 ro'
}

@test "a container that claims to be a sandbox is not treated as one" {
	pod wide "$KEY" true "$LIST_KEY" /etc io.kubernetes.cri.container-type sandbox io.kubernetes.cri.sandbox-id mine \
		io.kubernetes.cri-o.ContainerType sandbox io.kubernetes.cri-o.SandboxID mine
	container one
	same "$(our_mounts) $(mount_flags / | cut -c 1-2)" '1 ro'
	pod wide "$KEY/two" true io.kubernetes.cri.container-name two
	container one
	same "$(mount_flags / | cut -c 1-2)" rw
}

@test "a volume below a tmpfs stays, and one on its path is refused" {
	mkdir "$W/volume"
	echo token >"$W/volume/token"
	pod spec "$KEY" true "$LIST_KEY" /run
	container one ".mounts = [{container_path: \"/run/secrets/token\", host_path: \"$W/volume\", readonly: 1}]"
	same "$(in_container 'cat /run/secrets/token/token; touch /run/x && echo yes; touch /run/secrets/token/x')" \
		$'token\nyes\ntouch: /run/secrets/token/x: Read-only file system'
	same "$(mounts_at /run/secrets/token)" 1
	run container two ".mounts = [{container_path: \"/run\", host_path: \"$W/volume\"}]"
	not_started 'oci-readonly-hook: ' "/run: it is already a mount of the container"
}

@test "with BinaryName, a changed policy applies to the next container, and a missing hooks file is reported" {
	hooks_file --enforce --tmpfs=/etc
	pod binary "$KEY" false
	if [ "$RUNTIME" = runc ]; then
		run container one
		not_started 'oci-readonly-hook: ' "$KEY"
	fi
	hooks_file --readonly --tmpfs=/etc
	pod binary
	container one
	same "$(our_mounts) $(mount_flags / | cut -c 1-2)" '1 ro'
	no_hooks_file
	run container two
	not_started 'oci-readonly-runc: hooks file: there is no oci-readonly-hook.json in '
	hooks_file
}

@test "examples/kubernetes/deployment.yaml on the runtime of examples/containerd: each container follows its own keys" {
	local annotations

	python3 -c 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))["spec"]["template"]))' \
		"$BATS_TEST_DIRNAME/../../examples/kubernetes/deployment.yaml" >"$W/template.json"
	mapfile -t annotations < <(jq -r '.metadata.annotations | to_entries[] | .key, .value' "$W/template.json")
	same "$(jq -c '[.spec.initContainers[].name, .spec.containers[].name]' "$W/template.json")" '["migrate","nginx","exporter"]'
	pod "$(jq -r .spec.runtimeClassName "$W/template.json")" "${annotations[@]}"
	container migrate
	is_ours /tmp
	same "$(our_mounts) $(mount_flags / | cut -c 1-2)" '1 rw'
	container nginx
	is_ours /run /var/cache/nginx /etc/nginx/conf.d
	has_option /run size=4096k
	same "$(our_mounts) $(mount_flags / | cut -c 1-2)" '3 ro'
	container exporter
	is_ours /tmp
	same "$(our_mounts) $(mount_flags / | cut -c 1-2)" '1 ro'
}
