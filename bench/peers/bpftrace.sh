# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # bench/row.sh has the variables
#
# bpftrace: a probe at entry and return. One at the return that finds the arguments again
# (kfunc) is not to be had for a function of eight arguments.

version()
{
	bpftrace --version | sed 's/^bpftrace v//'
}

program()
{
	local wanted=${1:+/pid == $stranger/}

	cat <<-END
		kprobe:do_mmap $wanted {
			@start[tid] = nsecs;
			printf("%s %d %d do_mmap 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx\n", comm, pid, tid,
				arg1, arg2, arg3, arg4, arg5);
		}
		kretprobe:do_mmap /@start[tid]/ {
			printf("%d 0x%lx %lu\n", tid, retval, nsecs - @start[tid]);
			delete(@start[tid]);
		}
		kprobe:__x64_sys_mremap $wanted {
			\$regs = (struct pt_regs *)arg0;
			@start[tid] = nsecs;
			printf("%s %d %d mremap 0x%lx 0x%lx 0x%lx 0x%lx\n", comm, pid, tid,
				\$regs->di, \$regs->si, \$regs->dx, \$regs->r10);
		}
		kretprobe:__x64_sys_mremap /@start[tid]/ {
			printf("%d 0x%lx %lu\n", tid, retval, nsecs - @start[tid]);
			delete(@start[tid]);
		}
	END
}

start()
{
	program "$@" >"$out/program"
	BPFTRACE_PERF_RB_PAGES=1024 bpftrace -o "$out/records" "$out/program" &
	tracer=$!
}

stop()
{
	kill -INT "$tracer"
	wait "$tracer" || :
}

count()
{
	grep -c 'do_mmap 0x[0-9a-f]* 0x7001 ' "$out/records"
}
