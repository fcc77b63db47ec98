#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Holds the documentation against what it describes: its links, the names of
the errors, and the properties of the elements. PIN_SOURCE is the source tree."""

import glob
import os
import re
import subprocess

import originlib

tap = originlib.Tap()
ROOT = os.environ["PIN_SOURCE"]
# What the elements inherit, and the README leaves to GStreamer
INHERITED = {"name", "parent", "blocksize", "num-buffers", "typefind",
             "do-timestamp", "async-handling", "message-forward"}


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as stream:
        return stream.read()


def pages():
    found = ["README.md", "tests/origin/README.md"]
    found += [os.path.relpath(path, ROOT)
              for path in glob.glob(os.path.join(ROOT, "docs", "*.md"))]
    return sorted(found)


def first_column(text):
    """The names in the first columns of a piece of Markdown, heads left out:
    `a`, `b` | …"""
    rows = re.findall(r"^\| (`.*?) \|.*\n(?!\|-)", text, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


@tap
def links_lead_somewhere():
    dead = []
    for page in pages():
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", read(page)):
            path = os.path.join(ROOT, os.path.dirname(page), target)
            if "://" not in target and not os.path.exists(path):
                dead.append("%s: %s" % (page, target))
    assert not dead, dead


@tap
def the_index_names_every_page():
    index = read("docs/README.md")
    lost = [page for page in pages() if page.startswith("docs/")
            and page != "docs/README.md"
            and "(%s)" % os.path.basename(page) not in index]
    assert not lost, lost


@tap
def the_errors_are_those_of_the_code():
    known = re.findall(r'VALUE \(\w+, "([a-z-]+)"\)', read("gst/pin/error.c"))
    assert len(known) > 10, known
    for page, title in (("docs/errors.md", "## The names"),
                        ("README.md", "## Errors")):
        section = read(page).partition(title)[2].partition("\n## ")[0]
        assert sorted(first_column(section)) == sorted(known), page


@tap
def the_properties_are_those_of_the_elements():
    for element in ("pinsrc", "pinmp4bin", "pinfetchsrc"):
        section = read("README.md").partition("### " + element + "\n")[2]
        told = first_column(re.split(r"\n##", section)[0])
        printed = subprocess.run(["gst-inspect-1.0", element], check=True,
                                 capture_output=True, text=True).stdout
        real = re.findall(r"^  ([a-z][a-z0-9-]*) +: ",
                          printed.partition("Element Properties:")[2],
                          re.MULTILINE)
        assert real, printed
        assert sorted(told) == sorted(set(real) - INHERITED), (element, real)


tap.run()
