#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""page_browser.py PAGE_SAMPLES: looks at pages in a real browser; prints TAP.

The browser is driven through its debugging pipe, and what it has drawn comes back as PNG.
"""
import base64
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import zlib

PROGRAMS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
           "--hide-scrollbars", "--force-color-profile=srgb", "--remote-debugging-pipe", "about:blank"]
LAYERS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#6a51a3", "#c9b400", "#9aa1a9"]
EVENTS = ["#0072b2", "#d55e00"]
FLAMES = ["#fbd7b0", "#f9c491", "#fbe3a8", "#f5c8b8", "#efdcb8", "#e9d3c6"]
LOST = "#b3001b"
PAPER = {"light": "#ffffff", "dark": "#14171b"}
told = failed = 0


def result(good, what, *said):
    global told, failed
    told += 1
    failed += not good
    print("ok" if good else "not ok", told, "-", what)
    for line in said if not good else ():
        print("#", ascii(line)[:300])


class Browser:
    """A page in a browser, and all that it complains about or asks the network for."""

    def __init__(self, program, profile):
        ours, self.commands = os.pipe()
        self.answers, theirs = os.pipe()

        def give():
            # Its numbers are 3 and 4, and these may be ours.
            there, back = os.dup2(ours, 60), os.dup2(theirs, 61)
            os.dup2(there, 3)
            os.dup2(back, 4)

        self.process = subprocess.Popen([program, "--user-data-dir=" + profile, *OPTIONS],
                                        preexec_fn=give, close_fds=False, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        os.close(ours)
        os.close(theirs)
        self.pending, self.last, self.session, self.complaints, self.loaded = b"", 0, None, [], 0
        self.requests = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(domain + ".enable")

    def message(self):
        while b"\0" not in self.pending:
            more = os.read(self.answers, 1 << 20)
            if not more:
                raise EOFError("the browser is gone")
            self.pending += more
        text, self.pending = self.pending.split(b"\0", 1)
        return json.loads(text)

    def note(self, event):
        method, said = event.get("method"), event.get("params", {})
        if method == "Page.loadEventFired":
            self.loaded += 1
        elif method == "Network.requestWillBeSent":
            self.requests.append(said["request"]["url"])
        elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded",
                        "Page.javascriptDialogOpening"):
            self.complaints.append(said)

    def ask(self, method, **params):
        self.last += 1
        command = {"id": self.last, "method": method, "params": params}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.commands, json.dumps(command).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.last:
                if "error" in answer:
                    raise RuntimeError(method + ": " + str(answer["error"]))
                return answer["result"]
            self.note(answer)

    def window(self, width=1280, scheme="light"):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1,
                 mobile=False)
        self.ask("Emulation.setEmulatedMedia",
                 features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, path, script=True):
        self.complaints, self.requests, before = [], [], self.loaded
        self.window()
        self.ask("Emulation.setScriptExecutionDisabled", value=not script)
        self.ask("Page.navigate", url="file://" + path)
        while self.loaded == before:
            self.note(self.message())

    def run(self, script):
        """What the script, which is of the tests and not of the page, finds."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def pixels(self, selector, index=0):
        """Colours of what an element looks like, and how many pixels have each."""
        box = self.box(selector, index)
        shot = self.ask("Page.captureScreenshot", captureBeyondViewport=True, clip={
            "x": box[0], "y": box[1], "width": box[2], "height": min(box[3], 400), "scale": 0.5})
        return count_colours(base64.b64decode(shot["data"]))

    def box(self, selector, index):
        document = self.ask("DOM.getDocument")["root"]["nodeId"]
        nodes = self.ask("DOM.querySelectorAll", nodeId=document, selector=selector)["nodeIds"]
        if index >= len(nodes):
            return [0, 0, 400, 400]
        quad = self.ask("DOM.getBoxModel", nodeId=nodes[index])["model"]["border"]
        return [quad[0], quad[1], quad[2] - quad[0], quad[5] - quad[1]]

    def end(self):
        """It ends when its pipe does, and is waited for, as its profile is to be removed."""
        os.close(self.commands)
        os.close(self.answers)
        self.process.wait()


def unfilter(kind, line, above, step):
    """A line of a PNG as it was before it was filtered."""
    for i in range(len(line)):
        left = line[i - step] if i >= step else 0
        corner = above[i - step] if i >= step else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = above[i]
        elif kind == 3:
            guess = (left + above[i]) // 2
        else:
            near = left + above[i] - corner
            guess = min((left, above[i], corner), key=lambda value: abs(near - value))
        line[i] = (line[i] + guess) & 255


