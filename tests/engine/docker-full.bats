#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What people do with Docker, with oci-readonly-runc and oci-readonly-crun. scripts/assure engines runs it.

load lib
load docker
load user

RUNTIME=${RUNTIME:-runc}

setup_file()
{
	# These tests need no bundle and no mount namespace for crun.
	RUNTIME=none suite_begin
	docker_begin
}

teardown_file()
{
	[ ! -s "$SUITE/user" ] || remove_user "$(cat "$SUITE/user")" "$SUITE" || true
	docker_end
	suite_end
}

setup() { docker_test_begin; }
teardown() { docker_test_end; }

# docker_has OPTION: docker run has this option.
docker_has()
{
	docker run --help | grep -q -- "$1"
}

@test "with --init, -u and -m, the seed keeps the image's owners and counts against the limit" {
	hooks_file --readonly --tmpfs=/etc --tmpfs=/srv
	in_docker --init -u 100:101 'id -u; cat /etc/app.conf; stat -c "%a %u:%g" /srv; touch /etc/x; echo $?'
	same "$output" $'100\nsetting = 1\n711 0:0\ntouch: /etc/x: Permission denied\n1'
	in_docker -m 64m 'cat /etc/app.conf'
	same "$output" 'setting = 1'
	# A file that the container writes itself would not fit either.
	dd if=/dev/zero of="$W/large" bs=1M count=40 2>/dev/null
	docker build -q -t orh-large - >/dev/null < <(printf 'FROM orh-test\nVOLUME /none\n')
	docker create --name large orh-large /bin/true >/dev/null
	docker cp "$W/large" large:/srv/large
	docker commit large orh-large >/dev/null
	docker_run -m 16m --memory-swap 16m orh-large /bin/echo started
	# crun shows nobody the hook's output.
	if [ "$RUNTIME" = crun ]; then
		docker_refused 'exit code: 74'
	else
		docker_refused 'oci-readonly-hook: ' '/srv: '
	fi
	docker rmi -f orh-large >/dev/null
}

@test "docker cp and docker diff see the layer below the tmpfs, docker exec sees the tmpfs" {
	hooks_file --readonly --tmpfs=/etc
	docker_started one
	docker exec one /bin/sh -c 'echo mine >/etc/mine; echo changed >/etc/app.conf'
	docker cp one:/etc/app.conf "$W/app.conf"
	same "$(cat "$W/app.conf")" 'setting = 1'
	run docker cp one:/etc/mine "$W/mine"
	[ "$status" != 0 ]
}

@test "a container that its restart policy starts again is seeded afresh" {
	hooks_file --readonly --tmpfs=/etc
	docker_started one --restart on-failure
	docker exec one /bin/sh -c 'echo mine >/etc/mine'
	kill -9 "$PID"
	for _ in $(seq 100); do
		[ "$(docker inspect -f '{{.RestartCount}} {{.State.Status}}' one)" != '1 running' ] || break
		sleep 0.1
	done
	same "$(docker inspect -f '{{.RestartCount}} {{.State.Status}}' one)" '1 running'
	same "$(docker exec one /bin/sh -c 'exec 2>&1; ls /etc/mine; cat /etc/app.conf; touch /usr/x')" \
		$'ls: /etc/mine: No such file or directory\nsetting = 1\ntouch: /usr/x: Read-only file system'
	docker kill one >/dev/null
}

@test "default-runtime applies to every container, including those of the classic builder" {
	another_dockerd <<<'{"default-runtime": "readonly"}'
	hooks_file --readonly --tmpfs=/etc
	same "$(docker run --rm --network none orh-test /bin/sh -c 'exec 2>&1; touch /usr/x; touch /etc/x && echo yes')" \
		$'touch: /usr/x: Read-only file system\nyes'
	mkdir "$W/context"
	printf 'FROM orh-test\nRUN touch /usr/built\n' >"$W/context/Dockerfile"
	run docker build --network none -t orh-built "$W/context"
	[[ $status != 0 && $output == *'Read-only file system'* ]]
	# The packaged file requests nothing by itself.
	hooks_file
	run docker build --network none -t orh-built "$W/context"
	same "$status" 0
	same "$(docker run --rm --network none orh-built ls /usr/built)" /usr/built
	docker rmi -f orh-built >/dev/null
}

