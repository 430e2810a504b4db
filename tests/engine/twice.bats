#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# The hook registered twice for one container. With the same options, the second run changes nothing. Other options apply to what
# the first run mounted.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }
teardown() { bundle_end; }

# second_run OPTION...: registers the same hook again, with these options.
second_run()
{
	printf '%s\n' "$@" | jq -R . | jq -s 'map(select(. != ""))' >"$W/options"
	config --slurpfile options "$W/options" \
		'.hooks.createRuntime += [.hooks.createRuntime[0] | .args = ["oci-readonly-hook"] + $options[0]]'
}

# refused_again STATUS TEXT...: the first run succeeds, and the second one is refused.
refused_again()
{
	local status=$1

	shift
	refused "0
$status" "$@"
}

# done_twice COUNT: both runs succeed, and there are COUNT tmpfs, not counting those of overlays.
done_twice()
{
	create
	same "$(wc -l <"$W/hook.status")" 2
	same "$(our_mounts)" "$1"
}

@test "other limits: a size= over the second --max-size is refused" {
	readonly_root
	tmpfs '/etc:size=2m'
	second_run --max-size=1m
	refused_again 77 /etc 2097152 1048576
}

@test "other limits: a tmpfs of the default size is over any --max-size" {
	readonly_root
	tmpfs '/etc;/run:size=1m'
	second_run --max-size=1m
	refused_again 77 '/etc: the hook'\''s mount of an earlier run has ' 'leaves it 1048576 (--max-size)'
}

@test "other limits: the second --max-total also counts overlays and empty tmpfs" {
	readonly_root
	tmpfs '/etc:seed=overlay;/run:size=1m:seed=none'
	hook_options --max-total=9m
	second_run --max-total=5m
	refused_again 77 '/etc: the hook'\''s mount of an earlier run has 8388608 bytes' 'leaves it 4194304'
}

@test "another --deny refuses a resolved path on which a tmpfs is mounted already" {
	readonly_root
	tmpfs /var/run
	second_run --deny=/run
	refused_again 77 /var/run "'/run'" --deny=/run
}

@test "a path through a link that seed=none hides is refused by the first run, and its target is accepted" {
	tmpfs '/var:seed=none;/var/run'
	refused 73 '/var/run: it resolves to /run through a link that /var hides' 'write /run instead'
	bundle_end
	bundle_begin
	tmpfs '/var:seed=none;/run;/var/lib/app'
	config '.hooks.createRuntime += .hooks.createRuntime'
	done_twice 3
}

@test "the same limits change nothing, for every way to write a size" {
	hook_options --readonly --max-size=10% --max-total=20% --tmpfs=/srv --tmpfs=/run --tmpfs=/usr/lib:ro
	second_run --readonly --max-size=10% --max-total=20% --tmpfs=/srv --tmpfs=/run --tmpfs=/usr/lib:ro
	tmpfs '/var/run:exec;/tmp:size=10000;/etc:seed=overlay;/opt:seed=none:size=1%;/var/lib:nr_inodes=100;/var/lib/app:size=1m'
	done_twice 7
	not_writable /usr
	has_option /tmp size=12k
	lacks_option /run noexec
}

@test "looser limits, or none, change nothing" {
	hook_options --readonly --max-total=9m
	second_run --readonly --max-size=1g
	second_run --readonly
	tmpfs '/etc:seed=overlay;/run:size=1m;/srv'
	create
	same "$(wc -l <"$W/hook.status")" 3
	same "$(our_mounts)" 2
	has_option /srv size=4096k
}

@test "without statmount, the second run recognizes the hook's mounts by mountinfo" {
	TRACE="$BUILDDIR/tests/tools/without_calls statmount --" write_wrapper
	readonly_root
	tmpfs '/etc:seed=overlay;/run'
	config '.hooks.createRuntime += .hooks.createRuntime'
	done_twice 1
	# The overlay has mounted its own tmpfs, which is not counted.
	same "$(mounts_at /etc)" 1
}
