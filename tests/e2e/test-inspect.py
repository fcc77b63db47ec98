#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""gst-inspect-1.0 on the plugin and each of its elements: what people and
programs learn of them. The tables below are the promise: names, types, ranges
and defaults of the properties; what stands there and is not in the table, or
the other way round, is a failure.

    GST_PLUGIN_PATH=… test-inspect.py [CHECK…]
"""

import re
import subprocess

import pinlib
from pinlib import originlib

tap = originlib.Tap(limit=30)

# Of GstObject, GstBaseSrc and GstBin, which are not ours
INHERITED = {"name", "parent", "blocksize", "num-buffers", "typefind",
             "do-timestamp", "automatic-eos", "async-handling",
             "message-forward"}

READ_WRITE = "readable, writable, changeable only in NULL or READY state"


class Element:
    def __init__(self, name, klass, pads, properties, schemes=(),
                 interfaces=()):
        self.name, self.klass, self.pads = name, klass, pads
        self.properties, self.schemes = properties, schemes
        self.interfaces = interfaces


# Property → flags, the line of type, range and default
ELEMENTS = [
    Element(
        "pinsrc", "Source/Network", {
            "src": ("SRC", "Always", ["application/x-hls", "video/quicktime"]),
        }, {
            "location": (READ_WRITE, "String. Default: null"),
            "quality": (READ_WRITE, 'String. Default: "best"'),
            "item": (READ_WRITE, "Unsigned Integer. Range: 1 - 4294967295 "
                     "Default: 1"),
            "proxy": (READ_WRITE, "String. Default: null"),
            "tls-ca-file": (READ_WRITE, "String. Default: null"),
            "user-agent": (READ_WRITE, "String. Default: null"),
            "timeout": (READ_WRITE, "Unsigned Integer. Range: 0 - 3600 "
                        "Default: 15"),
            "retries": (READ_WRITE, "Unsigned Integer. Range: 0 - 1000 "
                        "Default: 3"),
            "max-connections": (READ_WRITE, "Unsigned Integer. Range: 1 - 128 "
                                "Default: 16"),
            "max-buffer-bytes": (READ_WRITE, "Unsigned Integer64. Range: "
                                 "1048576 - 4294967295 Default: 33554432"),
            "allow-private": (READ_WRITE, "Boolean. Default: false"),
            "cover": (READ_WRITE, "Boolean. Default: true"),
            "captions": (READ_WRITE, 'String. Default: "none"'),
            "store": (READ_WRITE, "String. Default: null"),
            "proxies": (READ_WRITE, "String. Default: null"),
            "cookies": (READ_WRITE, 'Boxed pointer of type "GStrv"'),
            "cookies-file": (READ_WRITE, "String. Default: null"),
            "strategies": (READ_WRITE, "String. Default: null"),
            "access-token": (READ_WRITE.replace("readable, ", ""),
                             "String. Default: null Write only"),
            "access-token-file": (READ_WRITE, "String. Default: null"),
            "cache-time": (READ_WRITE, "Unsigned Integer. Range: 0 - 86400 "
                           "Default: 300"),
            "extra-headers": (READ_WRITE,
                              'Boxed pointer of type "GstStructure"'),
            "max-bitrate": (READ_WRITE, "Unsigned Integer64. Range: 0 - "
                            "9223372036854775807 Default: 0"),
            "max-request-rate": (READ_WRITE, "Unsigned Integer. Range: 0 - "
                                 "100000 Default: 0"),
            "missing-segment": (READ_WRITE, 'Enum "GstPinMissingSegment" '
                                'Default: 0, "error"'),
            "fragment-uris": (READ_WRITE, 'Enum "GstPinFragmentUris" '
                              'Default: 0, "auto"'),
            "stats": ("readable", 'Boxed pointer of type "GstStructure"'),
        }, ["pin"], ["GstURIHandler"]),
    Element(
        "pinfetchsrc", "Source/Network", {
            "src": ("SRC", "Always", ["ANY"]),
        }, {
            "uri": (READ_WRITE, "String. Default: null"),
        }, ["pinfrag"], ["GstURIHandler"]),
    Element(
        "pinmp4bin", "Codec/Muxer/Bin", {
            "sink": ("SINK", "Always", ["application/x-hls", "video/mpegts",
                                        "video/quicktime", "audio/mpeg"]),
            "sink_%u": ("SINK", "On request", ["video/mpegts",
                                               "video/quicktime",
                                               "audio/mpeg"]),
            "src": ("SRC", "Always", ["video/quicktime"]),
        }, {
            "format": (READ_WRITE, 'Enum "GstPinMp4Format" '
                       'Default: 0, "auto"'),
            "fragment-duration": (READ_WRITE, "Unsigned Integer. Range: "
                                  "1 - 600000 Default: 2000"),
        }, [], ["GstChildProxy"]),
    Element(
        "pinmp4mux", "Codec/Muxer", {
            "video_%u": ("SINK", "On request", ["video/x-h264",
                                                "video/x-h265"]),
            "audio_%u": ("SINK", "On request", ["audio/mpeg", "audio/x-ac3",
                                                "audio/x-eac3"]),
            "text_%u": ("SINK", "On request", ["text/x-raw"]),
            "src": ("SRC", "Always", ["video/quicktime"]),
        }, {
            "format": (READ_WRITE, 'Enum "GstPinMp4Format" '
                       'Default: 0, "auto"'),
            "fragment-duration": (READ_WRITE, "Unsigned Integer. Range: "
                                  "1 - 600000 Default: 2000"),
            "reserved-duration": (READ_WRITE, "Unsigned Integer64. Range: 0 - "
                                  "18446744073709551614 Default: 0"),
        }),
]


def inspect(*words):
    result = subprocess.run(
        ["gst-inspect-1.0", "--no-colors", *words], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL, env=pinlib.environment())
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stderr == "", result.stderr
    return result.stdout


def section(text, title):
    """The indented lines below the title."""
    found = re.search(r"^%s:?\n((?:[ ].*\n|\n(?=[ ]))*)" % re.escape(title),
                      text, re.M)
    assert found, "no %s in\n%s" % (title, text)
    return found.group(1)


def details(text, title):
    return dict(re.findall(r"^  (\S[^\n]*?)  +(\S.*)$", section(text, title),
                           re.M))


def properties(text):
    """Name → blurb, flags, the type's line."""
    found = {}
    for name, blurb, rest in re.findall(
            r"^  (\S+) +: (.*)\n((?:   .*\n|\n(?=   ))*)",
            section(text, "Element Properties"), re.M):
        lines = [line.strip() for line in rest.splitlines() if line.strip()]
        found[name] = (blurb.strip(), lines[0].replace("flags: ", ""),
                       " ".join(lines[1].split()))
    return found


