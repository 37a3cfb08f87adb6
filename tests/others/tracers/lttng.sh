# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # variables are those of tests/others/coexist.sh
#
# LTTng: a probe at the entry, and one at entry and return, of each function.

lttng_sees="do_mmap do_mmap_both_entry do_mmap_both_exit mmap mmap_both_entry mmap_both_exit"

lttng_quiet()
{
	lttng --no-sessiond "$@" >>"$out/lttng.said" 2>&1
}

lttng_start()
{
	local name symbol

	pidof -q lttng-sessiond || lttng-sessiond --daemonize >"$out/lttng.said" 2>&1
	rm -rf "$out/lttng"
	lttng_quiet create others --output="$out/lttng" || return
	lttng_quiet enable-channel --kernel --subbuf-size=512K --num-subbuf=4 calls || return
	while read -r name symbol; do
		lttng_quiet enable-event --kernel --channel calls --probe="$symbol" "$name" &&
			lttng_quiet enable-event --kernel --channel calls --function="$symbol" "${name}_both" ||
			return
	done <<-END
		do_mmap do_mmap
		mmap $mmap
	END
	lttng_quiet add-context --kernel --channel calls --type tid || return
	lttng_quiet start
}

lttng_stop()
{
	lttng_quiet stop || return
	lttng_quiet destroy others || return
	babeltrace2 "$out/lttng" 2>>"$out/lttng.said" |
		sed -nE 's/^\[.*\] .* ([a-z_]+): \{ cpu_id = .*\<tid = ([0-9]+) .*/\2 \1/p' >"$out/seen"
}
