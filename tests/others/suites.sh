#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# suites.sh SUITE WAY - programs that nobody here wrote, in the guest
#
# SUITE is mm (the kernel's selftests) or stress (stress-ng); WAY is bare, text, or
# overwrite: without the module, or while a reader reads all there is. Each line of
# what a program says of itself is a line "result RUN<TAB>LINE".

base=/opt/mmtrace
suite=$1
way=$2
limit=200		# seconds for each program

# shellcheck source=tests/guest/testing.sh
. "$base/tests/testing.sh"
module=$base/mmtrace.ko

# verdict: of what is read, what does not differ from one run to the next: no
# addresses, times, rates, process ids
verdict()
{
	sed -E -e 's/\x1b\[[0-9;]*m//g' -e 's/\.+/./g; s/[[:blank:]]+/ /g' \
		-e 's/0x[0-9a-f]+|\(nil\)|\<[0-9a-f]{8,16}\>/ADDRESS/g' \
		-e 's/\<[0-9a-f]*[0-9][0-9a-f]*\>/N/g' \
		-e 's/[0-9]+(\.[0-9]+)?/N/g; s/N\.N/N/g'
}

# often RUN: protection_keys takes keys by chance, and makes more or fewer rounds each time,
# without mmtrace too
often()
{
	case $1 in
	protection_keys) uniq ;;
	*) cat ;;
	esac
}

nobody_left()
{
	! pgrep -s "$(<session)"
}

# run NAME COMMAND...: and how it ended. Of some the first process ends before its children.
run()
{
	local name=$1 status=0 start=$SECONDS
	shift

	rm -f said
	# shellcheck disable=SC2016 # for the inner shell
	setsid -w sh -c 'echo $$ >session; exec "$@"' - \
		timeout -k 5 "$((limit + 20))" stdbuf -oL "$@" >said 2>&1 </dev/null || status=$?
	until_true "$limit" nobody_left || echo "processes are left" >>said
	{ verdict <said | often "$name"; echo "exit status $status"; } | sed "s|^|result $name\t|"
	echo "# $name took $((SECONDS - start)) s"
}

rows()
{
	sed -e 's/[[:space:]]*#.*//' -e '/^$/d' "$base/rows"
}

mm()
{
	local name arguments as

	mkdir huge
	mount -t hugetlbfs none huge
	echo 128 >/proc/sys/vm/nr_hugepages
	echo 268435456 >/proc/sys/kernel/shmmax
	while read -r name arguments; do
		as=
		[ "$name" != on-fault-limit ] || as='setpriv --reuid 1000 --clear-groups'
		# shellcheck disable=SC2086 # arguments
		run "$name${arguments:+ $arguments}" $as "$base/selftests/$name" $arguments
		rm -f huge/*
	done < <(rows)
}

stress()
{
	local name number arguments

	while read -r name number arguments; do
		# shellcheck disable=SC2086 # arguments
		run "$name" stress-ng "--$name" 2 "--$name-ops" "$number" $arguments --verify --no-rand-seed \
			--temp-path "$PWD" --timeout 6
	done < <(rows)
}

# read_all: a reader for WAY, of all events
events=do_mmap,mremap,remap_file_pages,mmap,mmap2
read_all()
{
	[ "$way" != bare ] || return 0
	insmod "$module" || bail "the module does not load"
	case $way in
	text) start mmtrace-ctl trace --event "$events" -o >(wc -l >lines) 2>said.reader ;;
	overwrite) start mmtrace-ctl record --overwrite --ring-size 64K --event "$events" -o /dev/null 2>said.reader ;;
	esac
	reader=$pid
	until_true 30 armed mmap 1 || bail "nobody reads"
}

# read_enough: ends the reader, which has to have seen a lot
read_enough()
{
	[ "$way" != bare ] || return 0
	mmtrace-ctl status | sed 's/^/# /'
	stop "$reader" INT || bail "the reader failed: $(<said.reader)"
	sed 's/^/# /' said.reader
	[ "$(sed -n 's/^mmtrace-ctl: \([0-9]*\) hits:.*/\1/p' said.reader)" -ge 1000 ] || bail "that is too little"
	rmmod mmtrace || bail "the module does not go"
}

cd "$(mktemp -d)" || exit
read_all
"$suite"
read_enough
