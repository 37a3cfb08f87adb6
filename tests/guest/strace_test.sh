#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# strace as the oracle: of real programs it and mmtrace must have seen the same
# calls of mmap, mremap and remap_file_pages, with the same arguments and results,
# thread by thread, none missing, none extra.
#
# timeout: 180

. "$(dirname "$0")/testing.sh"

calls=mmap,mremap,remap_file_pages

cat >threads.py <<'END'
import json, mmap, re, threading

def work(n):
    for i in range(1, 20):
        m = mmap.mmap(-1, 4096 * n * i)
        m.resize(4096 * n * (i + 3))
        m.close()

threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 5)]
for t in threads: t.start()
for t in threads: t.join()
END
printf '#include <stdio.h>\nint main(void) { return puts("hello") < 0; }\n' >small.c
gzip -c /bin/bash >bash.gz

# What is run, and the fewest calls that it makes. No call of these programs is
# a 32-bit one.
programs=(
	"known calls by threads|1000|$here/strace_calls"
	"python3, its modules|30|python3 -c 'import json, re; re.compile(\"a+b\")'"
	"python3, its threads|150|python3 threads.py"
	"gcc compiles and links|120|gcc -o small small.c && ./small"
	"a pipeline|60|zcat bash.gz | tr a-z A-Z | sort | uniq -c | tail -n 3"
	"perl|20|perl -e 'my %h = map { \$_ => [1 .. 50] } 1 .. 2000; print scalar keys %h'"
	"a shell that forks|100|for i in 1 2 3 4 5; do (ls / | wc -l) & done; wait"
)

# run NUMBER COMMAND: under strace; its output is of no interest
run()
{
	strace -f -X raw -e "trace=$calls" -e signal=none -o "strace.$1" -- sh -c "$2" >/dev/null
}

# compared NUMBER LEAST RECORDS
compared()
{
	local said

	said=$(python3 -S "$here/strace_compare.py" "strace.$1" "$3" 2>&1) || {
		echo "$said"
		return 1
	}
	echo "$said calls"
	[ "$said" -ge "$2" ]
}

# mutations: a command of sed each, for one record
mutations=(
	"an argument|s/\"length\":\([0-9]*\)/\"length\":1\1/"
	"a result|s/\"ret\":\"0x\([0-9a-f]*\)\"/\"ret\":\"0x\11\"/"
	"a protection|s/\"prot\":[0-9]*/\"prot\":7/"
	"an offset|s/\"off\":\([0-9]*\)/\"off\":1\1/"
	"a thread|s/\"tid\":[0-9]*/\"tid\":1/"
	"a record left out|d"
	"a record twice|p"
)

# mutated: the comparison has to see when anything is wrong; of perl's few records
mutated()
{
	local row line perl=5

	grep -F "$(sed 's/ .*//; s/.*/"tid":&,/' "strace.$perl" | sort -u)" records >records.perl
	compared "$perl" 1 records.perl || return
	line=$(grep -n '"event":"mmap".*"errno":null.*"prot":3,' records.perl | sed -n '1s/:.*//p')
	for row in "${mutations[@]}"; do
		sed "$line${row#*|}" records.perl >records.mutated
		if compared "$perl" 1 records.mutated >/dev/null ||
				cmp -s records.perl records.mutated; then
			echo "not seen: ${row%%|*}"
			return 1
		fi
	done
}

mmtrace-ctl trace --event "$calls" --json -o records --ring-size 4M 2>said &
tracer=$!
started=" $tracer"
until_true 30 armed mmap 1 || bail "mmtrace-ctl trace does not record"
for i in "${!programs[@]}"; do
	IFS='|' read -r name least command <<<"${programs[i]}"
	check "strace runs: $name" run "$i" "$command"
done
stop "$tracer" INT
result "$?" "mmtrace-ctl trace ends well" "$(<said)"
for i in "${!programs[@]}"; do
	IFS='|' read -r name least command <<<"${programs[i]}"
	check "the same calls, $least or more: $name" compared "$i" "$least" records
done
check "the comparison sees a wrong record" mutated
done_testing
