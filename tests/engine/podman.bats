#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# podman with the hooks file as built. It has its own storage, so that the host's containers are not touched.

load lib
load podman

setup_file()
{
	suite_begin
	podman_begin
}

teardown_file() { podman_end; }

setup()
{
	podman_test_begin
	LINE=(--annotation "$KEY=true" --annotation "$LIST_KEY=/run;/tmp:size=64m;/etc:rw:noexec:nosuid:size=2g")
}

teardown() { podman_test_end; }

# Shows what the command line of the article promises. article_holds checks it.
SCRIPT='
	touch /usr/x 2>&1
	cat /run/app/pid
	stat -c "%a %u:%g %y" /etc/app.conf
	echo mine >/etc/mine && cat /etc/mine
	touch /tmp/x && echo tmp
	grep -c oci-readonly-hook /proc/mounts
	grep -E " /(run|tmp|etc) " /proc/mounts | sort
'

article_holds()
{
	same "$status" 0
	[[ $output == *'Read-only file system'*$'\npid\n640 100:101 2001-02-03 04:05:06'* ]] || fail "$output"
	[[ $output == *$'\nmine\ntmp\n3\n'* ]] || fail "$output"
	[[ $output == *'oci-readonly-hook /etc tmpfs rw,nosuid,nodev,noexec'*'size=2097152k'* ]] || fail "$output"
	[[ $output == *'oci-readonly-hook /tmp tmpfs rw,nosuid,nodev,noexec'*'size=65536k'* ]] || fail "$output"
}

@test "the article's command line works on an imported image" {
	run_container "${LINE[@]}" localhost/orh-test sh -c "$SCRIPT"
	article_holds
}

@test "the article's command line works with --rootfs" {
	cp -a "$SUITE/base" "$W/rootfs"
	run_container "${LINE[@]}" --rootfs "$W/rootfs" sh -c "$SCRIPT"
	article_holds
	[ ! -e "$W/rootfs/etc/mine" ]
}

@test "a container without annotations is unchanged" {
	run_container localhost/orh-test sh -c 'touch /usr/x && echo written; grep -c oci-readonly-hook /proc/mounts'
	same "$output" $'written\n0'
}

@test "podman's mounts in /etc and /run are still there, once" {
	mounts='for f in /etc/hosts /etc/resolv.conf /etc/hostname /run/.containerenv; do
		grep -c " $f " /proc/mounts; grep " $f " /proc/mounts; done; echo "ours $(grep -c oci-readonly-hook /proc/mounts)"; cat /etc/hosts'
	run_container --add-host orh.example:192.0.2.7 "${LINE[@]}" localhost/orh-test sh -c "$mounts"
	same "$status" 0
	[[ $output == *$'\nours 3\n'* ]] || fail "$output"
	# With the hook, each mount is there that podman makes without it, and none twice.
	with=$(grep -Eo '^[a-z0-9/]+ /(etc|run)/[^ ]+' <<<"$output" | sort)
	run_container --add-host orh.example:192.0.2.7 localhost/orh-test sh -c "$mounts"
	without=$(grep -Eo '^[a-z0-9/]+ /(etc|run)/[^ ]+' <<<"$output" | sort)
	same "$with" "$without"
	[ -n "$with" ]
	[[ $with == *' /etc/hosts'* && $with == *' /etc/hostname'* ]] || fail "$with"
	run_container --add-host orh.example:192.0.2.7 "${LINE[@]}" localhost/orh-test cat /etc/hosts
	[[ $output == *192.0.2.7*orh.example* ]] || fail "$output"
}

@test "volumes stay writable, also below a tmpfs" {
	mkdir "$W/volume" "$W/below"
	run_container -v "$W/volume:/data" -v "$W/below:/run/below" -v "$W/volume:/run/shut:ro" "${LINE[@]}" \
		localhost/orh-test sh -c 'echo 1 >/data/x; echo 2 >/run/below/y; touch /run/shut/z 2>&1; ls /run/shut
		grep -c oci-readonly-hook /proc/mounts'
	[[ $output == *'Read-only file system'*$'\nx\n3' ]] || fail "$output"
	same "$(cat "$W/volume/x" "$W/below/y")" $'1\n2'
}

@test "--read-only works with the annotations" {
	run_container --read-only --read-only-tmpfs=false "${LINE[@]}" localhost/orh-test sh -c "$SCRIPT"
	article_holds
}

# annotated_image NAME KEY VALUE...: the image with annotations. Before 4.6, podman copies them to its containers.
annotated_image()
{
	local name=$1 manifest digest

	shift
	mkdir "$W/layout"
	podman save --quiet --format oci-archive --output "$W/saved.tar" localhost/orh-test
	tar -C "$W/layout" -xf "$W/saved.tar"
	manifest=$W/layout/blobs/sha256/$(jq -r '.manifests[0].digest | sub("sha256:"; "")' "$W/layout/index.json")
	jq -cj '.annotations = ($ARGS.positional | [range(0; length; 2) as $i | {key: .[$i], value: .[$i + 1]}] | from_entries)' \
		"$manifest" --args "$@" >"$W/manifest"
	digest=$(sha256sum "$W/manifest" | cut -d ' ' -f 1)
	mv "$W/manifest" "$W/layout/blobs/sha256/$digest"
	jq --arg digest "sha256:$digest" --argjson size "$(stat -c %s "$W/layout/blobs/sha256/$digest")" --arg name "localhost/$name:latest" \
		'.manifests[0] += {digest: $digest, size: $size, annotations: {"org.opencontainers.image.ref.name": $name}}' \
		"$W/layout/index.json" >"$W/index.json"
	mv "$W/index.json" "$W/layout/index.json"
	tar -C "$W/layout" -cf "$W/changed.tar" .
	podman load --quiet --input "$W/changed.tar" >"$W/loaded"
	podman image inspect "localhost/$name" | jq -e '.[0].Annotations | length > 0' >/dev/null
}

