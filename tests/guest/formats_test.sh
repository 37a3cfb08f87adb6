#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every format of mmtrace-ctl, of what really happens: the mapping of a program is
# in it. That other programs can read the formats is tested on the host.
#
# timeout: 240

# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"

ctl=mmtrace-ctl

# python EXPRESSION FILE: about the text of FILE, must be true
python()
{
	python3 -I -S -c '
import csv, json, sys
text = open(sys.argv[2], encoding="utf-8", newline="").read()
value = eval("(" + sys.argv[1] + ")")
if not value:
    print(value, text[:2000])
sys.exit(not value)' "$1" "$2"
}

# traced FORMAT: what trace writes of the program, and the program's exit code
traced()
{
	"$ctl" trace --format "$1" -o "$1" -- ./a\;b
	equal "$1: exits as the command does" "$?" 0
}

lines()
{
	local format

	for format in text json folded folded-bytes; do
		traced "$format"
	done
	check "text has the mapping" grep -q " do_mmap .* path=$PWD/a;b " text
	check "json has it" grep -q "\"path\":\"$PWD/a;b\"" json
	check "folded has it" grep -Eq "^a\\\\073b;do_mmap;$PWD/a\\\\073b [1-9][0-9]*$" folded
	check "folded-bytes has it, whole pages" \
		awk '/;do_mmap;.*\/a.073b / { found = $NF > 0 && $NF % 4096 == 0 } END { exit !found }' folded-bytes
	equal "folded has all calls" "$(awk '{ n += $NF } END { print n }' folded)" "$(wc -l <text)"
	"$ctl" trace -k --format folded -o stacks -- ./a\;b
	check "with -k there are files in it" grep -Eq '^a\\073b;.*/ld-[^;]*\+0x[0-9a-f]+.*;do_mmap [0-9]+$' stacks
}

tables()
{
	traced csv
	check "csv has the mapping" python '
[row for row in csv.DictReader(text.splitlines()) if row["event"] == "do_mmap" and
 row["path"].endswith("/a;b") and row["comm"] == "a;b" and int(row["len"]) > 0]' csv
	traced chrome
	check "chrome has the mapping, the name and the counter" python '
[e for e in json.loads(text)["traceEvents"] if e["ph"] == "X" and e["dur"] > 0 and
 (e["args"].get("path") or "").endswith("/a;b")] and
[e for e in json.loads(text)["traceEvents"] if e["ph"] == "M" and e["args"]["name"] == "a;b"] and
[e for e in json.loads(text)["traceEvents"] if e["ph"] == "C" and e["args"]["bytes"] > 0]' chrome
}

directories()
{
	traced ctf
	check "ctf has its metadata" grep -q '^/\* CTF 1.8 \*/' ctf/metadata
	check "with this machine and its clock" sh -c \
		"grep -q 'kernel_release = \"$(uname -r)\"' ctf/metadata && grep -Eq 'offset = 1[0-9]{18};' ctf/metadata"
	check "and the mapping in a stream" sh -c "cat ctf/cpu_* | grep -aq '$PWD/a;b'"
	expect "ctf: a directory that is there" 1 'writing to ctf: File exists' \
		"$ctl" trace --format ctf -o ctf -- touch ran
	check "then nothing is run" test ! -e ran
	expect "ctf needs a directory" 2 'say which with --output' "$ctl" trace --format ctf -- touch ran
}

# What is interrupted is whole nevertheless.
interrupted()
{
	local format

	for format in chrome ctf; do
		start "$ctl" trace --format "$format" -o "interrupted-$format"
		until_true 30 armed do_mmap 1 || bail "trace does not record"
		./a\;b
		stop "$pid" INT
		result "$?" "$format: SIGINT ends it well"
	done
	check "chrome is whole" python 'json.loads(text)["traceEvents"] and "/a;b" in text' interrupted-chrome
	check "ctf has what was before" sh -c "cat interrupted-ctf/cpu_* | grep -aq '$PWD/a;b'"
}

snapshots()
{
	start "$ctl" recorder
	until_true 30 armed do_mmap 1 || bail "the recorder does not record"
	./a\;b
	check "a snapshot as ctf" "$ctl" snapshot --format ctf -o snapshot
	check "has the mapping" sh -c "cat snapshot/cpu_* | grep -aq '$PWD/a;b'"
	stop "$pid" INT
}

cp /bin/true a\;b
lines
tables
directories
interrupted
snapshots
equal "no session is left" "$(sessions)" 0
done_testing
