#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# What podman does with a container during its life, and the kinds of container that podman creates.

load lib
load podman

setup_file()
{
	export LAB_CGROUPS=v1
	suite_begin
	podman_conf
	podman_begin
	DRIVER=overlay import_image
}

teardown_file() { podman_end; }

setup()
{
	podman_test_begin
	NAME=c$BATS_TEST_NUMBER
	LINE=(--annotation "$KEY=true" --annotation "$LIST_KEY=/run;/etc")
}

teardown() { podman_clear; podman_test_end; }

# create_container OPTION... and start_container: the container $NAME, which is kept.
create_container()
{
	container_options
	podman create --name "$NAME" "${OPTIONS[@]}" "$@" >"$W/create.log" 2>&1 || fail "$(cat "$W/create.log")"
}

start_container()
{
	podman start "$NAME" >"$W/start.log" 2>&1 || fail "$(cat "$W/start.log")"
}

# What a container of $LINE finds each time it starts.
FRESH='touch /usr/x 2>&1; cat /run/app/pid; test -e /etc/mine || echo none; echo mine >/etc/mine; cat /etc/mine
	grep -c oci-readonly-hook /proc/mounts'
FRESH_SAYS=$'touch: /usr/x: Read-only file system\npid\nnone\nmine\n2'

@test "start, restart and kill: each start is seeded afresh" {
	create_container "${LINE[@]}" localhost/orh-test sleep 1000
	start_container
	same "$(in_container "$FRESH")" "$FRESH_SAYS"
	podman stop --time 0 "$NAME" >"$W/log" 2>&1
	start_container
	same "$(in_container "$FRESH")" "$FRESH_SAYS"
	podman restart --time 0 "$NAME" >"$W/log" 2>&1
	same "$(in_container "$FRESH")" "$FRESH_SAYS"
	podman kill "$NAME" >"$W/log" 2>&1
	podman wait "$NAME" >"$W/log" 2>&1
	start_container
	same "$(in_container "$FRESH")" "$FRESH_SAYS"
}

@test "a restart policy seeds afresh after each crash" {
	mkdir "$W/volume"
	: >"$W/volume/log"
	create_container --restart on-failure:2 -v "$W/volume:/volume" "${LINE[@]}" localhost/orh-test \
		sh -c "{ $FRESH; } >>/volume/log; exit 7"
	start_container
	for _ in $(seq 200); do
		[ "$(wc -l <"$W/volume/log")" -lt 15 ] || break
		sleep 0.1
	done
	same "$(cat "$W/volume/log")" "$FRESH_SAYS"$'\n'"$FRESH_SAYS"$'\n'"$FRESH_SAYS"
}

@test "exec sees the container's mounts, as root and as another user" {
	create_container "${LINE[@]}" --annotation "$LIST_KEY=/run:mode=1777;/etc;/srv:seed=overlay" localhost/orh-test sleep 1000
	start_container
	same "$(in_container 'echo 1 >/run/x; cat /run/x; touch /y 2>&1; grep -c oci-readonly-hook /proc/mounts')" \
		$'1\ntouch: /y: Read-only file system\n3'
	same "$(podman exec --user 1234:5678 "$NAME" sh -c 'touch /run/z && stat -c %u:%g /run/z; touch /etc/z 2>&1; cat /run/x')" \
		$'1234:5678\ntouch: /etc/z: Permission denied\n1'
	same "$(podman exec --workdir /run "$NAME" sh -c 'pwd; cat x')" $'/run\n1'
}

@test "podman cp writes to a tmpfs, and commit does not save it" {
	echo copied >"$W/file"
	create_container "${LINE[@]}" localhost/orh-test sleep 1000
	start_container
	podman cp "$W/file" "$NAME:/etc/copied"
	same "$(in_container 'cat /etc/copied')" copied
	podman commit --quiet "$NAME" localhost/orh-commit >"$W/log" 2>&1 || fail "$(cat "$W/log")"
	run_container localhost/orh-commit sh -c 'ls -A /etc /run/app; test -e /etc/copied || echo no'
	[[ $output == *no && $output != *mine* ]] || fail "$output"
}

@test "pause, unpause, rename and a health check work" {
	create_container "${LINE[@]}" --health-cmd 'touch /run/healthy' --health-interval disable localhost/orh-test sleep 1000
	start_container
	podman healthcheck run "$NAME"
	podman pause "$NAME" >"$W/log"
	podman unpause "$NAME" >"$W/log"
	podman rename "$NAME" "$NAME-new"
	NAME=$NAME-new
	same "$(in_container "test -e /run/healthy && $FRESH")" "$FRESH_SAYS"
}

# --- pods ---

