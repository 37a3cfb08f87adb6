#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [--matrix | TEST...] - tests
#
#   run.sh           all: of the host, of the host's kernel in a guest, and a quick
#                    round of the other kernels
#   run.sh TEST...   those of the guest that are named
#   run.sh --matrix  all tests of the guest on all kernels
#   run.sh --part P  for tests/matrix.sh: a part of all, without the last word
#
# With MMTRACE_KERNEL or MMTRACE_ARCH: those of the guest, on that kernel alone.
# Every test, on the host and in the guest, prints TAP; tests/tap.sh has the
# last word on all of them.

set -u
cd "$(dirname "$0")/.." || exit
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh
# shellcheck source=tests/groups.sh
. tests/groups.sh
select_kernel
make=("${MAKE:-make}" -s --no-print-directory)

# Those that need no kernel, or a machine of their own for the packages.
host_tests()
{
	claim host/style "checkpatch is silent" tests/lint.sh style
	claim host/tree "each file knows only what it has to" tests/lint.sh tree
	claim host/sparse "sparse is silent" tests/lint.sh sparse
	claim host/versions "there is one version" tests/lint.sh versions
	group host/tap tests/tap_test.sh
	group host/ring "${make[@]}" -C tests/ring check
	group host/user "${make[@]}" -C user check
	group host/docs tests/docs.sh
	group host/packages tests/packages.sh
}

# Those that need a machine each; with what the tests of the host's kernel have built.
machine_tests()
{
	group guest/secure tests/secure.sh
	group guest/selinux tests/selinux.sh
	group guest/endings tests/endings.sh
	group guest/standstill tests/standstill.sh
	claim bench/cost "no call costs more than its bound" bench/run --no-build
}

all()
{
	# Here and not below, as it tells what it installs.
	tests/vm/setup.sh || { printf '@@begin set-up\n@@fail see above\n@@end 1 0\n'; return; }
	tests/matrix.sh --quick --whole "$target" --beside host --behind machine
}

part()
{
	case $1 in
	host) host_tests ;;
	machine) machine_tests ;;
	*) die "no part '$1'" ;;
	esac
	# What it is worth is for tests/tap.sh to say.
	return 0
}

[ "${1:-}" != --part ] || { part "$2"; exit; }
case ${1:-} in
--matrix) tests/matrix.sh ;;
'') if [ -n "${MMTRACE_KERNEL:-}${MMTRACE_ARCH:-}" ]; then tests/kernel.sh; else all; fi ;;
*) tests/kernel.sh "$@" ;;
esac | tests/tap.sh
