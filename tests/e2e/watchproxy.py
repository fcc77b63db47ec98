# SPDX-License-Identifier: LGPL-2.1-or-later

"""An HTTP proxy that writes down whom it was asked for, and hands everything
to another one.

    with watchproxy.Watch("http://127.0.0.1:…", login="me:secret") as watch:
        … watch.url …
        assert watch.hosts == {"www.pinterest.com:443"}

With a login it asks for name and password (RFC 9110, section 11.7). A thread
per connection, which end with the connections.
"""

import base64
import contextlib
import re
import socket
import threading
import urllib.parse

REFUSAL = (b"HTTP/1.1 407 Proxy Authentication Required\r\n"
           b"Proxy-Authenticate: Basic realm=\"watch\"\r\n"
           b"Content-Length: 0\r\n\r\n")


def _pump(source, target):
    with contextlib.suppress(OSError):
        while True:
            data = source.recv(65536)
            if not data:
                break
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class Watch:
    """A context manager."""

    def __init__(self, proxy, login=None):
        behind = urllib.parse.urlsplit(proxy)
        self._behind = (behind.hostname, behind.port)
        self._login = login
        self.hosts, self.refused = set(), 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://%s127.0.0.1:%d" % (
            urllib.parse.quote(login, ":") + "@" if login else "",
            self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                threading.Thread(target=self._serve, args=(client,),
                                 daemon=True).start()

    def _serve(self, client):
        with client, contextlib.suppress(OSError):
            head = self._read_head(client)
            while head and not self._is_allowed(head):
                self.refused += 1
                client.sendall(REFUSAL)
                head = self._read_head(client)
            if not head:
                return
            self.hosts.add(head.split()[1].decode())
            with socket.create_connection(self._behind) as server:
                server.sendall(head)
                back = threading.Thread(target=_pump, args=(server, client),
                                        daemon=True)
                back.start()
                _pump(client, server)
                back.join()

    def _is_allowed(self, head):
        if not self._login:
            return True
        given = re.search(rb"(?im)^proxy-authorization: *basic (\S+)", head)
        return bool(given) and base64.b64decode(
            given[1]).decode() == self._login

    @staticmethod
    def _read_head(client):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = client.recv(65536)
            if not piece:
                return None
            head += piece
        return head
