# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Docker, with a daemon of the suite's own whose daemon.json names oci-readonly-runc as the runtime "readonly". Load it after lib.bash.

load daemons

# The first docker in PATH may be another program.
DOCKER=/usr/bin/docker

docker()
{
	DOCKER_CONFIG=$SUITE/docker-config "$DOCKER" -H "unix://$SUITE/docker.sock" "$@" 3>&-
}

# Before 24.0, dockerd sets oom_score_adj by default, which this machine may not allow. Later versions do not have the option.
without_oom_score()
{
	! dockerd --help | grep -q oom-score-adjust || echo '--oom-score-adjust=0'
}

# dockerd_start OPTION...: starts the daemon, with daemon.json from standard input.
dockerd_start()
{
	cat >"$SUITE/daemon.json"
	# shellcheck disable=SC2046
	caged dockerd --config-file "$SUITE/daemon.json" --data-root "$SUITE/docker" --exec-root /run/orh-docker \
		-H "unix://$SUITE/docker.sock" --pidfile /run/orh-docker.pid --containerd "$SUITE/containerd.sock" \
		--iptables=false --ip6tables=false --ip-forward=false --ip-masq=false --bridge=none --storage-driver overlay2 \
		$(without_oom_score) --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/$CGROUP" "$@" \
		>>"$SUITE/dockerd.log" 2>&1 </dev/null &
	for _ in $(seq 300); do
		! docker version >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	OBSTACLE="dockerd does not start: $(tail -n 1 "$SUITE/dockerd.log")"
}

dockerd_stop()
{
	caged sh -c 'kill "$(cat /run/orh-docker.pid)"
		for i in $(seq 200); do
			[ -e /run/orh-docker.pid ] || exit 0
			sleep 0.1
		done
		exit 1'
}

# another_dockerd OPTION...: replaces the suite's daemon for the rest of a test. Standard input is merged into the daemon.json that
# names the runtime.
another_dockerd()
{
	: >"$W/daemon"
	dockerd_stop
	jq --slurpfile runtimes "$SUITE/runtimes.json" '. + $runtimes[0]' >"$W/daemon.json"
	dockerd_start "$@" <"$W/daemon.json"
	[ -z "$OBSTACLE" ] || fail "$OBSTACLE"
}

docker_begin()
{
	wrappers_begin
	if [ -z "$OBSTACLE" ] && ! { have dockerd && [ -x "$DOCKER" ]; }; then
		OBSTACLE='Docker is not here'
	fi
	cage_begin
	containerd_begin <<<'disabled_plugins = ["io.containerd.grpc.v1.cri"]'
	[ -z "$OBSTACLE" ] || return 0
	jq -n --arg path "$SUITE/oci-readonly-${RUNTIME:-runc}" '{runtimes: {readonly: {path: $path}}}' >"$SUITE/runtimes.json"
	dockerd_start <"$SUITE/runtimes.json"
	import_image
}

import_image()
{
	[ -z "$OBSTACLE" ] || return 0
	tar -C "$SUITE/base" -cf "$SUITE/image.tar" .
	docker import "$SUITE/image.tar" orh-test >"$SUITE/import.log" 2>&1 ||
		OBSTACLE="docker cannot import an image: $(tail -n 1 "$SUITE/import.log")"
}

docker_end()
{
	if [ -z "$OBSTACLE" ]; then
		docker_test_clean
		dockerd_stop || true
	fi
	cage_end
}

docker_test_clean()
{
	local ids

	ids=$(docker ps -aq)
	# shellcheck disable=SC2086
	[ -z "$ids" ] || docker rm -fv $ids >/dev/null
}

docker_test_begin()
{
	[ -z "$OBSTACLE" ] || skip "$OBSTACLE"
	W=$SUITE/$BATS_TEST_NUMBER
	mkdir "$W"
	hooks_file
	host_mounts >"$W/mounts.before"
}

docker_test_end()
{
	[ -n "${W:-}" ] && [ -d "$W" ] || return 0
	docker_test_clean
	if [ -e "$W/daemon" ]; then
		dockerd_stop
		dockerd_start <"$SUITE/runtimes.json"
	fi
	nothing_left
	rm -rf --one-file-system "$W"
}

# docker_run OPTION... IMAGE COMMAND...: sets $output and $status to those of the container.
docker_run()
{
	run docker run --rm --network none --runtime readonly "$@"
	[ "$status" = 0 ] || echo "$output" >&2
}

# in_docker OPTION... SCRIPT: the same, for a shell script in the image of the tests.
in_docker()
{
	docker_run "${@:1:$#-1}" orh-test /bin/sh -c "exec 2>&1; ${*: -1}"
}

# docker_started NAME OPTION...: starts a container that keeps running.
docker_started()
{
	local name=$1

	shift
	docker run -d --name "$name" --network none --runtime readonly "$@" orh-test /bin/sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done' \
		>"$W/$name.id" || return 1
	PID=$(docker inspect -f '{{.State.Pid}}' "$name")
	PID=$(host_pid "$PID")
	ROOT=/proc/$PID/root
}

# docker_refused TEXT...: the last container did not start, and Docker's own error contains each text.
docker_refused()
{
	local text

	[ "$status" != 0 ] || fail 'the container started'
	for text; do
		[[ $output == *"$text"* ]] || fail "not said by Docker: $text"
	done
}
