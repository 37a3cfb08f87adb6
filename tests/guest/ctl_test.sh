#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# mmtrace-ctl with the module: every verb, what it prints, how it exits, what it
# says when something is wrong.
#
# timeout: 240

. "$(dirname "$0")/testing.sh"

ctl=mmtrace-ctl
case $(uname -m) in
x86_64) execve=59 mmap=9 ;;
*) execve=221 mmap=222 ;;
esac

# as_nobody COMMAND...: without any capability
as_nobody()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# python EXPRESSION FILE: about the objects o that are FILE's lines, must be true
python()
{
	python3 -I -S -c '
import json, sys
o = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8", newline="\n")]
value = eval("(" + sys.argv[1] + ")")
if not value:
    print(value, o[:3])
sys.exit(not value)' "$1" "$2"
}

usage()
{
	local verb

	for verb in status filter trace record report recorder snapshot selftest; do
		expect "$verb --help" 0 "usage: $ctl $verb" "$ctl" "$verb" --help
		expect "$verb: no such option" 2 "no option '--bogus'" "$ctl" "$verb" --bogus
	done
	expect "no such verb" 2 "no verb 'bogus'" "$ctl" bogus
	expect "no verb at all" 2 "usage:" "$ctl"
}

status()
{
	expect "status" 0 $'event *available *do_mmap *yes *no *yes *0 *0 *do_mmap' "$ctl" status
	"$ctl" status --json >status.json
	check "status --json is one object with all of it" python '
len(o) == 1 and o[0]["abi_version"] == 1 and o[0]["sessions"] == 0 and
o[0]["max_sessions"] == 64 and o[0]["filter_predicates"] == 0 and
[e["event"] for e in o[0]["events"]] == ["do_mmap", "mremap", "remap_file_pages", "mmap", "mmap2"] and
all(e["available"] and e["tested"] == (e["event"] == "do_mmap") and not e["armed"] and
    not e["missed"] for e in o[0]["events"])' status.json
	expect "selftest" 0 '' "$ctl" selftest
}

# Who reads, how it is set up, and what became of all calls.
session_list()
{
	equal "no session but its own" "$("$ctl" status --json | sed 's/.*"session_list"://')" "[]}"
	start_cat listed
	marked listed
	expect "status has a line for the reader" 0 "$pid cat             running discard   no" "$ctl" status
	"$ctl" status --json >status.json
	check "status --json has all of it" python '
[(s["pid"], s["comm"], s["state"], s["mode"], s["format"], s["own"], s["has_filter"], s["events"])
 for s in o[0]["session_list"]] ==
[('"$pid"', "cat", "running", "discard", "text", False, False, ["do_mmap", "mremap", "remap_file_pages"])] and
o[0]["session_list"][0]["memory"] > o[0]["session_list"][0]["ring_size"]' status.json
	# Of do_mmap; the rows of CPUs were asked for one after the other, while calls were made.
	check "its account has rows of CPUs, and their sum" python '
[r for r in o[0]["session_list"][0]["account"] if r["event"] == "do_mmap" and r["cpu"] is None and
 r["delivered"] > 5 and r["hits"] >= r["filtered"] + r["delivered"] and r["missed"] == 0] and
[r for r in o[0]["session_list"][0]["account"] if r["event"] == "do_mmap" and r["cpu"] is not None and r["hits"]] and
not [r for r in o[0]["session_list"][0]["account"] if r["event"] == "mmap" and r["hits"]]' status.json
	stop "$pid"
}

# Filters that show has to say so that set makes the same of it.
filters=(
	"--comm alpha" "--comm alpha --comm 'b*'" "--comm '!alpha'" "--prot exec --file"
	"--len 4K-2M" "--uid 0 --pid 1" "--path '*/a b\"c*'" "--failed" "--anon --flags 'shared'"
	"--event do_mmap,mremap" "--prot =read+write" "--tid 1,2,3 --ok"
	"'gid == 0 && cgroup == / && !(mntns == /proc/self/ns/mnt || fd == -1)'"
	"'addr == 0x1000-0x1fff || errno == ENOMEM|EACCES && latency >= 1ms'"
	"'dev == 8:1 && inode != 5 && kind & memfd|shm && (syscall == mmap || compat)' --anon"
)