# hooks_with NAME OPTION...: sets $HOOKS to a directory with a hooks file for every container that has these options of the operator.
hooks_with()
{
	HOOKS=$W/$1
	mkdir "$HOOKS"
	jq '.when = {always: true} | .hook.args += $ARGS.positional' "$SUITE/hooks.d/oci-readonly-hook.json" --args -- "${@:2}" \
		>"$HOOKS/oci-readonly-hook.json"
}

LOOK='touch /x 2>&1; grep -c oci-readonly-hook /proc/mounts'

@test "an image that claims to be a pod's sandbox is not treated as one" {
	annotated_image orh-sandbox io.kubernetes.cri-o.ContainerType sandbox io.kubernetes.cri-o.SandboxID sandbox
	ENTRIES=/run
	ask localhost/orh-sandbox sh -c "$LOOK"
	same "$output" $'touch: /x: Read-only file system\n1'
	hooks_with enforce --enforce
	run_container localhost/orh-sandbox sh -c "$LOOK"
	same "$output" $'touch: /x: Read-only file system\n0'
	run_container --annotation io.kubernetes.cri.container-type=sandbox localhost/orh-sandbox sh -c "$LOOK"
	same "$output" $'touch: /x: Read-only file system\n0'
}

@test "a key of --exempt in containers.conf overrides that of an image" {
	annotated_image orh-exempt com.example.tier system
	hooks_with exempt --enforce --exempt=com.example.tier=^system
	printf '[containers]\nannotations = ["com.example.tier=none"]\n' >"$W/containers.conf"
	CONTAINERS_CONF=$W/containers.conf run_container localhost/orh-exempt sh -c "$LOOK"
	same "$output" $'touch: /x: Read-only file system\n0'
	run_container --annotation com.example.tier=none localhost/orh-exempt sh -c "$LOOK"
	same "$output" $'touch: /x: Read-only file system\n0'
}

# Since 4.6, podman copies no annotations from images. The only key is then that of containers.conf.
@test "an image's key that runc would turn into an exempt one does not exempt" {
	annotated_image orh-cut com.example.tier=system ''
	hooks_with exempt --enforce --exempt=com.example.tier=^system
	printf '[containers]\nannotations = ["com.example.tier=none"]\n' >"$W/containers.conf"
	for _ in 1 2 3; do
		CONTAINERS_CONF=$W/containers.conf run_container localhost/orh-cut sh -c "$LOOK"
		[[ $output =~ 'exit '(status|code:)' 65' ]] || same "$output" $'touch: /x: Read-only file system\n0'
	done
}

@test "--user, --workdir and U work together" {
	run_container --user 1234:5678 --workdir /tmp --annotation "$KEY=true" --annotation "$LIST_KEY=/run:U" \
		localhost/orh-test sh -c 'pwd; id -u; touch /run/x && stat -c %u:%g /run /run/x'
	same "$output" $'/tmp\n1234\n1234:5678\n1234:5678'
}

@test "podman shows the message of a mistake" {
	run_container --annotation "$KEY=maybe" localhost/orh-test true
	[ "$status" != 0 ]
	# crun shows only the exit status.
	[[ $output =~ 'exit '(status|code:)' 65' ]] || fail "$output"
	[ "$RUNTIME" = crun ] || [[ $output == *oci-readonly-hook*maybe* ]] || fail "$output"
}

@test "podman refuses a misspelt key" {
	for key in "${LIST_KEY}s" "$KEY-root" io.containers.read-only io.container.readonly.tmpfs IO.Containers.readOnly; do
		run_container --annotation "$key=/run" localhost/orh-test true
		[[ $output =~ 'exit '(status|code:)' 65' ]] || fail "$output"
	done
}

# Uses podman's own engine of regular expressions.
@test "podman calls the hook for every key that resembles ours, and for no other" {
	mkdir "$W/hooks"
	printf '#!/bin/sh\nexec >/dev/null\ncat\nexit 99\n' >"$W/called"
	chmod 0755 "$W/called"
	jq --arg hook "$W/called" '.hook.path = $hook' "$SUITE/hooks.d/oci-readonly-hook.json" >"$W/hooks/oci-readonly-hook.json"
	HOOKS=$W/hooks
	for key in io.containers.readonly io.containers.readonly.tmpfs/web io.container.read-only IO.CONTAINERS.READ_ONLY io.Container.rEAD.oNLYx; do
		run_container --annotation "$key=" localhost/orh-test true
		[[ $output =~ 'exit '(status|code:)' 99' ]] || fail "$key: $output"
	done
	run_container --annotation io.containers.read--only= --annotation x.io.containers.readonly= --annotation ioxcontainers.readonly= \
		--annotation io.containerss.readonly= --annotation io.containersxreadonly= --annotation io.containers.read= \
		--annotation io.containers.readxonly= localhost/orh-test echo started
	same "$output" started
}

@test "a user namespace works with an imported image" {
	run_container --uidmap "0:$HOST_IDS:65536" "${LINE[@]}" localhost/orh-test sh -c "$SCRIPT"
	article_holds
}