@tap
def the_plugin():
    text = inspect("pin")
    told = details(text, "Plugin Details")
    assert told["Name"] == "pin", told
    assert told["License"] == "LGPL", told
    assert re.match(r"\d+\.\d+\.\d+$", told["Version"]), told
    assert told["Source module"] == "gst-pin", told
    assert len(told["Description"]) > 20, told
    listed = re.findall(r"^  (\w+): \S", text, re.M)
    names = {name for name in listed if name.startswith("pin")}
    assert names == {element.name for element in ELEMENTS}, names


@pinlib.check_each(tap, "factory", [(e.name, e) for e in ELEMENTS])
def the_factory(_, element):
    told = details(inspect(element.name), "Factory Details")
    assert told["Klass"] == element.klass, told
    assert len(told["Long-name"]) > 8, told
    assert len(told["Description"]) > 20, told
    assert told["Description"][0].isupper(), told
    assert not told["Description"].endswith("."), told
    assert told["Author"], told


@pinlib.check_each(tap, "pads", [(e.name, e) for e in ELEMENTS])
def the_pads(_, element):
    templates = {}
    for direction, name, when, caps in re.findall(
            r"^  (SRC|SINK) template: '(.*?)'\n    Availability: (.*)\n"
            r"    Capabilities:\n((?:      .*\n)*)",
            section(inspect(element.name), "Pad Templates"), re.M):
        templates[name] = (direction, when, caps)
    assert set(templates) == set(element.pads), templates
    for name, (direction, when, kinds) in element.pads.items():
        told = templates[name]
        assert told[:2] == (direction, when), told
        for kind in kinds:
            assert re.search(r"^ +%s$" % re.escape(kind), told[2], re.M), told


@pinlib.check_each(tap, "properties", [(e.name, e) for e in ELEMENTS])
def the_properties(_, element):
    found = properties(inspect(element.name))
    own = {name: told for name, told in found.items()
           if name not in INHERITED}
    assert set(own) == set(element.properties), \
        set(own) ^ set(element.properties)
    wrong = ["%s: %s" % (name, told) for name, told in own.items()
             if told[1:] != element.properties[name]]
    assert not wrong, "\n".join(wrong)


@pinlib.check_each(tap, "blurbs", [(e.name, e) for e in ELEMENTS])
def the_blurbs(_, element):
    """A sentence's beginning that says more than the name; a unit where there
    is one; no full stop, as GStreamer's own have none."""
    units = {"timeout": "econds", "max-bitrate": "[Bb]its",
             "max-request-rate": "econd", "max-buffer-bytes": "ytes",
             "fragment-duration": "illiseconds|ms"}
    for name, (blurb, *_) in properties(inspect(element.name)).items():
        if name in INHERITED:
            continue
        assert len(blurb) > 10 and blurb[0].isupper(), (name, blurb)
        assert not blurb.endswith("."), (name, blurb)
        assert re.search(units.get(name, ""), blurb), (name, blurb)


@pinlib.check_each(tap, "interfaces", [(e.name, e) for e in ELEMENTS])
def the_interfaces(_, element):
    text = inspect(element.name)
    if element.interfaces:
        told = section(text, "Implemented Interfaces").split()
        assert set(element.interfaces) <= set(told), told
    if not element.schemes:
        assert "Element has no URI handling capabilities." in text
        return
    told = section(text, "URI handling capabilities")
    assert "Element can act as source." in told, told
    schemes = told.split("protocols:")[1].split()
    assert schemes == list(element.schemes), schemes


@tap
def uri_handlers_are_found_by_scheme():
    """As uridecodebin and hlsdemux look for them."""
    for element in ELEMENTS:
        for scheme in element.schemes:
            told = inspect("--uri-handlers")
            assert re.search(r"^%s \(.*\): .*\b%s\b" % (element.name, scheme),
                             told, re.M), told


@tap
def all_values_of_enums_are_explained():
    for element in ELEMENTS:
        text = inspect(element.name)
        for number, nick, blurb in re.findall(
                r"^ +\((\d+)\): (\S+) +- (.*)$", text, re.M):
            assert len(blurb) > 5, (element.name, number, nick, blurb)


tap.run()
