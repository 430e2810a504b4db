# shellcheck shell=bash disable=SC2034,SC2119,SC2120
# SPDX-License-Identifier: GPL-2.0-or-later
#
# podman with the hooks file as built, and with its own storage, so that the host's containers are not touched. Load it after lib.bash.
#
#   ORH_USER  the user who starts podman; empty for root
#   DRIVER    the storage driver, vfs by default
#   PODMAN_PREFIX    an array: a command before podman, run as root
#   STORAGE_OPTIONS  an array: podman's --storage-opt options

load user

ORH_USER=${ORH_USER:-}
DRIVER=${DRIVER:-vfs}

# A name that nobody else uses. useradd accepts only lower-case letters.
user_begin()
{
	[ -z "$OBSTACLE" ] || return 0
	ORH_USER=orh-${SUITE##*.}
	ORH_USER=${ORH_USER,,}
	export ORH_USER
	echo "$ORH_USER" >"$SUITE/user"
	make_user "$ORH_USER" "$SUITE/home" >"$SUITE/user.log" 2>&1 ||
		OBSTACLE="no user with subordinate ids can be made: $(tail -n 1 "$SUITE/user.log")"
}

# Call it after suite_begin, and after user_begin if there is a user.
podman_begin()
{
	[ -z "$OBSTACLE" ] || return 0
	if ! have podman; then
		OBSTACLE='podman is not here'
		return 0
	fi
	mkdir "$SUITE/hooks.d"
	jq --arg hook "$HOOK" '.hook.path = $hook' "$BUILDDIR/hooks.d/oci-readonly-hook.json" \
		>"$SUITE/hooks.d/oci-readonly-hook.json"
	storage_begin
}

# podman's storage, with the image of $SUITE/base.
storage_begin()
{
	mkdir "$SUITE/p" "$SUITE/p/xdg"
	: >"$SUITE/empty"
	chmod 0700 "$SUITE/p/xdg"
	chown -R "${ORH_USER:-root}:" "$SUITE/p"
	tar -C "$SUITE/base" -cf "$SUITE/image.tar" .
	import_image
}

# The options of import_image for an image whose containers keep running.
SLEEPS=(--change 'CMD=["/bin/sleep","1000"]' --change ENV=PATH=/bin)

# import_image [NAME [OPTION...]]: imports the image into the storage of $DRIVER, by default as localhost/orh-test.
import_image()
{
	[ -z "$OBSTACLE" ] || return 0
	podman import -q "${@:2}" "$SUITE/image.tar" "${1:-localhost/orh-test}" >"$SUITE/import.log" 2>&1 ||
		OBSTACLE="podman cannot import an image: $(tail -n 1 "$SUITE/import.log")"
}

# Removes all pods and containers.
podman_clear()
{
	[ -z "$OBSTACLE" ] || return 0
	podman pod rm --all --force --time 0 >/dev/null 2>&1 || true
	podman rm --all --force --time 0 >/dev/null 2>&1 || true
}

# Ends the suite, too.
podman_end()
{
	for DRIVER in vfs overlay; do
		[ ! -d "$SUITE/p/$DRIVER" ] || podman_clear
	done
	[ ! -s "$SUITE/user" ] || remove_user "$(cat "$SUITE/user")" "$SUITE"
	suite_end
}

podman_test_begin()
{
	[ -z "$OBSTACLE" ] || skip "$OBSTACLE"
	W=$SUITE/$BATS_TEST_NUMBER
	mkdir "$W"
	host_mounts >"$W/mounts.before"
	stat -c '%a %u:%g' /dev/null >"$W/null.before"
}

podman_test_end()
{
	[ -n "${W:-}" ] && [ -d "$W" ] || return 0
	nothing_left
	# crun 1.8 gives its standard input to the container's root, even if that is the host's /dev/null.
	same "$(stat -c '%a %u:%g' /dev/null)" "$(cat "$W/null.before")"
	rm -rf --one-file-system "$W"
}

# Runs a command as the user with a minimal environment. podman 5 would warn of cgroups v1 in its output.
as_user()
{
	local all=(XDG_RUNTIME_DIR="$SUITE/p/xdg" PODMAN_IGNORE_CGROUPSV1_WARNING=1)

	if [ -n "$ORH_USER" ]; then
		in_lab "${PODMAN_PREFIX[@]}" setpriv --reuid "$ORH_USER" --regid "$ORH_USER" --init-groups env -i HOME="$SUITE/home" \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin "${all[@]}" "$@"
	else
		in_lab "${PODMAN_PREFIX[@]}" env "${all[@]}" "$@"
	fi
}

# Adds the options that all calls share. See run_container for those of this machine.
podman()
{
	# A short path: podman accepts at most 50 characters for this directory.
	local dir=$SUITE/p/$DRIVER

	(cd "$SUITE" && as_user podman --root "$dir" --runroot "$dir.run" --tmpdir "$dir.tmp" --storage-driver "$DRIVER" \
		"${STORAGE_OPTIONS[@]}" \
		--runtime "$RUNTIME" --cgroup-manager cgroupfs --events-backend file --hooks-dir "${HOOKS:-$SUITE/hooks.d}" \
		"$@" <"$SUITE/empty" 3>&-)
}

# container_options: sets $OPTIONS to those of every container. Requests no limits that this machine may not raise.
container_options()
{
	OPTIONS=(--network none --ulimit "nofile=$(ulimit_most n 1024):$(ulimit_most n 1024)"
		--ulimit "nproc=$(ulimit_most u 1000):$(ulimit_most u 1000)")
	[ -z "$LAB_PID" ] || [ -n "${LAB_CGROUPS:-}" ] || OPTIONS+=(--cgroups=disabled)
}

# run_container OPTION...: standard input is not /dev/null: see podman_test_end.
run_container()
{
	local log=$SUITE/p/log

	container_options
	rm -f "$log"
	run podman run --rm --interactive --log-driver k8s-file --log-opt "path=$log" "${OPTIONS[@]}" "$@"
	output_by_log "$log"
}

# The same for commands that create containers but do not take these options: pods. Call it after suite_begin.
podman_conf()
{
	cat >"$SUITE/containers.conf" <<-EOF
		[containers]
		netns = "none"
		default_ulimits = ["nofile=$(ulimit_most n 1024):$(ulimit_most n 1024)", "nproc=$(ulimit_most u 1000):$(ulimit_most u 1000)"]
		[engine]
		hooks_dir = ["$SUITE/hooks.d"]
	EOF
	export CONTAINERS_CONF=$SUITE/containers.conf
}

# in_container SCRIPT: runs it in the container $NAME.
in_container()
{
	podman exec "$NAME" /bin/sh -c "$1" 2>&1
}

# pod ANNOTATIONS [YAML]: writes the manifest $W/pod.yaml of the pod shop, with the containers web and db. YAML is added to both.
pod()
{
	cat >"$W/pod.yaml" <<-EOF
		apiVersion: v1
		kind: Pod
		metadata:
		  name: shop
		  annotations: {$1}
		spec:
		  containers:
		  - {name: web, image: localhost/orh-test, command: [/bin/sleep, "1000"]${2:+, $2}}
		  - {name: db, image: localhost/orh-test, command: [/bin/sleep, "1000"]${2:+, $2}}
	EOF
}

# podman's init, which is also the program of a pod's first container.
needs_catatonit()
{
	have catatonit || [ -x /usr/libexec/podman/catatonit ] || skip 'catatonit is not here'
}

# --- a user namespace: owners as the container sees them ---

ENTRIES='/etc;/run:uid=5:gid=6;/srv:seed=overlay;/made:U;/var/lib/app:seed=overlay:size=64k'

OWNERS='
	exec 2>&1
	stat -c "%n %a %u:%g" /etc /etc/app.conf /run /run/app /made /srv /var/lib/app /var/lib/app/data
	grep -o "^oci-readonly-hook [^ ]* [^ ]*" /proc/mounts | sort
	touch /usr/x
	touch /made/x && stat -c "%u:%g" /made/x
'

# ask OPTION...: runs a container with $ENTRIES.
ask()
{
	run_container --annotation "$KEY=true" --annotation "$LIST_KEY=$ENTRIES" "$@"
}

# owners_hold USER: compares with $OWNERS, run as that user.
owners_hold()
{
	same "$status" 0
	same "$output" "\
/etc 755 0:0
/etc/app.conf 640 100:101
/run 755 5:6
/run/app 2750 33:44
/made 1777 $1
/srv 711 0:0
/var/lib/app 755 33:44
/var/lib/app/data 644 0:0
oci-readonly-hook /etc tmpfs
oci-readonly-hook /made tmpfs
oci-readonly-hook /run tmpfs
oci-readonly-hook /srv overlay
oci-readonly-hook /var/lib/app overlay
touch: /usr/x: Read-only file system
$1"
}

# The container's root can write to a copy and to an overlay, and the image is unchanged.
root_writes()
{
	run_container "$@" --annotation "$KEY=true" --annotation "$LIST_KEY=/etc;/var/lib/app:seed=overlay" localhost/orh-test sh -c '
		echo more >>/etc/app.conf && cat /etc/app.conf && stat -c "%a %u:%g" /etc/app.conf
		echo more >>/var/lib/app/data && cat /var/lib/app/data && rm /var/lib/app/data && ls -A /var/lib/app'
	same "$output" $'setting = 1\nmore\n640 100:101\ndata\nmore'
	run_container "$@" localhost/orh-test cat /etc/app.conf /var/lib/app/data
	same "$output" $'setting = 1\ndata'
}