@test "with live-restore, a container survives the daemon and can be restarted" {
	another_dockerd <<<'{"live-restore": true}'
	hooks_file --readonly --tmpfs=/etc
	docker_started one
	docker exec one /bin/sh -c 'echo mine >/etc/mine'
	another_dockerd <<<'{"live-restore": true}'
	same "$(docker exec one cat /etc/mine)" mine
	docker restart -t 1 one >/dev/null
	same "$(docker exec one /bin/sh -c 'exec 2>&1; ls /etc/mine; touch /usr/x')" \
		$'ls: /etc/mine: No such file or directory\ntouch: /usr/x: Read-only file system'
}

@test "with --userns-remap, the tmpfs belongs to the container's root, and owners are the container's ids" {
	# Subordinate ids that no user of the host has, only in this mount namespace.
	echo "daemon:$HOST_IDS:65536" >"$W/ids"
	caged sh -c 'mount --bind "$1" /etc/subuid && mount --bind "$1" /etc/subgid' sh "$W/ids"
	another_dockerd --userns-remap=daemon <<<'{}'
	import_image
	hooks_file --readonly --tmpfs=/etc --tmpfs=/run
	in_docker 'stat -c "%a %u:%g" /etc /etc/app.conf /run/app; touch /etc/x && echo yes; touch /usr/x; cat /proc/self/uid_map'
	same "$(tr -s ' ' <<<"$output")" "755 0:0
640 100:101
2750 33:44
yes
touch: /usr/x: Read-only file system
 0 $HOST_IDS 65536"
	hooks_file --seed-tmpfs
	in_docker --read-only --tmpfs /etc --tmpfs /run 'stat -c "%a %u:%g" /etc /etc/app.conf /run/app; touch /etc/x && echo yes; touch /usr/x'
	same "$output" $'755 0:0\n640 100:101\n2750 33:44\nyes\ntouch: /usr/x: Read-only file system'
	caged umount /etc/subuid /etc/subgid
}

@test "--seed-tmpfs: --mount type=tmpfs, options, volumes on and below, -u, and a path that the image lacks" {
	hooks_file --seed-tmpfs
	mkdir "$W/volume"
	echo mine >"$W/volume/file"
	in_docker --mount type=tmpfs,destination=/etc,tmpfs-size=1m --tmpfs /var/lib:exec,size=2m -v "$W/volume:/etc/ssl/certs" \
		-v "$W/volume:/var/lib/app/volume" 'cat /etc/app.conf /etc/ssl/certs/file /var/lib/app/data /var/lib/app/volume/file; stat -c %Y /etc/ssl
		grep -E " /etc | /var/lib " /proc/mounts | cut -d " " -f 1-3 | sort; touch /usr/x && echo yes'
	same "$output" $'setting = 1\nmine\ndata\nmine\n981173106\ntmpfs /etc tmpfs\ntmpfs /var/lib tmpfs\nyes'
	same "$(ls -A "$W/volume")" file
	in_docker -u 100:101 --init --read-only --tmpfs /etc 'cat /etc/app.conf; touch /etc/x'
	same "$output" $'setting = 1\ntouch: /etc/x: Permission denied'
	# A volume that is a tmpfs stays empty.
	docker volume create --driver local --opt type=tmpfs --opt device=tmpfs orh-tmpfs >/dev/null
	in_docker --mount type=volume,source=orh-tmpfs,destination=/srv,volume-nocopy 'ls -A /srv; echo done'
	docker volume rm orh-tmpfs >/dev/null
	same "$output" 'done'
	# At each start, the runtime decides what such a directory looks like.
	docker_started one --tmpfs /new --tmpfs /opt/new/path:mode=1770
	is /new %a 1777
	is /opt/new/path %a 1770
	docker restart -t 1 one >/dev/null
	PID=$(host_pid "$(docker inspect -f '{{.State.Pid}}' one)")
	ROOT=/proc/$PID/root
	stat -c %a "$ROOT/new" "$ROOT/opt/new/path" >"$W/with"
	hooks_file
	docker restart -t 1 one >/dev/null
	PID=$(host_pid "$(docker inspect -f '{{.State.Pid}}' one)")
	stat -c %a "/proc/$PID/root/new" "/proc/$PID/root/opt/new/path" | diff "$W/with" -
}

@test "--seed-tmpfs: a seed that does not fit is refused, and beside the operator's defaults" {
	hooks_file --seed-tmpfs --readonly --tmpfs=/run --tmpfs=/etc --tmpfs=/var/lib
	in_docker --tmpfs /run:size=1m 'cat /run/app/pid /etc/app.conf; grep -E " (/run|/etc) " /proc/mounts | cut -d " " -f 1-2 | sort; touch /usr/x'
	same "$output" $'pid\nsetting = 1\noci-readonly-hook /etc\ntmpfs /run\ntouch: /usr/x: Read-only file system'
	in_docker --tmpfs /var/lib:nr_inodes=2 'echo started'
	if [ "$RUNTIME" = crun ]; then
		docker_refused 'exit code: 74'
	else
		docker_refused '--seed-tmpfs: /var/lib: the seed does not fit: it needs ' 'nr_inodes=3 is enough'
	fi
}

