#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# The system log: one line for each container, the decisions at level debug, and no text that a container could forge.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }

setup()
{
	bundle_begin
	PREFIX=("$SYSLOG_RUN" "$W/log")
}

teardown() { bundle_end; }

# The messages of the log without syslog(3)'s prefix. They arrive before the runtime ends.
messages()
{
	sed -n 's/^<[0-9]*>.* oci-readonly-hook\[[0-9]*\]: //p' "$W/log"
}

# field KEY [PATH]: the value of a field of the line, of the tmpfs at PATH if given. Splits the line as awk does.
field()
{
	messages | grep ' root=' | KEY=$1 PATH_WANTED=${2:-} awk '
		BEGIN { key = ENVIRON["KEY"]; path = ENVIRON["PATH_WANTED"] }
		{
			for (i = 1; i <= NF; i++) {
				at = index($i, "=")
				name = substr($i, 1, at - 1)
				if (name == "path")
					current = substr($i, at + 1)
				if (name == key && current == path)
					print substr($i, at + 1)
			}
		}'
}

# Every field of the line is KEY=VALUE, and every key is known.
all_fields_known()
{
	messages | grep ' root=' | tr ' ' '\n' >"$W/fields"
	if grep -Evx '(container|status|namespace|pod|name|root|already|charged|ms|createContainer|path|seed|auto|size|files|bytes|lost_xattrs|lost_owners|lost_nodes|more)=[^=" ]+' "$W/fields"; then
		fail "$(messages)"
	fi
}

@test "one line reports what was done" {
	readonly_root
	tmpfs '/run:size=1m;/etc;/srv:seed=none'
	create
	same "$(messages | wc -l)" 1
	all_fields_known
	same "$(field container)" "${ID:0:12}"
	same "$(field status)" 0
	same "$(field root)" ro
	[[ $(field ms) =~ ^[0-9]+\.[0-9]$ ]]
	[[ $(field charged) =~ ^(yes|E[A-Z]+)$ ]]
	same "$(field path /etc) $(field path /run) $(field path /srv)" '/etc /run /srv'
	same "$(field seed /etc) $(field seed /srv)" 'copy none'
	same "$(field size /run) $(field size /etc)" '1048576 0'
	# Compares with an independent count of the image's directory.
	same "$(field files /etc)" "$(find "$W/rootfs/etc" -mindepth 1 | wc -l)"
	same "$(field bytes /etc)" "$(find "$W/rootfs/etc" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')"
	same "$(field files /srv) $(field bytes /srv)" '0 0'
}

@test "the line has the names of CRI-O's and containerd's pods" {
	readonly_root
	annotate io.kubernetes.pod.namespace shop io.kubernetes.pod.name cart-0 io.kubernetes.container.name web
	create
	all_fields_known
	same "$(field namespace) $(field pod) $(field name)" 'shop cart-0 web'
	runtime delete --force "$ID"
	rm "$W/log"
	config '.annotations |= with_entries(select(.key | startswith("io.kubernetes") | not))'
	annotate io.kubernetes.cri.sandbox-namespace shop io.kubernetes.cri.sandbox-name cart-1 io.kubernetes.cri.container-name app
	create
	same "$(field namespace) $(field pod) $(field name)" 'shop cart-1 app'
}

@test "the line of an error has the fields of a success line" {
	annotate io.kubernetes.pod.namespace shop io.kubernetes.pod.name 'cart-0 status=0' io.kubernetes.container.name web "$LIST_KEY" /etc:size=x
	refused 65 size=x
	same "$(messages)" "container=${ID:0:12} status=65 namespace=shop pod=cart-0\\x20status\\x3d0 name=web $(sed 's/^oci-readonly-hook: //' "$W/hook.err")"
}

@test "names and paths cannot forge a line or a field" {
	readonly_root
	annotate io.kubernetes.pod.namespace $'kube-system root=unchanged\ncontainer=0 root=unchanged' \
		io.kubernetes.pod.name $'x\e[2K path=/none "' io.kubernetes.container.name $'a\u202eb\tc\\'
	tmpfs '/run;/new path=\:x "quoted"'
	create
	same "$(messages | wc -l)" 1
	same "$(wc -l <"$W/log")" 1
	all_fields_known
	same "$(field root)" ro
	same "$(grep -c ^path= "$W/fields") $(grep -c ^root= "$W/fields")" '2 1'
	same "$(field path '/new\x20path\x3d:x\x20\x22quoted\x22')" '/new\x20path\x3d:x\x20\x22quoted\x22'
	# printf decodes the escaped value to the original one.
	printf %b "$(field namespace)" >"$W/namespace"
	same "$(cat "$W/namespace")" $'kube-system root=unchanged\ncontainer=0 root=unchanged'
}

