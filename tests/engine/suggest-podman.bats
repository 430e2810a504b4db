#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# oci-readonly suggest on root's podman: its containers, its diffs, and its output as other programs read it.

load lib
load podman
load tool

setup_file()
{
	suite_begin
	tool_podman_begin
}

teardown_file() { podman_end; }

setup() { podman_test_begin; }

teardown()
{
	box_end
	podman_test_end
}

# What a service does: it writes a pid file, data, and a directory that the image lacks.
SERVICE='
	echo 1 >/run/service.pid
	echo x >>/var/lib/app/data
	mkdir -m 0750 /opt/new && chown 5:6 /opt/new && echo x >/opt/new/x'

@test "a running container is read from its process and from diffs" {
	box "$SERVICE"
	suggests '/opt/new:mode=0750:uid=5:gid=6;/run;/tmp;/var/lib/app'
	podman diff --format json box >"$W/running"
	run --separate-stderr "$TOOL" suggest <"$W/running"
	same "$output" "io.containers.readonly=true"$'\n'"io.containers.readonly.tmpfs=/run;/tmp;/var/lib/app"
	[[ $stderr == *'left out: /opt/new: it looks like a mount point'* ]]
	{ podman diff box; podman inspect box; } >"$W/lines"
	run --separate-stderr "$TOOL" suggest - <"$W/lines"
	same "$output" "io.containers.readonly=true"$'\n'"io.containers.readonly.tmpfs=/opt;/run;/tmp;/var/lib/app"
}

@test "files that podman itself writes are ignored" {
	mkdir "$W/volume"
	: >"$W/empty"
	box true --user 1234 --volume "$W/volume:/data/deep/er" --volume "$W/empty:/srv/file" --tmpfs /scratch/x
	suggests '/tmp' --explain
	[[ $stderr == *'left out (written by podman for its --user): /etc/group, /etc/passwd'* ]]
	[[ $stderr == *'left out (created by engines for every container): '*'/etc/mtab'* ]]
	[[ $stderr == *'left out (mount points, and what is below them): '*'/data/deep/er'* ]]
	[[ $stderr == *'left out (created for mount points, or as the working directory): /data'* ]]
	{ podman inspect box; podman diff --format json box; } >"$W/diff"
	run --separate-stderr "$TOOL" suggest <"$W/diff"
	same "$output" "io.containers.readonly=true"$'\n'"io.containers.readonly.tmpfs=/run;/tmp"
}

@test "with --uidmap, owners are the container's ids" {
	box "$SERVICE" --uidmap "0:$HOST_IDS:65536"
	suggests '/opt/new:mode=0750:uid=5:gid=6;/run;/tmp;/var/lib/app'
}

@test "fuse-overlayfs works, although it does not record what the image contains" {
	have fuse-overlayfs || skip 'fuse-overlayfs is not here'
	[ -c /dev/fuse ] || skip '/dev/fuse is not here'
	STORAGE_OPTIONS=(--storage-opt "overlay.mount_program=$(command -v fuse-overlayfs)")
	box "$SERVICE; touch /srv/x && rm /srv/x; rm -r /etc/ssl"
	grep -q ' / .* - fuse.fuse-overlayfs ' "/proc/$PID/mountinfo"
	suggests '/etc;/opt/new:mode=0750:uid=5:gid=6;/run;/srv;/tmp;/var/lib/app'
}

@test "on vfs, suggest asks for a diff, which works" {
	export DRIVER=vfs
	import_image
	box "$SERVICE"
	run --separate-stderr "$TOOL" suggest "$PID"
	same "$status" 3
	[[ $stderr == *'has no upper directory'* ]]
	podman diff --format json box >"$W/diff"
	run --separate-stderr "$TOOL" suggest <"$W/diff"
	[[ $output == *'/var/lib/app'* ]] || fail "$output"
}

# Paths with characters that some format has to quote. Sets $WANT to the suggested list.
special_diff()
{
	printf 'C %s/x.y\n' '/w/a b' '/w/c;d' '/w/e:f' '/w/g\h' "/w/i'j" '/w/k$l%m' '/w/n`o' '/w/p${HOME}q' >"$W/diff"
	WANT=$("$TOOL" suggest <"$W/diff" | sed -n 's/^io.containers.readonly.tmpfs=//p')
	same "$WANT" '/run;/tmp;/w/a\ b;/w/c\;d;/w/e\:f;/w/g\\h;/w/i'\''j;/w/k$l%m;/w/n`o;/w/p${HOME}q'
}

@test "a shell and podman read --format podman back" {
	local words

	special_diff
	eval "words=($("$TOOL" suggest --format podman <"$W/diff"))"
	container_options
	podman create --name box "${OPTIONS[@]}" "${words[@]}" localhost/orh-test true >/dev/null
	podman inspect box >"$W/inspect"
	same "$(jq -r --arg key "$KEY" '.[0].Config.Annotations[$key]' "$W/inspect")" true
	same "$(jq -r --arg key "$LIST_KEY" '.[0].Config.Annotations[$key]' "$W/inspect")" "$WANT"
}

# yaml EXPRESSION: evaluated with the document on standard input as d.
yaml()
{
	python3 -c "import sys, yaml; d = yaml.safe_load(sys.stdin); print($1)"
}

@test "a YAML parser reads --format compose and kube back" {
	/usr/bin/python3 -c 'import yaml' || skip 'python3-yaml is not here'
	PATH=/usr/bin:$PATH
	special_diff
	"$TOOL" suggest --format compose <"$W/diff" >"$W/compose"
	same "$(yaml "d['annotations']['$KEY'] == 'true'" <"$W/compose")" True
	# Compose replaces "$$" by "$".
	same "$(yaml "d['annotations']['$LIST_KEY'].replace('\$\$', '\$')" <"$W/compose")" "$WANT"
	"$TOOL" suggest --format kube <"$W/diff" >"$W/kube"
	same "$(yaml "d['metadata']['annotations']['$KEY'] == 'true'" <"$W/kube")" True
	same "$(yaml "d['metadata']['annotations']['$LIST_KEY']" <"$W/kube")" "$WANT"
}

# As systemd parses the first word of a line with the list: escapes and quotes as in Python's shlex, "%%" and "$$".
systemd_word()
{
	python3 -c 'import shlex, sys
for word in shlex.split(sys.stdin.read()):
	if word.startswith(sys.argv[1]):
		print(word[len(sys.argv[1]):].replace("%%", "%").replace("$$", "$"))' "$1"
}

@test "systemd's rules and podman's generator read --format quadlet back" {
	local quadlet=/usr/libexec/podman/quadlet

	special_diff
	mkdir "$W/units"
	"$TOOL" suggest --format quadlet <"$W/diff" >"$W/units/box.container"
	same "$(head -n 1 "$W/units/box.container")" '[Container]'
	same "$(sed -n 's/^Annotation=//p' "$W/units/box.container" | systemd_word "$LIST_KEY=")" "$WANT"
	[ -x "$quadlet" ] || return 0
	echo 'Image=localhost/orh-test' >>"$W/units/box.container"
	QUADLET_UNIT_DIRS=$W/units "$quadlet" -dryrun 2>/dev/null >"$W/generated"
	same "$(sed -n 's/^ExecStart=//p' "$W/generated" | systemd_word "$LIST_KEY=")" "$WANT"
	same "$(sed -n 's/^ExecStart=//p' "$W/generated" | systemd_word "$KEY=")" true
}
