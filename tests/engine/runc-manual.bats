#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# The examples of the manual pages, as printed there. The one for containers.conf is in examples.bats, with the hooks files.

load lib
load podman

setup_file()
{
	suite_begin
	podman_conf
	podman_begin
	import_image localhost/orh-sleep "${SLEEPS[@]}"
}

teardown_file() { podman_end; }

setup() { podman_test_begin; }
teardown() { podman_test_end; }

MAN=$BUILDDIR/man
IMAGE=localhost/orh-sleep

# example PAGE TEXT: writes the first block after the line with TEXT to $W/example, as the page shows it.
example()
{
	TEXT=$2 awk 'index($0, ENVIRON["TEXT"]) { behind = 1 }
		behind && /^\.nf/ { inside = 1; next } inside && /^\.fi/ { exit } inside' "$MAN/$1" |
		sed "s/\\\\-/-/g; s/\\\\(aq/'/g; s/\\\\e/\\\\/g; s|\\<IMAGE\\>|$IMAGE|g" >"$W/example"
	[ -s "$W/example" ] || fail "no example behind '$2' in $1"
}

# found TEXT...: the container's mount table has a line that begins with each TEXT.
found()
{
	local text

	for text; do
		grep -q "^$text" <<<"$output" || fail "no '$text' in:" "$output"
	done
}

