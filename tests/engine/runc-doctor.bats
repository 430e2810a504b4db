#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# oci-readonly doctor on a host that is simulated by a mount namespace, with the test's configuration and podman.
# tests/tools/check-doctor tests findings about trees of files.

load lib

setup_file()
{
	suite_begin
	[ -z "$OBSTACLE" ] || return 0
	unshare -m true 2>/dev/null || OBSTACLE='no mount namespace can be made'
	have podman || OBSTACLE='podman is not here'
	# A copy, in which directories may be created.
	cp -a /etc "$SUITE/etc"
	mkdir -p "$SUITE/etc/containers" "$SUITE/etc/containerd"
}

teardown_file() { suite_end; }

setup()
{
	[ -z "$OBSTACLE" ] || skip "$OBSTACLE"
	W=$SUITE/$BATS_TEST_NUMBER
	TOOL=$W/oci-readonly
	mkdir -p "$W"/{usr/oci/hooks.d,etc/oci/hooks.d,home}
	chmod 0755 "$W"
	cp "$BUILDDIR/oci-readonly" "$TOOL"
	hooks_file usr/oci/hooks.d/oci-readonly-hook.json
	says 'podman version 5.4.2'
}

teardown()
{
	if [ -n "${W:-}" ]; then
		rm -rf --one-file-system "$W"
	fi
}

# hooks_file PATH [JQ-FILTER]: the packaged hooks file, with a hook that exists.
hooks_file()
{
	jq --arg hook "$HOOK" ".hook.path = \$hook | ${2:-.}" "$BUILDDIR/hooks.d/oci-readonly-hook.json" >"$W/$1"
}

# fake LINE...: podman becomes a script of these lines.
fake()
{
	{ echo '#!/bin/sh'; printf '%s\n' "$@"; } >"$W/podman"
	chmod 0755 "$W/podman"
}

says() { fake "echo '$1'"; }

# on_host COMMAND...: runs it with no engine but $ENGINE.
on_host()
{
	unshare -m --propagation private sh -c '
		W=$1 ETC=$2 engine=$3
		shift 3
		mount --bind "$ETC" /etc
		mount --bind "$W/usr" /usr/share/containers
		mount --bind "$W/etc" /etc/containers
		[ ! -e "$W/podman" ] || mount --bind "$W/podman" /usr/bin/podman
		for program in /usr/bin/containerd /usr/sbin/dockerd /usr/bin/dockerd /usr/bin/crio; do
			[ ! -e "$program" ] || [ "${program##*/}" = "$engine" ] || mount --bind /dev/null "$program"
		done
		exec "$@"' sh "$W" "$SUITE/etc" "${ENGINE:-}" "$@" 3>&-
}

# doctor [VARIABLE=VALUE]...: prints the findings about podman and hooks files that are not ok, as "CHECK VERDICT" lines.
doctor()
{
	on_host env -i PATH=/usr/bin:/bin HOME="$W/home" "$@" "$TOOL" doctor --json >"$W/json" || [ $? = 1 ]
	jq -r '.findings[] | select(.verdict != "ok" and .subject != "system log" and .subject != "kernel") | "\(.check) \(.verdict)"' \
		"$W/json" | sort
}

# The hooks file that podman uses according to doctor.
hooks_file_said()
{
	jq -r '.findings[] | select(.check == "hook" and .subject == "podman") | .text' "$W/json" | sed 's/.* //'
}

@test "doctor: finds nothing wrong on this host" {
	run doctor
	same "$output" ''
	same "$(hooks_file_said)" /usr/share/containers/oci/hooks.d/oci-readonly-hook.json
	jq -e 'any(.findings[]; .check == "podman-release" and .text == "5.4.2")' "$W/json"
	jq -e 'any(.findings[]; .subject == "kernel" and .verdict == "ok")' "$W/json"
}

@test "doctor: runs podman --version with an empty environment" {
	fake "env >'$W/environment'" 'echo podman version 5.4.2' 'cat' 'echo to standard error >&2'
	run doctor SECRET=1 CONTAINERS_CONF=
	same "$output" ''
	same "$(grep -Ev '^(PWD|_|OLDPWD|SHLVL)=' "$W/environment" | sort)" $'LC_ALL=C\nPATH=/usr/sbin:/usr/bin:/sbin:/bin'
}

