# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests of modules that are wrong on purpose, made by tests/vm/build-variants.sh.

# status_of EVENT KEY: of mmtrace-ctl status
status_of()
{
	mmtrace-ctl status --json | python3 -c '
import json, sys
event, key = sys.argv[1:]
events = json.load(sys.stdin)["events"]
print(next(row for row in events if row.get("event", row.get("name")) == event)[key])' "$1" "$2"
}

# functions NAME: how many of the kernel have it
functions()
{
	awk -v name="$1" '$3 == name && $2 ~ /[tT]/ && NF == 3' /proc/kallsyms | wc -l
}

logged()
{
	dmesg | sed -n "/$mark/,\$p" | grep -F "mmtrace: $1"
}

# variant NAME: loads it; what the kernel logs from here on is of it
variant()
{
	mark="variant $1"
	echo "$mark" >/dev/kmsg
	insmod "$here/variants/$1.ko"
}
