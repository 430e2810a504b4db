#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# README.md: the quick start, and the table of mistakes with their messages.

load lib

README=$BATS_TEST_DIRNAME/../../README.md

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }
teardown() { bundle_end; }

# rows: prints WRITTEN|MESSAGE for each mistake, without Markdown's marks.
rows()
{
	awk -F ' *[|] *' '/^\| written \|/ { inside = 1; next } !/^\|/ { inside = 0 }
		inside && !/^\| ---/ { print $2 "|" $3 }' "$README"
}

# message_of TEXT: prints the message of the row that begins with TEXT.
message_of()
{
	rows | awk -F '|' -v text="$1" 'index($1, text) == 1 { gsub(/`/, "", $2); print $2 }'
}

@test "README.md lists ten mistakes" {
	same "$(rows | wc -l)" 10
}

@test "README.md has the message of each wrong annotation" {
	local written message option count=0

	while IFS='|' read -r written message; do
		local options=()

		[[ $written == \`* ]] || continue
		while read -r option; do
			options+=(--annotation "$option")
		done < <(grep -Eo '`[^`]+`' <<<"$written" | tr -d '`')
		run "$BUILDDIR/oci-readonly" check "${options[@]}"
		same "$status" 1
		[[ $output == *"${message//\`/}"* ]] || fail "$written: $output"
		count=$((count + 1))
	done < <(rows)
	same "$count" 8
}

@test "README.md has the message of a path with a volume on it" {
	mkdir "$W/volume"
	add_mount /data "$W/volume" rbind rw
	readonly_root
	tmpfs /data
	refused 73 "$(message_of 'a path with a volume')"
}

@test "README.md has the message of a size that is too small" {
	head -c 100000 /dev/zero >"$W/rootfs/etc/large"
	readonly_root
	tmpfs /etc:size=64k
	refused 74 "$(message_of 'a `size=`')"
}

@test "README.md has the mount table of the quick start's options" {
	local list

	list=$(sed -n "s/.*'io.containers.readonly.tmpfs=\(.*\)'.*/\1/p" "$README" | head -n 1)
	readonly_root
	tmpfs "$list"
	create
	hook_succeeded
	grep '^    oci-readonly-hook /' "$README" | while read -r source path type flags rest; do
		[ -n "$rest" ]
		mount_line "$path" >"$W/line"
		grep -Fq "$source" "$W/line" || fail "$(cat "$W/line")"
		mount_flags "$path" | grep -Fq "${flags%%,size=*}" || fail "$path: $(mount_flags "$path"), not $flags"
		[ "$type" = tmpfs ]
	done
}
