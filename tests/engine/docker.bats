#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Docker, by oci-readonly-runc. docker-full.bats has the rest.

load lib
load docker

setup_file()
{
	# Neither a bundle nor a place for crun.
	RUNTIME=none suite_begin
	docker_begin
	export OBSTACLE
}

teardown_file()
{
	docker_end
	suite_end
}

setup() { docker_test_begin; }
teardown() { docker_test_end; }

SEEDED='stat -c "%a %u:%g %Y" /etc/app.conf; cat /etc/app.conf'

@test "a container that asks for nothing starts as it does with runc" {
	in_docker "touch /usr/x && echo yes; grep -c oci-readonly-hook /proc/mounts"
	same "$output" $'yes\n0'
	run docker run --rm --network none orh-test /bin/sh -c 'touch /usr/x && echo yes'
	same "$status $output" '0 yes'
}

@test "the operator's default: a read-only root, and tmpfs with what the image has, beside Docker's own files" {
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

@test "volumes stay as they are, and writable" {
	hooks_file --readonly --tmpfs=/var --tmpfs=/etc
	mkdir "$W/volume"
	echo mine >"$W/volume/file"
	in_docker -v "$W/volume:/var/lib/app" -v "$W/volume:/etc/ssl:ro" \
		'cat /var/lib/app/file /etc/ssl/file && echo more >/var/lib/app/more && touch /var/x && touch /etc/ssl/x'
	same "$output" $'mine\nmine\ntouch: /etc/ssl/x: Read-only file system'
	same "$(cat "$W/volume/more")" more
}

@test "docker exec, with standard input; docker restart seeds afresh" {
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

@test "what is refused has its reason in Docker's own error" {
	hooks_file --readonly --tmpfs=/etc/app.conf
	in_docker 'echo started'
	docker_refused 'oci-readonly-hook: ' '--tmpfs: /etc/app.conf: '
	# One that Docker takes for its own: https://github.com/moby/moby: "executable file not found", 127.
	same "$status" 125
	hooks_file --unknown
	in_docker 'echo started'
	docker_refused "oci-readonly-hook: " "options: unknown option '--unknown'"
}

@test "what oci-readonly-runc refuses has its reason there, too" {
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
