# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # bench/row.sh has the variables
#
# auditd, with a rule for the calls.

version()
{
	auditctl -v | sed 's/^auditctl version //'
}

start()
{
	install -d -m 750 /run/audit "$out"
	install -m 640 /etc/audit/auditd.conf /run/audit/
	cat >>/run/audit/auditd.conf <<-END
		log_file = $out/audit.log
		max_log_file = 1000
		space_left = 2
		admin_space_left = 1
	END
	auditctl -b 262144 --backlog_wait_time 0 >/dev/null
	auditd -c /run/audit
	auditctl -a always,exit -F arch=b64 -S mmap,mremap,remap_file_pages ${1:+-F pid="$stranger"}
	auditctl -e 1 >/dev/null
}

stop()
{
	auditctl -D >/dev/null
	auditctl -e 0 >/dev/null
	kill "$(pidof auditd)"
	sleep 5
}

count()
{
	grep -c 'syscall=9 .* a1=7001 ' "$out/audit.log"
}
