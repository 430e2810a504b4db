#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# podman started by an ordinary user.

load lib
load podman

setup_file()
{
	suite_begin
	user_begin
	podman_begin
	DRIVER=overlay import_image
}

teardown_file() { podman_end; }

setup() { podman_test_begin; }
teardown() { podman_test_end; }

rootless()
{
	ask --user 7:8 localhost/orh-test sh -c "$OWNERS"
	owners_hold 7:8
	root_writes
}

# The user has the same id in the container. Root there is one of the user's subordinate ids.
keep_id()
{
	local user

	user=$(id -u "$ORH_USER"):$(id -g "$ORH_USER")
	ask --userns=keep-id localhost/orh-test sh -c "$OWNERS"
	owners_hold "$user"
	root_writes --userns=keep-id --user 0
}

@test "rootless, vfs: owners are the container's ids, and root can write to both kinds of seed" { rootless; }

@test "rootless, overlay: owners are the container's ids, and root can write to both kinds of seed" { DRIVER=overlay rootless; }

@test "rootless, keep-id, vfs: owners are the container's ids, and root can write to both kinds of seed" { keep_id; }

@test "rootless, keep-id, overlay: owners are the container's ids, and root can write to both kinds of seed" { DRIVER=overlay keep_id; }

@test "rootless: owners are the container's ids with nomap, keep-id with ids, auto and --uidmap" {
	local options user

	while read -r user options; do
		# shellcheck disable=SC2086 # words
		ask $options localhost/orh-test sh -c "$OWNERS"
		owners_hold "$user"
	done <<-END
		7:8 --userns=nomap --user 7:8
		500:600 --userns=keep-id:uid=500,gid=600
		7:8 --userns=auto:size=5000 --user 7:8
		7:8 --uidmap 0:1:5000 --user 7:8
	END
}

@test "rootless: an unmapped uid= is refused" {
	ENTRIES=/run:uid=70000
	ask localhost/orh-test true
	[[ $output =~ 'exit '(status|code:)' 65' ]] || fail "$output"
	[ "$RUNTIME" = crun ] || [[ $output == *'uid=70000 is not mapped'* ]] || fail "$output"
}

@test "rootless: volumes and a file of the user below a tmpfs stay" {
	as_user mkdir "$SUITE/p/volume"
	as_user sh -c 'echo mine >"$1/file"' sh "$SUITE/p/volume"
	ENTRIES='/run;/etc:seed=overlay'
	ask -v "$SUITE/p/volume:/run/volume" -v "$SUITE/p/volume/file:/etc/mine:ro" localhost/orh-test sh -c '
		cat /run/volume/file /etc/mine; echo new >/run/volume/new; touch /etc/mine 2>&1
		grep -c oci-readonly-hook /proc/mounts'
	same "$output" $'mine\nmine\ntouch: /etc/mine: Read-only file system\n2'
	same "$(cat "$SUITE/p/volume/new")" new
	rm -r "$SUITE/p/volume"
}

@test "rootless: a container with a device is protected" {
	ENTRIES=/etc
	ask --device /dev/zero:/dev/nought localhost/orh-test sh -c 'touch /etc/x && head -c 2 /dev/nought | wc -c; touch /x 2>&1'
	same "$output" $'2\ntouch: /x: Read-only file system'
}

# A bundle of the user, for the runtime without podman.
bundle_of_user()
{
	as_user mkdir "$SUITE/p/bundle"
	as_user mkdir -p "$SUITE/p/bundle/rootfs"/{bin,dev,proc,sys,etc,srv,run}
	as_user sh -c 'cp "$2" "$1/bin/busybox"; ln -s busybox "$1/bin/sh"; echo image | tee "$1/etc/file" >"$1/srv/file"' \
		sh "$SUITE/p/bundle/rootfs" "$(command -v busybox)"
	as_user sh -c 'cd "$1" && exec "$2" spec --rootless' sh "$SUITE/p/bundle" "$RUNTIME"
	as_user touch "$SUITE/p/bundle/err"
	jq --argjson nofile "$(ulimit_most n 1024)" --arg hook "$HOOK" --arg err "$SUITE/p/bundle/err" --arg key "$KEY" \
		--arg list "$LIST_KEY" '
		.process.terminal = false
		| .process.args = ["/bin/busybox", "sh", "-c", "
			busybox stat -c \"%n %a %u:%g\" /etc /etc/file /srv /made
			echo more >>/srv/file && busybox cat /etc/file /srv/file
			busybox grep -o \"^oci-readonly-hook [^ ]* [^ ]*\" /proc/mounts; busybox touch /x 2>&1"]
		| .process.rlimits = [{type: "RLIMIT_NOFILE", hard: $nofile, soft: $nofile}]
		| .root.readonly = false
		| .hooks.createRuntime = [{path: $hook, args: ["oci-readonly-hook"], env: []}]
		| .annotations = {($key): "true", ($list): "/etc;/srv:seed=overlay;/made:U", "run.oci.hooks.stderr": $err}
		' "$SUITE/p/bundle/config.json" >"$W/config.json"
	cat "$W/config.json" >"$SUITE/p/bundle/config.json"
}

@test "rootless without podman: runc works, and with crun the message advises podman" {
	bundle_of_user
	options=()
	[ "$RUNTIME" = runc ] || options=(--cgroup-manager=disabled)
	run as_user "$RUNTIME" "${options[@]}" --root "$SUITE/p/state" run --bundle "$SUITE/p/bundle" "orh-${SUITE##*.}" <"$SUITE/empty"
	if [ "$RUNTIME" = runc ]; then
		same "$output" $'/etc 755 0:0
/etc/file 644 0:0
/srv 755 0:0
/made 1777 0:0
image\nimage\nmore
oci-readonly-hook /etc tmpfs
oci-readonly-hook /made tmpfs
oci-readonly-hook /srv overlay
touch: /x: Read-only file system'
	else
		[[ $output == *'exit code: 66'* ]] || fail "$output"
		one_line "orh-${SUITE##*.}" "$SUITE/p/bundle/err"
		grep -Fq "it cannot be inspected (without root, start the container through podman): EACCES" "$SUITE/p/bundle/err"
	fi
	same "$(cat "$SUITE/p/bundle/rootfs/srv/file")" image
	rm -r "$SUITE/p/bundle"
}

# Mounts of the host that the user may not access are on the volume, and move with it.
@test "rootless: volumes below a path stay, even the host's root" {
	run_container --annotation "$LIST_KEY=/run" -v /:/run/host:ro,rslave localhost/orh-test sh -c \
		'grep " /run " /proc/mounts | cut -d " " -f 1; [ -e /run/host/proc ] && echo there'
	same "$output" $'oci-readonly-hook\nthere'
	run_container --userns keep-id --annotation "$LIST_KEY=/run" -v "$SUITE/p/xdg:/run/user/$(id -u "$ORH_USER")" localhost/orh-test sh -c \
		"grep ' /run ' /proc/mounts | cut -d ' ' -f 1; touch /run/user/$(id -u "$ORH_USER")/x && echo written"
	same "$output" $'oci-readonly-hook\nwritten'
}