@test "--seed-tmpfs: compose's read_only and tmpfs" {
	have docker-compose || skip 'docker-compose is not here'
	hooks_file --seed-tmpfs
	cat >"$W/compose.yaml" <<-'EOF'
		version: "2.4"
		services:
		  web:
		    image: orh-test
		    runtime: readonly
		    network_mode: none
		    read_only: true
		    tmpfs:
		      - /run
		      - /etc:size=64m
		    command: ["/bin/sleep", "1000"]
	EOF
	DOCKER_HOST=unix://$SUITE/docker.sock DOCKER_CONFIG=$SUITE/docker-config docker-compose -p orh -f "$W/compose.yaml" up -d \
		>"$W/compose.log" 2>&1 3>&- </dev/null || fail "$(cat "$W/compose.log")"
	in_service 'touch /usr/x; cat /run/app/pid /etc/app.conf; touch /etc/x && echo yes; grep -c "^oci-readonly-hook " /proc/mounts'
	same "$output" $'touch: /usr/x: Read-only file system\npid\nsetting = 1\nyes\n0'
}

@test "annotations of docker run apply (Docker 24 and later)" {
	docker_has --annotation || skip 'this docker run has no --annotation'
	in_docker --annotation "$KEY=true" --annotation "$LIST_KEY=/etc:size=1m" \
		'touch /usr/x; touch /etc/x && echo yes; cat /etc/app.conf'
	same "$output" $'touch: /usr/x: Read-only file system\nyes\nsetting = 1'
	in_docker --annotation io.containers.read-only=true 'echo started'
	if [ "$RUNTIME" = crun ]; then
		docker_refused 'exit code: 65'
	else
		docker_refused 'oci-readonly-hook: ' "$KEY"
	fi
}

