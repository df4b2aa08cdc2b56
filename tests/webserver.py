"""A real web server in a thread, for tests of what fetches and of what sends."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Seen(NamedTuple):
    """A request as the server received it; names of headers in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Reply = tuple[int, dict[str, str], bytes]
Answering = Callable[[Seen], Reply | None]


class Site:
    """Pages by path; `seen` are the requests, in order. A page may be a function of the request.

    A function that returns None has answered nothing: the connection is closed.
    """

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.host, self.port = "127.0.0.1", int(server.server_address[1])
        self.pages: dict[str, Reply | Answering] = {}
        self.seen: list[Seen] = []

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    def paths(self) -> list[str]:
        """Return the paths asked for, without robots.txt."""
        return [seen.path for seen in self.seen if seen.path != "/robots.txt"]

    def answer(self, seen: Seen) -> Reply | None:
        self.seen.append(seen)
        page = self.pages.get(seen.path, (404, {}, b"nothing here"))
        return page(seen) if callable(page) else page


def page(body: str | bytes, media_type: str = "text/html; charset=utf-8", **headers: str) -> Reply:
    """Return the reply of a page that is there."""
    data = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return 200, {"Content-Type": media_type, **named}, data


@contextmanager
def serving(wrap: Callable[[Any], Any] = lambda socket: socket) -> Iterator[Site]:
    """Run a server on a free port of this machine; `wrap` may put TLS around its socket."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = site.answer(Seen(self.command, self.path, headers, self.rfile.read(length)))
            if reply is None:
                self.close_connection = True
                return
            status, named, body = reply
            self.send_response(status)
            for name, value in named.items():
                self.send_header(name, value)
            if "Content-Length" not in named:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass  # clients that hang up are what some tests are about

    server = Server(("127.0.0.1", 0), Handler)
    server.socket = wrap(server.socket)
    site = Site(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
