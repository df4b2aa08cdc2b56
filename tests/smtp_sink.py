"""A mail server for tests: takes letters over SMTP, keeps them, and refuses what it is told to."""

import email
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default as policy
from typing import Any


class Sink(socketserver.ThreadingTCPServer):
    """Answers SMTP on a free port of this machine.

    `refusals` gives the reply to MAIL, RCPT or DATA (its end), such as "550 no such user".
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refusals: dict[str, str] = {}

    @property
    def port(self) -> int:
        """Return the port."""
        return int(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        self._say("220 sink")
        to: list[str] = []
        while line := self.rfile.readline():
            verb = line.decode("ascii", "replace").strip()
            name = verb[:4].upper()
            refused = self.server.refusals.get(name)
            if name == "QUIT":
                self._say("221 bye")
                return
            if refused and name != "DATA":
                self._say(refused)
            elif name == "DATA":
                self._say("354 go on")
                letter = self._letter()
                self._say(refused or "250 taken")
                if not refused:
                    self.server.letters.append(letter)
                    self.server.recipients += to
            else:
                if name == "RCPT":
                    to.append(verb.split("<", 1)[1].split(">", 1)[0])
                self._say("250 fine")

    def _say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())

    def _letter(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        letter: Any = email.message_from_bytes(b"".join(lines), policy=policy)
        found: EmailMessage = letter
        return found


@contextmanager
def running() -> Iterator[Sink]:
    """Serve until the block ends."""
    with Sink() as sink:
        thread = threading.Thread(target=sink.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            sink.shutdown()
            thread.join()


def free_port() -> int:
    """Return a port on which nothing answers."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
