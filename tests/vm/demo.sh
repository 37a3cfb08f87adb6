#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What `make demo` runs in the guest. All of its output is what is shown.

set -u
failed=0

heading()
{
	printf '\n\033[1m== %s\033[0m\n' "$*"
}

# first N: the first N lines, and how many more there are
first()
{
	awk -v n="$1" '
		NR <= n
		END { if (NR > n) printf "... and %d lines more\n", NR - n }'
}

# brief: lines of records without the columns that hardly anybody looks at first;
# only the first line is whole, to show them all
brief()
{
	sed -E '2,$s/ (dev|dur)=.*/ .../; s/^ +//'
}

# show COMMAND: shows it, does it, shows the beginning of what it says
show()
{
	printf '\033[1m$ %s\033[0m\n' "$1"
	eval "$1" >/tmp/said 2>&1 || failed=1
	first 24 </tmp/said
}

# while_reading FILE COMMAND: runs COMMAND while cat writes /dev/mmtrace into FILE
while_reading()
{
	local reader

	printf '\033[1m$ cat /dev/mmtrace &\n$ %s\033[0m\n' "$2"
	cat /dev/mmtrace >"$1" &
	reader=$!
	sleep 1
	eval "$2"
	sleep 1
	kill "$reader"
	wait "$reader" 2>/dev/null
}

heading "Linux $(uname -r) in a virtual machine, $(nproc) processors"
show "insmod /opt/mmtrace/mmtrace.ko"
[ "$failed" = 0 ] || exit 1

heading "cat: every memory mapping of the machine, while a pipeline runs"
while_reading /tmp/pipeline "sort /etc/passwd | grep root | wc -l"
brief </tmp/pipeline | first 14

heading "trace: a program that makes every kind of mapping call"
cat >/tmp/every.c <<'END'
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
	int fd = open("/tmp/a file", O_RDWR | O_CREAT, 0600);
#ifdef __x86_64__
	long mmap2 = 192;
#endif
	char *p;

	ftruncate(fd, 65536);
	p = mmap(0, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	remap_file_pages(p, 4096, 0, 7, 0);
	p = mmap(0, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mremap(p, 1 << 20, 3 << 20, MREMAP_MAYMOVE);
	mmap(0, 4096, PROT_READ, MAP_SHARED, 99, 0);
#ifdef __x86_64__
	/* the 32-bit entry: int 0x80, with the file from its page 2 on */
	asm volatile("push %%rbp; mov $2, %%ebp; int $0x80; pop %%rbp"
		     : "+a" (mmap2)
		     : "b" (0L), "c" (8192L), "d" (1L), "S" (2L), "D" ((long)fd)
		     : "memory", "r8", "r9", "r10", "r11");
#endif
	return 0;
}
END
sed -n '/ftruncate/,/return/p' /tmp/every.c | expand -t 4
gcc -w -O1 -static -o /tmp/every /tmp/every.c
show "mmtrace-ctl trace --event do_mmap,mremap,remap_file_pages,mmap,mmap2 -o /tmp/every.txt -- /tmp/every"
tail -n 10 /tmp/every.txt | brief

heading "a filter of the device, which cat obeys: files mapped to be executed"
show "mmtrace-ctl filter set --prot exec --file"
show "mmtrace-ctl filter show"
while_reading /tmp/exec "perl -e 'print qq(hello\n)' | tr a-z A-Z"
brief </tmp/exec | first 14
show "mmtrace-ctl filter clear"

heading "an expression, and what it costs"
show "mmtrace-ctl filter explain 'prot & exec && (anon || path ~ \"/tmp/*\") && len >= 4K'"

heading "trace -f: a shell and all that it starts, what is not from /usr and may be executed"
cp /bin/true "/tmp/a program"
show "mmtrace-ctl trace -f -e 'prot & exec && path !~ \"/usr/*\"' -o /tmp/f.txt -- sh -c '(\"/tmp/a program\") & wait'"
brief </tmp/f.txt | first 4

heading "a flight recorder: what went before the first mapping that failed"
printf '\033[1m$ mmtrace-ctl recorder --trigger failed --before 3 &\033[0m\n'
mmtrace-ctl recorder --trigger failed --before 3 &
recorder=$!
sleep 2
/bin/true
show "perl -e 'syscall(\$ARGV[0], 0, 1 << 60, 0, 34, -1, 0)' $([ "$(uname -m)" = x86_64 ] && echo 9 || echo 222)"
show "mmtrace-ctl snapshot -o /tmp/recorded"
brief </tmp/recorded
kill "$recorder"
wait "$recorder"

heading "trace: a command from its first mapping, as JSON"
show "mmtrace-ctl trace --json -o /tmp/json -- /bin/true"
first 1 </tmp/json

heading "record and report: a build, kept in a file, and some of it"
show "mmtrace-ctl record -f -o /tmp/build.data -- gcc -w -O1 -static -o /tmp/every /tmp/every.c"
show "mmtrace-ctl report --info /tmp/build.data"
show "mmtrace-ctl report --time relative -e 'comm == ld && !anon' /tmp/build.data | head -2 | cut -c -100"
show "mmtrace-ctl report --format html -o /tmp/build.html /tmp/build.data && ls -s --block-size=K /tmp/build.html"

heading "stat: what that build came to, by process"
show "mmtrace-ctl stat -i /tmp/build.data --by process"

heading "selftest: do the hooks tell the truth?"
show "mmtrace-ctl selftest"

heading "status: what is traced and how"
show "mmtrace-ctl status"

heading "and gone"
show "rmmod mmtrace"
exit "$failed"