@test "doctor: cannot tell the release of a podman that hangs, floods, fails or prints nothing" {
	local lines

	for lines in 'sleep 1234 & exec sleep 1234' 'exec yes' 'exit 3' 'exit 0' 'echo podman version unknown' 'kill -9 $$'; do
		fake "$lines"
		run timeout 60 bash -c "$(declare -f doctor on_host); W='$W' SUITE='$SUITE' TOOL='$TOOL'; doctor"
		same "$status" 0
		same "$output" 'podman-release cannot tell'
	done
	# No process is left.
	if pgrep -f '^sleep 1234$'; then
		fail 'it is left'
	fi
}

@test "doctor: does not run a podman as root that others may change" {
	fake "touch '$W/ran'" 'echo podman version 5.4.2'
	chmod 0777 "$W/podman"
	run doctor
	same "$output" 'podman-release cannot tell'
	[ ! -e "$W/ran" ]
}

@test "doctor: reads the version of a real podman" {
	rm "$W/podman"
	doctor PODMAN_IGNORE_CGROUPSV1_WARNING=1
	version=$(podman --version | sed 's/.* //')
	jq -e --arg version "$version" 'any(.findings[]; .subject == "podman" and (.text | startswith($version)))' "$W/json"
}

@test "doctor: follows CONTAINERS_CONF and CONTAINERS_CONF_OVERRIDE" {
	printf '[engine]\nhooks_dir = ["/nowhere"]\n' >"$W/one.conf"
	printf '[engine]\nhooks_dir = ["/usr/share/containers/oci/hooks.d"]\n' >"$W/two.conf"
	run doctor "CONTAINERS_CONF=$W/one.conf"
	same "$output" 'hooks-dir-unread problem'
	run doctor "CONTAINERS_CONF=$W/one.conf" "CONTAINERS_CONF_OVERRIDE=$W/two.conf"
	same "$output" ''
}

# as_nobody [VARIABLE=VALUE]...: the same as doctor, without root.
as_nobody()
{
	on_host setpriv --reuid 65534 --regid 65534 --clear-groups env -i PATH=/usr/bin:/bin "$@" "$TOOL" doctor --json >"$W/json" ||
		[ $? = 1 ]
	jq -r '.findings[] | select(.verdict != "ok" and .subject != "system log" and .subject != "kernel") | "\(.check) \(.verdict)"' \
		"$W/json" | sort
}

@test "doctor: without root, reads the user's own containers.conf" {
	mkdir -p "$W/home/.config/containers/containers.conf.d" "$W/xdg/containers"
	run as_nobody "HOME=$W/home"
	same "$output" ''
	printf '[engine]\nhooks_dir = ["/nowhere"]\n' >"$W/home/.config/containers/containers.conf"
	run as_nobody "HOME=$W/home"
	same "$output" 'hooks-dir-unread problem'
	printf '[engine]\nhooks_dir = ["/usr/share/containers/oci/hooks.d"]\n' >"$W/home/.config/containers/containers.conf.d/50-own.conf"
	run as_nobody "HOME=$W/home"
	same "$output" ''
	printf '[engine]\nhooks_dir = ["/nowhere"]\n' >"$W/xdg/containers/containers.conf"
	run as_nobody "HOME=$W/home" "XDG_CONFIG_HOME=$W/xdg"
	same "$output" 'hooks-dir-unread problem'
	# Without root, an empty list means no directory.
	printf '[engine]\nhooks_dir = []\n' >"$W/xdg/containers/containers.conf"
	run as_nobody "HOME=$W/home" "XDG_CONFIG_HOME=$W/xdg"
	same "$output" 'hooks-dir-unread problem'
	# podman 4 reads the user's file only without root.
	says 'podman version 4.9.3'
	run doctor
	same "$output" 'podman-commas problem'
}

