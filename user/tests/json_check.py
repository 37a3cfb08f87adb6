#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Reads the corpus of json_test with a JSON parser that is not ours; prints TAP."""
import json
import sys


def well_formed(raw):
    try:
        raw.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False


def no_constant(name):
    raise ValueError(name)


def unique(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError("a key twice")
    return dict(pairs)


def check_name(record, key, raw):
    """The name says what the bytes say, or the bytes stand beside it."""
    if well_formed(raw):
        return record[key] == raw.decode("utf-8") and key + "_hex" not in record
    return bytes.fromhex(record[key + "_hex"]) == raw and "\ufffd" in record[key]


lines = sys.stdin.buffer.read().split(b"\n")
bad, paths, others = [], 0, 0
for line, expected in zip(lines[::2], lines[1::2]):
    try:
        record = json.loads(line.decode("utf-8"), parse_constant=no_constant,
                            object_pairs_hook=unique)
        good = isinstance(record, dict) and "event" in record
        if expected == b"-":
            others += 1
        else:
            raw = bytes.fromhex(expected.decode())
            good = good and check_name(record, "path", raw)
            good = good and check_name(record, "comm", raw[:15].split(b"\0")[0])
            paths += 1
    except (ValueError, KeyError) as error:
        good = False
        print("#", error)
    if not good:
        bad.append(line)

print("1..2")
for line in bad[:5]:
    print("#", line)
print("ok" if paths > 20000 and others == 1600 else "not ok", "1 - the corpus is whole:",
      paths, "paths,", others, "others")
print("not ok" if bad else "ok", "2 - every line is JSON and says the exact bytes")
sys.exit(bool(bad))
