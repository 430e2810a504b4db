# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The environment for engines that are daemons. Load it after lib.bash. It consists of a mount namespace, in which /etc/containers
# contains only the suite's hooks file, /run is empty, and cgroups have only version 1 or only version 2; and a process namespace,
# so that no process survives the suite. Some daemons create plain directories beside the controllers of version 1; these are on a
# tmpfs of that namespace.
#
#   CAGE_PID   a process in the namespaces
#   CGROUP     a cgroup for all containers of the daemons

# What the first process in the namespace does. Every orphan there becomes its child.
CAGE_INIT='
	set -e
	suite=$1
	mount -t tmpfs -o mode=0755 none /run
	mount -t tmpfs -o mode=0755 none /etc/containers
	mkdir -p /etc/containers/oci/hooks.d
	if [ "$(stat -fc %T /sys/fs/cgroup)" != cgroup2fs ]; then
		umount -R /sys/fs/cgroup
		mount -t tmpfs -o mode=0755 none /sys/fs/cgroup
		sed -n "s/^[0-9]*:\([^:][^:]*\):.*/\1/p" /proc/self/cgroup | while read -r name; do
			mkdir "/sys/fs/cgroup/${name#name=}"
			options=$name
			[ "$name" = "${name#name=}" ] || options=none,$name
			mount -t cgroup -o "$options" none "/sys/fs/cgroup/${name#name=}"
		done
	fi
	# The first process of a namespace gets only signals for which it has a handler.
	trap "exit 0" TERM
	: >"$suite/cage.ready"
	while :; do
		sleep 1
	done'