@test "rootless Docker works" {
	have rootlesskit || skip 'rootlesskit is not here'
	have newuidmap || skip 'newuidmap is not here'
	local name=orh-${SUITE##*.}

	name=${name,,}
	echo "$name" >"$SUITE/user"
	make_user "$name" "$SUITE/home" >"$W/user.log" 2>&1 || skip "no user with subordinate ids: $(tail -n 1 "$W/user.log")"
	mkdir -m 0700 "$SUITE/xdg"
	chown "$name:" "$SUITE/xdg"
	hooks_file --readonly --tmpfs=/etc --tmpfs=/run
	cp "$SUITE/runtimes.json" "$W/daemon.json"
	chmod 0755 "$W"
	caged setpriv --reuid "$name" --regid "$name" --init-groups env -i HOME="$SUITE/home" PATH="$PATH" XDG_RUNTIME_DIR="$SUITE/xdg" \
		rootlesskit --net=host --copy-up=/etc --copy-up=/run --propagation=rslave --state-dir="$SUITE/xdg/kit" sh -c '
			rm -f /run/docker /run/containerd
			exec dockerd --rootless --config-file "$1" --data-root "$2/home/docker" --exec-root "$2/xdg/docker" \
				-H "unix://$2/xdg/docker.sock" --pidfile "$2/xdg/docker.pid" --iptables=false --ip6tables=false --ip-forward=false \
				--bridge=none --storage-driver vfs --exec-opt native.cgroupdriver=cgroupfs $3
		' sh "$W/daemon.json" "$SUITE" "$(without_oom_score)" >"$SUITE/rootless.log" 2>&1 3>&- </dev/null &
	as_user() { DOCKER_CONFIG=$W/config "$DOCKER" -H "unix://$SUITE/xdg/docker.sock" "$@" 3>&-; }
	for _ in $(seq 200); do
		# Not version: with --net=host it fails on Docker 26.
		! as_user ps >/dev/null 2>&1 || break
		sleep 0.1
	done
	as_user ps >/dev/null || fail "$(tail -n 25 "$SUITE/rootless.log")"
	as_user import "$SUITE/image.tar" orh-test >/dev/null
	run as_user run --rm --network none --runtime readonly orh-test /bin/sh -c \
		'exec 2>&1; stat -c "%a %u:%g" /etc/app.conf /run/app; touch /etc/x && echo yes; touch /usr/x'
	echo "$output" >&2
	same "$output" $'640 100:101\n2750 33:44\nyes\ntouch: /usr/x: Read-only file system'
	caged sh -c 'kill "$(cat "$1")"' sh "$SUITE/xdg/docker.pid" || true
}

# --- the files of examples/docker, as they are ---

EXAMPLES=$BATS_TEST_DIRNAME/../../examples

# compose FILE COMMAND...: runs docker-compose with the suite's daemon, which has no network.
compose()
{
	printf 'services: {web: {network_mode: none}}\n' >"$W/no-network.yaml"
	DOCKER_HOST=unix://$SUITE/docker.sock DOCKER_CONFIG=$SUITE/docker-config docker-compose -p orh -f "$EXAMPLES/docker/$1" \
		-f "$W/no-network.yaml" "${@:2}" >"$W/compose.log" 2>&1 3>&- </dev/null
}

# An image of the name that the files have.
example_image()
{
	local image

	image=$(sed -n 's/^ *image: //p' "$EXAMPLES"/docker/*.yaml | sort -u)
	mkdir -p "$W/more/etc/nginx/conf.d" "$W/more/var/cache/nginx"
	echo 'listen 80' >"$W/more/etc/nginx/conf.d/default.conf"
	tar -C "$SUITE/base" -cf "$W/image.tar" .
	tar -C "$W/more" -rf "$W/image.tar" ./etc/nginx ./var/cache
	docker import -c 'CMD ["/bin/sleep","1000"]' -c 'ENV PATH=/bin' "$W/image.tar" "$image" >/dev/null
	rm "$W/image.tar"
}

# service COMPOSE-FILE HOOKS-FILE: starts the service of an example with the arguments of a hooks file of the examples.
service()
{
	local arguments

	have docker-compose || skip 'docker-compose is not here'
	mapfile -t arguments < <(jq -r '.hook.args[1:][]' "$EXAMPLES/$2")
	hooks_file "${arguments[@]}"
	example_image
	compose "$1" up -d || fail "$(cat "$W/compose.log")"
}

# in_service SCRIPT
in_service()
{
	run docker exec "$(docker ps -q)" /bin/sh -c "exec 2>&1; $1"
}

@test "examples/docker/daemon.json has the runtime of these tests" {
	same "$(jq -S --arg path "$SUITE/oci-readonly-$RUNTIME" '.runtimes.readonly.path = $path' "$EXAMPLES/docker/daemon.json")" \
		"$(jq -S . "$SUITE/runtimes.json")"
}

@test "examples/docker/compose.yaml with examples/default-readonly.json protects the service" {
	service compose.yaml default-readonly.json
	in_service 'touch /usr/x; touch /run/x /tmp/x /var/tmp/x /var/cache/nginx/x && cat /run/app/pid; grep -c "^oci-readonly-hook " /proc/mounts'
	same "$output" $'touch: /usr/x: Read-only file system\npid\n3'
	compose compose.yaml down -v -t 0 || fail "$(cat "$W/compose.log")"
	same "$(docker volume ls -q)" ''
}

@test "examples/docker/compose-tmpfs.yaml with examples/seed-tmpfs.json: each tmpfs has the image's files" {
	service compose-tmpfs.yaml seed-tmpfs.json
	in_service 'touch /usr/x; touch /run/x /var/cache/nginx/x /etc/nginx/conf.d/x && cat /run/app/pid /etc/nginx/conf.d/default.conf
		grep -c " /run tmpfs .*size=4096k" /proc/mounts'
	same "$output" $'touch: /usr/x: Read-only file system\npid\nlisten 80\n1'
	compose compose-tmpfs.yaml down -t 0 || fail "$(cat "$W/compose.log")"
}

@test "examples/docker/compose-annotations.yaml protects the service, and older versions refuse the file" {
	have docker-compose || skip 'docker-compose is not here'
	hooks_file
	example_image
	if ! docker_has --annotation || docker-compose --version | grep -q 'version 1\.'; then
		# As the file says.
		! compose compose-annotations.yaml up -d || fail 'an older version accepts the file'
		grep -q annotations "$W/compose.log" || fail "$(cat "$W/compose.log")"
		return 0
	fi
	compose compose-annotations.yaml up -d || fail "$(cat "$W/compose.log")"
	in_service 'touch /usr/x; touch /run/x /var/cache/nginx/x && cat /etc/nginx/conf.d/default.conf; grep -c "^oci-readonly-hook " /proc/mounts'
	same "$output" $'touch: /usr/x: Read-only file system\nlisten 80\n3'
	compose compose-annotations.yaml down -t 0 || fail "$(cat "$W/compose.log")"
}