@test "doctor: without root, reports a user's hooks directory that podman does not read" {
	mkdir -p "$W/home/.config/containers/oci/hooks.d"
	cp "$W/usr/oci/hooks.d/oci-readonly-hook.json" "$W/home/.config/containers/oci/hooks.d"
	run as_nobody "HOME=$W/home"
	same "$output" 'hooks-dir-unread problem'
}

@test "doctor: without root, reads the daemon.json of the user's own dockerd" {
	[ -x /usr/sbin/dockerd ] || [ -x /usr/bin/dockerd ] || skip 'dockerd is not here'
	ENGINE=dockerd
	mkdir -p "$W/home/.config/docker"
	run as_nobody "HOME=$W/home"
	same "$output" 'docker-runtime-absent problem'
	echo '{' >"$W/home/.config/docker/daemon.json"
	run as_nobody "HOME=$W/home"
	same "$output" $'docker-config-invalid problem\ndocker-runtime-absent problem'
}

@test "doctor: names a call that the kernel lacks" {
	"$BUILDDIR/tests/tools/without_calls" open_tree -- "$TOOL" doctor --json >"$W/json" || [ $? = 1 ]
	jq -e 'any(.findings[]; .check == "kernel-lacks" and (.text | contains("lacks open_tree: the hook refuses every container")))' "$W/json"
}

@test "doctor: reports what it cannot read as cannot tell" {
	chmod 0700 "$W/etc/oci/hooks.d"
	printf '[engine]\nhooks_dir = ["/usr/share/containers/oci/hooks.d", "/etc/containers/oci/hooks.d"]\n' >"$W/etc/containers.conf"
	run as_nobody "HOME=$W/home"
	same "$output" 'hooks-dir-unreadable cannot tell'
	chmod 0755 "$W/etc/oci/hooks.d"
	chmod 0600 "$W/etc/containers.conf"
	run as_nobody "HOME=$W/home"
	same "$output" 'config-unreadable cannot tell'
	chmod 0644 "$W/etc/containers.conf"
	chmod 0600 "$W/usr/oci/hooks.d/oci-readonly-hook.json"
	run as_nobody "HOME=$W/home"
	same "$output" $'hook-absent problem\nhooks-file-unreadable cannot tell'
}

@test "doctor: checks the system log without writing to it" {
	"$SYSLOG_RUN" "$W/messages" "$TOOL" doctor --json >"$W/json" || [ $? = 1 ]
	jq -e 'any(.findings[]; .subject == "system log" and .verdict == "ok")' "$W/json"
	# Nothing was logged.
	[ ! -s "$W/messages" ]
	# A socket whose daemon has gone.
	"$SYSLOG_RUN" "$W/messages" sh -c 'rm /dev/log; "$1" doctor --json' sh "$TOOL" >"$W/json" || [ $? = 1 ]
	jq -e 'any(.findings[]; .check == "log-absent" and .verdict == "problem" and .fix != null)' "$W/json"
}

# Compares doctor and podman for each configuration: both use the same hooks file.
@test "doctor: finds the hooks file that podman uses" {
	local dir file said called

	rm "$W/podman"
	container_base
	for conf in '' 'hooks_dir = ["/usr/share/containers/oci/hooks.d", "/etc/containers/oci/hooks.d"]' \
		'hooks_dir = ["/etc/containers/oci/hooks.d", "/usr/share/containers/oci/hooks.d"]' 'hooks_dir = []' \
		'hooks_dir = ["/etc/containers/oci/hooks.d/"]'; do
		for file in containers.conf containers.conf.d/50-a.conf; do
			rm -rf "$W/etc/containers.conf" "$W/etc/containers.conf.d"
			mkdir "$W/etc/containers.conf.d"
			[ "$file" = containers.conf ] || printf '[engine]\nhooks_dir = ["/nowhere"]\n' >"$W/etc/containers.conf"
			printf '[engine]\n%s\n' "$conf" >"$W/etc/$file"
			doctor PODMAN_IGNORE_CGROUPSV1_WARNING=1 >/dev/null
			said=$(hooks_file_said)
			called=$(called_by)
			same "$conf: ${said:-nothing}" "$conf: ${called:-nothing}"
		done
	done
}

