#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# others.sh [SCENE...] - mmtrace beside programs that nobody here wrote
#
#   coexist   other tracers on the same functions see all, and so does mmtrace
#   mm        the kernel's selftests of memory management say the same without mmtrace,
#             with a reader of text, and with one that is overwritten
#   stress    so does stress-ng
#
# By default all. They want a root of the guest with other tracers, which is made once.
# The module is loaded or not, so each way is a boot of its own.

set -u
cd "$(dirname "$0")/.." || exit
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh
# shellcheck source=tests/groups.sh
. tests/groups.sh
select_kernel
others=$top/tests/others
results=$build/others-$target
root=

# build_all: what the guest gets
build_all()
{
	mkdir -p "$results" "$build/livepatch-$target" &&
		"$vm/build-module.sh" &&
		"$vm/build-user.sh" &&
		"$(cross gcc)" -O2 -Wall -Wextra -static -pthread -o "$results/calls" "$others/calls.c" &&
		cp -u "$others"/livepatch/* "$build/livepatch-$target/" || return
	[ "$arch" != amd64 ] || kernel_make "$build/livepatch-$target" modules
}

# boot NAME [OPTION...]
boot()
{
	local name=$1
	shift

	"$vm/run" --no-build --root "$root" --mem 4096 --timeout 1500 --log "$results/$name.kernel" \
		--add "$top/tests/guest/testing.sh=tests/testing.sh" "$@"
}

coexist()
{
	local tracers=(events lttng bpftrace perf graph) patch=()

	# A live patch jumps behind the call of ftrace, of which only one architecture is known.
	[ "$arch" != amd64 ] || {
		tracers+=(livepatch)
		patch=(--add "$build/livepatch-$target/livepatch.ko")
	}
	boot coexist "${patch[@]}" --add "$results/calls" --add "$others/tracers" \
		--script "$others/coexist.sh" -- "${tracers[@]}"
}

# ways SUITE [OPTION...]: a boot each
ways()
{
	local suite=$1 way
	shift

	for way in bare text overwrite; do
		say "$suite: $way"
		boot "$suite-$way" --script "$others/suites.sh" "$@" -- "$suite" "$way" \
			>"$results/$suite-$way" 2>&1 && echo "over $suite $way" >>"$results/$suite-$way"
	done
}

# told SUITE WAY [RUN]: what the programs, or one of them, said
told()
{
	grep -a '^result ' "$results/$1-$2" | cut -c 8- | awk -F '\t' -v only="${3:-}" 'only == "" || $1 == only'
}

# verdict STATUS WHAT: a line of TAP
verdict()
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		failed=1
	fi
}

# same SUITE WAY RUN
same()
{
	diff <(told "$1" bare "$3") <(told "$1" "$2" "$3") >"$results/diff" && return
	head -n 20 "$results/diff" | sed 's/^/#   /'
	return 1
}

# ended SUITE WAY
ended()
{
	grep -aq "^over $1 $2$" "$results/$1-$2" || { tail -n 10 "$results/$1-$2" | sed 's/^/#   /'; return 1; }
	grep -a '^# mmtrace-ctl: ' "$results/$1-$2" || :
}

# compare SUITE: nothing is said by programs of which most do not run even without mmtrace
compare()
{
	local suite=$1 way run n=0 failed=0 good all

	for way in bare text overwrite; do
		ended "$suite" "$way"
		verdict $? "$way came to its end"
	done
	all=$(told "$suite" bare | cut -f 1 | uniq | wc -l)
	good=$(told "$suite" bare | grep -c $'\t''exit status 0$')
	[ "$((good * 3))" -ge "$((all * 2))" ]
	verdict $? "$good of $all programs are content without mmtrace"
	while read -r run; do
		for way in text overwrite; do
			same "$suite" "$way" "$run"
			verdict $? "$run: $(told "$suite" bare "$run" | wc -l) lines, the same with $way"
		done
	done < <(told "$suite" bare | cut -f 1 | uniq)
	echo "1..$n"
	return "$failed"
}

mm()
{
	local programs

	programs=$("$others/build-selftests.sh") || return
	ways mm --add "$programs=selftests" --add "$others/selftests=rows"
	compare mm
}

stress()
{
	ways stress --add "$others/stressors=rows"
	compare stress
}

all()
{
	local scene

	claim others/set-up "what the guest gets is there" set_up || return
	root=$("$vm/peer-root.sh")
	for scene in "$@"; do
		group "others/$scene" "$scene"
	done
}

set_up()
{
	"$vm/setup.sh" && "$vm/peer-root.sh" && build_all
}

[ $# -gt 0 ] || set -- coexist mm stress
for scene in "$@"; do
	case $scene in
	coexist | mm | stress) ;;
	*) die "no scene '$scene'" ;;
	esac
done
all "$@" | tests/tap.sh
