#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh BUILD - runs the host tests of mmtrace-ctl; prints TAP, a plan for each
# program, and exits with 1 if one of them failed

set -u
cd "$(dirname "$0")/.." || exit
build=$1
status=0

for test in text names json expr filter diagnosis symbols recording verdict formats summary tally tables; do
	echo "# $test"
	"$build/${test}_test" || status=1
done

echo "# symbols with libdw"
if [ -x "$build/symbols_libdw_test" ]; then
	"$build/symbols_libdw_test" || status=1
else
	printf '1..1\nok 1 # SKIP no libdw\n'
fi

echo "# json, read by another parser"
if command -v python3 >/dev/null; then
	"$build/json_test" corpus | python3 tests/json_check.py || status=1
else
	printf '1..1\nok 1 # SKIP no python3\n'
fi

# Debian's own, as only that one knows babeltrace2.
for format in csv chrome ctf folded folded-bytes; do
	echo "# $format, read by other programs"
	if [ -x /usr/bin/python3 ]; then
		tests/formats_check.py "$build/formats_test" "$format" || status=1
	else
		printf '1..1\nok 1 # SKIP no python3\n'
	fi
done

echo "# recordings, read by what they say of themselves"
if command -v python3 >/dev/null; then
	"$build/recording_test" write >"$build/sample.data"
	python3 tests/recording_check.py "$build/sample.data" ./mmtrace-ctl || status=1
else
	printf '1..1\nok 1 # SKIP no python3\n'
fi

echo "# pages, read by another parser"
if command -v python3 >/dev/null; then
	python3 tests/page_check.py "$build/page_samples" || status=1
	echo "# pages in a browser"
	python3 tests/page_browser.py "$build/page_samples" || status=1
else
	printf '1..1\nok 1 # SKIP no python3\n'
fi

echo "# tables, read by another parser"
if command -v python3 >/dev/null; then
	"$build/tables_test" json | python3 tests/tables_check.py || status=1
else
	printf '1..1\nok 1 # SKIP no python3\n'
fi

echo "# filters through a shell"
tests/filter_shell.sh "$build/filter_test" || status=1

echo "# recordings, shown"
tests/report.sh ./mmtrace-ctl "$build/recording_test" || status=1

for fuzzer in expr program recording; do
	echo "# what the fuzzers found in $fuzzer, again"
	"$build/${fuzzer}_fuzz" ../tests/fuzz/seeds/"$fuzzer"/* || status=1
done

echo "# the library"
tests/library.sh "$build" || status=1

echo "# command line"
tests/cli.sh ./mmtrace-ctl || status=1
exit "$status"
