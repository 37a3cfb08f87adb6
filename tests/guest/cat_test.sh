#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# cat /dev/mmtrace works as a stream of lines does: in pipes, cut off, a byte at a
# time; whatever name a file or a thread has, a record is one line of columns.

. "$(dirname "$0")/testing.sh"

# load: makes mappings until it is stopped
load()
{
	while :; do
		/bin/true
	done
}

# shaped FILE [LINES]: each line of FILE, and of these there are some, is six
# columns or more, all behind the sixth with a key; nothing in it is a control
# character, or no UTF-8
shaped()
{
	awk -v least="${2:-1}" '
	function wrong(why) { print NR ": " why ": " $0; bad = 1; exit 1 }
	/[\001-\037\177]/ { wrong("control character") }
	NF < 7 { wrong("columns") }
	$1 !~ /^[0-9]+\.[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]$/ { wrong("time") }
	$2 !~ /^[0-9]+$/ { wrong("CPU") }
	$4 !~ /^([0-9]+\/[0-9]+|-\/-)$/ { wrong("process") }
	$5 !~ /^(do_mmap|mremap|remap_file_pages|mmap|mmap2|lost)$/ { wrong("event") }
	$6 !~ /^(0x[0-9a-f]+|-[A-Z0-9]+|[0-9]+)$/ { wrong("result") }
	{
		for (i = 7; i <= NF; i++)
			if ($i !~ /^[a-z_]+=[^ ]+$/)
				wrong("column " i)
	}
	END { if (!bad && NR < least) { print NR " lines"; exit 1 } }' "$1" &&
		iconv_says_utf8 "$1"
}

iconv_says_utf8()
{
	perl -e 'local $/; my $text = <>; exit !utf8::decode($text)' "$1"
}

in_pipes()
{
	start load
	local load=$pid

	check "head -3 gets three lines and ends" sh -c "head -3 $device >head"
	check "the three are records" shaped head 3
	check "cat into head ends, too" timeout 60 sh -c "cat $device | head -3 >cut"
	check "its lines are records" shaped cut 3
	# shellcheck disable=SC2016 # for the inner shell
	check "while read line" timeout 60 bash -c \
		'n=0; while read -r line; do echo "$line"; [ "$((n += 1))" -lt 5 ] || exit 0; done <"$1" >read' \
		- "$device"
	check "its lines are records" shaped read 5
	check "dd a byte at a time" timeout 60 dd if="$device" of=bytes bs=1 count=2000 status=none
	equal "it gets as many as it asked for" "$(stat -c %s bytes)" 2000
	sed '$d' bytes >whole
	check "they are the beginning of records" shaped whole 3
	timeout 60 sh -c "awk '{ print \$6; if (NR == 20) exit }' $device" >sixth
	equal "awk's sixth column is the result" "$(grep -c '^\(0x[0-9a-f]\{6,\}\|0x0\|-E[A-Z0-9]*\)$' sixth)" 20
	stop "$load"
}

# Only one mapping is made, and it must come although nothing follows it.
live_match()
{
	local match

	# shellcheck disable=SC2016 # for the inner shell
	start sh -c 'cat "$1" | grep --line-buffered --max-count=1 "$2" >match' - "$device" /needle
	match=$pid
	until_true 30 hooked do_mmap || bail "cat does not record"
	# The last hook may still be on its way.
	until_true 30 sleeping "$(pgrep -x cat)" || bail "cat does not wait for records"
	cp /bin/true needle
	./needle
	check "a line comes to grep although nothing follows" until_true 20 grep -q needle match
	check "the match is a record" shaped match
	# cat ends when it finds that nobody reads.
	until_true 20 sh -c "/bin/true; ! kill -0 $match" || stop "$match"
	ended "$match"
}

