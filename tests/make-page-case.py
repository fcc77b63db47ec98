#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Makes a test case of a saved page, without what is personal in it.

    make-page-case.py PAGE.html URL NAME       writes tests/data/pages/NAME.*
    make-page-case.py PAGE.html URL NAME --folder DIR
    make-page-case.py --build DIR …            where read-page is

Of the page only those parts remain that are looked at: the blocks of data, the
title, the meta tags and the canonical link. In them nothing is kept that isn't
known to be harmless: shapes, types, kinds of files, sizes and lengths stay;
text, names, addresses, tokens, dates and counts become examples; ids and the
names of files become others, the same one wherever the same one was. Of the
Pins of a state the wanted one stays and two others.

NAME.json is what the library reads in the new page. Look it over: it says what
is read today, and the case is to say what is right.
"""

import argparse
import base64
import html
import json
import os
import re
import subprocess
import sys
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)

WANTED = "912345678901234567"
CANONICAL = "812345678901234567"
OTHERS_KEPT = 2

# Strings under these names are types and the like, and stay where they are
# words; all other strings are replaced.
KEPT_WORDS = {
    "__typename", "__isError", "@type", "type", "item_type", "media_type",
    "status", "result", "endpoint_name", "creative_type", "embed_type",
    "sign_in_required",
}
WORD = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,40}$")
# What the site itself writes, and readers look at
KEPT_VALUES = {
    "Uploaded by user", "Invalid Resource Request", "Authorization failed.",
    "Authentication failed.", "Pin not found.", "http://schema.org",
    "https://schema.org",
}
KEPT_NUMBERS = {
    "width", "height", "duration", "block_type", "blockType", "http_status",
    "httpStatus", "code", "index",
}
NAMES = {"full_name", "fullName", "first_name", "firstName", "name"}
USERNAMES = {"username", "userName"}
DATES = re.compile(r"^(\d{4}-\d\d-\d\dT|[A-Z][a-z]{2}, \d)")
NUMBER = re.compile(r"^\d{6,20}$")
PIN_PATH = re.compile(r"/pin/(?:[^/?#]*--)?(\d{6,20})")
# …/aa/bb/cc/HASH.mp4, …/HASH_720w.mp4, …/HASH.0000000.jpg
FILE = re.compile(r"/([0-9a-f]{2})/([0-9a-f]{2})/([0-9a-f]{2})/"
                  r"([0-9A-Za-z-]+)([^/?#]*)")
CDN_HOST = re.compile(r"^(?:https?:)?//([a-z0-9-]+\.)?pinimg\.com/", re.I)
TAIL = re.compile(r"^[A-Za-z0-9_.]{0,24}$")
PLAYERS = ("youtube.com", "youtube-nocookie.com", "vimeo.com",
           "dailymotion.com")
WALL = ("detected a bot", "not a robot", "are human", "captcha")
ATTRIBUTES = r"""(?:[^>"']|"[^"]*"|'[^']*')*"""
# What looks like a script in a comment or a text area is none.
MARKUP = re.compile(r"""
    <!--.*?(?:-->|\Z)
  | <(?P<hidden>textarea|noscript|style|iframe|xmp|noembed|noframes)\b
    .*?</(?P=hidden)\s*>
  | <script\b(?P<attributes>@)>(?P<script>.*?)(?:</script\s*>|\Z)
  | <(?P<tag>meta|link)\b(?P<of_tag>@)>
  | <title\b@>(?P<title>.*?)</title
  | </?[a-z]@>
""".replace("@", ATTRIBUTES), re.S | re.I | re.X)
STATES = ("__PWS_INITIAL_PROPS__", "__PWS_DATA__", "initial-state")
REGISTER = "__PWS_RELAY_REGISTER_COMPLETED_REQUEST__"


class Numbered:
    """Others for what must not stay: the same one for the same one."""

    def __init__(self, form):
        self._form = form
        self._known = {}

    def __call__(self, value):
        if value not in self._known:
            self._known[value] = self._form % (len(self._known) + 1)
        return self._known[value]

    def set(self, value, other):
        self._known[value] = other

    def items(self):
        return [(value, other) for value, other in self._known.items()
                if value != other]


class Stripper:
    """Turns values into examples of themselves."""

    def __init__(self, wanted):
        self.ids = Numbered("1000000000000%05d")
        self.files = Numbered("aabbcc%026x")
        self.texts = Numbered("Example text %d")
        self.names = Numbered("Example Author %d")
        self.usernames = Numbered("example_author_%d")
        self.keys = Numbered("key-%d")
        self.links = Numbered("https://example.test/%d")
        self.ids.set(wanted, WANTED)

    # ---- strings

    def file(self, url):
        """An address of the site's own files: bucket and kind stay."""
        path = urllib.parse.urlsplit(url if "://" in url else "https:" + url)
        match = FILE.search(path.path)
        if not match:
            return "https://i.pinimg.com/x.jpg"
        folder = path.path[:match.start()]
        if not re.match(r"^[A-Za-z0-9_/-]*$", folder):
            folder = "/x"
        name = self.files(match.group(4))
        tail = match.group(5) if TAIL.match(match.group(5)) else ".x"
        return "https://%s%s/aa/bb/cc/%s%s" % (path.netloc.lower(), folder,
                                               name, tail)

    def url(self, text):
        if CDN_HOST.match(text):
            return self.file(text)
        parts = urllib.parse.urlsplit(text if "://" in text
                                      else "https:" + text)
        host = (parts.hostname or "").lower()
        if host.endswith("pinterest.com") and parts.path.startswith("/login"):
            return "https://www.pinterest.com/login/"
        pin = PIN_PATH.search(text)
        if pin:
            return "https://www.pinterest.com/pin/%s/" % self.ids(pin.group(1))
        for player in PLAYERS:
            if host == player or host.endswith("." + player):
                return "https://%s/embed/%s" % (host, "example")
        return self.links(text)

    def string(self, key, text):
        if not text.strip() or text in KEPT_VALUES:
            return text
        if NUMBER.match(text):
            return self.ids(text)
        if key in KEPT_WORDS and WORD.match(text):
            return text
        if re.match(r"^(https?:)?//", text):
            return self.url(text)
        if PIN_PATH.match(text):
            return "/pin/%s/" % self.ids(PIN_PATH.match(text).group(1))
        if key in USERNAMES:
            return self.usernames(text)
        if key in NAMES:
            return self.names(text)
        if DATES.match(text):
            return ("2024-10-15T12:00:00Z" if text[:4].isdigit()
                    else "Tue, 15 Oct 2024 12:00:00 +0000")
        if re.match(r"^PT[0-9HMS.]+$", text):
            return text
        if key in ("id", "node_id"):
            return base64.b64encode(b"Pin:1").decode()
        return self.texts(text)

    # ---- JSON

    def key(self, key):
        """Members are named by shapes, by ids, and by options with ids."""
        if NUMBER.match(key):
            return self.ids(key)
        if re.match(r"^[@$]?[A-Za-z_][A-Za-z0-9_-]{0,60}$", key):
            return key
        options = re.findall(r'(\w+)="?(\w*)"?', key)
        if options:
            return ",".join('%s="%s"' % (
                name, self.ids(value) if NUMBER.match(value)
                else value if name == "field_set_key" else "x")
                for name, value in options)
        return self.keys(key)

    def value(self, value, key=""):
        if isinstance(value, dict):
            return {self.key(name): self.value(member, name)
                    for name, member in value.items()}
        if isinstance(value, list):
            return [self.value(item, key) for item in value]
        if isinstance(value, str):
            return self.string(key, value)
        if isinstance(value, bool) or value is None:
            return value
        if NUMBER.match(str(value)) and len(str(value)) >= 9:
            return int(self.ids(str(value)))
        return value if key in KEPT_NUMBERS else 1


def thin_state(state, wanted):
    """Leaves of a Redux state what readers look at."""
    for holder in (state, state.get("props")):
        redux = holder.get("initialReduxState") if isinstance(
            holder, dict) else None
        if not isinstance(redux, dict):
            continue
        pins = redux.get("pins")
        if isinstance(pins, dict):
            names = list(pins)
            at = names.index(wanted) if wanted in names else 0
            kept = set(names[max(0, at - 1):at + OTHERS_KEPT])
            redux["pins"] = {name: pin for name, pin in pins.items()
                             if name in kept}
        resources = redux.get("resources")
        if isinstance(resources, dict):
            redux["resources"] = {
                name: value for name, value in resources.items()
                if name in ("PinResource", "CloseupPinResource")}
        for name in list(redux):
            if name not in ("pins", "resources"):
                redux[name] = {}
    return state


class Case:
    """The parts of a page that stay, one after the other."""

    def __init__(self, page, wanted):
        self._page = page
        self._wanted = wanted
        self.strip = Stripper(wanted)
        self._head, self._body = [], []

    def make(self):
        self._take_canonical()
        for match in MARKUP.finditer(self._page):
            if match["script"] is not None:
                self._take_script(match["attributes"], match["script"])
            elif match["tag"]:
                self._take_tag(match["tag"].lower(), match["of_tag"])
            elif match["title"] is not None:
                self._take_title(html.unescape(match["title"]))
        return self._write()

    def _take_canonical(self):
        for address in re.findall(r"<(?:link|meta)\b[^>]*>", self._page):
            if "canonical" in address or "og:url" in address:
                pin = PIN_PATH.search(address)
                if pin and pin.group(1) != self._wanted:
                    self.strip.ids.set(pin.group(1), CANONICAL)

    def _take_tag(self, tag, text):
        found = {name.lower(): html.unescape(a or b or c) for name, a, b, c in
                 re.findall(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|"""
                            r"""([^\s"'>]+))""", text)}
        name = found.get("property") or found.get("name") or ""
        if tag == "link" and found.get("rel", "").lower() == "canonical":
            self._head.append('<link rel="canonical" href="%s">' %
                              self._attribute(self.strip.url(
                                  found.get("href", ""))))
        elif tag == "meta" and name.lower().startswith("og:"):
            content = found.get("content", "")
            if name.lower() == "og:title" or "description" in name.lower():
                content = self._words(content)
            elif name.lower() == "og:type":
                content = "pinterestapp:pin"
            else:
                content = self.strip.string("", content)
            self._head.append('<meta property="%s" content="%s">' % (
                self._attribute(name), self._attribute(content)))

    @staticmethod
    def _attribute(text):
        return html.escape(text, quote=True)

    def _words(self, text):
        """A title's form is kept: "TITLE [Video] | keywords"."""
        if re.match(r"\s*(log ?in|sign in)", text, re.I):
            return "Log in"
        title, bar, _ = text.partition(" | ")
        video = " [Video]" if title.endswith("[Video]") else ""
        return self.strip.texts(title) + video + (
            " | example" if bar else "")

    def _take_title(self, text):
        words = self._words(text) if text.strip() else ""
        self._head.append("<title>%s</title>" % html.escape(words))

    def _json(self, text):
        value = json.loads(text)
        if isinstance(value, dict):
            value = thin_state(value, self._wanted)
        return json.dumps(self.strip.value(value), ensure_ascii=False,
                          separators=(",", ":")).replace("</", "<\\/")

    def _take_script(self, attributes, script):
        name = re.search(r"\bid\s*=\s*[\"']?(%s)\b" % "|".join(STATES),
                         attributes, re.I)
        kind = re.search("application/(ld[+])?json", attributes, re.I)
        if REGISTER in script:
            self._take_calls(script)
        elif name:
            self._add('id="%s" type="application/json"' % name.group(1), script)
        elif "data-relay-response" in attributes:
            self._add('data-relay-response="true" type="application/json"',
                      script)
        elif kind:
            self._add('type="%s"' % kind.group().lower(), script)
        elif '"initialReduxState"' in script:
            self._add("", self._find_state(script))

    @staticmethod
    def _find_state(script):
        """The object in a script that has the state as its member."""
        decoder = json.JSONDecoder()
        for match in re.finditer("{", script):
            try:
                value, end = decoder.raw_decode(script[match.start():])
            except ValueError:
                continue
            if "initialReduxState" in value:
                return script[match.start():match.start() + end]
        return script

    def _add(self, attributes, script):
        try:
            text = self._json(html.unescape(script) if "{&quot;" in script[:9]
                              else script)
        except ValueError:
            print("left out a script that is no JSON (%s)" % attributes,
                  file=sys.stderr)
            return
        self._body.append("<script%s%s>%s</script>" % (
            " " if attributes else "", attributes, text))

    def _take_calls(self, script):
        decoder = json.JSONDecoder()
        for match in re.finditer(re.escape(REGISTER) +
                                 r"\s*\(\s*(\"|')((?:\\.|(?!\1).)*)\1\s*,"
                                 r"\s*(?=\{)", script, re.S):
            try:
                answer, _ = decoder.raw_decode(script[match.end():])
            except ValueError:
                print("left out a call that is no JSON", file=sys.stderr)
                continue
            request = urllib.parse.unquote(
                re.sub(r"\\(.)", r"\1", match.group(2)))
            try:
                request = json.dumps(self.strip.value(json.loads(request)),
                                     separators=(",", ":"))
            except ValueError:
                request = "opaque"
            self._body.append(
                '<script data-relay-completed-request="true">window.%s("%s", '
                '%s);</script>' % (REGISTER, urllib.parse.quote(request, ""),
                                   self._json(json.dumps(answer))))

    def _wall(self):
        words = " ".join(re.sub(
            r"<(script|style)\b.*?</\1\s*>|<[^>]*>", "", self._page,
            flags=re.S | re.I).lower().split())
        return "".join("<p>%s</p>\n" % sign for sign in WALL if sign in words)

    def _write(self):
        return ('<!DOCTYPE html>\n<html lang="en"><head>'
                '<meta charset="utf-8">\n'
                "%s\n</head>\n<body>\n%s%s\n</body></html>\n" % (
                    "\n".join(self._head), self._wall(),
                    "\n".join(self._body)))

    def check(self, text):
        """Nothing that was replaced may be left, wherever it stood."""
        replaced = [pair for numbered in (
            self.strip.ids, self.strip.files, self.strip.names,
            self.strip.usernames) for pair in numbered.items()]
        rest = text
        for _, other in sorted(replaced, key=lambda pair: -len(pair[1])):
            rest = rest.replace(other, "")
        for value, _ in replaced:
            if len(value) >= 6 and value in rest:
                raise SystemExit("\"%s\" is still in the page" % value)
        address = re.search(r"[\w.+-]+@[\w-]+\.\w+", text)
        if address:
            raise SystemExit("an e-mail address is still in the page: %s"
                             % address.group())


def expect(build, path):
    """What the library reads, in the form of the other cases."""
    done = subprocess.run([os.path.join(build, "tests/read-page"), path,
                           WANTED], stdout=subprocess.PIPE, text=True,
                          check=True)
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0],
        epilog="See docs/how-to-add-a-page-reader.md.")
    parser.add_argument("page", help="the saved page")
    parser.add_argument("url", help="the Pin's address, or its id")
    parser.add_argument("name", help="of the case, such as relay-2027")
    parser.add_argument("--folder", default=os.path.join(HERE, "data/pages"))
    parser.add_argument("--build", default=os.path.join(ROOT, "build-tests"))
    args = parser.parse_args()

    pin = PIN_PATH.search(args.url) or re.match(r"^(\d{6,20})$", args.url)
    if not pin:
        raise SystemExit("%s is not the address of a Pin" % args.url)
    with open(args.page, encoding="utf-8", errors="replace") as stream:
        case = Case(stream.read(), pin.group(1))
    text = case.make()
    case.check(text)
    path = os.path.join(args.folder, args.name + ".html")
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)
    expected = expect(args.build, path)
    with open(path[:-len("html")] + "json", "w", encoding="utf-8") as stream:
        stream.write(json.dumps(expected, indent=2, ensure_ascii=False) + "\n")
    if "error" in expected:
        print("%s: error %s" % (path, expected["error"]["code"]))
    else:
        print("%s: %s, %d video(s), by %s" % (
            path, expected["media"]["kind"], len(expected["media"]["videos"]),
            expected["media"]["source"]))


if __name__ == "__main__":
    main()
