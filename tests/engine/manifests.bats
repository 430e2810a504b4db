#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# Runs the files of examples/podman, unchanged, with an image of the name that they contain. tests/tools/check-manifests validates the others.

load lib
load podman

setup_file()
{
	# Pods need cgroups.
	export LAB_CGROUPS=v1
	suite_begin
	if [ -z "$OBSTACLE" ]; then
		mkdir -p "$SUITE/base/var/cache/nginx" "$SUITE/base/etc/nginx/conf.d"
		echo 'listen 80' >"$SUITE/base/etc/nginx/conf.d/default.conf"
	fi
	podman_conf
	podman_begin
	import_image "$(image)" "${SLEEPS[@]}"
}

teardown_file() { podman_end; }

setup() { podman_test_begin; }

teardown() { podman_clear; podman_test_end; }

EXAMPLES=$BATS_TEST_DIRNAME/../../examples/podman

# The image of all files.
image()
{
	local images

	images=$(sed -n 's/^ *-* *\(Image=\|image: *\)//p' "$EXAMPLES"/*.container "$EXAMPLES"/*.yaml | sort -u)
	[ "$(wc -l <<<"$images")" = 1 ] || fail "several images:" "$images"
	echo "$images"
}

# protected NAME TMPFS: the container has a read-only root and that many tmpfs, which have the image's files.
protected()
{
	run podman exec "$1" sh -c '
		exec 2>&1
		touch /usr/x
		touch /run/x /var/cache/nginx/x && cat /etc/nginx/conf.d/default.conf && echo more >>/etc/nginx/conf.d/default.conf
		grep -c "^oci-readonly-hook " /proc/mounts'
	same "$output" $'touch: /usr/x: Read-only file system\nlisten 80\n'"$2"
}

# quadlet_flags FILE: prints the options that systemd passes to podman, by Quadlet (podman 4.4) or by its rules.
quadlet_flags()
{
	local quadlet=/usr/libexec/podman/quadlet

	if [ -x "$quadlet" ]; then
		mkdir -p "$W/units"
		cp "$1" "$W/units"
		QUADLET_UNIT_DIRS=$W/units "$quadlet" -dryrun 2>/dev/null | sed -n 's/^ExecStart=//p'
	else
		sed -n 's/^Annotation=/--annotation /p' "$1"
	fi | python3 -c '
import shlex, sys
words = [word.replace("%%", "%") for word in shlex.split(sys.stdin.read())]
for flag, value in zip(words, words[1:]):
	if flag == "--annotation":
		print(flag, value, sep="\n")'
}

@test "examples/podman/web.yaml: kube play protects the container" {
	needs_catatonit
	# Without its ports: there is no network here.
	sed '/^ *ports:$/,/^ *hostPort:/d' "$EXAMPLES/web.yaml" >"$W/web.yaml"
	same "$(diff "$EXAMPLES/web.yaml" "$W/web.yaml" | grep -c '^[<>]')" 3
	podman kube play --network none "$W/web.yaml" >"$W/log" 2>&1 || fail "$(cat "$W/log")"
	protected web-nginx 4
	podman kube down "$W/web.yaml" >"$W/log" 2>&1 || fail "$(cat "$W/log")"
}

@test "examples/podman/web.container: Quadlet's options of podman protect the container" {
	local flags

	mapfile -t flags < <(quadlet_flags "$EXAMPLES/web.container")
	same "${#flags[@]}" 4
	container_options
	podman run --detach --name web "${OPTIONS[@]}" "${flags[@]}" "$(image)" >"$W/log" 2>&1 || fail "$(cat "$W/log")"
	protected web 3
}

# Runs podman-compose with the podman of this suite, without the network that a compose file implies.
podman_compose()
{
	{
		echo '#!/bin/bash'
		declare -p SUITE DRIVER RUNTIME LAB_PID CONTAINERS_CONF
		declare -f in_lab as_user podman
		cat <<-'END'
			arguments=()
			while [ $# -gt 0 ]; do
				case $1 in
				network) exit 0 ;;
				--net=* | --network=* | --network-alias=*) ;;
				--net | --network | --network-alias | -p) shift ;;
				*) arguments+=("$1") ;;
				esac
				shift
			done
			case ${arguments[0]} in
			run | create) arguments=("${arguments[0]}" --network none "${arguments[@]:1}") ;;
			esac
			podman "${arguments[@]}"
		END
	} >"$W/podman" 2>/dev/null
	chmod 0755 "$W/podman"
	podman-compose --podman-path "$W/podman" -p orh -f "$EXAMPLES/compose.yaml" "$@" >"$W/log" 2>&1 || fail "$(cat "$W/log")"
}

@test "examples/podman/compose.yaml: podman-compose protects the container" {
	have podman-compose || skip 'podman-compose is not here'
	podman_compose up -d
	protected "$(podman ps --format '{{.Names}}')" 3
	podman_compose down -t 0
	same "$(podman ps --all --quiet)" ''
}
