#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# library.sh BUILD - libmmtrace as other programs find it: what it exports, what is
# installed, what its header needs

set -u
# shellcheck source=tests/results.sh
. "$(dirname "$0")/../../tests/results.sh"
build=$(realpath "$1")
map=lib/libmmtrace.map
header=../include/libmmtrace.h
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT

# same WHAT A B: the same lines, and some there are
same()
{
	local differences

	differences=$(diff <(sort <<<"$2") <(sort <<<"$3"))
	[ -n "$2" ] && [ -z "$differences" ]
	result $? "$1" "$differences"
}

# quiet WHAT COMMAND...
quiet()
{
	local what=$1 said
	shift

	said=$("$@" 2>&1) && [ -z "$said" ]
	result $? "$what" "$said"
}

in_map()
{
	sed -n 's/^\t\(mmt_[a-z_]*\);$/\1/p' "$map"
}

in_header()
{
	sed -n 's/^[a-z_].*[ *]\(mmt_[a-z_]*\)(.*/\1/p' "$header"
}

exported()
{
	nm -D --defined-only "$1" | sed -n 's/.* [A-Z] \(.*\)@@LIBMMTRACE_.*/\1/p' | grep -v '^LIBMMTRACE_'
}

# defined: names that a program linked with it may not have
defined()
{
	nm -g --defined-only "$1" | sed -n 's/^[0-9a-f]* [A-Z] //p'
}

# others: that are exported and are none of ours
others()
{
	nm -D --defined-only "$1" | grep -v -e ' mmt_[a-z_]*@@LIBMMTRACE_' -e ' A LIBMMTRACE_[0-9.]*'
}

# undocumented: functions of the header without a comment of their own before them
undocumented()
{
	local name

	for name in $(in_header); do
		grep -q "^ \* $name() - " "$header" || echo "$name"
	done
}

symbols()
{
	local so

	so=$(echo "$dir"/usr/lib/libmmtrace.so.0.*)
	same "the map has all of the header" "$(in_map)" "$(in_header)"
	same "the library exports all of the map" "$(exported "$so")" "$(in_map)"
	[ -z "$(others "$so")" ]
	result $? "and nothing else" "$(others "$so")"
	[ -z "$(undocumented)" ]
	result $? "each has its comment" "$(undocumented)"
	same "the soname" "$(readelf -d "$so" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')" libmmtrace.so.0
	same "the static one defines the same" "$(defined "$dir/usr/lib/libmmtrace.a")" "$(in_map)"
	same "it needs libc alone" "$(readelf -d "$so" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p')" libc.so.6
}

programs()
{
	local cc=("${CC:-cc}" -Wall -Wextra -Werror "-I$dir/usr/include")

	echo '#include <libmmtrace.h>' >"$dir/alone.c"
	quiet "the header needs no other of ours" "${cc[@]}" -std=c99 -fsyntax-only "$dir/alone.c"
	if command -v g++ >/dev/null; then
		quiet "C++ takes it" g++ -Wall -Wextra -Werror "-I$dir/usr/include" -x c++ -fsyntax-only "$dir/alone.c"
	else
		skip "C++ takes it" "no C++ compiler"
	fi
	quiet "the example, shared" "${cc[@]}" -o "$dir/shared" ../docs/example.c \
		"-L$dir/usr/lib" -lmmtrace
	quiet "the example, static" "${cc[@]}" -o "$dir/static" ../docs/example.c \
		"$dir/usr/lib/libmmtrace.a"
	LD_LIBRARY_PATH=$dir/usr/lib "$dir/shared" 1 'len >= what' 2>&1 | grep -q "usage: .*what"
	result $? "runs, and says what is wrong"
	MMTRACE_DEVICE=/dev/null "$dir/static" 1 failed 2>&1 | grep -q "is not an mmtrace device"
	result $? "so does the other one"
}

MAKEFLAGS='' make -s --no-print-directory install-library BUILD="$build" DESTDIR="$dir" PREFIX=/usr >/dev/null
result $? "it is installed"
symbols
programs
done_testing
