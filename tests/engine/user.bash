# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# An ordinary user for a test. run uses this file, too, to remove the users of suites that did not finish.

# processes_of NAME DIR: prints the processes of the user and of its subordinate ids if their mounts are below DIR. Other processes on
# this machine may have the same ids, if root gave them to a container.
processes_of()
{
	local user subordinate pid

	user=$(id -u "$1")
	subordinate=$(awk -F : -v user="$1" '$1 == user { printf "%s:%s ", $2, $3 }' /etc/subuid)
	# With cat, because awk fails if a process ends between listing and reading.
	cat /proc/[0-9]*/status 2>/dev/null | awk -v user="$user" -v ids="$subordinate" '
		BEGIN { count = split(ids, ranges, " ") }
		/^Pid:/ { pid = $2 }
		/^Uid:/ {
			if ($2 == user)
				print "own", pid
			for (i = 1; i <= count; i++) {
				split(ranges[i], range, ":")
				if ($2 >= range[1] + 0 && $2 < range[1] + range[2])
					print "subordinate", pid
			}
		}' | while read -r kind pid; do
		if [ "$kind" = own ] || grep -Fq "/${2##*/}/" "/proc/$pid/mountinfo" 2>/dev/null; then
			echo "$pid"
		fi
	done
}

# make_user NAME HOME: fails if useradd assigns no subordinate ids.
make_user()
{
	useradd -m -d "$2" -s /bin/sh "$1" && grep -q "^$1:" /etc/subuid && grep -q "^$1:" /etc/subgid
}

# remove_user NAME DIR: removes its processes, too.
remove_user()
{
	local uid pid

	uid=$(id -u "$1" 2>/dev/null) || return 0
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		for pid in $(processes_of "$1" "$2"); do
			kill -9 "$pid" 2>/dev/null
		done
		# userdel refuses while the user has a process.
		userdel -r "$1" >/dev/null 2>&1 && break
		sleep 0.1
	done
	rm -f "/dev/shm/libpod_rootless_lock_$uid"
}