@test "podman pod: only the container with annotations is protected" {
	needs_catatonit
	podman pod create --name pod --network none --share net,ipc,uts >"$W/log" 2>&1 || fail "$(cat "$W/log")"
	podman run --detach --pod pod --name with "${LINE[@]}" localhost/orh-test sleep 1000 >"$W/log" 2>&1 || fail "$(cat "$W/log")"
	podman run --detach --pod pod --name without localhost/orh-test sleep 1000 >"$W/log" 2>&1 || fail "$(cat "$W/log")"
	NAME=with
	same "$(in_container "$FRESH")" "$FRESH_SAYS"
	NAME=without
	same "$(in_container 'touch /usr/x && grep -c oci-readonly-hook /proc/mounts || true')" 0
	podman pod stop --time 0 pod >"$W/log" 2>&1
	podman pod start pod >"$W/log" 2>&1
	NAME=with
	same "$(in_container "$FRESH")" "$FRESH_SAYS"
	podman pod rm --force --time 0 pod >"$W/log" 2>&1
}

# Without the paths at which podman, since about 4.4, mounts a tmpfs for kube play: /run, /tmp and /var/tmp.
KUBE_LIST='/var/lib/app;/etc'
KUBE_FRESH=${FRESH/run\/app\/pid/var\/lib\/app\/data}
KUBE_FRESH_SAYS=${FRESH_SAYS/pid/data}

# kube FILE: plays it. teardown removes it.
kube()
{
	podman kube play --network none "$1" >"$W/log" 2>&1 || fail "$(cat "$W/log")"
}

@test "kube play: a Pod's annotations apply to each of its containers" {
	needs_catatonit
	pod "$KEY: 'true', $LIST_KEY: '$KUBE_LIST'"
	kube "$W/pod.yaml"
	for NAME in shop-web shop-db; do
		same "$NAME $(in_container "$KUBE_FRESH")" "$NAME $KUBE_FRESH_SAYS"
	done
	podman kube down "$W/pod.yaml" >"$W/log" 2>&1
}

@test "kube play: a Deployment's own annotations apply" {
	needs_catatonit
	deployment()
	{
		cat >"$W/deployment.yaml" <<-EOF
			apiVersion: apps/v1
			kind: Deployment
			metadata:
			  name: shop
			  annotations: {$1}
			spec:
			  replicas: 1
			  selector: {matchLabels: {app: shop}}
			  template:
			    metadata:
			      labels: {app: shop}
			      annotations: {$2}
			    spec:
			      containers:
			      - {name: web, image: localhost/orh-test, command: [/bin/sleep, "1000"]}
		EOF
		kube "$W/deployment.yaml"
		NAME=$(podman ps --format '{{.Names}}' | grep web)
	}
	deployment "$KEY: 'true', $LIST_KEY: '$KUBE_LIST'" ''
	same "$(in_container "$KUBE_FRESH")" "$KUBE_FRESH_SAYS"
	podman kube down "$W/deployment.yaml" >"$W/log" 2>&1
	# podman reads only the first kind, as the manual says. A version that reads both would be harmless.
	deployment '' "$KEY: 'true', $LIST_KEY: '$KUBE_LIST'"
	echo "# of a template's annotations: $(in_container 'grep -c oci-readonly-hook /proc/mounts || true') tmpfs" >&3
	podman kube down "$W/deployment.yaml" >"$W/log" 2>&1
}

@test "kube play: an entry replaces podman's tmpfs on /run" {
	needs_catatonit
	pod "$KEY: 'true', $LIST_KEY: '/run;/etc'" 'securityContext: {readOnlyRootFilesystem: true}'
	kube "$W/pod.yaml"
	NAME=shop-web
	same "$(in_container "$FRESH")" "$FRESH_SAYS"
	podman kube down "$W/pod.yaml" >"$W/log" 2>&1
}

@test "kube play: a key with a container's name is refused" {
	needs_catatonit
	pod "$KEY/web: 'true'"
	run podman kube play --network none "$W/pod.yaml"
	[ "$status" != 0 ]
	[[ $output =~ 'exit '(status|code:)' 65' ]] || fail "$output"
	podman kube down "$W/pod.yaml" >"$W/log" 2>&1
}

# --- kinds of container ---

