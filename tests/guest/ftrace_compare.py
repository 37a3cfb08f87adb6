#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""ftrace_compare.py TRACE JSON WITHOUT - do ftrace and mmtrace say the same?

TRACE is ftrace's, with the events begin and end of do_mmap and two marks between
which they are compared; JSON is mmtrace's records of do_mmap; the process WITHOUT
is left out. Of each thread both must have the same calls, arguments and results in
the same order. Prints how many calls and threads were compared, or up to ten
differences.
"""
import collections
import json
import re
import sys

EVENT = re.compile(r"^.{16}-(\d+)\s+\[\d+\]\s+\S+\s+([\d.]+): (\w+): (.*)$")
ARGS = ("addr", "len", "prot", "flags", "pgoff")


def fields(text):
    return {key: int(value, 16) for key, value in re.findall(r"(\w+)=(0x[0-9a-f]+)", text)}


def parse_ftrace(lines, without):
    """Per thread the calls as (arguments, result), and the times of the marks."""
    calls = collections.defaultdict(list)
    begun = {}
    marks = {}
    for line in lines:
        match = EVENT.match(line)
        if not match:
            assert line.startswith("#") or not line.strip(), "ftrace: " + line
            continue
        tid, time, name, text = int(match[1]), float(match[2]), match[3], match[4]
        if name == "tracing_mark_write":
            marks[text.strip()] = time
        elif tid == without:
            continue
        elif name == "do_mmap_begin":
            assert tid not in begun, line
            begun[tid] = fields(text)
        else:
            begin = begun.pop(tid)
            calls[tid].append(([begin[arg] for arg in ARGS], fields(text)["ret"]))
    assert not begun, begun
    return calls, marks["first"], marks["last"]


def parse_json(lines, first, last):
    calls = collections.defaultdict(list)
    for line in lines:
        record = json.loads(line)
        if record["event"] == "lost":
            raise SystemExit("lost: " + line)
        if not first < record["time"] / 1e9 < last:
            continue
        args = [int(str(record[arg]), 0) for arg in ARGS]
        ret = int(record["ret"], 0) & (1 << 64) - 1
        calls[record["tid"]].append((args, ret))
    return calls


def compare(theirs, ours):
    for tid in sorted(theirs.keys() | ours.keys()):
        a, b = theirs.get(tid, []), ours.get(tid, [])
        if len(a) != len(b):
            yield f"thread {tid}: ftrace has {len(a)} calls, mmtrace {len(b)}"
        for i, (one, other) in enumerate(zip(a, b)):
            if one != other:
                yield f"thread {tid}, call {i}: ftrace: {one} mmtrace: {other}"


def main():
    with open(sys.argv[1], errors="replace") as file:
        theirs, first, last = parse_ftrace(file, int(sys.argv[3]))
    with open(sys.argv[2]) as file:
        ours = parse_json(file, first, last)
    differences = list(compare(theirs, ours))
    print("\n".join(differences[:10]) or
          f"{sum(map(len, theirs.values()))} calls, {len(theirs)} threads")
    return bool(differences)


sys.exit(main())
