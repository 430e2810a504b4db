#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# Services from Debian's packages, as installed: nginx and PostgreSQL on podman, redis on crun. Each fails with a read-only root. It
# then runs and is used with a writable root, suggest reports what it wrote, and it runs with a read-only root and exactly the
# suggested annotations.

load lib
load podman
load tool

setup_file()
{
	suite_begin
	tool_begin
	[ -n "$OBSTACLE" ] || debian_begin
	export DRIVER=overlay
	podman_begin
}

teardown_file() { podman_end; }

setup() { podman_test_begin; }

teardown()
{
	box_end
	crun_end
	podman_test_end
}

# One root filesystem for all services, in place of the small one.
debian_begin()
{
	local release=bookworm

	if ! have mmdebstrap; then
		OBSTACLE='mmdebstrap is not here'
		return 0
	fi
	[ "$(. /etc/os-release && echo "$ID")" != debian ] || release=$(. /etc/os-release && echo "$VERSION_CODENAME")
	rm -rf "$SUITE/base"
	if ! timeout 500 mmdebstrap --variant=apt --include=nginx-light,redis-server,postgresql \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt=force-unsafe-io "$release" "$SUITE/base" >"$SUITE/debian.log" 2>&1 </dev/null 3>&-; then
		OBSTACLE="no Debian can be made: $(tail -n 1 "$SUITE/debian.log")"
		return 0
	fi
	# mmdebstrap leaves /run empty.
	chroot "$SUITE/base" install -d -m 2775 -o postgres -g postgres /run/postgresql
	find "$SUITE/base/dev" -mindepth 1 -delete
}

# eventually COMMAND...: succeeds within 30 seconds.
eventually()
{
	for _ in $(seq 150); do
		if "$@" >/dev/null 2>&1; then
			return 0
		fi
		sleep 0.2
	done
	"$@"
}

# service NAME OPTION...: starts the service in a podman container, and sets $PID to its process.
service()
{
	local name=$1

	shift
	box_end
	container_options
	"run_$name" --detach --name box "${OPTIONS[@]}" "$@" >"$W/run.log" 2>&1 || fail "$(cat "$W/run.log")"
	PID=$(podman inspect --format '{{.State.Pid}}' box)
}

# ended: the container has exited with an error.
ended()
{
	[ "$(podman inspect --format '{{.State.Running}}' box)" = false ] &&
		[ "$(podman inspect --format '{{.State.ExitCode}}' box)" != 0 ]
}

# usr_is_readonly: for root in the container.
usr_is_readonly()
{
	run podman exec --user 0 box touch /usr/x
	[ "$status" != 0 ] && [[ $output == *'Read-only file system'* ]] || fail "$output"
}

run_nginx() { podman run "$@" localhost/orh-test nginx -g 'daemon off;'; }

get_page()
{
	# shellcheck disable=SC2016 # the container's shell
	podman exec box bash -c 'exec 3<>/dev/tcp/127.0.0.1/80 && printf "GET / HTTP/1.0\r\n\r\n" >&3 && grep -q "200 OK" <&3'
}

@test "nginx on podman runs with what suggest reads from its process" {
	service nginx --annotation "$KEY=true"
	eventually ended
	service nginx
	eventually get_page
	suggests '/run;/tmp;/var/lib/nginx;/var/log/nginx'
	eval "service nginx $("$TOOL" suggest --format podman "$PID")"
	eventually get_page
	usr_is_readonly
}

PG=/usr/lib/postgresql

run_postgres()
{
	# shellcheck disable=SC2016 # the container's shell
	podman run --user postgres "$@" localhost/orh-test sh -c 'cd /etc/postgresql/*/main
		exec /usr/lib/postgresql/*/bin/postgres -D "/var/lib/postgresql/$(basename "$(dirname "$PWD")")/main" \
			-c config_file="$PWD/postgresql.conf"'
}

sql()
{
	podman exec --user postgres box psql -Atc "$1" postgres
}

@test "PostgreSQL on podman runs with what suggest reads from diffs, during and after a run" {
	service postgres --annotation "$KEY=true"
	eventually ended
	service postgres
	eventually sql 'select 1'
	sql 'create table t(i int); insert into t values (1); checkpoint'
	podman diff --format json box >"$W/running"
	podman stop box >/dev/null
	podman diff --format json box >"$W/stopped"
	cat "$W/running" "$W/stopped" | "$TOOL" suggest >"$W/annotations"
	same "$(cat "$W/annotations")" "$KEY=true"$'\n'"$LIST_KEY=/run;/tmp;/var/lib/postgresql"
	eval "service postgres $(cat "$W/running" "$W/stopped" | "$TOOL" suggest --format podman)"
	eventually sql 'select 1'
	sql 'create table t(i int); insert into t values (1); checkpoint'
	same "$(sql 'select i from t')" 1
	usr_is_readonly
}

# crun_begin: creates a bundle whose root is an overlay of the same image.
crun_begin()
{
	mkdir "$W/upper" "$W/work" "$W/rootfs"
	: >"$W/empty"
	ID=${SUITE##*.}-redis
	RUNTIME=crun
	lab_begin
	in_lab mount -t overlay -o "lowerdir=$SUITE/base,upperdir=$W/upper,workdir=$W/work" overlay "$W/rootfs"
	suite_config
	sed "s|@W@|$W|" "$SUITE/config.json" >"$W/config.json"
	write_wrapper
	config '.process.args = ["redis-server", "/etc/redis/redis.conf", "--daemonize", "no", "--supervised", "no", "--port", "0",
		"--unixsocket", "/run/redis.sock"]'
}

crun_end()
{
	[ "${RUNTIME:-}" = crun ] || return 0
	runtime delete --force "$ID" >/dev/null 2>&1 || true
	in_lab umount "$W/rootfs"
	kill "$LAB_PID" 2>/dev/null || true
	LAB_PID=
}

crun_starts()
{
	runtime delete --force "$ID" >/dev/null 2>&1 || true
	rm -f "$W"/hook.*
	create
	runtime start "$ID"
}

redis() { runtime exec "$ID" redis-cli -s /run/redis.sock "$@"; }

redis_answers() { [ "$(redis ping)" = PONG ]; }

crun_ended() { [ "$(runtime state "$ID" | jq -r .status)" = stopped ]; }

@test "redis on crun runs with what suggest reads from its process" {
	have crun || skip 'crun is not here'
	crun_begin
	annotate "$KEY" true
	crun_starts
	eventually crun_ended
	config '.annotations = {}'
	crun_starts
	eventually redis_answers
	redis set key value
	same "$(redis save)" OK
	suggests '/run;/tmp;/var/lib/redis;/var/log/redis'
	annotate "$KEY" true "$LIST_KEY" "$VALUE"
	crun_starts
	eventually redis_answers
	redis set key value
	same "$(redis save)" OK
	same "$(redis get key)" value
	is_ours /run /tmp /var/lib/redis /var/log/redis
	run runtime exec "$ID" touch /usr/x
	[[ $output == *'Read-only file system'* ]]
}