@test "--read-only with the annotations: podman's tmpfs stay unless an entry replaces them" {
	run_container --read-only --annotation "$KEY=true" --annotation "$LIST_KEY=/etc" localhost/orh-test sh -c '
		touch /usr/x 2>&1; for d in /etc /run /tmp /var/tmp; do touch $d/x && echo $d; done; grep -c oci-readonly-hook /proc/mounts'
	same "$output" $'touch: /usr/x: Read-only file system\n/etc\n/run\n/tmp\n/var/tmp\n1'
	run_container --read-only "${LINE[@]}" localhost/orh-test sh -c "$FRESH"
	same "$output" "$FRESH_SAYS"
	run_container --read-only --annotation "$LIST_KEY=/run:size=1m;/tmp:exec" localhost/orh-test sh -c '
		touch /run/x /tmp/x /var/tmp/x && echo written; grep -o "^oci-readonly-hook [^ ]*" /proc/mounts; stat -c %a /run/app'
	same "$output" $'written\noci-readonly-hook /run\noci-readonly-hook /tmp\n2750'
	run_container --read-only --read-only-tmpfs=false --annotation "$KEY=false" --annotation "$LIST_KEY=/run;/etc" \
		localhost/orh-test sh -c "$FRESH"
	same "$output" "$FRESH_SAYS"
}

@test "--tmpfs with the annotations: an entry replaces podman's tmpfs and keeps the mounts on it" {
	mkdir "$W/volume"
	run_container --tmpfs /run:size=64k,mode=0700 -v "$W/volume:/run/volume" --annotation "$KEY=true" --annotation "$LIST_KEY=/run:size=1m" \
		localhost/orh-test sh -c 'grep " /run " /proc/mounts | tail -n 1 | grep -o size=[0-9]*k; stat -c %a /run; cat /run/app/pid
		touch /run/volume/x && echo written'
	same "$output" $'size=1024k\n755\npid\nwritten'
	[ -e "$W/volume/x" ]
}

@test "--privileged: the container is protected until it remounts its root" {
	run_container --privileged "${LINE[@]}" localhost/orh-test sh -c "$FRESH; mount -o remount,rw / && touch /usr/x && echo remounted"
	same "$output" "$FRESH_SAYS"$'\nremounted'
}

@test "--init: podman's init, mounted below /run, still runs" {
	needs_catatonit
	run_container --init "${LINE[@]}" localhost/orh-test sh -c "grep -c podman-init /proc/mounts; cat /proc/1/cmdline | head -c 16; echo; $FRESH"
	same "$output" $'1\n/run/podman-init\n'"$FRESH_SAYS"
}

@test "a working directory that the image lacks is created" {
	import_image localhost/orh-workdir --change 'WORKDIR /work/deep'
	run_container "${LINE[@]}" localhost/orh-workdir sh -c "pwd; touch x 2>&1; $FRESH"
	same "$output" $'/work/deep\ntouch: x: Read-only file system\n'"$FRESH_SAYS"
	run_container --annotation "$KEY=true" --annotation "$LIST_KEY=/work" localhost/orh-workdir sh -c 'pwd; touch x && echo made'
	same "$output" $'/work/deep\nmade'
	# If --workdir names a missing directory, the exit status is podman's.
	run_container --workdir /nowhere "${LINE[@]}" localhost/orh-test true
	with=$status
	run_container --workdir /nowhere localhost/orh-test true
	same "$with" "$status"
}

@test "a hook in two files for two stages acts once" {
	mkdir "$W/hooks.d"
	jq '.stages = ["prestart", "createRuntime"]' "$SUITE/hooks.d/oci-readonly-hook.json" >"$W/hooks.d/first.json"
	cp "$SUITE/hooks.d/oci-readonly-hook.json" "$W/hooks.d/second.json"
	HOOKS=$W/hooks.d
	run_container "${LINE[@]}" localhost/orh-test sh -c "$FRESH"
	same "$output" "$FRESH_SAYS"
}

@test "a createContainer hook finds the root read-only, and the log names that hook" {
	mkdir "$W/hooks.d"
	# The hook, with the suite's system log.
	# shellcheck disable=SC2153 # suite_begin sets HOOK
	printf '#!/bin/sh\nexec "%s" "%s" "%s"\n' "$SYSLOG_RUN" "$W/syslog" "$HOOK" >"$W/hook"
	cat >"$W/late" <<-EOF
		#!/bin/sh
		root=\$(/usr/bin/jq -r .root.path "\$(/usr/bin/jq -r .bundle)/config.json")
		/bin/touch "\$root/usr/x" 2>'$W/late.err'
		exit 0
	EOF
	chmod 0755 "$W/hook" "$W/late"
	jq --arg hook "$W/hook" '.hook.path = $hook' "$SUITE/hooks.d/oci-readonly-hook.json" >"$W/hooks.d/first.json"
	jq -n --arg path "$W/late" '{version: "1.0.0", hook: {path: $path}, when: {always: true}, stages: ["createContainer"]}' \
		>"$W/hooks.d/second.json"
	HOOKS=$W/hooks.d
	run_container "${LINE[@]}" localhost/orh-test sh -c "$FRESH"
	same "$output" "$FRESH_SAYS"
	grep -q " createContainer=$W/late " "$W/syslog" || fail "$(cat "$W/syslog")"
	grep -q 'usr/x.*: Read-only file system' "$W/late.err" || fail "$(cat "$W/late.err")"
	# Without the annotations, that hook does write to the root.
	run_container localhost/orh-test test -e /usr/x
	same "$status" 0
}

