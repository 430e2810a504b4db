#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The image of the installer: built from local files, run by podman as the DaemonSet runs it, on a tree that looks like a host. IMAGE_DIR
# is the folder of packaging/image; what it has built of libmount is used again.
#
# bats sets $status and $output.
# shellcheck disable=SC2154

load lib
load podman

PROGRAM=opt/oci-readonly-hook/bin/oci-readonly-hook
FILE=etc/containers/oci/hooks.d/oci-readonly-hook.json
PACKAGING=$BATS_TEST_DIRNAME/../../packaging
DAEMONSET=$BATS_TEST_DIRNAME/../../examples/kubernetes/daemonset.yaml

setup_file()
{
	suite_begin
	[ -n "$OBSTACLE" ] || have podman || OBSTACLE='podman is not here'
	[ -z "$OBSTACLE" ] || return 0
	export IMAGE_DIR=${IMAGE_DIR:-$SUITE/image}
	"$PACKAGING/image" "$IMAGE_DIR" --files >"$SUITE/image.log" 2>&1 || fail "$(tail -n 40 "$SUITE/image.log")"
	HOOK=$IMAGE_DIR/image/oci-readonly-hook
	export HOOK
	podman_begin
	podman build --isolation chroot --quiet --tag localhost/oci-readonly-installer --file "$(realpath "$PACKAGING/Containerfile")" \
		"$IMAGE_DIR/image" >"$SUITE/build.log" 2>&1 || fail "$(cat "$SUITE/build.log")"
}

teardown_file() { podman_end; }

setup()
{
	podman_test_begin
	HOST=$W/host
	mkdir -p "$HOST"/{etc/containers/oci/hooks.d,opt/oci-readonly-hook,usr/bin}
}

teardown() { podman_test_end; }

# What the DaemonSet mounts, a line each: the path on the host, the path in the container, ro or rw.
daemonset_mounts()
{
	python3 - "$DAEMONSET" <<-'EOF'
		import sys, yaml
		pod = yaml.safe_load(open(sys.argv[1]))["spec"]["template"]["spec"]
		paths = {volume["name"]: volume["hostPath"]["path"] for volume in pod["volumes"]}
		for mount in pod["containers"][0]["volumeMounts"]:
		    print(paths[mount["name"]], mount["mountPath"], "ro" if mount.get("readOnly") else "rw")
	EOF
}

# The DaemonSet's arguments, and its security context.
daemonset_args()
{
	python3 - "$DAEMONSET" <<-'EOF'
		import sys, yaml
		container = yaml.safe_load(open(sys.argv[1]))["spec"]["template"]["spec"]["containers"][0]
		context = container["securityContext"]
		assert context["readOnlyRootFilesystem"] and context["capabilities"] == {"drop": ["ALL"]} and not context["privileged"]
		print("\n".join(container["args"]))
	EOF
}

# installer OPTION... [-- ARGUMENT...]: a container as the DaemonSet's.
installer()
{
	local options=() host path mode

	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	[ $# = 0 ] || shift
	while read -r host path mode; do
		options+=(--volume "$HOST$host:$path:$mode")
	done < <(daemonset_mounts)
	container_options
	# shellcheck disable=SC2153
	podman run "${OPTIONS[@]}" --read-only --read-only-tmpfs=false --cap-drop all "${options[@]}" localhost/oci-readonly-installer "$@"
}

@test "the image has three files, all static, and no shell" {
	local id

	id=$(podman create localhost/oci-readonly-installer)
	podman export "$id" >"$W/image.tar"
	podman rm "$id" >/dev/null
	# What podman adds to each container is empty.
	same "$(tar -tvf "$W/image.tar" | awk '$1 ~ /^-/ && $3 > 0 { print $NF }' | sort)" \
		$'oci-readonly-hook\noci-readonly-hook.json\noci-readonly-installer'
	tar -C "$W" -xf "$W/image.tar" oci-readonly-hook oci-readonly-installer
	for file in oci-readonly-hook oci-readonly-installer; do
		run readelf -lW "$W/$file"
		[[ $output != *INTERP* && $output == *GNU_RELRO* && $output == *'DYN ('* ]] || fail "$output"
	done
}

@test "the DaemonSet's container installs, stays, and leaves both files when it ends" {
	mapfile -t arguments < <(daemonset_args)
	installer --detach --name "$(basename "$SUITE")" -- "${arguments[@]}" >"$W/id"
	for _ in $(seq 100); do
		[ ! -e "$HOST/$FILE" ] || break
		sleep 0.1
	done
	cmp "$HOOK" "$HOST/$PROGRAM"
	same "$(jq -r .hook.path "$HOST/$FILE")" "/$PROGRAM"
	same "$(podman inspect --format '{{.State.Status}}' "$(basename "$SUITE")")" running
	podman stop "$(basename "$SUITE")" >/dev/null
	same "$(podman inspect --format '{{.State.ExitCode}}' "$(basename "$SUITE")")" 0
	podman rm "$(basename "$SUITE")" >/dev/null
	[ -x "$HOST/$PROGRAM" ] && [ -s "$HOST/$FILE" ]
	run installer --rm --attach stdout -- --uninstall
	same "$status" 0
	same "$(find "$HOST" ! -type d)" ''
}

@test "a refusal is one line, and the exit status" {
	chmod 0777 "$HOST/opt/oci-readonly-hook"
	run installer --rm
	same "$status" 73
	same "$output" "oci-readonly-installer: /opt/oci-readonly-hook/bin: it or a directory above it has mode 0777: others than root could replace the hook"
}

@test "the installed hook protects a container, with statmount and with libmount" {
	installer --rm >/dev/null
	# The path is the host's: here, the tree's.
	jq --arg path "$HOST/$PROGRAM" '.hook.path = $path' "$HOST/$FILE" >"$W/file"
	mkdir "$W/hooks.d"
	mv "$W/file" "$W/hooks.d/oci-readonly-hook.json"
	HOOKS=$W/hooks.d run_container --annotation "$KEY=true" --annotation "$LIST_KEY=/etc" localhost/orh-test \
		sh -c 'exec 2>&1; grep -o "^oci-readonly-hook [^ ]* [^ ]*" /proc/mounts; touch /usr/x'
	same "$output" $'oci-readonly-hook /etc tmpfs\ntouch: /usr/x: Read-only file system'
	# As on a kernel before 6.8.
	cat >"$HOST/without" <<-EOF
		#!/bin/sh
		exec '$BUILDDIR/tests/tools/without_calls' statmount listmount -- '$HOST/$PROGRAM' "\$@"
	EOF
	chmod 0755 "$HOST/without"
	jq --arg path "$HOST/without" '.hook.path = $path' "$HOST/$FILE" >"$W/hooks.d/oci-readonly-hook.json"
	HOOKS=$W/hooks.d run_container --annotation "$KEY=true" --annotation "$LIST_KEY=/etc" localhost/orh-test \
		sh -c 'exec 2>&1; grep -o "^oci-readonly-hook [^ ]* [^ ]*" /proc/mounts; touch /usr/x'
	same "$output" $'oci-readonly-hook /etc tmpfs\ntouch: /usr/x: Read-only file system'
}
