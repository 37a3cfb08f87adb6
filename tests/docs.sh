#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# docs.sh - the manual pages and the completion say what the program, the
# interface and the module have, all of it and nothing else

set -uo pipefail
cd "$(dirname "$0")/.." || exit
# shellcheck source=tests/results.sh
. tests/results.sh
program=$PWD/user/mmtrace-ctl
header=include/uapi/linux/mmtrace.h
# same WHAT GOT EXPECTED: the same lines, in any order, and some there are
same()
{
	local got expected differences

	got=$(sort -u <<<"$2")
	expected=$(sort -u <<<"$3")
	differences=$(diff <(printf '%s\n' "$got") <(printf '%s\n' "$expected"))
	[ -n "$expected" ] && [ -z "$differences" ]
	result $? "$1" "$differences"
}

# has PAGE WHAT WORDS: each line is in the text of the page, as a word
has()
{
	local text word missing=

	text=$(mandoc -T ascii "$1" 2>/dev/null | col -bx)
	while read -r word; do
		grep -Eq -- "(^|[^A-Za-z0-9_-])$word(\$|[^A-Za-z0-9_-])" <<<"$text" || missing+=" $word"
	done <<<"$3"
	[ -n "$3" ] && [ -z "$missing" ]
	result $? "$1: $2" "missing:$missing"
}

lint()
{
	local page said

	for page in docs/mmtrace.4 docs/mmtrace-ctl.1 docs/mmtrace-record.5 docs/libmmtrace.3; do
		said=$(mandoc -T lint -W warning "$page" 2>&1)
		[ -z "$said" ]
		result $? "$page: mandoc has nothing to say" "$said"
	done
}

