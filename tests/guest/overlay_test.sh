#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Files of an overlay, as most containers have them: their paths are those that programs
# see, before and after a file was copied up, and the selftest finds a file of another
# filesystem, as an overlay's own list of mappings may name the one below.

. "$(dirname "$0")/testing.sh"

if ! grep -qw overlay /proc/filesystems; then
	result 0 "overlay # SKIP this kernel has no overlay"
	done_testing
fi

# mapped FILE [UNLINKED]: the file that python maps, as records have it, and whether it was deleted
mapped()
{
	mmtrace-ctl trace --json -o records --event do_mmap --len 0x125000 -- python3 -c '
import mmap, os, sys
fd = os.open(sys.argv[1], os.O_RDONLY)
if sys.argv[2:]:
    os.unlink(sys.argv[1])
mmap.mmap(fd, 0x125000, mmap.MAP_PRIVATE, mmap.PROT_READ)' "$@"
	grep -o '"path":"[^"]*"\|"unlinked":true' records | tr -d '"' | xargs
}

mkdir base
mount -t tmpfs none base
mkdir base/lower base/upper base/work base/merged base/lower/tmp
head -c 1200128 /dev/zero | tee base/lower/file >base/lower/other
check "an overlay is mounted" mount -t overlay none \
	-o "lowerdir=base/lower,upperdir=base/upper,workdir=base/work" base/merged
file=$PWD/base/merged/file
equal "a file of the lower layer" "$(mapped "$file")" "path:$file"
echo more >>"$file"
check "it is copied up" [ -s base/upper/file ]
equal "the same file of the upper layer" "$(mapped "$file")" "path:$file"
equal "one that is deleted" "$(mapped "${file%file}other" deleted)" "path:${file%file}other unlinked:true"
mount --bind base/merged/tmp /tmp
cd base/merged || exit
check "the selftest goes elsewhere" mmtrace-ctl selftest
equal "and leaves nothing here" "$(ls /tmp; ls -A . | xargs)" "file tmp"
cd ../.. || exit
umount /tmp base/merged base
done_testing
