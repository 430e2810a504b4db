# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0-or-later
#
# podman, with the hooks file as it is made and storage of its own: the host's containers are not touched. To be loaded after
# lib.bash.
#
#   ORH_USER  the user who starts podman; empty: root
#   DRIVER    the driver of its storage, vfs unless a test says otherwise
#   PODMAN_PREFIX    an array: what podman is run by, as root
#   STORAGE_OPTIONS  an array, of podman's --storage-opt

load user

ORH_USER=${ORH_USER:-}
DRIVER=${DRIVER:-vfs}

# A name that no one else has; useradd takes small letters alone.
user_begin()
{
	ORH_USER=orh-${SUITE##*.}
	ORH_USER=${ORH_USER,,}
	export ORH_USER
	echo "$ORH_USER" >"$SUITE/user"
	make_user "$ORH_USER" "$SUITE/home" >"$SUITE/user.log" 2>&1 ||
		OBSTACLE="no user with subordinate ids can be made: $(tail -n 1 "$SUITE/user.log")"
}

# After suite_begin, and user_begin where there is a user.
podman_begin()
{
	local owner=${ORH_USER:-root}

	[ -z "$OBSTACLE" ] || return 0
	if ! have podman; then
		OBSTACLE='podman is not here'
		return 0
	fi
	mkdir "$SUITE/hooks.d" "$SUITE/p" "$SUITE/p/xdg"
	: >"$SUITE/empty"
	chmod 0700 "$SUITE/p/xdg"
	chown -R "$owner:" "$SUITE/p"
	jq --arg hook "$HOOK" '.hook.path = $hook' "$BUILDDIR/hooks.d/oci-readonly-hook.json" \
		>"$SUITE/hooks.d/oci-readonly-hook.json"
	tar -C "$SUITE/base" -cf "$SUITE/image.tar" .
	import_image
}

# Into the storage of $DRIVER.
import_image()
{
	podman import -q "$SUITE/image.tar" localhost/orh-test >"$SUITE/import.log" 2>&1 ||
		OBSTACLE="podman cannot import an image: $(tail -n 1 "$SUITE/import.log")"
}

podman_end()
{
	if [ -z "$OBSTACLE" ]; then
		for DRIVER in vfs overlay; do
			[ -d "$SUITE/p/$DRIVER" ] || continue
			podman rm --all --force >/dev/null 2>&1 || true
			podman pod rm --all --force >/dev/null 2>&1 || true
		done
	fi
	[ -z "$ORH_USER" ] || remove_user "$ORH_USER" "$SUITE"
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
	# crun 1.8 gives the host's own to the container's root, where that is what it finds as its standard input.
	same "$(stat -c '%a %u:%g' /dev/null)" "$(cat "$W/null.before")"
	rm -rf --one-file-system "$W"
}

# A command as the user, who has no other environment. podman 5 warns of cgroups v1, which would be among what it says.
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

# With the options that all calls share, those of this machine included: see run_container.
podman()
{
	# Short: podman takes 50 characters for a folder of its own.
	local dir=$SUITE/p/$DRIVER

	(cd "$SUITE" && as_user podman --root "$dir" --runroot "$dir.run" --tmpdir "$dir.tmp" --storage-driver "$DRIVER" \
		"${STORAGE_OPTIONS[@]}" \
		--runtime "$RUNTIME" --cgroup-manager cgroupfs --events-backend file --hooks-dir "${HOOKS:-$SUITE/hooks.d}" \
		"$@" <"$SUITE/empty" 3>&-)
}

# container_options: $OPTIONS that every container has. Limits that the machine may not raise are not asked for.
container_options()
{
	OPTIONS=(--network none --ulimit "nofile=$(ulimit_most n 1024):$(ulimit_most n 1024)"
		--ulimit "nproc=$(ulimit_most u 1000):$(ulimit_most u 1000)")
	[ -z "$LAB_PID" ] || [ -n "${LAB_CGROUPS:-}" ] || OPTIONS+=(--cgroups=disabled)
}

# run_container OPTION... With standard input, which is no /dev/null then: see podman_test_end.
run_container()
{
	local log=$SUITE/p/log

	container_options
	rm -f "$log"
	run podman run --rm --interactive --log-driver k8s-file --log-opt "path=$log" "${OPTIONS[@]}" "$@"
	output_by_log "$log"
}

# The same for what makes containers but takes no such options: pods.
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

# --- a user namespace: whose everything is, as the container sees it ---

ENTRIES='/etc;/run:uid=5:gid=6;/srv:seed=overlay;/made:U;/var/lib/app:seed=overlay:size=64k'

OWNERS='
	exec 2>&1
	stat -c "%n %a %u:%g" /etc /etc/app.conf /run /run/app /made /srv /var/lib/app /var/lib/app/data
	grep -o "^oci-readonly-hook [^ ]* [^ ]*" /proc/mounts | sort
	touch /usr/x
	touch /made/x && stat -c "%u:%g" /made/x
'

# ask OPTION...: for $ENTRIES.
ask()
{
	run_container --annotation "$KEY=true" --annotation "$LIST_KEY=$ENTRIES" "$@"
}

# owners_hold USER: of $OWNERS, run by that user.
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

# Root of the container can write to what is copied and to what shows through, and the image stays as it is.
root_writes()
{
	run_container "$@" --annotation "$KEY=true" --annotation "$LIST_KEY=/etc;/var/lib/app:seed=overlay" localhost/orh-test sh -c '
		echo more >>/etc/app.conf && cat /etc/app.conf && stat -c "%a %u:%g" /etc/app.conf
		echo more >>/var/lib/app/data && cat /var/lib/app/data && rm /var/lib/app/data && ls -A /var/lib/app'
	same "$output" $'setting = 1\nmore\n640 100:101\ndata\nmore'
	run_container "$@" localhost/orh-test cat /etc/app.conf /var/lib/app/data
	same "$output" $'setting = 1\ndata'
}
