#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# recording_check.py RECORDING PROGRAM - reads a recording by what it says of itself, as a
# reader in another language would, and compares with what report makes of it

import json
import struct
import subprocess
import sys

told = 0
failed = False


def ok(good, what, details=""):
    global told, failed
    told += 1
    failed |= not good
    print(f"{'ok' if good else 'not ok'} {told} - {what}")
    if not good:
        print(f"# {details}")


def sections(data):
    magic, order, version = struct.unpack_from("<8sII", data)
    assert magic == b"\xf7mmtrace" and order == 0x01020304 and version == 1
    at = 16
    while at < len(data):
        kind, _, length, _, _ = struct.unpack_from("<IIQII", data, at)
        yield kind, data[at + 24:at + 24 + length]
        at += 24 + (length + 7) // 8 * 8


def layout(text):
    parts, events = {}, {}
    for line in text.decode().splitlines():
        words = line.split()
        if words[0] == "part":
            part = parts[words[1]] = {"size": int(words[2]), "fields": [], "array": None}
        elif words[0] == "field":
            part["fields"].append((words[1], int(words[2]), int(words[3]), words[4]))
        elif words[0] == "array":
            part["array"] = (words[1], int(words[2]), words[3], int(words[4]), words[5])
        else:
            events[int(words[1])] = (words[2], words[3:])
    return parts, events


def value(data, at, size, kind):
    piece = data[at:at + size]
    if kind == "text":
        return piece.split(b"\0")[0]
    return int.from_bytes(piece, "little", signed=kind == "signed")


def decode_part(part, data, at):
    got = {name: value(data, at + offset, size, kind) for name, offset, size, kind in part["fields"]}
    size = part["size"]
    if part["array"]:
        name, offset, count, each, kind = part["array"]
        if kind == "text":
            got[name] = data[at + offset:at + offset + got[count]]
            size = offset + got[count] + 1
        else:
            got[name] = [value(data, at + offset + i * each, each, kind) for i in range(got[count])]
            size = offset + got[count] * each
    return got, (size + 7) // 8 * 8


def decode(parts, events, data):
    at = 0
    while at < len(data):
        head, size = decode_part(parts["head"], data, at)
        name, wanted = events.get(head["event"], ("unknown", []))
        got = {"head": head}
        where = at + size
        for part in wanted[1:]:
            part, _, flag = part.partition(":")
            if flag and not head["flags"] & int(flag, 16):
                continue
            got[part], size = decode_part(parts[part], data, where)
            where += size
        if wanted and where != at + head["size"]:
            raise ValueError(f"{name}: {where - at} bytes, not {head['size']}")
        yield name, got
        at += head["size"]


def same_value(ours, theirs):
    if isinstance(ours, bytes):
        return ours.decode(errors="replace") == theirs
    if isinstance(theirs, str):
        return int(theirs, 0) % 2 ** 64 == ours % 2 ** 64
    return ours == theirs


# What JSON has by name, or in another form.
OTHERWISE = {"head": ["size", "event", "flags"], "lost": ["cause", "missed_event"],
             "stack": ["depth", "flags", "ip"], "file": ["path_len"]}


def differences(name, parts, line):
    if line["event"] != name:
        yield f"event {line['event']}"
    known = {key for fields in parts.values() for key in fields} | {"pgoffset", "event_number"}
    yield from (f"no {key}" for key in line if type(line[key]) is int and key not in known)
    for part, fields in parts.items():
        for key, ours in fields.items():
            if key in OTHERWISE.get(part, []):
                continue
            if (name, key) == ("mmap2", "off"):
                key = "pgoffset"
            if line.get(key) is None and (key, ours) == ("fd", -1):
                continue
            if key not in line or not same_value(ours, line[key]):
                yield f"{part} {key}: {ours} {line.get(key)}"
    frames = [int(frame["ip"], 16) for frame in line.get("stack", [])]
    if frames != parts.get("stack", {}).get("ip", []):
        yield "stack"


def main():
    data = open(sys.argv[1], "rb").read()
    found = list(sections(data))
    parts, events = layout(next(text for kind, text in found if kind == 4))
    records = [r for kind, batch in found if kind == 5 for r in decode(parts, events, batch)]
    report = subprocess.run([sys.argv[2], "report", "--json", sys.argv[1]],
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    lines = [json.loads(line) for line in report.stdout.decode().splitlines()]
    ok(len(lines) == len(records) > 5, "as many records", f"{len(records)} {len(lines)}")
    for (name, got), line in zip(records, lines):
        found = list(differences(name, got, line))
        ok(not found, f"{name}, {sum(map(len, got.values()))} fields", found)
    print(f"1..{told}")
    sys.exit(failed)


main()
