# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # variables are those of tests/others/coexist.sh
#
# bpftrace. It counts in the kernel, and is there when it has seen a call of each kind.

bpftrace_sees="do_mmap do_mmap_return mmap mmap_return"
bpftrace_callers=y

# probe PROBE KIND
bpftrace_probe()
{
	cat <<-END
		$1 /comm == "caller"/ { @$2[tid] = count(); }
		$1 /comm == "warm-up"/ { printf("%s\n", "sees $2"); }
	END
}

bpftrace_ready()
{
	"$calls" 1 warm-up >/dev/null
	[ "$(grep '^sees ' "$out/bpftrace" | sort -u | wc -l)" = 4 ]
}

bpftrace_start()
{
	: >"$out/bpftrace"
	{
		bpftrace_probe kprobe:do_mmap do_mmap
		bpftrace_probe kretprobe:do_mmap do_mmap_return
		bpftrace_probe "kprobe:$mmap" mmap
		bpftrace_probe "kretprobe:$mmap" mmap_return
	} >"$out/program"
	BPFTRACE_STRLEN=32 bpftrace -B none -o "$out/bpftrace" "$out/program" >"$out/bpftrace.said" 2>&1 &
	bpftrace=$!
	until_true 60 bpftrace_ready
}

bpftrace_stop()
{
	kill -INT "$bpftrace"
	wait "$bpftrace"
	sed -nE 's/^@([a-z_]+)\[([0-9]+)\]: ([0-9]+)$/\2 \1 \3/p' "$out/bpftrace" >"$out/seen"
}
