# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # bench/row.sh has the variables
#
# mmtrace: only loaded, to a file in binary or in text, or so many sessions.

version()
{
	modinfo -F version "$here/mmtrace.ko"
}

start()
{
	insmod "$here/mmtrace.ko" ring_size=16777216 max_sessions=64
	case $variant in
	loaded)
		return ;;
	text)
		[ -z "${1:-}" ] || mmtrace-ctl filter set --pid "$stranger"
		cat /dev/mmtrace >"$out/records" & ;;
	binary)
		"$here/reader" "$out/records" 1 ${1:+"$stranger"} & ;;
	*)
		"$here/reader" "$out/records" "$variant" ${1:+"$stranger"} & ;;
	esac
	reader=$!
}

stop()
{
	if [ "$variant" != loaded ]; then
		kill "$reader"
		wait "$reader" || :
	fi
	rmmod mmtrace
}

count()
{
	case $variant in
	loaded) ;;
	text) grep -c " len=28673 " "$out/records" ;;
	binary) "$here/reader" --count 0x7001 "$out/records" ;;
	*) echo "$(($("$here/reader" --count 0x7001 "$out/records") / variant))" ;;
	esac
}
