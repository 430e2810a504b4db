# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# An ordinary user of a test's own. run has it too, to remove those of suites that did not come to their end.

# The processes of the user, and of the ids that are subordinate to it.
processes_of()
{
	local ids

	ids=$(id -u "$1"):1$(awk -F : -v user="$1" '$1 == user { printf " %s:%s", $2, $3 }' /etc/subuid)
	awk -v ids="$ids" '
		BEGIN { count = split(ids, ranges, " ") }
		/^Uid:/ {
			for (i = 1; i <= count; i++) {
				split(ranges[i], range, ":")
				if ($2 >= range[1] + 0 && $2 < range[1] + range[2]) {
					split(FILENAME, parts, "/")
					print parts[3]
				}
			}
		}' /proc/[0-9]*/status 2>/dev/null || true
}

# make_user NAME HOME: fails where useradd gives no subordinate ids.
make_user()
{
	useradd -m -d "$2" -s /bin/sh "$1" && grep -q "^$1:" /etc/subuid && grep -q "^$1:" /etc/subgid
}

# remove_user NAME: its processes too.
remove_user()
{
	local uid pid

	uid=$(id -u "$1" 2>/dev/null) || return 0
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		for pid in $(processes_of "$1"); do
			kill -9 "$pid" 2>/dev/null
		done
		# It refuses as long as the user has a process.
		userdel -r "$1" >/dev/null 2>&1 && break
		sleep 0.1
	done
	rm -f "/dev/shm/libpod_rootless_lock_$uid"
}