# The awk program of oci-readonly-hook(8), with the given limit in milliseconds.
slow()
{
	awk '/^journalctl.*\|$/ { inside = 1; next } inside && /^\.fi/ { exit } inside' "$BATS_TEST_DIRNAME/../../man/oci-readonly-hook.8.in" |
		sed "s/^ *awk \\\\(aq//; s/\\\\(aq\$//; s/> 100/> $1/" >"$W/program"
	messages | awk -f "$W/program"
}

@test "the manual's awk program finds the hook's lines, and ignores what an error quotes" {
	readonly_root
	create
	same "$(slow 0)" "$(messages)"
	same "$(slow 1000000)" ''
	runtime delete --force "$ID"
	rm "$W"/hook.status "$W/log"
	tmpfs '/x ms=999999.9 container=0 root=ro:size=x'
	refused 65 ms=999999.9
	same "$(messages | wc -l)" 1
	messages | grep -q ' ms=999999.9 '
	same "$(slow 100)" ''
}

@test "a container that is left alone is only logged at level debug" {
	create
	[ ! -s "$W/log" ]
	runtime delete --force "$ID"
	hook_options --log-level=debug
	create
	same "$(messages)" "container=${ID:0:12} left alone: no annotation asks for it"
	runtime delete --force "$ID"
	rm "$W/log"
	hook_options --log-level=debug --enforce
	annotate io.kubernetes.cri-o.ContainerType sandbox io.kubernetes.cri-o.SandboxID "$ID"
	create
	same "$(messages)" "container=${ID:0:12} left alone: a pod's sandbox"
	runtime delete --force "$ID"
	rm "$W/log"
	hook_options --log-level=debug --enforce --exempt=io.kubernetes.pod.namespace=^kube-
	annotate io.kubernetes.pod.namespace kube-system
	create
	same "$(messages)" "container=${ID:0:12} left alone: exempt by --exempt=io.kubernetes.pod.namespace"
}

@test "level debug logs each decision and its reason" {
	mkdir "$W/volume"
	add_mount /tmp "$W/volume" rbind rw
	hook_options --log-level=debug --enforce --tmpfs=/run --tmpfs=/tmp --tmpfs=/srv --tmpfs=/etc --max-size=1m
	tmpfs '/var/run;/srv:size=8192'
	create
	messages >"$W/messages"
	for line in 'root read-only, by --enforce' \
		"/var/run ($LIST_KEY): tmpfs at /run of 1048576 bytes, by --max-size" \
		"/srv ($LIST_KEY): tmpfs at /srv of 8192 bytes, by size=" \
		'/etc (--tmpfs): tmpfs at /etc of 1048576 bytes, by --max-size' \
		'/run (--tmpfs): left out, an entry before it resolves to the same directory' \
		"/tmp (--tmpfs): left out, it is on a mount of the container" \
		"/srv (--tmpfs): left out, $LIST_KEY names it"; do
		grep -Fxq "container=${ID:0:12} decided: $line" "$W/messages" || fail "not said: $line" "$(cat "$W/messages")"
	done
	same "$(grep -c ' decided: ' "$W/messages") $(grep -c ' root=' "$W/messages")" '7 1'
}

@test "the line names a createContainer hook that finds the root read-only" {
	# crun treats a hook that does not read its standard input as failed.
	printf '#!/bin/sh\nexec /bin/cat >/dev/null\n' >"$W/late hook"
	chmod 0755 "$W/late hook"
	config --arg path "$W/late hook" '.hooks.createContainer = [{path: $path}]'
	readonly_root
	create
	all_fields_known
	same "$(field createContainer)" "$W/late\\x20hook"
	runtime delete --force "$ID"
	rm "$W/log"
	config '.annotations = {}'
	tmpfs /etc
	create
	same "$(field root):$(field createContainer /etc)$(field createContainer)" unchanged:
}

