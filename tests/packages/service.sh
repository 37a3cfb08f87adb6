# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The service, in a guest that runs systemd; the module is not loaded when it begins.

filter=/etc/mmtrace/filter

# unit PROPERTY: of the service
unit()
{
	systemctl show -P "$1" mmtrace
}

# process FIELD: of the service's process, as the kernel has it
process()
{
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$(unit MainPID)/status"
}

# journal_has PATTERN: a line of the service
journal_has()
{
	journalctl -q -u mmtrace -o cat | grep -q "$1"
}

# is_another PID: the service runs again
is_another()
{
	local pid

	pid=$(unit MainPID)
	[ "$pid" != 0 ] && [ "$pid" != "$1" ] && [ "$(unit ActiveState)" = active ]
}

# streams NAME: a program that the filter is about is in the journal
streams()
{
	cp /bin/true "/tmp/$1"
	"/tmp/$1"
	until_true 60 journal_has "^{\"event\":\"do_mmap\",.*\"path\":\"/tmp/$1\".*}\$"
}

equal "the service is not enabled by the package" "$(systemctl is-enabled mmtrace 2>&1)" disabled
equal "systemd has nothing to say of it" "$(systemd-analyze verify --man=no mmtrace.service 2>&1)" ""
check "its user is there" getent passwd mmtrace
check "it starts" systemctl start mmtrace
check "it has loaded the module" loaded
check "it streams to the journal, as JSON" streams first
check "nothing but what the filter wants" sh -c '! journalctl -q -u mmtrace -o cat | grep -q /bin/cp'
equal "it has become its user, and no other" "$(process Uid)" \
	"$(id -u mmtrace | sed 's/.*/&\t&\t&\t&/')"
equal "of one group" "$(process Gid)$(process Groups)" "$(id -g mmtrace | sed 's/.*/&\t&\t&\t&/')"
equal "without any capability" "$(process CapEff) $(process CapPrm) $(process CapInh)" \
	"0000000000000000 0000000000000000 0000000000000000"
equal "which it can't have again" "$(process NoNewPrivs)" 1

sed 's/collector.example/127.0.0.1/' "$(dirname "$0")/collectors/rsyslog.conf" >/etc/rsyslog.d/mmtrace.conf
busybox nc -l -p 6514 </dev/zero >/tmp/other-end &
check "rsyslog takes the example" systemctl restart rsyslog
check "it streams when rsyslog reads, too" streams collected
check "the other end gets the record beside the host" until_true 60 \
	grep -q '^{"host":"mmtrace","at":".*","mmtrace":{.*"path": *"[\\/tmp]*collected"' /tmp/other-end

pid=$(unit MainPID)
kill -9 "$pid"
check "killed, it comes back" until_true 60 is_another "$pid"
check "and streams" streams second

check "another filter" sh -c "echo 'path ~ \"/tmp/thi*\"' >$filter"
check "it restarts" systemctl restart mmtrace
check "and streams what that one is about" streams third
check "it stops" systemctl stop mmtrace
equal "well" "$(unit Result)" success
echo 'path ~' >$filter
systemctl start mmtrace
check "a filter that is none is told in the journal" until_true 60 journal_has 'what shall path be compared with'
check "it ends" systemctl stop mmtrace
check "the module can be unloaded" modprobe -r mmtrace