filter()
{
	local row shown again

	for row in "${filters[@]}"; do
		eval "$ctl filter set $row" || result 1 "filter set $row"
		shown=$("$ctl" filter show)
		"$ctl" filter clear
		"$ctl" filter set "$shown"
		again=$("$ctl" filter show)
		equal "what show says can be set again: $row" "$again" "$shown"
	done
	"$ctl" filter clear
	equal "none is shown when it is cleared" "$("$ctl" filter show)" "# none: every call may pass"
	expect "filter set without filters" 2 'filter clear' "$ctl" filter set
	equal "what is shown is the expression" \
		"$("$ctl" filter set 'prot & exec' && "$ctl" filter show)" 'prot & PROT_EXEC'
	expect "a bad expression changes nothing" 2 "no field 'pth'" "$ctl" filter set 'pth == 3'
	equal "it is still there" "$("$ctl" filter show)" 'prot & PROT_EXEC'
	"$ctl" filter clear
}

# What trace shows of a command, by the expression and by looking at all of it.
# same_records EXPRESSION PYTHON: of the record r
same_records()
{
	"$ctl" trace --event do_mmap,mremap,mmap --json -e "$1" -o expression -- ./maps
	"$ctl" trace --event do_mmap,mremap,mmap --json -o everything -- ./maps
	python3 -I -S -c '
import json, sys
def read(name):
    return [json.loads(line) for line in open(name)]
def key(r):
    return [r["event"], r["ret"] if r["errno"] else "", r.get("path"), r.get("prot_names")]
all_of_them = read("everything")
expected = [key(r) for r in all_of_them if eval("(" + sys.argv[1] + ")", {"r": r})]
got = [key(r) for r in read("expression")]
if got != expected or not got or len(got) == len(all_of_them):
    print(len(all_of_them), expected, got, sep="\n")
    sys.exit(1)' "$2"
}

expressions()
{
	cp /bin/true maps
	check "an expression shows what it says" same_records \
		'event == do_mmap && prot & exec && (anon || path ~ "*/maps")' \
		'r["event"] == "do_mmap" and r["prot"] & 4 and (not r["path"] or r["path"].endswith("/maps"))'
	check "of what it names by itself" same_records 'syscall == mmap && (ok && !anon || fd < 0)' \
		'r["syscall"] == '"$mmap"' and (r["errno"] is None and
			(r["path"] if r["event"] == "do_mmap" else not r["flags"] & 32) or
			r["event"] in ("do_mmap", "mmap") and (r["fd"] is not None and r["fd"] < 0))'
	check "and from a file" same_records @<(printf '# of the program\nevent == mmap # and\n|| kind == 0') \
		'r["event"] == "mmap" or r["event"] == "do_mmap" and r["path"] and
			not any(r[k] for k in ("unlinked", "memfd", "shm", "tmpfs", "hugetlb", "device"))'
	"$ctl" trace --json -e 'event == mmap' -o named -- ./maps
	check "an event that is named is traced" python '{r["event"] for r in o} == {"mmap"}' named
	expect "a bad expression runs nothing" 2 "no field 'pth'" "$ctl" trace -e 'pth == 3' -- touch ran
	check "nothing was run" test ! -e ran
}

# cat obeys the device filter from the moment when it is set.
filter_holds()
{
	cp /bin/true alpha
	cp /bin/true beta
	"$ctl" filter set --comm alpha
	start_cat filtered
	./beta
	./alpha
	until_true 30 grep -q ' alpha ' filtered || bail "cat does not show alpha"
	equal "of two programs cat shows the one of the filter" \
		"$(awk '{ print $3 }' filtered | sort -u)" alpha
	"$ctl" filter set --comm beta
	./alpha
	./beta
	until_true 30 grep -q ' beta ' filtered
	equal "a filter that replaces it holds at once" \
		"$(awk '{ print $3 }' filtered | uniq | xargs)" "alpha beta"
	"$ctl" filter clear
	marked filtered
	stop "$pid"
	check "without it all are shown" grep -q ' marker-[0-9-]* ' filtered
}

