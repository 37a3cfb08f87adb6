#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# lint.sh style|tree|sparse|warnings|versions - silent if there is nothing to say
#
#   style     checkpatch over all C files
#   tree      what only some files may know is in no other
#   sparse    sparse over the module
#   warnings  gcc with W=1 over the module, all of it anew
#   versions  whether all who name the version name that of Kbuild

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/vm/lib.sh"
select_kernel

# What checkpatch asks for that does not hold here:
#   FILE_PATH_CHANGES     there is no MAINTAINERS file
#   LINUX_VERSION_CODE    an out-of-tree module has one file that needs it: see tree
#   CONSTANT_COMPARISON   takes LINUX_VERSION_CODE for a constant
#   LINE_SPACING          the number of an ioctl stands right below its struct
ignored=FILE_PATH_CHANGES,LINUX_VERSION_CODE,CONSTANT_COMPARISON,LINE_SPACING
# And of programs: what only the kernel's own headers have, what ENOSYS means to
# whoever implements a system call, words for users that happen to be the name of a
# function, as "status" is, and volatile, which C asks for in handlers of signals.
ignored_programs=$ignored,PREFER_KERNEL_TYPES,ARRAY_SIZE,PREFER_DEFINED_ATTRIBUTE_MACRO,BIT_MACRO
ignored_programs+=,ENOSYS,EMBEDDED_FUNCTION_NAME,VOLATILE

# And of those that call libraries with names like that, or are called by one.
ignored_libdw=$ignored_programs,CAMELCASE
ignored_libfuzzer=$ignored_programs,CAMELCASE,WEAK_DECLARATION
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
	local kernel_files program_files shim_files fuzzer_files

	# checkpatch leaves files where it is run.
	mkdir -p "$build/style"
	cd "$build/style"
	ln -sfn "$top"/{module,include,user,tests,bench} .
	mapfile -t kernel_files < <(c_files module include)
	mapfile -t program_files < <(c_files user tests bench | grep -v -e /shim/ -e user/lib/image.c -e '/fuzz/[^/]*$')
	mapfile -t shim_files < <(c_files tests/ring/shim)
	mapfile -t fuzzer_files < <(c_files tests | grep '/fuzz/[^/]*$')
	checkpatch "$ignored" "${kernel_files[@]}"
	checkpatch "$ignored_programs" "${program_files[@]}"
	checkpatch "$ignored_libdw" user/lib/image.c
	checkpatch "$ignored_shim" "${shim_files[@]}"
	checkpatch "$ignored_libfuzzer" "${fuzzer_files[@]}"
}

# only_in FILES PATTERN: in no other C file of the module and the program
only_in()
{
	local file

	for file in $(cd "$top" && c_files module user | grep -v /tests/ | xargs grep -lE -e "$2"); do
		case " $1 " in *" $file "*) continue ;; esac
		(cd "$top" && grep -nE -e "$2" "$file" | sed "s,^,$file:,")
		echo "that belongs in $1 alone"
		status=1
	done
}

# A pattern that is nowhere would check nothing.
tree()
{
	local files pattern

	while read -r pattern files; do
		[ -n "$pattern" ] || continue
		# shellcheck disable=SC2086 # names of files
		if ! (cd "$top" && grep -qE -e "$pattern" $files); then
			echo "$pattern is in none of $files"
			status=1
		fi
		only_in "$files" "$pattern"
	done <<-END
		LINUX_VERSION_CODE|KERNEL_VERSION module/compat.h
		task_pt_regs|regs_(get|return)|regs-> module/entry.c module/stack.c module/tripwire.c
		"__(x64|ia32|arm64|do)_ module/hook.c
		copy_(to|from)_user module/ioctl.c module/reader.c module/compat.h
		peek_user module/entry.c module/stack.c module/tripwire.c module/compat.h
		MMTRACE_IOC_[A-Z] module/ioctl.c user/lib/device.c
		"/dev/mmtrace include/libmmtrace.h
		"lib/ user/filter.h user/filter.c
		tracepoint_probe_|trace/events/ module/follow.c
		smp_(mb|rmb|wmb)\(\) module/ring.c module/ring.h module/walk.c
	END
	quiet_library
}

# A library neither prints nor exits.
quiet_library()
{
	! grep -nE '\<(complain|exit|abort|perror|printf|puts|putchar)\(|stdout|stderr|message\.h' "$top"/user/lib/*.[ch] ||
		status=1
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

# version_of FILE PATTERN: what the first line that matches says
version_of()
{
	sed -n "s/^$2.*/\1/p" "$top/$1" | head -n 1
}

versions()
{
	local truth file pattern said

	truth=$(version_of Kbuild 'MMTRACE_VERSION := \([0-9.]*\)')
	while read -r file pattern; do
		said=$(version_of "$file" "$pattern")
		[ "$said" != "$truth" ] || continue
		echo "$file says version ${said:-none}, Kbuild ${truth:-none}"
		status=1
	done <<-'END'
		dkms.conf PACKAGE_VERSION="\([^"]*\)"
		debian/changelog mmtrace (\([^)]*\))
		CHANGELOG.md ## \([0-9.]*\)
		README.md .*dkms install mmtrace\/\([0-9.]*\)
		README.md .*dkms remove mmtrace\/\([0-9.]*\)
		README.md .*\/usr\/src\/mmtrace-\([0-9.]*\)
	END
}

status=0
case ${1:-} in
style | tree | sparse | warnings | versions) "$1" ;;
*) die "usage: tests/lint.sh style|tree|sparse|warnings|versions" ;;
esac
exit "$status"
