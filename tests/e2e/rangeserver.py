# SPDX-License-Identifier: LGPL-2.1-or-later

"""A folder on loopback, over HTTP with byte ranges, as a browser's player
asks for them.

    with rangeserver.serve(folder, {"/": b"<!DOCTYPE html>…"}) as url:
        …

A thread per connection, which end with the context.
"""

import contextlib
import http.server
import os
import re
import threading

TYPES = {".mp4": "video/mp4", ".m4a": "audio/mp4"}


def _handler(folder, pages):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def _answer(self, status, kind, body, **headers):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                self.wfile.write(body)

        def _file(self, path):
            size = os.path.getsize(path)
            kind = TYPES[os.path.splitext(path)[1]]
            wanted = re.fullmatch(r"bytes=(\d+)-(\d*)",
                                  self.headers.get("Range", ""))
            first = int(wanted[1]) if wanted else 0
            last = min(int(wanted[2] or size) if wanted else size, size - 1)
            if first >= size:
                self._answer(416, kind, b"",
                             Content_Range="bytes */%d" % size)
                return
            with open(path, "rb") as stream:
                stream.seek(first)
                body = stream.read(last - first + 1)
            if wanted:
                self._answer(206, kind, body, Accept_Ranges="bytes",
                             Content_Range="bytes %d-%d/%d" % (first, last,
                                                               size))
            else:
                self._answer(200, kind, body, Accept_Ranges="bytes")

        def do_GET(self):
            path = os.path.join(folder, os.path.basename(self.path))
            if self.path in pages:
                self._answer(200, "text/html; charset=utf-8",
                             pages[self.path])
            elif os.path.isfile(path):
                self._file(path)
            else:
                self._answer(404, "text/plain", b"")

    return Handler


@contextlib.contextmanager
def serve(folder, pages):
    """Serves until the context ends; gives the address, without a slash."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                             _handler(folder, pages))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield "http://127.0.0.1:%d" % server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