trace_command()
{
	local filtered

	expect "exits as the command does: 0" 0 '' "$ctl" trace -o out -- true
	expect "exits as the command does: 3" 3 '' "$ctl" trace -o out -- sh -c 'exit 3'
	expect "killed by SIGKILL" 137 '' "$ctl" trace -o out -- sh -c 'kill -KILL $$'
	expect "killed by SIGTERM" 143 '' "$ctl" trace -o out -- sh -c 'kill -TERM $$'
	expect "no such command" 127 'nosuch: command not found' "$ctl" trace -o out -- nosuch
	: >plain
	expect "a command that is none" 126 'plain: Permission denied' "$ctl" trace -o out -- ./plain
	equal "the command has its own output" "$("$ctl" trace -o out -- echo hello)" hello
	equal "and its input" "$(echo input | "$ctl" trace -o out -- cat)" input

	"$ctl" trace --json -o first -- /bin/true
	check "the first record is that of execve, the program itself" python '
o[0]["event"] == "do_mmap" and o[0]["syscall"] == '"$execve"' and o[0]["path"].endswith("/bin/true")' first
	check "all are of one process, none is lost" python '
len({r["tgid"] for r in o}) == 1 and all(r["event"] != "lost" for r in o) and len(o) > 5' first
	"$ctl" trace --event mmap --json -o mmap -- /bin/true
	check "--event chooses" python '{r["event"] for r in o} == {"mmap"}' mmap
	"$ctl" trace --prot exec --json -o exec -- /bin/true
	check "filters hold" python 'o and all(r["prot"] & 4 for r in o)' exec
	filtered=$("$ctl" trace -- /bin/true 2>&1 >/dev/null | wc -l)
	check "without -o records go to standard error" test "$filtered" -gt 5
	equal "trace -o and a bad path" "$("$ctl" trace -o /nonexistent/x -- echo run 2>&1)" \
		"$ctl: can't write to /nonexistent/x: No such file or directory"
}

trace_pid()
{
	local child tracer

	mkfifo go
	# shellcheck disable=SC2016 # for the inner shell
	start sh -c 'read -r line <go; exec /bin/true "$line"'
	child=$pid
	start "$ctl" trace -p "$child" -o of-pid
	tracer=$pid
	until_true 30 armed do_mmap 1 || bail "trace -p does not record"
	/bin/true
	echo x >go
	ended "$child"
	/bin/true
	stop "$tracer" INT
	result "$?" "trace -p ends well when it is interrupted"
	equal "-p shows one process and no other" \
		"$(awk '{ split($4, id, "/"); print id[1] }' of-pid | sort -u)" "$child"
}

# places FILE: what the lines below records say, in their order
places()
{
	sed -n 's/^ > //p' "$1"
}

stacks()
{
	local child tracer

	"$ctl" trace --stack=1 --event do_mmap -o raw -- /bin/true
	check "--stack: each call has one address, but those of execve" awk '
/ fd=/ && !/ stack=0x[0-9a-f]+(,(\.\.\.|\?))?$/ { print; bad = 1 }
!/ fd=/ && / stack=/ { print; bad = 1 }
END { exit bad || NR < 5 }' raw
	"$ctl" trace --stack=3 --json -o raw.json -- /bin/true
	check "--stack --json: addresses and nothing else" python '
any("stack" in r for r in o) and all(1 <= len(r["stack"]) <= 3 and
all(list(f) == ["ip"] for f in r["stack"]) and not (r["stack_cut"] and r["stack_broken"])
for r in o if "stack" in r)' raw.json
	"$ctl" trace --event do_mmap -k -o first.k -- /bin/true
	"$ctl" trace --event do_mmap -k -o second.k -- /bin/true
	equal "-k: a record is as many lines as it was" "$(grep -vc '^ > ' first.k)" "$(wc -l <raw)"
	check "-k: no addresses in them" sh -c '! grep stack= first.k'
	check "-k: the loader maps the libraries" grep -Eq '^ > /[^ ]*/ld-[^ ]*\(.*\) \[0x[0-9a-f]+\]$' first.k
	equal "-k: the same places wherever they are mapped" "$(places first.k | grep '^/')" \
		"$(places second.k | grep '^/')"
	"$ctl" trace -k --json -o k.json -- /bin/true
	equal "-k --json: the same places" "$(python3 -I -S -c '
import json
for line in open("k.json"):
    for frame in json.loads(line).get("stack", []):
        if "module" in frame:
            print(frame["module"], frame["offset"])')" \
		"$(places first.k | sed -n 's/^\(\/.*\|\[.*\]\)(.*) \[\(.*\)\]$/\1 \2/p')"

	mkfifo again
	start bash -c 'read -r line <again; printf -v line %1000000d 1; read -r line <again'
	child=$pid
	start "$ctl" trace -k -p "$child" -o before
	tracer=$pid
	until_true 30 armed do_mmap 1 || bail "trace -k -p does not record"
	echo >again
	check "-k: in what was mapped before the trace began" \
		until_true 30 grep -Eq '^ > /[^ ]*/libc[.-][^ ]*\(.*\) \[0x' before
	stop "$child"
	stop "$tracer" INT
}