# Names that would be another line, another column, or a command of the terminal.
nasty=(
	$'new\nline' $'new\n9999.000000000   0 spoof           1/1             do_mmap          0x1234'
	$'tab\ttab' $'esc\e[2J' $'bell\a' $'bad\xff\xfe' $'lone\xc3' $'c1\xc2\x9b31m' 'two words'
	'x path=/etc/passwd uid=0' $'nbsp\xc2\xa0' $'line\xe2\x80\xa8sep' $'rtl\xe2\x80\xaeabc' 'back\slash'
	$'cr\rcr' 'back\012slash' $'del\x7f' $'\xef\xbb\xbfbom' '"quote"' '#hash' $'ok-\xc3\xa9\xe2\x82\xac'
)

# escaped TEXT: as a name has to show, written another way than the module does
# it: each character by itself, from the sets that Unicode has
escaped()
{
	printf %s "$1" | perl -e '
	local $/;
	my $bytes = <STDIN>;
	while (length $bytes) {
		my $n = 1;
		my $show = 0;
		if ($bytes =~ /\A(?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|
			(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf])/x) {
			$n = length $&;
			my $char = $&;
			utf8::decode($char);
			$show = $char !~ /[\p{Cc}\p{Z}\x{202a}-\x{202e}\x{2066}-\x{2069}\\]/;
		}
		my $part = substr($bytes, 0, $n, "");
		$part =~ s/(.)/sprintf("\\%03o", ord $1)/sge unless $show;
		print $part;
	}'
}

nasty_names()
{
	local name quoted comm

	start_cat nasty
	for name in "${nasty[@]}"; do
		mkdir -p "$(dirname "./$name")"
		cp /bin/true "./$name"
		"./$name"
	done
	marked nasty
	stop "$pid"
	# Whoever is killed may have written a part of its last line.
	[ -z "$(tail -c 1 nasty)" ] || sed -i '$d' nasty
	check "every line of nasty names is a record" shaped nasty "${#nasty[@]}"
	for name in "${nasty[@]}"; do
		quoted=$(LC_ALL=C printf %q "$name")
		check "the path of $quoted" \
			grep -qF " path=$PWD/$(escaped "$name") dev=" nasty
		comm=${name##*/}
		check "the comm of $quoted" \
			awk -v comm="$(escaped "${comm:0:15}" | sed 's/\\/\\\\/g')" \
			'$3 == comm { n++ } END { exit !n }' nasty
	done
	equal "no name is a line of its own" "$(grep -c 'spoof  ' nasty)" 0
	equal "no name is a column of its own" \
		"$(awk '{ for (i = 7; i <= NF; i++) if ($i == "path=/etc/passwd") n++ } END { print n + 0 }' nasty)" 0
}

# Two sessions, one reads text from the module, one has the program make it. They
# begin at different times, so each counts its records from another one: seq is
# left out, and all else is the same to the byte.
same_text()
{
	local reader tracer calls name

	start_cat of-cat
	reader=$pid
	start mmtrace-ctl trace -o of-ctl
	tracer=$pid
	until_true 30 armed do_mmap 2 || bail "mmtrace-ctl trace does not record"
	cp /bin/true "same  $(printf '\033')"
	sh -c 'echo $$ >calls; python3 -S -c "import mmap; mmap.mmap(-1, 8192).resize(1 << 20)"; "./same"*'
	calls=$(<calls)
	marked of-cat
	stop "$reader"
	stop "$tracer" INT
	result "$?" "mmtrace-ctl drains and ends well when it is interrupted"
	for name in of-cat of-ctl; do
		awk -v first="$calls" '{ split($4, id, "/") } id[1] >= first' "$name" |
			sed -e '/marker-/,$d' -e 's/ seq=[0-9]*$//' >"$name-calls"
	done
	check "there are records to compare" test "$(wc -l <of-cat-calls)" -gt 30
	check "a mremap is among them" grep -q ' mremap ' of-cat-calls
	check "the text of cat is that of mmtrace-ctl, but for seq" diff of-cat-calls of-ctl-calls
	check "of mmtrace-ctl, too, every line is a record" shaped of-ctl 30
}

in_pipes
live_match
nasty_names
same_text
done_testing
