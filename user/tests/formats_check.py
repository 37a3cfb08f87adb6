#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""formats_check.py PROGRAM FORMAT - reads what formats_test writes in a format with a
parser that is not ours, and compares it with the same records as JSON; prints TAP.

The records are those of a corpus with hostile names, losses, errors and events of a
newer module."""
import collections
import csv
import decimal
import io
import json
import math
import os
import re
import subprocess
import sys
import tempfile

PAGE = 4096
MREMAP_DONTUNMAP = 4
CALLS = ("do_mmap", "mremap", "remap_file_pages", "mmap", "mmap2")
told = failed = 0


def ok(good, what, *details):
    global told, failed
    told += 1
    print("ok" if good else "not ok", told, "-", what)
    if not good:
        failed += 1
        for detail in details:
            print("#", repr(detail)[:1000])


def written(form, *more):
    return subprocess.run([program, form, *more], check=True, stdout=subprocess.PIPE).stdout


def exact(record, key):
    """The bytes of a name."""
    if key + "_hex" in record:
        return bytes.fromhex(record[key + "_hex"])
    return (record.get(key) or "").encode()


def unescaped(text):
    return re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8)]), text.encode())


def differences(pairs):
    return [pair for pair in pairs if pair[1] != pair[2]][:5]


# CSV

def cell(record, key):
    value = record.get(key)
    if record["event"] == "unknown" and key == "size":
        return ""
    if key == "stack":
        return ";".join(frame["ip"] for frame in value or ())
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def check_csv(records):
    raw = written("csv")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline=""), strict=True))
    header, rows = rows[0], rows[1:]
    ok(len(rows) == len(records), "a row a record", len(rows), len(records))
    ok(len(header) == len(set(header)), "each column once", header)
    ok(all(len(row) == len(header) for row in rows), "all rows have all columns")
    lines = raw.split(b"\r\n")
    ok(len(lines) == len(rows) + 2 and not re.search(rb"[\0-\x1f\x7f]", b"".join(lines)),
       "a row is one line, without a control character")
    rows = [dict(zip(header, row)) for row in rows]
    names = ("path", "comm")
    bad = differences((key, row[key], cell(record, key)) for row, record in zip(rows, records)
                      for key in header if key not in names)
    ok(not bad, "all cells are as in JSON, and empty if there they are not", *bad)
    bad = differences((key, unescaped(row[key]), exact(record, key))
                      for row, record in zip(rows, records) for key in names)
    ok(not bad, "names have their exact bytes", *bad)
    keys = {key for record in records for key in record if not key.endswith("_hex")}
    ok(keys == set(header), "no key of JSON is left out", keys ^ set(header))


# CTF

def by_cpu(records):
    """As CTF has them: time does not go back within a CPU."""
    cpus = collections.defaultdict(list)
    for record in records:
        part = cpus[record["cpu"]]
        time = max(record["time"], part[-1]["time"] if part else 0)
        part.append(dict(record, time=time))
    return cpus


def errno_of(record):
    return -int(record["ret"]) if record.get("errno") else 0


def expected_field(record, name):
    value = record.get(name)
    if name in ("comm", "path"):
        return exact(record, name).split(b"\0")[0]
    if name == "errno":
        return errno_of(record)
    if name == "ret":
        return int(value, 0) % 2 ** 64
    if name == "has_fd":
        return int(record["fd"] is not None)
    if name == "has_file":
        return int(record["path"] is not None)
    if name == "syscall" and value is None:
        return -1
    if name in ("stack", "stack_depth"):
        stack = [int(frame["ip"], 0) for frame in value or record.get("stack", ())]
        return stack if name == "stack" else len(stack)
    if isinstance(value, str) and value.startswith("0x"):
        return int(value, 0)
    return int(value or 0)


def got_field(bt2, field):
    if isinstance(field, bt2._StringFieldConst):
        return str(field).encode("utf-8", "surrogateescape")
    if isinstance(field, bt2._ArrayFieldConst):
        return [int(element) for element in field]
    return int(field)


def compare_event(bt2, message, record):
    event = message.event
    yield "event", event.name, record["event"]
    yield "time", message.default_clock_snapshot.value, record["time"]
    for name, field in event.payload_field.items():
        if name in ("cause", "missed_event") and not (record[name] or "0").isdigit():
            yield name, list(field.labels), [record[name]]
        else:
            yield name, got_field(bt2, field), expected_field(record, name)
    missing = {key for key in record if not key.endswith(("_hex", "_names"))} - \
        set(event.payload_field) - {"event", "cpu", "time", "size"}
    yield "nothing missing", missing, set()


def ctf_messages(bt2, path):
    events, discarded = collections.defaultdict(list), []
    trace = None
    for message in bt2.TraceCollectionMessageIterator(path):
        if isinstance(message, bt2._EventMessageConst):
            events[int(message.event.packet.context_field["cpu_id"])].append(message)
        elif isinstance(message, bt2._DiscardedEventsMessageConst):
            discarded.append(message)
        elif isinstance(message, bt2._StreamBeginningMessageConst):
            trace = message.stream.trace
    return events, discarded, trace


def losses(cpus):
    """How many, and until when."""
    return sorted((record["count"], record["time"]) for records in cpus.values()
                  for record in records if record["event"] == "lost" and record["count"])


def check_ctf(records):
    try:
        import bt2
    except ImportError:
        ok(True, "# SKIP no python3-bt2")
        return
    with tempfile.TemporaryDirectory() as directory:
        path = directory + "/trace"
        written("ctf", path)
        events, discarded, trace = ctf_messages(bt2, path)
        cpus = by_cpu(records)
        counts = {cpu: len(messages) for cpu, messages in events.items()}
        ok(counts == {cpu: len(part) for cpu, part in cpus.items()},
           "as many events on each CPU", counts)
        bad = []
        for cpu, part in cpus.items():
            for message, record in zip(events[cpu], part):
                bad += differences(compare_event(bt2, message, record))
        ok(not bad, "all fields are as in JSON", *bad[:5])
        got = sorted((message.count, message.end_default_clock_snapshot.value)
                     for message in discarded)
        ok(got == losses(cpus), "each loss is events discarded until then", got, losses(cpus))
        check_ctf_facts(trace, events)
        check_ctf_many(directory + "/many")
        ok(counted(path, directory + "/many") == len(records) + 100000, "two traces at once")


def check_ctf_facts(trace, events):
    message = next(iter(events.values()))[0]
    clock = message.default_clock_snapshot.clock_class
    offset = clock.offset.seconds * 10 ** 9 + clock.offset.cycles
    ok(offset == 1700000000123456789, "the clock's offset", offset)
    ok(message.default_clock_snapshot.ns_from_origin == offset +
       message.default_clock_snapshot.value, "times of the day come of it")
    environment = {name: trace.environment[name] for name in trace.environment}
    ok(environment == {"hostname": 'a "host"\\', "sysname": "Linux", "kernel_release": "6.1.0",
                       "machine": "x86_64", "tracer_name": "mmtrace",
                       "tracer_version": "0.1.0", "page_size": 4096},
       "the environment", environment)


def counted(*paths):
    """How many events babeltrace2 counts."""
    said = subprocess.run(["babeltrace2", *paths, "-c", "sink.utils.counter"],
                          stdout=subprocess.PIPE).stdout.decode()
    counts = re.findall(r"(\d+) Event message", said)
    return int(counts[-1]) if counts else said


def check_ctf_many(path):
    """More than a few packets, and no Python in between."""
    written("ctf", path, "100000")
    ok(counted(path) == 100000, "babeltrace2 counts 100000 events")


# Chrome

KEYS = {
    "M": {"ph", "pid", "tid", "name", "args"},
    "X": {"ph", "name", "cat", "pid", "tid", "ts", "dur", "args"},
    "C": {"ph", "name", "cat", "pid", "tid", "ts", "args"},
    "i": {"ph", "s", "name", "cat", "pid", "tid", "ts", "args"},
}


def well_typed(event):
    return set(event) == KEYS.get(event["ph"]) and \
        all(type(event[key]) is int for key in ("pid", "tid")) and \
        all(event.get(key, 0) >= 0 for key in ("ts", "dur"))


def unique(pairs):
    if len(pairs) != len(dict(pairs)):
        raise ValueError("a key twice")
    return dict(pairs)


def pages(size):
    return -(-min(size, 1 << 62) // PAGE) * PAGE


def mapped(record):
    """Bytes more that are mapped since."""
    if record["errno"] or record["event"] not in ("do_mmap", "mremap"):
        return 0
    if record["event"] == "do_mmap":
        return pages(record["len"])
    return pages(record["new_size"]) - \
        (0 if record["flags"] & MREMAP_DONTUNMAP else pages(record["old_size"]))


def expected_counters(records):
    sums, counters = collections.Counter(), []
    for record in records:
        if record["event"] in CALLS and mapped(record):
            if not -2 ** 63 <= sums[record["tgid"]] + mapped(record) < 2 ** 63:
                continue
            sums[record["tgid"]] += mapped(record)
            counters.append((record["tgid"], record["time"], sums[record["tgid"]]))
    return counters


def ns(event, key="ts"):
    return int(decimal.Decimal(event[key]) * 1000)


def check_slices(events, records):
    slices = [event for event in events if event["ph"] == "X"]
    calls = [record for record in records if record["event"] in CALLS]
    bad = differences((event["name"], (event["name"], event["pid"], event["tid"],
                                       ns(event) + ns(event, "dur"), ns(event, "dur"),
                                       event["args"]),
                       (record["event"], record["tgid"], record["tid"], record["time"],
                        min(record["duration"], record["time"]), record))
                      for event, record in zip(slices, calls))
    ok(len(slices) == len(calls) and not bad, "a slice a call, with what JSON has", *bad)


def check_names(events):
    names, bad = {}, []
    for event in events:
        if event["ph"] == "M":
            key = event["pid"] if event["name"] == "process_name" else (event["pid"], event["tid"])
            names[key] = event["args"]["name"]
        elif event["ph"] == "X":
            if names.get((event["pid"], event["tid"])) != event["args"]["comm"] or \
                    event["pid"] not in names:
                bad.append(event)
    ok(not bad, "each process and thread has its name before its first slice", *bad[:3])


def check_chrome(records):
    raw = written("chrome")
    trace = json.loads(raw.decode("utf-8"), object_pairs_hook=unique, parse_float=decimal.Decimal)
    events = trace["traceEvents"]
    bad = [event for event in events if not well_typed(event)]
    ok(not bad, "all events have the keys of their phase", *bad[:3])
    ok(trace["otherData"]["wall"] == "1700000000123456789" and
       trace["otherData"]["host"] == 'a "host"\\', "what is told of the machine", trace["otherData"])
    check_slices(events, records)
    check_names(events)
    counters = [(e["pid"], ns(e), e["args"]["bytes"]) for e in events if e["ph"] == "C"]
    expected = expected_counters(records)
    ok(counters == expected, "counters of mapped bytes", counters[:3], expected[:3])
    instants = [event["args"] for event in events if event["ph"] == "i"]
    ok(instants == [r for r in records if r["event"] not in CALLS], "instants for the others")
    ok(len(raw.splitlines()) == len(events) + 3, "a line an event")


# Folded stacks

def octal(raw):
    """Bytes of names as they are in a stack; the corpus has no other characters to hide."""
    return "".join(c if c == " " or shown(c) else
                   "".join("\\%03o" % byte for byte in c.encode("utf-8", "surrogateescape"))
                   for c in raw.decode("utf-8", "surrogateescape"))


def shown(c):
    return c not in ";\\\u2028" and ord(c) > 32 and not 0x7f <= ord(c) <= 0xa0 and \
        not 0xdc80 <= ord(c) <= 0xdcff


def folded(record):
    event = record["event"]
    if event == "lost":
        return "[lost];" + record["cause"]
    if event == "unknown":
        return "[unknown];%u" % record["event_number"]
    words = [octal(exact(record, "comm")) or "\\000"]
    if "stack" in record:
        words += [frame["ip"] for frame in reversed(record["stack"])] + [event]
    else:
        words.append(event)
        if event == "do_mmap":
            words.append("[anon]" if record["path"] is None else octal(exact(record, "path")))
    return ";".join(words)


def check_folded(records, form, number_of):
    expected = collections.Counter()
    for record in records:
        expected[folded(record)] += number_of(record)
    raw = written(form).decode("utf-8")
    got = {}
    for line in raw.splitlines():
        stack, number = line.rsplit(" ", 1)
        got[stack] = int(number)
    bad = differences((stack, got.get(stack), number) for stack, number in expected.items()
                      if number)
    ok(not bad, "stacks and their numbers", *bad)
    total = sum(expected.values())
    ok(sum(got.values()) == total, "their sum", sum(got.values()), total)
    ok(raw.splitlines() == sorted(raw.splitlines(), key=lambda l: l.rsplit(" ", 1)[0].encode()),
       "in order")
    check_flame_graph(raw, total)


def check_flame_graph(raw, total):
    tool = "/usr/share/perl5/Devel/NYTProf/flamegraph.pl"
    if not os.path.exists(tool):
        ok(True, "# SKIP no libdevel-nytprof-perl")
        return
    done = subprocess.run(["perl", tool, "--minwidth=0"], input=raw.encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    svg = done.stdout.decode("utf-8", "replace")
    ok(not done.returncode and not done.stderr, "flamegraph.pl takes it", done.stderr)
    found = re.search(r"all \(([\d,]+) samples, 100%\)", svg)
    # As Perl counts: exactly up to 2^53.
    ok(found and math.isclose(int(found[1].replace(",", "")), total, rel_tol=1e-12),
       "and counts the same", total, found and found[0])


def count_of(record):
    return record["count"] or 0 if record["event"] == "lost" else 1


def bytes_of(record):
    return max(0, mapped(record)) if record["event"] in CALLS else 0


CHECKS = {
    "csv": check_csv,
    "ctf": check_ctf,
    "chrome": check_chrome,
    "folded": lambda records: check_folded(records, "folded", count_of),
    "folded-bytes": lambda records: check_folded(records, "folded-bytes", bytes_of),
}

program = sys.argv[1]
corpus = [json.loads(line) for line in written("json").decode("utf-8").split("\n") if line]
seen = {record["event"] for record in corpus}
ok(len(corpus) == 4000 and seen == {*CALLS, "lost", "unknown"}, "the corpus is whole", seen)
CHECKS[sys.argv[2]](corpus)
print("1..%d" % told)
sys.exit(bool(failed))