nasty_json()
{
	local names=($'new\nline' $'bad\xff"\\' $'esc\e[2J' $'nul-\x01' $'\xe2\x80\xa8' "'quote'" $'\xc3\xa9')
	local name

	for name in "${names[@]}"; do
		cp /bin/true "./$name"
		"$ctl" trace --json -o one.json -- "./$name"
		cat one.json >>nasty.json
	done
	for name in "${names[@]}"; do
		printf '%s/%s' "$PWD" "$name" | od -An -v -tx1 | tr -d ' \n'
		echo
	done >expected
	python3 -I -S -c '
import json
for line in open("nasty.json", encoding="utf-8", newline="\n"):
    record = json.loads(line)
    if record.get("path"):
        print(record.get("path_hex") or record["path"].encode().hex())' >got
	equal "JSON has every byte of every name" "$(sort -u got | comm -13 - <(sort expected))" ""
	check "and no control character" sh -c "! LC_ALL=C grep -q '[[:cntrl:]]' nasty.json"
}

ends()
{
	local tracer

	start "$ctl" trace -o drained
	tracer=$pid
	until_true 30 armed do_mmap 1 || bail "trace does not record"
	cp /bin/true drain
	./drain
	stop "$tracer" INT
	result "$?" "SIGINT ends it well"
	check "all that was before is there" grep -q '/drain ' drained
	start "$ctl" trace -o drained
	tracer=$pid
	until_true 30 armed do_mmap 1
	stop "$tracer" TERM
	result "$?" "so does SIGTERM"

	# A record that can't be written, and one for the pipe to be found closed with.
	# shellcheck disable=SC2016 # for the inner shell
	start sh -c '"$1" trace | head -n 1 >one; : >ended' - "$ctl"
	check "head -1 ends it" until_true 30 sh -c "/bin/true; test -e ended"
	check "with one line" sh -c "test \$(wc -l <one) = 1"
	ended "$pid"
	# shellcheck disable=SC2016 # for the inner shell
	equal "a closed pipe is no failure, the command ends as it does" \
		"$(bash -c '"$1" trace -o /dev/stdout -- sh -c "ls >/dev/null; exit 4" | head -n 1 >one
			echo "${PIPESTATUS[0]}"' - "$ctl" 2>&1)" 4
	expect "a full disk" 1 'writing to /dev/full: No space left on device' \
		"$ctl" trace -o /dev/full -- /bin/true
	expect "a full disk for status" 1 '' sh -c "$ctl status >/dev/full"
}

# The caller's own mistakes: each is told what to do.
refused()
{
	expect "nobody may not open it" 1 'permission denied: try as root*(mode 0600, user root, group root)' as_nobody "$ctl" status
	expect "nor trace" 1 'permission denied: try as root' as_nobody "$ctl" trace -- true
	chmod 666 "$device"
	expect "nor with the file's permission alone" 1 'needs CAP_PERFMON' as_nobody "$ctl" status
	chmod 600 "$device"
	expect "CAP_PERFMON alone suffices to trace" 0 '' \
		setpriv --bounding-set=-all,+perfmon,+dac_override --inh-caps=-all "$ctl" trace -o out -- true
	expect "but not to set the device filter" 1 'needs CAP_SYS_ADMIN' \
		setpriv --bounding-set=-all,+perfmon,+dac_override --inh-caps=-all "$ctl" filter set --anon
	check "rmmod" rmmod mmtrace
	expect "without the module" 1 'the module is not loaded; try: modprobe mmtrace' "$ctl" status
	expect "trace without the module runs nothing" 1 'the module is not loaded; try: modprobe mmtrace' \
		"$ctl" trace -- touch ran
	check "nothing was run" test ! -e ran
	check "insmod" insmod "$module"
}

usage
status
session_list
filter
expressions
filter_holds
trace_command
trace_pid
stacks
nasty_json
ends
refused
equal "no session is left" "$(sessions)" 0
done_testing