# toml PATH LINE...
toml()
{
	local path=$SUITE/etc/containerd/$1

	shift
	mkdir -p "${path%/*}"
	printf '%s\n' "$@" >"$path"
}

# containerd_agrees WHAT yes|no: whether the base spec applies, according to containerd and to doctor.
containerd_agrees()
{
	local said=no taken=no

	on_host "$TOOL" doctor --json >"$W/json" || [ $? = 1 ]
	if jq -e 'any(.findings[]; .check == "containerd-runtime")' "$W/json" >/dev/null; then
		said=yes
	fi
	if on_host containerd config dump 2>/dev/null | grep -q 'base_runtime_spec = .*/spec\.json'; then
		taken=yes
	fi
	same "$1: $said" "$1: $2"
	same "$1: $taken" "$1: $2"
}

@test "doctor: finds the base spec that containerd uses" {
	local section='[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.x]' spec='base_runtime_spec = "/etc/containerd/spec.json"'

	have containerd || skip 'containerd is not here'
	ENGINE=containerd
	printf '{"hooks": {"createRuntime": [{"path": "%s"}]}}\n' "$HOOK" >"$SUITE/etc/containerd/spec.json"
	toml config.toml 'version = 2' "$section" "$spec"
	containerd_agrees 'one file' yes
	toml config.toml 'version = 2' 'imports = ["/etc/containerd/d/*.toml"]'
	toml d/10.toml 'version = 2' "$section" "$spec"
	containerd_agrees 'imported' yes
	toml d/20.toml 'version = 2' '[plugins."io.containerd.gc.v1.scheduler"]' 'pause_threshold = 0.02'
	containerd_agrees 'another plugin in a later file' yes
	if containerd --version | grep -q ' v\?1\.'; then
		toml d/20.toml 'version = 2' '[plugins."io.containerd.grpc.v1.cri"]' 'enable_selinux = true'
		containerd_agrees 'replaced by a later file' no
		toml config.toml 'version = 2' 'imports = ["d/10.toml"]'
		containerd_agrees 'imported by a relative path' yes
		toml config.toml "$section" "$spec"
		containerd_agrees 'the section of another version' no
		toml config.toml '[plugins.cri.containerd.runtimes.x]' "$spec"
		containerd_agrees 'version 1' yes
	fi
	rm -r "$SUITE/etc/containerd"
	mkdir "$SUITE/etc/containerd"
}

# A root filesystem, and in each directory a hooks file whose hook writes that directory's name.
container_base()
{
	local dir

	for dir in usr etc; do
		mkdir -p "$W/$dir-bin"
		printf '#!/bin/sh\necho %s >>%s\n' "$dir" "$W/called" >"$W/$dir-bin/oci-readonly-hook"
		chmod 0755 "$W/$dir-bin/oci-readonly-hook"
		HOOK=$W/$dir-bin/oci-readonly-hook hooks_file "$dir/oci/hooks.d/oci-readonly-hook.json"
	done
}

# The hooks file whose hook podman runs.
called_by()
{
	local nofile nproc

	nofile=$(ulimit_most n 1024)
	nproc=$(ulimit_most u 1000)
	rm -f "$W/called"
	mkdir -p "$W/p"
	on_host env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$W/home" podman --root "$W/p/root" --runroot "$W/p/run" \
		--tmpdir "$W/p/tmp" --storage-driver vfs --runtime runc --cgroup-manager cgroupfs --events-backend file run --rm \
		--network none --ulimit "nofile=$nofile:$nofile" --ulimit "nproc=$nproc:$nproc" --annotation "$KEY=true" \
		--rootfs "$SUITE/base" /bin/true >"$W/podman.log" 2>&1 </dev/null || { cat "$W/podman.log" >&2; return 1; }
	case $(cat "$W/called" 2>/dev/null) in
	usr) echo /usr/share/containers/oci/hooks.d/oci-readonly-hook.json ;;
	etc) echo /etc/containers/oci/hooks.d/oci-readonly-hook.json ;;
	esac
}
