#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034
# A user namespace of the container's own: what is lost there must not open anything.

load lib

setup_file() { suite_begin; }
teardown_file() { suite_end; }
setup() { bundle_begin; }
teardown() { bundle_end; }

# The rootfs belongs to the container's root, which must get there.
enter_userns()
{
	local dir=$W

	while [ "$dir" != / ] && [ "$dir" != /tmp ] && [ "$dir" != /var/tmp ]; do
		chmod a+x "$dir"
		dir=$(dirname "$dir")
	done
	chown -R -h 100000:100000 "$W/rootfs"
	config '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] |
		.linux.gidMappings = .linux.uidMappings'
}

@test "owners: mapped ones are kept, a stand-in gets no set-id bit, a lost ACL opens nothing" {
	enter_userns
	echo x >"$W/rootfs/etc/own"
	chown 100007:100008 "$W/rootfs/etc/own"
	chmod 6755 "$W/rootfs/etc/own"
	echo x >"$W/rootfs/etc/foreign"
	chown 5:5 "$W/rootfs/etc/foreign"
	chmod 6755 "$W/rootfs/etc/foreign"
	echo secret >"$W/rootfs/etc/acl"
	chown 100000:100050 "$W/rootfs/etc/acl"
	setfacl -m u::rw,u:1234:rw,g::---,m::rw,o::--- "$W/rootfs/etc/acl"
	readonly_root
	tmpfs '/etc:exec:suid'
	create
	is_ours /etc
	is /etc/own '%a %u:%g' '6755 100007:100008'
	is /etc/foreign '%a' 755
	is /etc/acl '%a' 600
}