# --- podman's mounts ---

@test "--secret: the mount on /run/secrets stays, read-only" {
	echo swordfish | as_user tee "$SUITE/p/secret" >"$W/log"
	podman secret create word "$SUITE/p/secret" >"$W/log" 2>&1 || fail "$(cat "$W/log")"
	run_container --secret word "${LINE[@]}" localhost/orh-test sh -c "cat /run/secrets/word; grep -c /run/secrets /proc/mounts; $FRESH"
	with=$output
	run_container --secret word localhost/orh-test sh -c "cat /run/secrets/word; grep -c /run/secrets /proc/mounts"
	podman secret rm word >"$W/log" 2>&1
	same "$with" "$output"$'\n'"$FRESH_SAYS"
	[[ $output == swordfish* ]] || fail "$output"
}

@test "--rootfs works, and with :O the created directories stay in podman's overlay" {
	cp -a "$SUITE/base" "$W/rootfs"
	run_container "${LINE[@]}" --rootfs "$W/rootfs" sh -c "$FRESH"
	same "$output" "$FRESH_SAYS"
	run_container --annotation "$KEY=true" --annotation "$LIST_KEY=/run;/etc;/made/here;/srv:seed=overlay" --rootfs "$W/rootfs:O" \
		sh -c "${FRESH//-c oci/-c ^oci}; touch /made/here/x /srv/x && echo made"
	same "$output" "${FRESH_SAYS%2}4"$'\nmade'
	[ ! -e "$W/rootfs/made" ] || fail 'it was made in the directory itself'
	[ ! -e "$W/rootfs/srv/x" ]
}

@test "all kinds of volumes stay, below and beside the targets of an image on overlay storage" {
	mkdir -p "$W/shared/inner" "$W/ro"
	echo ro >"$W/ro/file"
	DRIVER=overlay
	run_container "${LINE[@]}" -v "$W/shared:/run/shared:rshared" -v "$W/ro:/etc/ro:ro" -v "$W/ro/file:/etc/app.conf:ro" -v named:/run/named \
		--mount type=tmpfs,destination=/run/scratch,tmpfs-size=1m --tmpfs /etc/ssl:size=1m -v "$W/shared:/data" localhost/orh-test sh -c "
		touch /run/shared/x /run/named/x /run/scratch/x /etc/ssl/x /data/y && echo written
		touch /etc/ro/x 2>&1; echo x 2>&1 >/etc/app.conf; cat /etc/app.conf; ls /etc/ssl; $FRESH"
	same "$output" $'written\ntouch: /etc/ro/x: Read-only file system\nsh: can\'t create /etc/app.conf: Read-only file system
ro\ncerts\nx\n'"$FRESH_SAYS"
	same "$(ls "$W/shared")" $'inner\nx\ny'
	podman volume rm named >"$W/log" 2>&1
}

@test "a link /var/run works as a target and as a component of one" {
	run_container --annotation "$KEY=true" --annotation "$LIST_KEY=/var/run:size=1m;/var/run/app:mode=0700" localhost/orh-test sh -c '
		grep -o "^oci-readonly-hook [^ ]*" /proc/mounts; ls /run/.containerenv; stat -c %a /run/app; touch /x 2>&1'
	same "$output" $'oci-readonly-hook /run\noci-readonly-hook /run/app\n/run/.containerenv\n700\ntouch: /x: Read-only file system'
}

@test "--systemd=always: an entry replaces podman's tmpfs on /run" {
	run_container --systemd=always --annotation "$KEY=true" --annotation "$LIST_KEY=/run" localhost/orh-test sh -c '
		grep -o "^oci-readonly-hook [^ ]*" /proc/mounts; cat /run/app/pid; touch /run/x /run/lock/x /tmp/x && echo written'
	same "$output" $'oci-readonly-hook /run\npid\nwritten'
	run_container --systemd=always --annotation "$KEY=true" --annotation "$LIST_KEY=/etc" localhost/orh-test sh -c '
		grep -o "^oci-readonly-hook [^ ]*" /proc/mounts; grep -c " /run tmpfs" /proc/mounts; touch /run/x /tmp/x /etc/x; touch /usr/x 2>&1'
	same "$output" $'oci-readonly-hook /etc\n1\ntouch: /usr/x: Read-only file system'
}
