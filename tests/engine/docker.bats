#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Docker with oci-readonly-runc. The other tests are in docker-full.bats.

load lib
load docker

setup_file()
{
	# These tests need no bundle and no mount namespace for crun.
	RUNTIME=none suite_begin
	docker_begin
}

teardown_file()
{
	docker_end
	suite_end
}

setup() { docker_test_begin; }
teardown() { docker_test_end; }

SEEDED='stat -c "%a %u:%g %Y" /etc/app.conf; cat /etc/app.conf'

@test "a container that asks for nothing starts as with runc" {
	in_docker "touch /usr/x && echo yes; grep -c oci-readonly-hook /proc/mounts"
	same "$output" $'yes\n0'
	run docker run --rm --network none orh-test /bin/sh -c 'touch /usr/x && echo yes'
	same "$status $output" '0 yes'
}

@test "the operator's defaults give a read-only root and seeded tmpfs, and Docker's own files stay" {
	hooks_file --readonly --tmpfs=/run --tmpfs=/tmp --tmpfs=/etc:size=2g
	in_docker "$SEEDED"
	same "$output" $'640 100:101 981173106\nsetting = 1'
	in_docker 'touch /usr/x; touch /etc/x /run/x /tmp/x && echo yes; stat -c "%a %u:%g" /run/app /tmp'
	same "$output" $'touch: /usr/x: Read-only file system\nyes\n2750 33:44\n1777 0:0'
	in_docker 'cat /etc/hostname /etc/passwd; grep -c . /etc/hosts; grep -E " /etc(/hosts|/hostname|/resolv.conf|) " /proc/mounts | cut -d " " -f 2'
	same "$(tail -n 4 <<<"$output" | sort)" $'/etc\n/etc/hostname\n/etc/hosts\n/etc/resolv.conf'
	[[ $output == *$'\nroot:x:0:0:root:/root:/bin/sh\n'* ]]
	[[ $output != *'from the image'* ]]
}

@test "volumes stay writable" {
	hooks_file --readonly --tmpfs=/var --tmpfs=/etc
	mkdir "$W/volume"
	echo mine >"$W/volume/file"
	in_docker -v "$W/volume:/var/lib/app" -v "$W/volume:/etc/ssl:ro" \
		'cat /var/lib/app/file /etc/ssl/file && echo more >/var/lib/app/more && touch /var/x && touch /etc/ssl/x'
	same "$output" $'mine\nmine\ntouch: /etc/ssl/x: Read-only file system'
	same "$(cat "$W/volume/more")" more
}

@test "docker exec passes standard input, and docker restart seeds afresh" {
	hooks_file --readonly --tmpfs=/etc
	docker_started one
	is_ours /etc
	same "$(echo given | docker exec -i one /bin/sh -c 'cat >/etc/mine; cat /etc/mine; touch /usr/x 2>&1')" \
		$'given\ntouch: /usr/x: Read-only file system'
	docker exec one /bin/sh -c 'echo changed >/etc/app.conf'
	docker restart -t 1 one >/dev/null
	run docker exec one /bin/sh -c 'exec 2>&1; cat /etc/app.conf; ls /etc/mine; touch /usr/x'
	same "$output" $'setting = 1\nls: /etc/mine: No such file or directory\ntouch: /usr/x: Read-only file system'
}

@test "--seed-tmpfs: docker run --read-only --tmpfs /run --tmpfs /tmp --tmpfs /etc has the image's files there" {
	hooks_file --seed-tmpfs
	docker_started one --read-only --tmpfs /run --tmpfs /tmp --tmpfs /etc --tmpfs /new
	# Docker's own tmpfs, with its options.
	same "$(our_mounts)" 0
	has_option /etc nosuid nodev noexec
	same "$(docker exec one /bin/sh -c "$SEEDED")" $'640 100:101 981173106\nsetting = 1'
	same "$(docker exec one /bin/sh -c 'stat -c "%a %u:%g" /run/app /tmp /etc; ls -A /new; cat /run/app/pid; touch /run/x /tmp/x /etc/x && echo yes')" \
		$'2750 33:44\n1777 0:0\n755 0:0\npid\nyes'
	same "$(docker exec one /bin/sh -c 'touch /usr/x 2>&1')" 'touch: /usr/x: Read-only file system'
	[ "$(docker exec one cat /etc/hostname)" != 'from the image' ]
	same "$(host_mounts | grep -c ' - tmpfs tmpfs ')" "$(grep -c ' - tmpfs tmpfs ' "$W/mounts.before")"
	is /new %a 1777
	docker exec one /bin/sh -c 'echo changed >/etc/app.conf; echo mine >/etc/mine'
	docker restart -t 1 one >/dev/null
	same "$(docker exec one /bin/sh -c 'exec 2>&1; ls /etc/mine; cat /etc/app.conf; cat /run/app/pid; touch /usr/x')" \
		$'ls: /etc/mine: No such file or directory\nsetting = 1\npid\ntouch: /usr/x: Read-only file system'
	# Without the option, Docker's tmpfs is empty.
	hooks_file
	in_docker --tmpfs /srv:mode=1700 --tmpfs /run 'ls /run; stat -c %a /run'
	same "$(wc -l <<<"$output")" 1
}

@test "Docker's error contains the hook's reason for a refusal" {
	hooks_file --readonly --tmpfs=/etc/app.conf
	in_docker 'echo started'
	docker_refused 'oci-readonly-hook: ' '--tmpfs: /etc/app.conf: '
	# Docker reports 127 for messages that contain a phrase such as "executable file not found".
	same "$status" 125
	hooks_file --unknown
	in_docker 'echo started'
	docker_refused "oci-readonly-hook: " "options: unknown option '--unknown'"
}

@test "Docker's error contains oci-readonly-runc's reason for a refusal" {
	no_hooks_file
	in_docker 'echo started'
	docker_refused 'oci-readonly-runc: hooks file: there is no oci-readonly-hook.json in '
	hooks_file
	jq '.hook.path = "/nowhere/hook"' "$SUITE/hooks.json" >"$W/hooks.json"
	caged cp "$W/hooks.json" /etc/containers/oci/hooks.d/oci-readonly-hook.json
	in_docker 'echo started'
	docker_refused 'oci-readonly-runc: /etc/containers/oci/hooks.d/oci-readonly-hook.json: hook: path: /nowhere/hook' 'ENOENT'
	same "$status" 125
}