# help_verbs: those that the help tells
help_verbs()
{
	"$program" help | sed -n '/^verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

# help_options VERB
help_options()
{
	"$program" "$1" --help | sed -nE 's/^ +((-[a-zA-Z]), )?(--[a-z-]+).*/\2\n\3/p' | grep .
}

# page_verbs: in the list of the page and in its synopsis
page_verbs()
{
	sed -n 's/^\.It Cm \([a-z]*\).*/\1/p' docs/mmtrace-ctl.1
}

page_synopsis()
{
	sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESC/s/^\.Cm \([a-z]*\).*/\1/p' docs/mmtrace-ctl.1
}

# page_options SECTION...: those with an item of their own
page_options()
{
	local section

	for section; do
		sed -n "/^\\.Ss $section\$/,/^\\.S[sh] [^ ]*/{/^\\.It Fl/p}" docs/mmtrace-ctl.1
	done | sed -E 's/ (Ns Op|Ar) .*//; s/^\.It Fl //; s/ , Fl /\n/; s/^/-/Mg'
}

manual_of_program()
{
	local common="Options of all verbs"

	same "verbs: page and help" "$(page_verbs)" "$(help_verbs)"
	same "verbs: synopsis and help" "$(page_synopsis)" "$(help_verbs)"
	same "status: options" "$(page_options "$common" "Options of status")" \
		"$(help_options status; echo --version)"
	same "trace: options" "$(page_options "$common" "Options of trace" Filters)" \
		"$(help_options trace; echo --version)"
	same "record: options" "$(page_options "$common" "Options of record" Filters)" \
		"$(help_options record; echo --version)"
	same "report: options" "$(page_options "$common" "Options of report" Filters)" \
		"$(help_options report; echo --version)"
	same "stat: options" "$(page_options "$common" "Options of stat" Filters)" \
		"$(help_options stat; echo --version)"
	same "top: options" "$(page_options "$common" "Options of top" Filters)" \
		"$(help_options top; echo --version)"
	same "recorder: options" "$(page_options "$common" "Options of recorder" Filters)" \
		"$(help_options recorder; echo --version)"
	same "snapshot: options" "$(page_options "$common" "Options of snapshot")" \
		"$(help_options snapshot; echo --version)"
	same "filter: options" "$(page_options "$common" Filters)" \
		"$(help_options filter; echo --version)"
	same "selftest: options" "$(page_options "$common")" "$(help_options selftest; echo --version)"
	has docs/mmtrace-ctl.1 "what filter does" "$("$program" --words | sed -n 's/^word filter //p')"
	has docs/mmtrace-ctl.1 "formats and times" "$("$program" --words | sed -nE 's/^(format|time) //p')"
	has docs/mmtrace-ctl.1 "events" "$("$program" --words | sed -n 's/^event //p')"
	same "formats" "$(sed -n '/^\.Ss Formats/,/^\.Ss JSON/s/^\.It Li //p' docs/mmtrace-ctl.1)" \
		"$("$program" --words | sed -n 's/^format //p')"
	has docs/mmtrace-ctl.1 "keys of tables" "$("$program" --words | sed -n 's/^key //p')"
	has docs/mmtrace-ctl.1 "orders of tables" "$("$program" --words | sed -n 's/^order //p')"
	has docs/mmtrace-ctl.1 "keys of JSON but arguments" "$(json_keys)"
	has docs/mmtrace-ctl.1 "environment" "$(sed -n 's/^#define MMT_DEVICE_ENV.*"\(.*\)"/\1/p' include/libmmtrace.h)"
}

# json_keys: that the program writes, as its own tests have them; arguments have the
# names of the header
json_keys()
{
	comm -23 <(grep -oE '"[a-z_0-9]+":' user/tests/json.golden | tr -d '":' | sort -u) \
		<(sed -n '/^struct mmtrace_do_mmap {/,/^};/p; /^struct mmtrace_mmap {/,/^};/p
			/^struct mmtrace_mremap {/,/^};/p; /^struct mmtrace_remap_file_pages {/,/^};/p' "$header" |
			sed -n 's/.*[[:space:]]\([a-z_]*\);/\1/p' | sort -u)
}

# ioctls: all of the header
ioctls()
{
	sed -nE 's/^#define (MMTRACE_IOC_[A-Z_]+)[[:space:]]+_IO.*/\1/p' "$header"
}

# page_ioctls: those with an item of their own
page_ioctls()
{
	sed -n '/^\.It Dv MMTRACE_IOC/s/^\.It Dv //p' docs/mmtrace.4 | sed 's/ , /\n/g'
}

# parameters: of the module
parameters()
{
	sed -nE 's/^module_param\(([a-z_]+),.*/\1/p' module/main.c
}

page_parameters()
{
	sed -n '/^\.Sh MODULE PARAMETERS/,/^\.Sh PERM/s/^\.It Va //p' docs/mmtrace.4
}

# text_keys: of the fields that the formatter writes
text_keys()
{
	grep -oE '"? ?[a-z_]+=' module/text.c | grep '^" ' | tr -d '" ' |
		cat - <(grep -oE '" file"' module/text.c | sed 's/.*/file=/')
}

page_keys()
{
	sed -n '/^\.Sh TEXT FORMAT/,/^\.Sh BINARY/s/^\.It Li \([a-z_]*=\).*/\1/p' docs/mmtrace.4
}

manual_of_device()
{
	same "ioctls" "$(page_ioctls)" "$(ioctls)"
	same "parameters of the module" "$(page_parameters)" "$(parameters)"
	same "keys of the text" "$(page_keys)" "$(text_keys)"
	has docs/mmtrace.4 "errors of the contract" \
		"$(sed -nE '/^ \* Errors, the same/,/^ \*\//s/^ \* (E[A-Z0-9]+) .*/\1/p' "$header")"
	has docs/mmtrace.4 "kinds of files" "$(names_of 'mmtrace_file_kinds\[\]')"
	has docs/mmtrace.4 "causes of loss" "$(names_of 'lost_names\[\]')"
	has docs/mmtrace.4 "events" "$(names_of 'event_names\[\]')"
	has docs/mmtrace.4 "fields of a configuration" \
		"$(sed -n '/^struct mmtrace_config {/,/^}/s/.*__u[0-9]*	\([a-z_]*\);/\1/p' "$header")"
}

manual_of_recordings()
{
	has docs/mmtrace-record.5 "types of sections" \
		"$(sed -n '/^enum recording_type {/,/^}/s/.*RECORDING_\([A-Z]*\).*/\L\1/p' user/lib/recording.h)"
	has docs/mmtrace-record.5 "lines of the layout" \
		"$(sed -n 's/^ \*   \([a-z]*\) [A-Z].*/\1/p' user/lib/layout.c)"
}

# names_of TABLE: in names.c
names_of()
{
	sed -n "/$1 = {/,/^};/p" module/names.c | grep -oE 'NAME\("[a-z_0-9]+"' | cut -d '"' -f 2
}

# complete_words WORD...: what is offered for the last one. The words are as they
# are typed; bash hands them on with = and : split off.
complete_words()
{
	local word

	COMP_WORDS=()
	for word; do
		while [[ $word =~ ^([^=:]*)([=:]+)(.*)$ ]]; do
			[ -z "${BASH_REMATCH[1]}" ] || COMP_WORDS+=("${BASH_REMATCH[1]}")
			COMP_WORDS+=("${BASH_REMATCH[2]}")
			word=${BASH_REMATCH[3]}
			[ -n "$word" ] || continue 2
		done
		COMP_WORDS+=("$word")
	done
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMP_LINE=$*
	COMP_POINT=${#COMP_LINE}
	COMPREPLY=()
	_mmtrace_ctl "$program" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>&1
	[ "${#COMPREPLY[@]}" = 0 ] || printf '%s\n' "${COMPREPLY[@]}"
}

# offers WHAT EXPECTED WORD...: exactly these lines
offers()
{
	local what=$1 expected=$2
	shift 2

	same "completion: $what" "$(complete_words mmtrace-ctl "$@")" "$expected"
}

# offers_nothing WHAT WORD...
offers_nothing()
{
	local what=$1 said
	shift

	said=$(complete_words mmtrace-ctl "$@")
	[ -z "$said" ]
	result $? "completion: $what" "$said"
}

# lines WORD...
lines()
{
	printf '%s\n' "$@"
}

# exported: functions of the library
exported()
{
	sed -n 's/^\t\(mmt_[a-z_]*\);$/\1/p' user/lib/libmmtrace.map
}

# page_functions MACRO: those of the page with it
page_functions()
{
	sed -n "s/^\\.$1 \(mmt_[a-z_]*\).*/\1/p" docs/libmmtrace.3
}

manual_of_library()
{
	same "functions: page and library" "$(page_functions 'It Fn')" "$(exported)"
	same "functions: synopsis and library" "$(page_functions Fn)" "$(exported)"
	same "the example" "$(sed -n '/^\.Bd -literal/,/^\.Ed/{s/\\e/\\/g;/^\./!p}' docs/libmmtrace.3 | grep .)" \
		"$(sed 1,2d docs/example.c | grep .)"
}

completion_of_words()
{
	local verb

	offers "verbs" "$(help_verbs; lines --help -h --version)" ""
	offers "a verb that has begun" "$(lines stat status)" st
	offers "help of a verb" "$(help_verbs | grep -v help)" help ""
	for verb in status trace record report stat top recorder snapshot selftest; do
		offers "options of $verb" "$(help_options "$verb")" "$verb" -
	done
	offers "options of filter set" "$(help_options filter)" filter set -
	offers "options of filter explain" "$(help_options filter)" filter explain -
	offers "options of filter show, which takes no filters" "$(lines --device -h --help)" filter show -
	offers "actions of filter" "$(lines show set explain clear)" filter ""
	offers "an option that has begun" --overwrite trace --ov
	offers "options behind a value" --json trace -o out --js
	offers_nothing "an option that there is not" status --bogus
}

completion_of_values()
{
	offers "an event" do_mmap trace --event do_m
	offers "an event behind =" do_mmap trace --event=do_m
	offers "all events" "$("$program" --words | sed -n 's/^event //p')" trace --event ""
	offers "an event in a list" "$(lines do_mmap,mmap do_mmap,mmap2)" trace --event do_mmap,mm
	offers "an event but those that are there" mmap,mmap2 trace --event mmap,mm
	offers "not this event" '!mremap' filter set --event '!mr'
	offers "protection" exec trace --prot ex
	offers "protection, all of a list" read+exec trace --prot read+e
	offers "protection, exactly, of which = is not replaced" read+write trace --prot==read+w
	offers "protection as C has it" PROT_WRITE trace --prot PROT_W
	offers "flags" "$(lines shared shared_validate)" filter set --flags sh
	offers "flags of mremap" 'shared|maymove' filter set --flags 'shared|may'
	offers "within a quote" 'shared|maymove' filter set --flags "'shared|may"
	offers "a flag that two have, once" "$(lines fixed fixed_noreplace)" trace --flags fix
	offers "a process" "$$" trace -p "$$"
	offers "a process in a list" "1,$$" filter set --pid "1,$$"
	offers "a thread" "$$" trace --tid "$$"
	offers "a user" root trace --uid roo
	offers "a format" json trace --format js
	offers "a time" relative report --time rel
	offers "one of two formats" "$(lines folded folded-bytes)" snapshot --format fol
	offers "a key" process stat --by pr
	offers "an order" bytes top --sort by
	offers_nothing "a size" trace --ring-size ""
}

completion_of_files()
{
	local dir

	dir=$(mktemp -d)
	: >"$dir/records.txt"
	: >"$dir/a:b"
	mkdir "$dir/somewhere"
	offers "files behind -o" "$(lines "$dir"/{a:b,records.txt,somewhere})" trace -o "$dir/"
	offers "files behind --output=" "$dir/records.txt" trace --output="$dir/rec"
	offers "a recording" "$dir/records.txt" report "$dir/rec"
	offers "a device" "$dir/records.txt" status --device "$dir/rec"
	offers "a path" "$dir/records.txt" filter set --path "$dir/rec"
	offers "files of a command" "$dir/records.txt" trace -- cat "$dir/rec"
	rm -r "$dir"
}

completion_of_commands()
{
	local dir

	dir=$(mktemp -d)
	PATH=$dir:$PATH
	: >"$dir/a-command-of-ours"
	chmod +x "$dir/a-command-of-ours"
	offers "a command" a-command-of-ours trace a-comm
	offers "a command of stat" a-command-of-ours stat --by file a-comm
	offers "a command behind --" a-command-of-ours trace -- a-comm
	offers "a command behind options" a-command-of-ours \
		trace --json -o out --event=mmap,mmap2 --comm a:b --ring 4M a-comm
	offers "the options of the command, not ours" --human-readable trace --own ls --hu
	offers "a command of record" a-command-of-ours record -o out a-comm
	offers_nothing "no command behind status" status a-comm
	rm -r "$dir"
}

# It would complain that no key was pressed. Nothing else may be complained of.
compopt()
{
	:
}

completion()
{
	# What completes has never been meant for set -u.
	set +u
	# shellcheck source=/dev/null
	. /usr/share/bash-completion/bash_completion
	# shellcheck source=user/completion/mmtrace-ctl
	. user/completion/mmtrace-ctl
	completion_of_words
	completion_of_values
	completion_of_files
	completion_of_commands
}

installed()
{
	local dir

	dir=$(mktemp -d)
	make -s --no-print-directory -C user install DESTDIR="$dir" PREFIX=/usr >/dev/null
	cmp user/completion/mmtrace-ctl "$dir/usr/share/bash-completion/completions/mmtrace-ctl"
	result $? "the completion is installed where bash looks for it"
	make -s --no-print-directory -C user uninstall DESTDIR="$dir" PREFIX=/usr
	[ -z "$(find "$dir" -type f)" ]
	result $? "and taken out again" "$(find "$dir" -type f)"
	rm -r "$dir"
}

if ! said=$("${MAKE:-make}" -s --no-print-directory -C user 2>&1); then
	echo "Bail out! no program: $said"
	exit 1
fi
lint
manual_of_program
manual_of_device
manual_of_recordings
manual_of_library
completion
installed
done_testing
