#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# The hook registered twice for one container: the same again changes nothing, and what differs is held against what is there.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }
teardown() { bundle_end; }

# second_run OPTION...: the same hook once more, with these options.
second_run()
{
	printf '%s\n' "$@" | jq -R . | jq -s 'map(select(. != ""))' >"$W/options"
	config --slurpfile options "$W/options" \
		'.hooks.createRuntime += [.hooks.createRuntime[0] | .args = ["oci-readonly-hook"] + $options[0]]'
}

# refused_again STATUS TEXT...: the first run had nothing against it.
refused_again()
{
	local status=$1

	shift
	refused "0
$status" "$@"
}

# done_twice COUNT: and there are as many tmpfs as one run mounts, without those of overlays.
done_twice()
{
	create
	same "$(wc -l <"$W/hook.status")" 2
	same "$(our_mounts)" "$1"
}

@test "other limits: an asked size over the second --max-size is refused" {
	readonly_root
	tmpfs '/etc:size=2m'
	second_run --max-size=1m
	refused_again 77 /etc 2097152 1048576
}

@test "other limits: a tmpfs of the kernel's own size is over any" {
	readonly_root
	tmpfs '/etc;/run:size=1m'
	second_run --max-size=1m
	refused_again 77 '/etc: the hook'\''s own mount of an earlier run has ' 'leaves it 1048576 (--max-size)'
}

@test "other limits: the second --max-total, of an overlay and of what starts empty" {
	readonly_root
	tmpfs '/etc:seed=overlay;/run:size=1m:seed=none'
	hook_options --max-total=9m
	second_run --max-total=5m
	refused_again 77 '/etc: the hook'\''s own mount of an earlier run has 8388608 bytes' 'leaves it 4194304'
}

@test "another --deny: asked of what a path comes to, also where a tmpfs is there already" {
	readonly_root
	tmpfs /var/run
	second_run --deny=/run
	refused_again 77 /var/run "'/run'" --deny=/run
}

@test "a path over a link that seed=none hides is refused by the first run, and what it comes to is not" {
	tmpfs '/var:seed=none;/var/run'
	refused 73 '/var/run: it resolves to /run over a link that /var hides' 'write /run in its place'
	bundle_end
	bundle_begin
	tmpfs '/var:seed=none;/run;/var/lib/app'
	config '.hooks.createRuntime += .hooks.createRuntime'
	done_twice 3
}

@test "the same limits: nothing changes, whatever the sizes are made from" {
	hook_options --readonly --max-size=10% --max-total=20% --tmpfs=/srv --tmpfs=/run --tmpfs=/usr/lib:ro
	second_run --readonly --max-size=10% --max-total=20% --tmpfs=/srv --tmpfs=/run --tmpfs=/usr/lib:ro
	tmpfs '/var/run:exec;/tmp:size=10000;/etc:seed=overlay;/opt:seed=none:size=1%;/var/lib:nr_inodes=100;/var/lib/app:size=1m'
	done_twice 7
	not_writable /usr
	has_option /tmp size=12k
	lacks_option /run noexec
}

@test "the same limits: nor where they are looser, or are none the second time" {
	hook_options --readonly --max-total=9m
	second_run --readonly --max-size=1g
	second_run --readonly
	tmpfs '/etc:seed=overlay;/run:size=1m;/srv'
	create
	same "$(wc -l <"$W/hook.status")" 3
	same "$(our_mounts)" 2
	has_option /srv size=4096k
}

@test "the same again, without statmount: what is the hook's own is known from mountinfo" {
	TRACE="$BUILDDIR/tests/tools/without_calls statmount --" write_wrapper
	readonly_root
	tmpfs '/etc:seed=overlay;/run'
	config '.hooks.createRuntime += .hooks.createRuntime'
	done_twice 1
	# An overlay mounted its own, which is not counted.
	same "$(mounts_at /etc)" 1
}
