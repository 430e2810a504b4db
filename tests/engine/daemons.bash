# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Where engines that are daemons run, to be loaded after lib.bash: a mount namespace of their own, in which /etc/containers has the
# hooks file of the suite and nothing else, /run is empty, and cgroups are laid out as version 1 alone or version 2 alone; and a
# process namespace, so that nothing of them outlives the suite. Some daemons make plain directories among the controllers of
# version 1, which are in a tmpfs of the namespace's then.
#
#   CAGE_PID   a process in the namespaces
#   CGROUP     a cgroup for all their containers

# What the first process there does. Whatever else ends becomes its child.
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
	# A first process gets only the signals that it asks for.
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
	# Killed by run, if the suite does not come to its end: and all that is in there with it.
	echo "$CAGE_PID" >"$SUITE/lab.pid"
	# Its mounts are looked at as the host's own are.
	LAB_PID=$CAGE_PID
	export CGROUP CAGE_PID LAB_PID
}

cage_end()
{
	local dir

	[ -s "$SUITE/lab.pid" ] || return 0
	# Those of containers are gone by then; they would be in the way of the next.
	caged sh -c 'find /sys/fs/cgroup -mindepth 1 -depth -type d -path "*/$1*" -exec rmdir {} +' sh "$CGROUP" 2>/dev/null || true
	kill -9 "$CAGE_PID" 2>/dev/null || true
	for _ in $(seq 100); do
		[ -d "/proc/$CAGE_PID" ] || break
		sleep 0.05
	done
	LAB_PID=
}

# Runs a command in there.
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

# The hooks file that oci-readonly-runc finds there, with these options of the hook's; without an argument, as it is packaged.
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

# Copies of this suite's own, by both names.
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

# The process that has this number in there, whether it is in a namespace of its own below or not.
host_pid()
{
	local depth

	depth=$(awk '/^NSpid:/ { print NF }' "/proc/$CAGE_PID/status")
	# Not by awk alone, which ends if a process has ended since its name was read.
	grep -s '^NSpid:' /proc/[0-9]*/status | awk -v pid="$1" -v depth="$depth" '
		NF >= depth && $depth == pid { split($1, part, "/"); print part[3] }' | head -n 1
}
