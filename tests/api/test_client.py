"""The Python client against the real API, over a socket: what it returns, raises and repeats."""

import http.server
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from pytest_django.live_server_helper import LiveServer

from api import client
from api.client import Problem, Tracker
from quotes import exports, tokens
from quotes.models import ArticleVersion, Export, Quotation

ROOT = Path(__file__).parents[2]
database = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tracker(live_server: LiveServer, rail: ArticleVersion) -> Iterator[Tracker]:  # noqa: ARG001
    user = User.objects.create_superuser("editor", password="a long enough one")
    _, token = tokens.make(user, "client", list(tokens.Scope))
    with Tracker(live_server.url, token) as opened:
        yield opened


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that the client would have slept, instead of sleeping."""
    slept: list[float] = []
    monkeypatch.setattr(client.time, "sleep", slept.append)
    return slept


@database
def test_lists_are_followed_over_their_pages(tracker: Tracker) -> None:
    found = list(tracker.quotations(page_size=1))
    assert sorted(q["content"] for q in found) == ["the café tax would rise", "“It must,”"]
    assert [a["title"] for a in tracker.articles()] == ["Rail tax to rise"]
    assert [s["name"] for s in tracker.speakers(name="Roe")] == ["Ana Roe"]
    assert [o["slug"] for o in tracker.outlets()] == ["the-daily-wire"]


@database
def test_a_quotation_is_where_its_offsets_say(tracker: Tracker) -> None:
    quotation = tracker.quotation(next(tracker.quotations(kind=["direct"]))["uid"])
    article = tracker.article(quotation["article"]["uid"])
    text, listed = article["text"], article["quotations_url"].partition("/v1/")[2]
    assert [q["uid"] for q in tracker.rows(listed)] == [q["uid"] for q in article["quotations"]]
    (span,) = quotation["spans"]["content"]
    assert text[span["start"] : span["end"]] == span["exact"] == "“It must,”"
    assert tracker.verify(quotation["uid"])["state"] == "verified"
    assert "Ana Roe" in tracker.citation(quotation["uid"])


@database
def test_a_refusal_says_what_would_help(tracker: Tracker) -> None:
    with pytest.raises(Problem, match="colour") as refused:
        list(tracker.quotations(colour="red"))
    assert refused.value.status == 400
    assert refused.value.errors[0]["field"] == "colour"
    assert refused.value.remedy


@database
def test_who_decides_on_something_else_than_there_is_is_told(tracker: Tracker) -> None:
    read = next(tracker.quotations())
    tracker.decide("confirm", read, why="read in the article")
    assert Quotation.objects.get(uid=read["uid"]).review == "confirmed"
    with pytest.raises(Problem) as refused:
        tracker.decide("reject", read)
    assert refused.value.status == 409


@database
def test_a_mirror_goes_on_where_it_was(tracker: Tracker, quotation: Quotation) -> None:
    pages = list(tracker.changes("2020-01-01T00:00:00Z"))
    assert quotation.uid in {row["uid"] for page in pages for row in page["results"]}
    assert datetime.fromisoformat(pages[-1]["next_since"]) <= datetime.now(UTC)


@database
def test_an_article_is_stored_once_under_its_key(tracker: Tracker) -> None:
    posted = {"text": "The mayor, Bo Lee, said that the bridge would open.", "title": "Bridge"}
    first = tracker.add_article(key="bridge-1", **posted)
    assert tracker.add_article(key="bridge-1", **posted)["uid"] == first["uid"]
    assert ArticleVersion.objects.filter(title="Bridge").count() == 1
    found = tracker.extract(posted["text"])["quotes"]
    assert found[0]["speaker"] == "Bo Lee"


@database
@pytest.mark.parametrize("have", [0, 7], ids=["nothing yet", "a part"])
def test_a_download_goes_on_where_it_broke_off(
    tracker: Tracker, tmp_path: Path, have: int, settings: SimpleNamespace
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    export = tracker.start_export("jsonl", act="any")
    exports.work(Export.objects.get(uid=export["uid"]))
    job = tracker.wait(export["uid"], every_s=0.1, timeout_s=60)
    assert (job["state"], job["progress"]) == ("finished", 1.0)
    whole = tracker.download(export["uid"], tmp_path / "whole.jsonl").read_bytes()
    assert whole.count(b"\n") == 2
    part = tmp_path / "part.jsonl"
    part.write_bytes(whole[:have])
    assert sha256(tracker.download(export["uid"], part).read_bytes()).digest() == (
        sha256(whole).digest()
    )
    part.write_bytes(b"x" * len(whole))
    with pytest.raises(ValueError, match="delete it"):
        tracker.download(export["uid"], part)


# --- broken servers


Script = list[tuple[int, dict[str, str], bytes]]


@pytest.fixture
def serving() -> Iterator[Callable[[Script], tuple[str, list[str]]]]:
    """Serve `script` on a real socket, answer by answer; return its address and what came in."""
    servers: list[http.server.HTTPServer] = []

    def serve(script: Script) -> tuple[str, list[str]]:
        asked: list[str] = []
        left = iter(script)

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self) -> None:
                asked.append(f"{self.command} {self.path}")
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, headers, body = next(left)
                if not status:
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer  # noqa: N815  names of the standard library

            def log_message(self, *_: object) -> None:
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}", asked

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


EMPTY = (200, {}, b'{"results": [], "next": null}')
BUSY = (503, {"Retry-After": "3"}, b"")
CUT = (0, {}, b"")


@pytest.mark.parametrize(
    ("script", "slept"),
    [
        pytest.param([BUSY, EMPTY], [3.0], id="busy, then not"),
        pytest.param([(502, {}, b""), CUT, EMPTY], [1.0, 2.0], id="bad gateway, then cut off"),
        pytest.param([(429, {"Retry-After": "9"}, b""), EMPTY], [9.0], id="too many requests"),
    ],
)
def test_reading_is_tried_again(
    serving: Callable[[Script], tuple[str, list[str]]],
    naps: list[float],
    script: Script,
    slept: list[float],
) -> None:
    address, asked = serving(script)
    with Tracker(address) as tracker:
        assert list(tracker.quotations()) == []
    assert naps == slept
    assert len(asked) == len(script)


@pytest.mark.parametrize("broken", [BUSY, (502, {}, b"<html>")], ids=["busy", "no JSON"])
def test_writing_without_a_key_is_not_repeated(
    serving: Callable[[Script], tuple[str, list[str]]],
    naps: list[float],
    broken: tuple[int, dict[str, str], bytes],
) -> None:
    address, asked = serving([broken])
    with Tracker(address) as tracker, pytest.raises(Problem, match="no reason given"):
        tracker.start_export("csv")
    assert (naps, asked) == ([], ["POST /api/v1/exports/"])


def test_an_article_is_sent_again_since_its_key_makes_it_safe(
    serving: Callable[[Script], tuple[str, list[str]]], naps: list[float]
) -> None:
    address, asked = serving([CUT, (201, {}, b'{"uid": "x"}')])
    with Tracker(address) as tracker:
        assert tracker.add_article(text="Words.") == {"uid": "x"}
    assert (len(naps), len(asked)) == (1, 2)


def test_the_file_stands_by_itself(tmp_path: Path) -> None:
    alone = tmp_path / "client.py"
    alone.write_bytes((ROOT / "api" / "client.py").read_bytes())
    assert alone.read_text(encoding="utf-8").count("\n") <= 300
    command = [sys.executable, "-I", "-c", f"import runpy; runpy.run_path({str(alone)!r})"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, "")
