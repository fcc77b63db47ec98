#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Tests make-page-case.py: on a page full of what is personal, of which nothing
may be left, and on the pages of tests/data, which must read the same when they
were stripped.

PIN_READ_PAGE is the build folder's read-page."""

import glob
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import urllib.parse

import originlib

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = importlib.util.spec_from_file_location(
    "maker", os.path.join(HERE, "make-page-case.py"))
maker = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(maker)
BUILD = os.path.dirname(os.path.dirname(os.environ["PIN_READ_PAGE"]))
PAGES = os.path.join(HERE, "data/pages")

# What is cut is left out, which the script says.
CUT = {"any-cut", "any-cut-behind-the-pin", "cut-after-the-pin",
       "cut-in-the-pin", "cut-relay", "broken-json"}

PIN, ORIGINAL, OTHER = ("555000111222333444", "666000111222333444",
                        "777000111222333444")
HASH = "3f9d0c5e7b1a4682d0e9f8a7b6c5d4e3"
AVATAR = "deadbeef00112233445566778899aabb"
SECRETS = [
    PIN, ORIGINAL, OTHER, HASH, AVATAR, "Jane Q. Public", "jane_q_public",
    "jane@mail.test", "s3cr3t-t0ken", "csrf-c00kie", "My trip to Rome",
    "rome-2024", "203.0.113.7", "invite-code-1", "1999-12-31", "Jolanda",
    "blog.jane.test", "4711", "iPhone 99",
]


def video(name, kind, ending):
    return {"url": "https://v1.pinimg.com/videos/iht/%s/%s/%s/%s/%s%s" % (
        kind, name[:2], name[2:4], name[4:6], name, ending),
        "width": 1080, "height": 1920, "duration": 18852,
        "thumbnail": "https://i.pinimg.com/videos/thumbnails/originals/3f/9d/"
                     "0c/%s.0000000.jpg" % name}


def person():
    return {"id": OTHER, "full_name": "Jane Q. Public",
            "username": "jane_q_public", "email": "jane@mail.test",
            "first_name": "Jolanda", "follower_count": 4711,
            "image_small_url": "https://i.pinimg.com/75x75_RS/de/ad/be/%s.jpg"
                               % AVATAR}


def pin(id_):
    return {"id": id_, "type": "pin", "title": "My trip to Rome",
            "description": "Ask jane@mail.test for more",
            "created_at": "Fri, 31 Dec 1999 12:00:00 +0000",
            "link": "https://blog.jane.test/rome-2024",
            "pinner": person(), "native_creator": person(),
            "comments": [{"text": "Jolanda was there", "user": person()}],
            "tracking_params": "s3cr3t-t0ken", "repin_count": 4711,
            "device": "iPhone 99",
            "videos": {"video_list": {"V_HLSV4": video(HASH, "hls", ".m3u8"),
                                      "V_720P": video(HASH, "720p", ".mp4")}}}


def personal_page():
    state = {"initialReduxState": {
        "pins": {OTHER: pin(OTHER), PIN: pin(PIN)},
        "users": {OTHER: person()},
        "session": {"token": "s3cr3t-t0ken", "ip": "203.0.113.7"},
        "resources": {
            "PinResource": {'field_set_key="x",id="%s"' % PIN:
                            {"data": pin(PIN)}},
            "UserResource": {'username="jane_q_public"': {"data": person()}}},
    }, "context": {"csrf": "csrf-c00kie"}}
    request = urllib.parse.quote(json.dumps(
        {"variables": {"pinId": PIN, "user": "jane_q_public"}}))
    data = {"entityId": PIN, "title": "My trip to Rome",
            "pinJoin": {"canonicalPin": {"entityId": ORIGINAL}},
            "creator": {"fullName": "Jane Q. Public"}}
    answer = {"data": {"v3GetPinQueryv2": {"__typename": "PinResponse",
                                           "data": data}}}
    return """<!DOCTYPE html><html><head>
<title>My trip to Rome | Jolanda</title>
<meta name="csrf" content="csrf-c00kie">
<meta property="og:title" content="My trip to Rome [Video] | rome-2024">
<meta property="og:description" content="by Jane Q. Public, 1999-12-31">
<meta property="og:url" content="https://www.pinterest.com/pin/%s/">
<link rel="canonical" href="https://www.pinterest.com/pin/rome-2024--%s/">
</head><body><!-- jane@mail.test --><p>Hello Jane Q. Public</p>
<script>var user = "jane_q_public", token = "s3cr3t-t0ken";</script>
<script id="__PWS_INITIAL_PROPS__" type="application/json">%s</script>
<script>window.__PWS_RELAY_REGISTER_COMPLETED_REQUEST__("%s", %s);</script>
</body></html>""" % (ORIGINAL, ORIGINAL, json.dumps(state), request,
                     json.dumps(answer))


