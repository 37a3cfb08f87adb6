#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Reads a tables from standard input, with a JSON parser that is not ours, and
looks whether its numbers agree with each other."""

import json
import sys

TABLES = ("event", "process", "thread", "file", "origin", "cgroup", "user")
told = failed = 0


def ok(good, what):
    global told, failed
    told += 1
    failed += not good
    print(f"{'' if good else 'not '}ok {told} - {what}")


def agrees(row):
    latency = row["latency"]
    buckets = latency["histogram"]
    return (sum(count for _, _, count in buckets) == row["calls"]
            and all(low <= high for low, high, _ in buckets)
            and sum(row["errnos"].values()) == row["errors"] <= row["calls"]
            and latency["min"] <= latency["p50"] <= latency["p95"] <= latency["p99"] <= latency["max"]
            and latency["min"] <= latency["mean"] <= latency["max"])


lines = sys.stdin.read().splitlines()
ok(len(lines) == 1, "it is one line")
tables = json.loads(lines[0])
ok(agrees(tables["total"]), "the total agrees with itself")
for table in TABLES:
    rows = tables[table]
    ok(rows and all(map(agrees, rows)), f"{table}: rows agree with themselves")
    ok(sum(row["calls"] for row in rows) == tables["total"]["calls"], f"{table}: and are all calls")
ok(tables["total"]["errnos"] == {"ENOMEM": 64, "4000": 64}, "errors by name and number")
ok(tables["lost"] == {"ring_full": 7, "overwritten": 0, "missed": 2, "interrupted": 0,
                      "unknown": 1}, "losses by cause")
ok(tables["unknown_records"] == 1, "records of a newer module")
path = tables["file"][0]
ok(bytes.fromhex(path["path_hex"]).startswith(b"/usr/lib/a\n\t\x1b[31m/"), "a path that is no UTF-8")
ok(tables["origin"][0]["compat"] is True, "system calls of 32 bits")
print(f"1..{told}")
sys.exit(failed != 0)
