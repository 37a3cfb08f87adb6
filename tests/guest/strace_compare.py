#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""strace_compare.py STRACE JSON - do strace and mmtrace say the same?

STRACE is what `strace -f -X raw -o` wrote, JSON the records of mmap, mremap and
remap_file_pages. Of each thread that strace saw, both must have the same calls,
arguments and results in the same order; other threads' records are left alone.
Prints how many calls were compared, or up to ten differences.
"""
import collections
import json
import re
import sys

CALL = re.compile(r"(\w+)\((.*?)(?:\)\s+= (.*)| <unfinished \.\.\.>)$")
REST = re.compile(r"<\.\.\. (\w+) resumed>(.*?)\)\s+= (.*)$")
EVENTS = {
    "mmap": ("addr", "length", "prot", "flags", "fd", "off"),
    "mremap": ("old_address", "old_size", "new_size", "flags", "new_address"),
    "remap_file_pages": ("addr", "size", "prot", "pgoff", "flags"),
}


def number(word):
    """As strace has it, as an unsigned one of 64 bits."""
    return 0 if word == "NULL" else int(word, 0) & (1 << 64) - 1


def result(word):
    """An address, or the name of an error; with -X raw strace says "-1 EBADF (...)"."""
    fields = word.split()
    if fields[0] == "-1" and len(fields) > 1:
        return fields[1]
    return number(fields[0])


def parse_strace(lines):
    """Per thread the calls as (event, arguments, result)."""
    calls = collections.defaultdict(list)
    begun = {}
    for line in lines:
        tid, rest = line.rstrip("\n").split(None, 1)
        if rest.startswith(("+++", "---")):
            calls[int(tid)]
            continue
        match = REST.match(rest)
        if match:
            name, args = begun.pop(tid)
            assert name == match[1], line
            args, ret = args + match[2], match[3]
        else:
            match = CALL.match(rest)
            assert match, "strace: " + line
            name, args, ret = match[1], match[2], match[3]
            if ret is None:
                begun[tid] = (name, args)
                continue
        args = [number(arg.strip()) for arg in args.split(",")]
        calls[int(tid)].append((name, args, result(ret)))
    assert not begun, begun
    return calls


def parse_json(lines):
    """The same of mmtrace's records; how many were lost, too."""
    calls = collections.defaultdict(list)
    lost = 0
    for line in lines:
        record = json.loads(line)
        if record["event"] == "lost":
            lost += record["count"]
            continue
        args = [number(str(record[key])) for key in EVENTS[record["event"]]]
        ret = record["errno"] or number(record["ret"])
        calls[record["tid"]].append((record["event"], args, ret))
    return calls, lost


def shortened(call, like):
    """strace leaves arguments out that the kernel doesn't look at."""
    return (call[0], call[1][:len(like[1])], call[2]) if like[0] == "mremap" else call


def compare(theirs, ours):
    for tid, calls in theirs.items():
        mine = ours.get(tid, [])
        for i in range(max(len(calls), len(mine))):
            if i >= len(mine):
                yield f"thread {tid}, call {i}: missing: {calls[i]}"
            elif i >= len(calls):
                yield f"thread {tid}, call {i}: strace does not have {mine[i]}"
            elif calls[i] != shortened(mine[i], calls[i]):
                yield f"thread {tid}, call {i}: strace: {calls[i]} mmtrace: {mine[i]}"


def main():
    with open(sys.argv[1]) as file:
        theirs = parse_strace(file)
    with open(sys.argv[2]) as file:
        ours, lost = parse_json(file)
    differences = list(compare(theirs, ours))
    if lost:
        differences.append(f"{lost} records lost")
    print("\n".join(differences[:10]) or sum(map(len, theirs.values())))
    return bool(differences)


sys.exit(main())
