#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# lint.sh style|sparse|warnings - silent if there is nothing to say
#
#   style     checkpatch over all C files
#   sparse    sparse over the module
#   warnings  gcc with W=1 over the module, all of it anew

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/vm/lib.sh"
select_kernel

# What checkpatch asks for that does not hold here:
#   FILE_PATH_CHANGES     there is no MAINTAINERS file
#   LINUX_VERSION_CODE    an out-of-tree module has one file that needs it;
#                         that no other has is checked below
#   CONSTANT_COMPARISON   takes LINUX_VERSION_CODE for a constant
#   LINE_SPACING          the number of an ioctl stands right below its struct
ignored=FILE_PATH_CHANGES,LINUX_VERSION_CODE,CONSTANT_COMPARISON,LINE_SPACING
# And of programs: what only the kernel's own headers have, what ENOSYS means to
# whoever implements a system call, and words for users that happen to be the name
# of a function, as "status" is.
ignored_programs=$ignored,PREFER_KERNEL_TYPES,ARRAY_SIZE,PREFER_DEFINED_ATTRIBUTE_MACRO,BIT_MACRO
ignored_programs+=,ENOSYS,EMBEDDED_FUNCTION_NAME

# And where programs get the kernel's own macros, what such macros are made of.
ignored_shim=$ignored_programs,CAMELCASE,COMPLEX_MACRO,MACRO_ARG_REUSE

# c_files DIRECTORY...
c_files()
{
	find -H "$@" -name '*.mod.c' -prune -o -name '*.[ch]' -print 2>/dev/null | sort
}

# checkpatch IGNORED FILE...
checkpatch()
{
	local ignored=$1 said
	shift

	said=$(perl "$("$vm/where" checkpatch)" --no-tree --root=. --strict --terse --show-types --quiet \
		--max-line-length=100 --ignore "$ignored" -f "$@" 2>&1) || status=1
	grep -v '^total: ' <<<"$said" | sed '/^$/d' || :
}

style()
{
	local kernel_files program_files shim_files

	# checkpatch leaves files where it is run.
	mkdir -p "$build/style"
	cd "$build/style"
	ln -sfn "$top"/{module,include,user,tests,bench} .
	mapfile -t kernel_files < <(c_files module include)
	mapfile -t program_files < <(c_files user tests bench | grep -v /shim/)
	mapfile -t shim_files < <(c_files tests/ring/shim)
	checkpatch "$ignored" "${kernel_files[@]}"
	checkpatch "$ignored_programs" "${program_files[@]}"
	checkpatch "$ignored_shim" "${shim_files[@]}"
	if c_files module | grep -v '/compat' | xargs grep -n LINUX_VERSION_CODE; then
		echo "LINUX_VERSION_CODE belongs in module/compat.h alone"
		status=1
	fi
}

# complain COMMAND...: shows what it says; a warning counts as a failure
complain()
{
	local log

	log=$("$@" 2>&1) || status=1
	[ -z "$log" ] || printf '%s\n' "$log"
	! grep -q 'warning:' <<<"$log" || status=1
}

sparse()
{
	complain "$vm/build-module.sh" "lint-$target" C=2
}

warnings()
{
	rm -rf "${build:?}/$target"
	complain "$vm/build-module.sh" "$target" W=1
}

status=0
case ${1:-} in
style | sparse | warnings) "$1" ;;
*) die "usage: tests/lint.sh style|sparse|warnings" ;;
esac
exit "$status"
