#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Pages and pictures of real calls: live, and of a recording.
#
# timeout: 240

# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"

# is_page FILE: whole, of a call that mapped this file, and none is missing
is_page()
{
	[ "$(head -n 1 "$1")" = '<!DOCTYPE html>' ] && [ "$(tail -n 1 "$1")" = '</html>' ] &&
		grep -q "<dd>$(uname -r) $(uname -m)</dd>" "$1" &&
		grep -q "<polygon class='s0'" "$1" && grep -q "<rect class='e1'" "$1" &&
		grep -q "title='$2'" "$1" && ! grep -q 'are missing here' "$1"
}

# is_picture FILE: whole, with a layer and a bar
is_picture()
{
	[ "$(tail -n 1 "$1")" = '</svg>' ] && grep -q "<polygon class='s0'" "$1" &&
		grep -q "<rect class='e1'" "$1"
}

program=$(readlink -f "$(command -v sort)")
expect "a page, live" 0 '' mmtrace-ctl trace --format html -o live.html -- sort /dev/null
check "with the program" is_page live.html "$program"
expect "with stacks" 0 '' mmtrace-ctl trace -k --format html -o stack.html -- sort /dev/null
check "there is a tree of them" grep -q 'Flame graph of stacks' stack.html
expect "a recording" 0 '' mmtrace-ctl record -o calls.data -- sort /dev/null
expect "a page of it" 0 '' mmtrace-ctl report --format html -o report.html calls.data
check "with the program" is_page report.html "$program"
expect "a picture of it" 0 '' mmtrace-ctl report --format svg -o report.svg calls.data
check "with something in it" is_picture report.svg

done_testing