# accepted KEY VALUE [KEY VALUE]...: a container with these annotations starts. Sets $output to its mount table.
accepted()
{
	local options=()

	while [ $# -gt 0 ]; do
		options+=(--annotation "$1=$2")
		shift 2
	done
	run_container "${options[@]}" "$IMAGE" cat /proc/mounts
	same "$status" 0
}

@test "oci-readonly-annotations(5): the example for podman run works" {
	example oci-readonly-annotations.5 '.SS podman run'
	# The command of the example, with options for this machine and a command that shows the mounts.
	sed 's/^podman run /run_container /; s/$/ /' "$W/example" | tr -d '\\\n' >"$W/command"
	eval "$(cat "$W/command") cat /proc/mounts"
	same "$status" 0
	found '[^ ]* / [^ ]* ro,' 'oci-readonly-hook /run tmpfs rw,' 'oci-readonly-hook /tmp tmpfs rw,.*size=65536k' \
		'oci-readonly-hook /etc tmpfs rw,nosuid,nodev,noexec,.*size=2097152k'
}

@test "oci-readonly-annotations(5): the example for podman kube play works" {
	example oci-readonly-annotations.5 '.SS podman kube play'
	mv "$W/example" "$W/pod.yaml"
	podman kube play --network none "$W/pod.yaml" >"$W/play.log" 2>&1 || fail "$(cat "$W/play.log")"
	run podman exec web-web cat /proc/mounts
	same "$status" 0
	found '[^ ]* / [^ ]* ro,' 'oci-readonly-hook /etc tmpfs rw,.*size=16384k' 'oci-readonly-hook /run tmpfs rw,' 'oci-readonly-hook /tmp tmpfs rw,.*size=65536k'
	podman pod rm --force --time 0 web >/dev/null
}

@test "oci-readonly-annotations(5): kube play limits annotations to 63 bytes before podman 5" {
	local version list

	list="/opt;/etc:size=64m;/var/lib/app:size=10m:mode=0700;/srv:seed=none"
	example oci-readonly-annotations.5 '.SS podman kube play'
	LIST=$list awk '/readonly\.tmpfs:/ { sub(/".*"/, "\"" ENVIRON["LIST"] "\"") } 1' "$W/example" >"$W/pod.yaml"
	grep -Fq "\"$list\"" "$W/pod.yaml"
	[ ${#list} -gt 63 ]
	version=$(podman --version | grep -Eo '[0-9]+\.[0-9]+')
	run podman kube play --network none "$W/pod.yaml"
	if printf '%s\n4.99\n' "$version" | sort -CV; then
		[ "$status" != 0 ] && [[ $output == *63* ]] || fail "$output"
	else
		same "$status" 0
		podman pod rm --force --time 0 web >/dev/null
	fi
}

# As systemd parses the line: it removes the quotes and replaces %% by %.
@test "oci-readonly-annotations(5): the example for Quadlet works" {
	example oci-readonly-annotations.5 '.SS Quadlet'
	same "$(grep -c '^Annotation=' "$W/example")" 2
	sed -n 's/^Annotation=//p' "$W/example" >"$W/lines"
	grep -q '^".*%%.*"$' "$W/lines"
	sed 's/^"\(.*\)"$/\1/; s/%%/%/g' "$W/lines" >"$W/values"
	accepted "$KEY" "$(sed -n "s|^$KEY=||p" "$W/values")" "$LIST_KEY" "$(sed -n "s|^$LIST_KEY=||p" "$W/values")"
	found '[^ ]* / [^ ]* ro,' 'oci-readonly-hook /run ' 'oci-readonly-hook /tmp tmpfs.*size=' 'oci-readonly-hook /etc tmpfs.*size=65536k'
}

# yaml_value KEY: the value of an annotation of the example.
yaml_value()
{
	YAML_KEY=$1: awk '$1 == ENVIRON["YAML_KEY"] { sub(/^[^"]*"/, ""); sub(/"$/, ""); print; exit }' "$W/example"
}

@test "oci-readonly-annotations(5): the example for Compose works" {
	example oci-readonly-annotations.5 '.SS Compose'
	accepted "$KEY" "$(yaml_value "$KEY")" "$LIST_KEY" "$(yaml_value "$LIST_KEY")"
	found '[^ ]* / [^ ]* ro,' 'oci-readonly-hook /run ' 'oci-readonly-hook /tmp tmpfs.*size=65536k'
}

# CRI-O passes the pod's annotations to each container, with the container's name.
@test "oci-readonly-annotations(5): the example for a Kubernetes pod works" {
	local name pod=()

	example oci-readonly-annotations.5 '.SS A Kubernetes pod'
	for name in "$KEY" "$LIST_KEY" "$LIST_KEY/web" "$KEY/migrate"; do
		[ -n "$(yaml_value "$name")" ] || fail "no $name"
		pod+=("$name" "$(yaml_value "$name")")
	done
	accepted "${pod[@]}" io.kubernetes.container.name web
	found '[^ ]* / [^ ]* ro,' 'oci-readonly-hook /tmp .*size=65536k' 'oci-readonly-hook /run ' 'oci-readonly-hook /var/cache/nginx '
	accepted "${pod[@]}" io.kubernetes.container.name log
	found '[^ ]* / [^ ]* ro,' 'oci-readonly-hook /tmp .*size=16384k'
	same "$(grep -c ^oci-readonly-hook <<<"$output")" 1
	accepted "${pod[@]}" io.kubernetes.container.name migrate
	found '[^ ]* / [^ ]* rw,' 'oci-readonly-hook /tmp .*size=16384k'
}

# build_with FOLDER: builds an image with a step that writes to /usr. podman build always reads the default directories, and reads
# others only if its own --hooks-dir names them.
build_with()
{
	run podman build --hooks-dir "$1" --isolation oci --network none --no-cache \
		--ulimit "nofile=$(ulimit_most n 1024):$(ulimit_most n 1024)" --ulimit "nproc=$(ulimit_most u 1000):$(ulimit_most u 1000)" \
		"$W/context"
}

@test "podman build is unchanged by the packaged file, and read-only with a file for every container" {
	mkdir "$W/context" "$W/empty.d" "$W/default.d"
	printf 'FROM localhost/orh-test\nRUN touch /usr/x && echo written\n' >"$W/context/Containerfile"
	jq --arg hook "$HOOK" '.hook.path = $hook' "$BATS_TEST_DIRNAME/../../examples/default-readonly.json" \
		>"$W/default.d/oci-readonly-hook.json"
	for folder in "$W/empty.d" "$SUITE/hooks.d"; do
		build_with "$folder"
		[ "$status" = 0 ] && [[ $output == *$'\nwritten\n'* ]] || fail "$folder: $output"
	done
	build_with "$W/default.d"
	[ "$status" != 0 ] && [[ $output == *'touch: /usr/x: Read-only file system'* ]] || fail "$output"
}