@test "--log-level=error logs only errors" {
	hook_options --log-level=error
	readonly_root
	create
	[ ! -s "$W/log" ]
	runtime delete --force "$ID"
	rm "$W"/hook.status
	tmpfs /etc/passwd
	refused 73 /etc/passwd
	same "$(messages)" "container=${ID:0:12} status=73 $(sed 's/^oci-readonly-hook: //' "$W/hook.err")"
}

@test "a log socket whose queue is full does not block a container" {
	PREFIX=("$SYSLOG_RUN" - timeout 60)
	hook_options --log-level=debug
	readonly_root
	tmpfs /etc
	create
	is_ours /etc
	runtime delete --force "$ID"
	rm "$W"/hook.status
	tmpfs /etc/passwd
	refused 73 /etc/passwd
}

@test "a container that asks for nothing causes no system call for the log" {
	have strace || skip 'strace is not here'
	TRACE="/usr/bin/strace -f -qq -o '$W/trace' -e trace=network,process,clock_gettime"
	write_wrapper
	create
	# The hook was started, and ended.
	same "$(grep -c execve "$W/trace")" 1
	# A sanitizer reads the clock itself.
	grep -v execve "$W/trace" | if is_sanitized; then grep -v clock_gettime; else cat; fi >"$W/others" || true
	if grep -E 'socket|connect|send|fork|vfork|clone|clock_gettime' "$W/others"; then
		fail 'it does something:' "$(cat "$W/others")"
	fi
}

again()
{
	runtime delete --force "$ID" >/dev/null 2>&1 || true
	rm -f "$W"/hook.{status,err} "$W/log"
}

# Of the image's programs, three below /etc are executable, one of them only by its group.
@test "only programs of a copied seed on a noexec tmpfs are counted" {
	mkdir "$W/rootfs/etc/cron.daily"
	touch "$W/rootfs/etc/cron.daily/"{a,b,c,d}
	chmod 0755 "$W/rootfs/etc/cron.daily/"{a,b}
	chmod 0610 "$W/rootfs/etc/cron.daily/c"
	tmpfs '/etc;/run;/srv:seed=overlay'
	create
	grep -Eq ' path=/etc seed=copy [^/]* noexec_programs=3( |$)' "$W/log" || fail "$(cat "$W/log")"
	same "$(grep -o noexec_programs "$W/log" | wc -l)" 1
	again
	tmpfs '/etc:exec'
	create
	! grep -q noexec_programs "$W/log" || fail "$(cat "$W/log")"
}

# warned ARGS-JSON [JQ]: creates a container with these arguments, and prints the warning of the log.
warned()
{
	again
	config "${2:-.}"
	config --argjson args "$1" '.process.args = $args'
	create
	grep -o "warning: the container's program .* is on the tmpfs at .*, which is noexec: it is about to fail with EACCES" "$W/log" || true
}

@test "the log warns of a program on a noexec tmpfs, named by path, by link, by PATH or by working directory" {
	cp "$W/rootfs/bin/busybox" "$W/rootfs/opt/sleep"
	cp "$W/rootfs/bin/busybox" "$W/rootfs/opt/app"
	ln -s /opt/app "$W/rootfs/usr/bin/link"
	tmpfs /opt
	[[ $(warned '["/opt/sleep", "1000"]') == *'/opt/sleep is on the tmpfs at /opt,'* ]]
	[[ $(warned '["/usr/bin/link", "1000"]') == *'/usr/bin/link is on the tmpfs at /opt,'* ]]
	[[ $(warned '["app", "1000"]' '.process.env = ["PATH=/bin:/opt:/usr/bin"]') == *'app is on the tmpfs at /opt,'* ]]
	[[ $(warned '["./app", "1000"]' '.process.cwd = "/opt"') == *'./app is on the tmpfs at /opt,'* ]]
	same "$(warned '["/bin/sleep", "1000"]')" ''
	same "$(warned '["sleep", "1000"]' '.process.env = ["PATH=/bin:/opt"]')" ''
	tmpfs /opt:exec
	same "$(warned '["/opt/sleep", "1000"]')" ''
	tmpfs /opt:seed=none
	same "$(warned '["/bin/sleep", "1000"]')" ''
}
