#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# podman from end to end, with the hooks file as it is made. Storage of its own: the host's containers are not touched.

load lib
load podman

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

setup()
{
	podman_test_begin
	LINE=(--annotation "$KEY=true" --annotation "$LIST_KEY=/run;/tmp:size=64m;/etc:rw:noexec:nosuid:size=2g")
}

teardown() { podman_test_end; }

# The article's line: what it promises.
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

@test "the article's line, an imported image" {
	run_container "${LINE[@]}" localhost/orh-test sh -c "$SCRIPT"
	article_holds
}

@test "the article's line, --rootfs" {
	cp -a "$SUITE/base" "$W/rootfs"
	run_container "${LINE[@]}" --rootfs "$W/rootfs" sh -c "$SCRIPT"
	article_holds
	[ ! -e "$W/rootfs/etc/mine" ]
}

@test "a container without annotations is untouched" {
	run_container localhost/orh-test sh -c 'touch /usr/x && echo written; grep -c oci-readonly-hook /proc/mounts'
	same "$output" $'written\n0'
}

@test "what podman mounts in /etc and /run is still there, once" {
	mounts='for f in /etc/hosts /etc/resolv.conf /etc/hostname /run/.containerenv; do
		grep -c " $f " /proc/mounts; grep " $f " /proc/mounts; done; echo "ours $(grep -c oci-readonly-hook /proc/mounts)"; cat /etc/hosts'
	run_container --add-host orh.example:192.0.2.7 "${LINE[@]}" localhost/orh-test sh -c "$mounts"
	same "$status" 0
	[[ $output == *$'\nours 3\n'* ]] || fail "$output"
	# Each that podman mounts without the hook is there with it, and none twice.
	with=$(grep -Eo '^[a-z0-9/]+ /(etc|run)/[^ ]+' <<<"$output" | sort)
	run_container --add-host orh.example:192.0.2.7 localhost/orh-test sh -c "$mounts"
	without=$(grep -Eo '^[a-z0-9/]+ /(etc|run)/[^ ]+' <<<"$output" | sort)
	same "$with" "$without"
	[ -n "$with" ]
	[[ $with == *' /etc/hosts'* && $with == *' /etc/hostname'* ]] || fail "$with"
	run_container --add-host orh.example:192.0.2.7 "${LINE[@]}" localhost/orh-test cat /etc/hosts
	[[ $output == *192.0.2.7*orh.example* ]] || fail "$output"
}

@test "a volume stays writable, and one below a tmpfs too" {
	mkdir "$W/volume" "$W/below"
	run_container -v "$W/volume:/data" -v "$W/below:/run/below" -v "$W/volume:/run/shut:ro" "${LINE[@]}" \
		localhost/orh-test sh -c 'echo 1 >/data/x; echo 2 >/run/below/y; touch /run/shut/z 2>&1; ls /run/shut
		grep -c oci-readonly-hook /proc/mounts'
	[[ $output == *'Read-only file system'*$'\nx\n3' ]] || fail "$output"
	same "$(cat "$W/volume/x" "$W/below/y")" $'1\n2'
}

@test "--read-only beside the annotations" {
	run_container --read-only --read-only-tmpfs=false "${LINE[@]}" localhost/orh-test sh -c "$SCRIPT"
	article_holds
}

# Before 4.6, podman makes an image's annotations the container's.
@test "an image that calls itself a pod's sandbox: containers.conf goes before it" {
	local look='touch /x 2>&1; grep -c oci-readonly-hook /proc/mounts'

	mkdir "$W/context"
	echo FROM localhost/orh-test >"$W/context/Containerfile"
	podman build --isolation chroot --annotation io.kubernetes.cri-o.ContainerType=sandbox --tag localhost/orh-sandbox \
		"$W/context" >"$W/build.log" 2>&1 || fail "$(cat "$W/build.log")"
	ENTRIES=/run
	printf '[containers]\nannotations = ["io.kubernetes.cri-o.ContainerType=container"]\n' >"$W/containers.conf"
	CONTAINERS_CONF=$W/containers.conf ask localhost/orh-sandbox sh -c "$look"
	same "$output" $'touch: /x: Read-only file system\n1'
	ask --annotation io.kubernetes.cri-o.ContainerType=container localhost/orh-sandbox sh -c "$look"
	same "$output" $'touch: /x: Read-only file system\n1'
}

@test "--user, --workdir and U" {
	run_container --user 1234:5678 --workdir /tmp --annotation "$KEY=true" --annotation "$LIST_KEY=/run:U" \
		localhost/orh-test sh -c 'pwd; id -u; touch /run/x && stat -c %u:%g /run /run/x'
	same "$output" $'/tmp\n1234\n1234:5678\n1234:5678'
}

@test "podman's user hears of a mistake" {
	run_container --annotation "$KEY=maybe" localhost/orh-test true
	[ "$status" != 0 ]
	# crun shows the exit status alone.
	[[ $output =~ 'exit '(status|code:)' 65' ]] || fail "$output"
	[ "$RUNTIME" = crun ] || [[ $output == *oci-readonly-hook*maybe* ]] || fail "$output"
}

@test "a misspelt key is refused" {
	for key in "${LIST_KEY}s" "$KEY-root"; do
		run_container --annotation "$key=/run" localhost/orh-test true
		[[ $output =~ 'exit '(status|code:)' 65' ]] || fail "$output"
	done
}

@test "a user namespace and an image" {
	run_container --uidmap "0:$HOST_IDS:65536" "${LINE[@]}" localhost/orh-test sh -c "$SCRIPT"
	article_holds
}