cage_begin()
{
	[ -z "$OBSTACLE" ] || return 0
	if [ ! -d /etc/containers ]; then
		OBSTACLE='/etc/containers is not there'
		return 0
	fi
	CGROUP=orh-${SUITE##*.}
	unshare -m -p -f --propagation private --mount-proc --kill-child sh -c "$CAGE_INIT" sh "$SUITE" \
		>"$SUITE/cage.log" 2>&1 3>&- </dev/null &
	wait_for "$SUITE/cage.ready" || { OBSTACLE="no namespaces for a daemon: $(tail -n 1 "$SUITE/cage.log")"; return 0; }
	CAGE_PID=$(pgrep -P $!)
	# If the suite does not finish, run kills this process, and with it everything in the namespace.
	echo "$CAGE_PID" >"$SUITE/lab.pid"
	# Its mount table is checked like the host's.
	LAB_PID=$CAGE_PID
	export CGROUP CAGE_PID LAB_PID
}

cage_end()
{
	local dir

	[ -s "$SUITE/lab.pid" ] || return 0
	# The mounts of containers are gone by now; they would disturb the next test.
	caged sh -c 'find /sys/fs/cgroup -mindepth 1 -depth -type d -path "*/$1*" -exec rmdir {} +' sh "$CGROUP" 2>/dev/null || true
	kill -9 "$CAGE_PID" 2>/dev/null || true
	for _ in $(seq 100); do
		[ -d "/proc/$CAGE_PID" ] || break
		sleep 0.05
	done
	LAB_PID=
}

# Runs a command in these namespaces.
caged()
{
	nsenter -t "$CAGE_PID" -m -p -- "$@" 3>&-
}

# wait_for FILE [SECONDS]
wait_for()
{
	for _ in $(seq $((${2:-20} * 20))); do
		[ ! -e "$1" ] || return 0
		sleep 0.05
	done
	return 1
}

# hooks_file OPTION...: writes the hooks file there, with these options of the hook; without an argument, as it is packaged.
hooks_file()
{
	printf '%s\n' "$@" | jq -R 'select(. != "")' | jq -s . >"$SUITE/options.json"
	jq --arg hook "$HOOK" --slurpfile options "$SUITE/options.json" \
		'.hook.path = $hook | .hook.args = ["oci-readonly-hook"] + $options[0]' \
		"$BUILDDIR/hooks.d/oci-readonly-hook.json" >"$SUITE/hooks.json"
	caged cp "$SUITE/hooks.json" /etc/containers/oci/hooks.d/oci-readonly-hook.json
}

no_hooks_file()
{
	caged rm -f /etc/containers/oci/hooks.d/oci-readonly-hook.json
}

# Copies of the programs under both names, only for this suite.
wrappers_begin()
{
	[ -z "$OBSTACLE" ] || return 0
	if [ ! -x "$BUILDDIR/oci-readonly-runc" ]; then
		OBSTACLE='oci-readonly-runc is not built'
		return 0
	fi
	cp "$BUILDDIR/oci-readonly-runc" "$SUITE/oci-readonly-runc"
	ln -s oci-readonly-runc "$SUITE/oci-readonly-crun"
}

containerd_begin()
{
	[ -z "$OBSTACLE" ] || return 0
	if ! have containerd; then
		OBSTACLE='containerd is not here'
		return 0
	fi
	mkdir -p "$SUITE/containerd"
	{
		cat <<-END
			version = 2
			root = "$SUITE/containerd/root"
			state = "/run/orh-containerd"
			oom_score = 0
			[grpc]
			  address = "$SUITE/containerd.sock"
		END
		cat
	} >"$SUITE/containerd/config.toml"
	caged containerd -c "$SUITE/containerd/config.toml" >>"$SUITE/containerd.log" 2>&1 </dev/null &
	wait_for "$SUITE/containerd.sock" || OBSTACLE="containerd does not start: $(tail -n 1 "$SUITE/containerd.log")"
}

# The host's id of the process that has this id in there, or in a process namespace below.
host_pid()
{
	local depth

	depth=$(awk '/^NSpid:/ { print NF }' "/proc/$CAGE_PID/status")
	# Not with awk alone, which fails if a process ends between listing and reading.
	grep -s '^NSpid:' /proc/[0-9]*/status | awk -v pid="$1" -v depth="$depth" '
		NF >= depth && $depth == pid { split($1, part, "/"); print part[3] }' | head -n 1
}

# --- pages of docs/ ---

# installed: /etc and /usr of the namespaces become writable, without a change of the host's, and contain what an installation has.
installed()
{
	: >"$W/installed"
	caged sh -c '
		set -e
		for dir in etc usr; do
			mkdir -p "/run/installed/$dir" "/run/installed/$dir.work"
			mount -t overlay -o "lowerdir=/$dir,upperdir=/run/installed/$dir,workdir=/run/installed/$dir.work" installed "/$dir"
		done
		mount -t tmpfs -o mode=0755 installed /etc/containers
		mkdir -p /usr/share/containers/oci/hooks.d
		cp "$1/oci-readonly-runc" "$2/oci-readonly" /usr/bin/' sh "$SUITE" "$BUILDDIR"
	jq --arg hook "$HOOK" '.hook.path = $hook' "$BUILDDIR/hooks.d/oci-readonly-hook.json" >"$SUITE/hooks.json"
	caged cp "$SUITE/hooks.json" /usr/share/containers/oci/hooks.d/oci-readonly-hook.json
	mkdir "$SUITE/programs"
}

uninstalled()
{
	[ -e "$W/installed" ] || return 0
	caged umount -l /etc/containers /etc /usr
	rm -r "$SUITE/programs"
}

# program NAME: a program that the page calls, from standard input.
program()
{
	cat >"$SUITE/programs/$1"
	chmod 0755 "$SUITE/programs/$1"
}

# follow PAGE LEAST: runs the commands of a page of docs/ in the namespaces, at least so many.
follow()
{
	run caged env PATH="$SUITE/programs:$PATH" "$BATS_TEST_DIRNAME/../tools/follow" ${RENEW:+--renew} "$BATS_TEST_DIRNAME/../../docs/$1" "$W"
	echo "$output"
	[ "$status" = 0 ]
	[ "$(sed -n 's/^\([0-9]*\) commands.*/\1/p' <<<"$output")" -ge "$2" ]
}
