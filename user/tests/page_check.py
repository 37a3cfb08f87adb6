#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""page_check.py PAGE_SAMPLES: reads pages and pictures with parsers that are not ours; prints TAP."""
import base64
import hashlib
import html.parser
import re
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree

VOID = {"meta", "input", "br", "hr", "img", "link"}
SETS = ["usual", "plain", "lost", "cut", "one", "empty", "hostile"]
told = failed = 0


def result(good, what, *said):
    global told, failed
    told += 1
    failed += not good
    print("ok" if good else "not ok", told, "-", what)
    for line in said if not good else ():
        print("#", ascii(line)[:300])


def draw(*arguments):
    return subprocess.run([sys.argv[1], *arguments], stdout=subprocess.PIPE, check=True).stdout


class Page(html.parser.HTMLParser):
    """What is on a page, and what should not be."""

    def __init__(self, text):
        super().__init__()
        self.open, self.wrong, self.titles = [], [], []
        self.tags, self.cells, self.row = {}, [], None
        self.text, self.policy = {}, ""
        self.feed(text)
        self.close()
        self.wrong += self.open

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "href", "action", "srcset", "xlink:href"):
                self.wrong.append(name)
            if name == "title":
                self.titles.append(value)
            if name == "content" and "default-src" in value:
                self.policy = value
        if tag == "tr":
            self.row = []
        if tag == "td":
            self.row.append(dict(attrs).get("data-v"))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append("/" + tag)
        if tag == "tr":
            self.cells.append(self.row)

    def handle_data(self, data):
        tag = self.open[-1] if self.open else ""
        self.text[tag] = self.text.get(tag, "") + data

    def handle_comment(self, data):
        self.wrong.append("<!--" + data)


def shown(raw):
    """A name as a page shows it, computed in another way: what does not show is octal."""
    said = ""
    for char in raw.decode("utf-8", "surrogateescape"):
        hidden = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") or char in "\\\ufffe\uffff"
        said += "".join("\\%03o" % byte for byte in char.encode("utf-8", "surrogateescape")) \
            if hidden else char
    return said


def parse_svg(name, text):
    try:
        root = xml.etree.ElementTree.fromstring(text)
        good = root.tag == "{http://www.w3.org/2000/svg}svg"
        result(good and text.count(b"http") - text.count(b"http://example.invalid") == 1,
               name + ": an SVG that asks for nothing else")
        return root
    except xml.etree.ElementTree.ParseError as error:
        result(False, name + ": an SVG", error)
        return xml.etree.ElementTree.Element("nothing")


def colours(root):
    """Of layers: which classes the polygons have."""
    return [part.get("class") for part in root.iter() if part.tag.endswith("}polygon")]


for name in SETS:
    raw = draw("html", name)
    page = Page(raw.decode("utf-8"))
    result(not page.wrong and page.tags["body"] == 1, name + ": tags are in order", *page.wrong)
    outside = [word for word in re.findall(rb"https?:|url\(|@import", raw)
               if name != "hostile" or word != b"http:"]
    result(not outside and page.tags["script"] == 1, name + ": one script, nothing from elsewhere")
    script = page.text["script"]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    result("script-src 'sha256-%s'" % digest in page.policy, name + ": the policy knows the script")
    result(("alarm" in raw.decode().split("</style>")[1].split("<dl>")[0]) ==
           (name in ("lost", "cut", "hostile")), name + ": what is missing is told, or nothing is")
    parse_svg(name, draw("svg", name))

names = [bytes.fromhex(line) for line in draw("hostile").decode().split()]
page = Page(draw("html", "hostile").decode("utf-8"))
missing = [name for name in map(shown, names) if name not in page.titles]
result(len(names) > 10 and not missing, "hostile: names are as they must be", *missing)

page = Page(draw("html", "usual").decode("utf-8"))
calls = sum(int(float(row[5])) for row in page.cells if len(row) == 9 and row[5] and not row[1])
result(calls == 4000, "the rows of the table are all calls", calls)
result(colours(parse_svg("usual", draw("svg", "usual"))) == ["s%d" % i for i in range(9)],
       "a layer for each of eight processes, and one for the others")
for name, tree in ("usual", True), ("plain", False):
    said = draw("html", name)
    result((b"Flame graph of stacks" in said, b"records have a stack, which -k would" in said) ==
           (tree, not tree), name + ": stacks are a tree, or are said to be there")
sizes = len(draw("html", "usual", "300000")), len(draw("svg", "usual", "300000"))
result(100000 < sizes[0] < 2000000 and sizes[1] < 200000, "300000 records make no large page", sizes)
print("1..%d" % told)
sys.exit(bool(failed))