def make(page, url, name, folder):
    return subprocess.run(
        [sys.executable, "-B", os.path.join(HERE, "make-page-case.py"),
         "--build", BUILD, "--folder", folder, page, url, name],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def load(folder, name):
    with open(os.path.join(folder, name + ".json"), encoding="utf-8") as stream:
        return json.load(stream)


def shape(case):
    """What must be as it was: all but texts, ids and names of files."""
    if "error" in case:
        return case["error"]["code"]
    media = case["media"]
    return [media["kind"], media["source"], len(media["images"]),
            bool(media["canonical_id"]), bool(media["title"]),
            bool(media["author"]["name"]), [
                [video_["width"], video_["duration_ms"],
                 sorted(video_["captions"]),
                 [(one["key"], one["type"], one["codec"])
                  for one in video_["variants"]]]
                for video_ in media["videos"]]]


tap = originlib.Tap()


@tap
def personal():
    """nothing is left of a page that is full of what is personal"""
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "saved.html")
        with open(page, "w", encoding="utf-8") as stream:
            stream.write(personal_page())
        done = make(page, "https://www.pinterest.com/pin/rome-2024--%s/" % PIN,
                    "stripped", folder)
        assert done.returncode == 0, done.stderr
        with open(os.path.join(folder, "stripped.html"),
                  encoding="utf-8") as stream:
            text = stream.read().lower()
        left = [word for word in SECRETS if word.lower() in text]
        assert not left, left
        media = load(folder, "stripped")["media"]
    assert media["id"] == "912345678901234567", media
    assert media["canonical_id"] == "812345678901234567", media
    assert [len(one["variants"]) for one in media["videos"]] == [2], media


@tap
def still_there():
    """a page in which something would be left is refused"""
    case = maker.Case("", PIN)
    case.strip.usernames("jane_q_public")
    for text in ("<p>jane_q_public</p>", "<p>ask jane@mail.test</p>"):
        try:
            case.check(text)
        except SystemExit:
            continue
        raise AssertionError("not refused: " + text)


@tap
def no_pin():
    """an address of no Pin is refused"""
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "saved.html")
        with open(page, "w", encoding="utf-8") as stream:
            stream.write(personal_page())
        done = make(page, "https://www.pinterest.com/jane/board/", "no", folder)
    assert done.returncode != 0
    assert "not the address of a Pin" in done.stderr, done.stderr


@tap
def corpus():
    """the pages of tests/data read the same when they are stripped"""
    names = sorted(os.path.basename(path)[:-len(".html")]
                   for path in glob.glob(os.path.join(PAGES, "*.html")))
    assert len(names) > 100
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "page.html")
        for name in names:
            before = load(PAGES, name)
            with open(os.path.join(PAGES, name + ".html"), encoding="utf-8",
                      errors="replace") as stream:
                case = maker.Case(stream.read(), before["pin"])
            text = case.make()
            case.check(text)
            with open(path, "w", encoding="utf-8") as stream:
                stream.write(text)
            after = shape(maker.expect(BUILD, path))
            if name not in CUT and after != shape(before):
                wrong.append("%s: %s, not %s" % (name, after, shape(before)))
    assert not wrong, "\n".join(wrong)


tap.run()