def count_colours(png):
    at, data, colours = 8, b"", {}
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at:at + 8])
        part = png[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", part[:10])
        elif kind == b"IDAT":
            data += part
        at += size + 12
    assert depth == 8 and colour in (2, 6)
    step, data = 3 if colour == 2 else 4, zlib.decompress(data)
    above = bytearray(width * step)
    for y in range(height):
        start = y * (width * step + 1)
        line = bytearray(data[start + 1:start + 1 + width * step])
        if data[start]:
            unfilter(data[start], line, above, step)
        for i in range(0, len(line), step):
            key = bytes(line[i:i + 3])
            colours[key] = colours.get(key, 0) + 1
        above = line
    return {"#" + key.hex(): count for key, count in colours.items()}


def some(colours, wanted, least):
    """Do all of these colours cover that many pixels at least?"""
    return all(colours.get(colour, 0) >= least for colour in wanted)


def charts(browser, page):
    browser.open(page("usual"))
    said = browser.pixels(".chart", 0)
    result(some(said, LAYERS, 150), "the timeline has nine layers", {c: said.get(c) for c in LAYERS})
    said = browser.pixels(".chart", 1)
    result(some(said, EVENTS, 300), "the durations of two events", {c: said.get(c) for c in EVENTS})
    for i, what in enumerate(("stacks", "files")):
        said = browser.pixels(".boxes", i)
        result(sum(said.get(c, 0) for c in FLAMES) > sum(said.values()) / 3,
               "the flame graph of " + what, said)
    result(not browser.complaints, "nothing to complain about", *browser.complaints)
    result(all(url.startswith("file://") for url in browser.requests) and len(browser.requests) == 1,
           "nothing is asked for but the page", *browser.requests)
    browser.open(page("empty"))
    said = browser.pixels("body", 0)
    result(not any(said.get(c) for c in LAYERS + FLAMES) and not browser.complaints,
           "no picture without records", said)
    browser.open(page("lost"))
    result(browser.pixels(".chart", 0).get(LOST, 0) > 100, "a gap is marked")
    result(browser.pixels(".alarm", 0).get(LOST, 0) > 100, "and told")
    browser.open(page("usual"), script=False)
    result(some(browser.pixels(".chart", 0), LAYERS, 150) and
           browser.pixels(".boxes", 1).get("#ffffff", 0) < 10000, "all of it without a script")


def windows(browser, page):
    browser.open(page("usual"))
    for width in (1280, 800, 400):
        for scheme in ("light", "dark"):
            browser.window(width, scheme)
            wide = browser.run("document.documentElement.scrollWidth")
            paper = browser.pixels("body", 0)
            result(wide <= width and sorted(PAPER.values(), key=lambda c: paper.get(c, 0))[-1] ==
                   PAPER[scheme], "%d pixels, %s" % (width, scheme), wide, paper)


def clicks(browser, page):
    browser.open(page("usual"))
    said = browser.run("""(function () {
        var search = document.getElementById("search");
        search.value = "Locale-Archive";
        search.dispatchEvent(new Event("input"));
        var rows = Array.from(document.querySelectorAll(".scroll:not(.sum) tbody tr"));
        var shown = rows.filter(row => row.getClientRects().length);
        return [rows.length, shown.length, shown.every(row => row.textContent.includes("locale-archive")),
            document.querySelectorAll(".hit").length, document.getElementById("found").textContent];
    })()""")
    result(said[0] > said[1] > 0 and said[2] and said[3] > 0 and
           said[4] == "%d rows, %d frames" % (said[1], said[3]), "the search finds what is there", said)
    said = browser.run("""(function () {
        var table = document.querySelectorAll(".scroll table")[1];
        var head = table.tHead.rows[0].cells[5];
        var sorted = [1, 2].map(function () {
            head.querySelector("button").click();
            return Array.from(table.tBodies[0].rows).map(row => Number(row.cells[5].dataset.v));
        });
        return sorted;
    })()""")
    result(said[0] == sorted(said[0], reverse=True) and said[1] == sorted(said[1]) and
           said[0] != said[1], "a table is sorted, both ways")
    said = browser.run("""(function () {
        var flame = document.querySelectorAll(".flame")[1];
        var boxes = Array.from(flame.querySelectorAll("b")), box = boxes[3];
        var width = () => box.getBoundingClientRect().width / flame.clientWidth;
        var before = width(), all = boxes.length;
        box.click();
        var zoomed = width(), left = boxes.filter(box => box.getClientRects().length).length;
        document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
        var after = width();
        var select = flame.previousElementSibling.querySelector("select");
        select.value = "byBytes";
        select.dispatchEvent(new Event("change"));
        return [before, zoomed, after, all, left, width()];
    })()""")
    result(said[0] < .5 and said[1] > .99 and abs(said[2] - said[0]) < 1e-3 and said[4] < said[3],
           "a frame is enlarged, and made small again", said)
    result(abs(said[5] - said[0]) > 1e-3, "bytes make other widths than calls", said)
    result(not browser.complaints, "nothing to complain about", *browser.complaints)


def attacks(browser, page):
    browser.open(page("hostile"))
    result(not browser.complaints and len(browser.requests) == 1, "hostile names do nothing",
           *browser.complaints, *browser.requests)
    browser.run("""(function () {
        var script = document.createElement("script"), image = document.createElement("img");
        script.textContent = "window.evil = 1";
        image.src = "https://example.invalid/x.png";
        document.body.append(script, image);
    })()""")
    result(browser.run("window.evil === undefined") and browser.complaints,
           "if they did, the policy would hold them", *browser.complaints)


def main():
    # A browser that hangs is not waited for forever.
    signal.alarm(600)
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if not program:
        print("1..1\nok 1 # SKIP no " + PROGRAMS[0])
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        def page(name):
            path = os.path.join(scratch, name + ".html")
            with open(path, "wb") as file:
                subprocess.run([sys.argv[1], "html", name, "600"], stdout=file, check=True)
            return path

        browser = Browser(program, os.path.join(scratch, "profile"))
        try:
            for look in (charts, windows, clicks, attacks):
                look(browser, page)
        finally:
            browser.end()
    print("1..%d" % told)
    return bool(failed)


sys.exit(main())
