#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# Which annotations count: those of config.json, even if the runtime's state differs, and no misspelt ones.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }
teardown() { bundle_end; }

# runc's state contains either "KEY=x" or "KEY" under one key, at random.
@test "a key with a '=' that runc would turn into the list's key is refused" {
	for _ in $(seq 6); do
		annotate "$LIST_KEY" /run "$LIST_KEY=/usr/bin:mode" 0777
		refused 65 "$LIST_KEY=/usr/bin:mode" "'$LIST_KEY'"
		rm "$W"/hook.{status,err}
	done
}

@test "a key with a '=' that runc would turn into an exempt key is refused" {
	hook_options --enforce --exempt=io.k=^openshift
	for _ in $(seq 6); do
		annotate io.k=openshift-x '' io.k default
		refused 65 io.k=openshift-x "'io.k'"
		rm "$W"/hook.{status,err}
	done
	config '.annotations = {"io.k": "default", "io.kk=openshift": "x"}'
	create
	not_writable /usr
}

@test "a key with a '=' that runc would turn into a container's name or a sandbox is refused" {
	readonly_root
	for key in io.kubernetes.container.name=web io.kubernetes.cri-o.ContainerType=sandbox "io.kubernetes.cri.sandbox-id=$ID"; do
		annotate "$key" ''
		refused 65 "$key"
		rm "$W"/hook.{status,err}
		config --arg key "$key" 'del(.annotations[$key])'
	done
}

@test "misspelt keys are refused" {
	for key in io.containers.read-only io.container.readonly io.containers.readOnly io.containers.read_only.tmpfs; do
		config --arg key "$key" '.annotations = {($key): "true"}'
		refused 65 "$key" "did you mean '$KEY"
		rm "$W"/hook.{status,err}
	done
}

@test "annotations that look like parts of a split list are refused" {
	annotate "$LIST_KEY" /run /tmp:size 64m
	refused 65 "$LIST_KEY" "';/tmp:size=64m'"
	rm "$W"/hook.{status,err}
	config '.annotations = {}'
	annotate "$LIST_KEY" /run size 64m
	refused 65 "$LIST_KEY" "':size=64m'"
}

@test "a container that asks for nothing needs no config.json" {
	# With another key, runc's state shows that none of the keys is the hook's.
	annotate org.example x
	cat >"$W/remove" <<-EOF
		#!/bin/sh
		/bin/cat >/dev/null
		/bin/rm '$W/config.json'
	EOF
	chmod 0755 "$W/remove"
	config --arg path "$W/remove" '.hooks.createRuntime |= [{path: $path}] + .'
	create
	same "$(our_mounts)" 0
	writable /usr
}

# crun's state has no annotations if config.json has none.
@test "a container without annotations starts if config.json is elsewhere" {
	[ "$RUNTIME" = crun ] || return 0
	mkdir "$W/elsewhere"
	mv "$W/config.json" "$W/elsewhere/config.json"
	runtime create --bundle "$W" --config "$W/elsewhere/config.json" --pid-file "$W/pid" "$ID" >"$W/create.log" 2>&1 ||
		{ show_logs; false; }
	hook_succeeded
}

@test "a container without annotations starts with a user namespace and a device" {
	chown -R --from=0:0 "$HOST_IDS:$HOST_IDS" "$W/rootfs"
	config --argjson host "$HOST_IDS" '.linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: $host, size: 65536}]
		| .linux.gidMappings = .linux.uidMappings
		| .linux.devices = [{path: "/dev/zero", type: "c", major: 1, minor: 5, fileMode: 438, uid: 0, gid: 0}]
		| del(.linux.resources)'
	inside 'echo started'
	same "$output" started
	hook_succeeded
}
