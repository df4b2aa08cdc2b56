"""A typed client of the REST API, in one file: copy it, it needs only httpx2.

    from client import Tracker

    with Tracker("http://127.0.0.1:8000") as tracker:
        for quotation in tracker.quotations(q="wall", kind=["direct", "mixed"]):
            print(quotation["speaker_name"], quotation["content"])

Answers are the API's own JSON as typed dictionaries. A refused request raises Problem. After too
many requests, a busy server or a broken connection it tries again, where that can do no harm.
"""

import time
import uuid
from collections.abc import Iterator, Mapping
from hashlib import file_digest
from pathlib import Path
from typing import Any, Literal, NotRequired, Self, TypedDict, cast

import httpx2

Parameters = str | int | float | bool | list[str]

_TRIES, _LONGEST_WAIT_S = 5, 120.0
_AGAIN = {429, 502, 503, 504}
_SAFE = {"GET", "HEAD", "PUT", "DELETE"}
_DONE = {"finished", "failed", "cancelled"}


class Outlet(TypedDict):
    """A publisher of articles."""

    slug: str
    name: str
    domain: str


class Speaker(TypedDict):
    """A speaker across articles."""

    slug: str
    name: str
    kind: str
    wikidata_id: str
    address: str


class Article(TypedDict):
    """An article version; `text` and `quotations` only where one article was asked for."""

    uid: str
    address: str
    url: str
    title: str
    byline: str
    outlet: Outlet | None
    published_on: str | None
    version: int
    is_current: bool
    text_sha256: str
    text: NotRequired[str]
    quotations: NotRequired[list[dict[str, Any]]]
    quotations_url: NotRequired[str]


class Span(TypedDict):
    """A piece of the article's text, `[start, end)` in code points."""

    start: int
    end: int
    exact: str


class Quotation(TypedDict):
    """A quotation with its attribution; `spans` only where one quotation was asked for."""

    uid: str
    url: str
    address: str
    kind: Literal["direct", "indirect", "mixed"]
    act: Literal["speech", "attitude"]
    factuality: Literal["factual", "negated", "future", "hypothetical"] | None
    content: str
    cue: str
    mention: str
    medium: str
    paragraph_index: int
    speaker: Speaker | None
    speaker_name: str
    speaker_kind: str
    speaker_role: str
    confidence: float
    speaker_confidence: float
    status: str
    review: str
    article: Article
    updated_at: str
    spans: NotRequired[dict[str, list[Span]]]


class ChangePage(TypedDict):
    """Rows that changed, and what is gone from the list, as `{"uid", "removed": why, …}`."""

    results: list[dict[str, Any]]
    next: str | None
    next_since: str


class Job(TypedDict):
    """An import, an export or an extraction run: how it stands, and how far it is (0 to 1)."""

    uid: str
    kind: str
    state: str
    progress: float | None


class Problem(Exception):  # noqa: N818  the standard's word
    """A refused request: problem details (RFC 9457)."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.status, self.remedy = status, str(document.get("remedy", ""))
        self.errors: list[dict[str, str]] = document.get("errors", [])
        told = [f"{e.get('field')}: {e.get('problem')}" for e in self.errors]
        said = f"{status}: {document.get('detail', 'no reason given')}"
        super().__init__("; ".join(filter(None, [said, *told, self.remedy])))


class Tracker:
    """A tracker's API at `address`; with a `token` also what that may do. Use it in a `with`.

    `timeout_s` bounds each request, not the whole of a list.
    """

    def __init__(self, address: str, token: str = "", *, timeout_s: float = 60.0) -> None:
        headers = {"Accept": "application/json", "User-Agent": "quote-tracker-client/1"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx2.Client(
            base_url=f"{address.rstrip('/')}/api/v1/", headers=headers, timeout=timeout_s
        )

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._http.close()

    # --- reading

    def quotations(self, **filters: Parameters) -> Iterator[Quotation]:
        """Yield the quotations that pass `filters` (the parameters of GET /quotations/)."""
        return cast("Iterator[Quotation]", self.rows("quotations/", **filters))

    def quotation(self, uid: str) -> Quotation:
        """Return one quotation with its spans and the evidence for its speaker."""
        return cast("Quotation", self._json("GET", f"quotations/{uid}/"))

    def speakers(self, **filters: Parameters) -> Iterator[Speaker]:
        """Yield the speakers that pass `filters`."""
        return cast("Iterator[Speaker]", self.rows("speakers/", **filters))

    def outlets(self, **filters: Parameters) -> Iterator[Outlet]:
        """Yield the outlets that pass `filters`."""
        return cast("Iterator[Outlet]", self.rows("outlets/", **filters))

    def articles(self, **filters: Parameters) -> Iterator[Article]:
        """Yield the current versions of the articles that pass `filters`."""
        return cast("Iterator[Article]", self.rows("articles/", **filters))

    def article(self, uid: str) -> Article:
        """Return one article with its text and first quotations; `rows(quotations_url)` has all."""
        return cast("Article", self._json("GET", f"articles/{uid}/"))

    def rows(self, path: str, **filters: Parameters) -> Iterator[dict[str, Any]]:
        """Yield the rows of any list, page after page."""
        page = self._json("GET", path, params=filters)
        while True:
            yield from page["results"]
            if not page.get("next"):
                return
            page = self._json("GET", page["next"])

    def citation(self, uid: str, style: str = "text") -> str:
        """Return a citation of a quotation: text, bibtex, ris, csl, markdown, a style as JSON."""
        return self._request("GET", f"quotations/{uid}/citation/", params={"style": style}).text

    def verify(self, uid: str) -> dict[str, Any]:
        """Return how its words stand now: `state` is verified, changed or orphaned, and why."""
        return self._json("GET", f"quotations/{uid}/verify/")

    def changes(self, since: str, path: str = "quotations/") -> Iterator[ChangePage]:
        """Yield what changed in a list since a time (ISO 8601), oldest first, page after page.

        Once all pages are taken in, the `next_since` of the last is what to give the next time.
        """
        page = self._json("GET", path, params={"updated_since": since, "page_size": 200})
        while True:
            yield cast("ChangePage", page)
            if not page["next"]:
                return
            page = self._json("GET", page["next"])

    # --- writing; a token with the scope is needed

    def extract(self, text: str) -> dict[str, Any]:
        """Return the quotations of `text`; nothing is stored."""
        return self._json("POST", "extract/", json={"text": text})

    def add_article(self, *, key: str = "", **article: Any) -> dict[str, Any]:
        """Store an article: `text`, `html` or `url`, with `title`, `outlet` and the like.

        Returns the article with its quotations, or the job that will store it (see `wait`). Asked
        again with the same `key` (one is made if none is given) it stores nothing twice.
        """
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return self._json("POST", "articles/", json=article, headers=headers)

    def decide(self, what: str, quotation: Quotation, **fields: Any) -> dict[str, Any]:
        """Decide on a quotation as it was read: confirm, reject, correct-speaker, correct-words.

        Returns the decision. Raises Problem 409, with what has changed, if it is another by now.
        """
        body = {"seen": quotation["updated_at"], **fields}
        return self._json("POST", f"quotations/{quotation['uid']}/{what}/", json=body)

    # --- jobs and exports

    def wait(self, uid: str, *, every_s: float = 2.0, timeout_s: float = 3600.0) -> Job:
        """Return a job once it has ended; TimeoutError if it has not within `timeout_s`."""
        end = time.monotonic() + timeout_s
        while (job := self._json("GET", f"jobs/{uid}/"))["state"] not in _DONE:
            if time.monotonic() > end:
                raise TimeoutError(f"job {uid} is {job['state']} after {timeout_s:.0f} s")
            time.sleep(every_s)
        return cast("Job", job)

    def start_export(self, format: str, **query: Parameters) -> dict[str, Any]:  # noqa: A002
        """Start an export of the quotations that pass `query`; returns it, to be waited for."""
        values = {name: v if isinstance(v, list) else [str(v)] for name, v in query.items()}
        return self._json("POST", "exports/", json={"format": format, "query": values})

    def download(self, uid: str, path: str | Path) -> Path:
        """Write a finished export to `path`, going on where an earlier download broke off.

        Raises ValueError if what arrived is not what the export says.
        """
        target = Path(path)
        have = target.stat().st_size if target.exists() else 0
        export = self._json("GET", f"exports/{uid}/")
        headers = {"Range": f"bytes={have}-", "Accept": "*/*", "Accept-Encoding": "identity"}
        if have < export["size_bytes"]:
            with self._http.stream("GET", f"exports/{uid}/download/", headers=headers) as answer:
                _raise_for(answer)
                is_rest = answer.status_code == httpx2.codes.PARTIAL_CONTENT
                with target.open("ab" if is_rest else "wb") as file:
                    for piece in answer.iter_bytes():
                        file.write(piece)
        with target.open("rb") as file:
            if file_digest(file, "sha256").hexdigest() != export["sha256"]:
                raise ValueError(f"{target}: not the bytes of export {uid}; delete it, try again")
        return target

    # --- requests

    def _json(self, method: str, address: str, **kwargs: Any) -> dict[str, Any]:
        answer = self._request(method, address, **kwargs)
        return cast("dict[str, Any]", answer.json()) if answer.content else {}

    def _request(self, method: str, address: str, **kwargs: Any) -> httpx2.Response:
        """Return the answer; waits and tries again where that can do no harm, else Problem."""
        may_repeat = method in _SAFE or "Idempotency-Key" in kwargs.get("headers", {})
        for left in reversed(range(_TRIES)):
            try:
                answer = self._http.request(method, address, **kwargs)
            except httpx2.TransportError:
                if not (may_repeat and left):
                    raise
                time.sleep(2.0 ** (_TRIES - 1 - left))
                continue
            told = answer.headers.get("Retry-After", "")
            wait_s = float(told) if told.isdigit() else 2.0 ** (_TRIES - 1 - left)
            refused_unread = answer.status_code == httpx2.codes.TOO_MANY_REQUESTS
            again = left and answer.status_code in _AGAIN and (may_repeat or refused_unread)
            if not again or wait_s > _LONGEST_WAIT_S:
                _raise_for(answer)
                return answer
            time.sleep(wait_s)
        raise AssertionError("the last try returns or raises")


def _raise_for(answer: httpx2.Response) -> None:
    if answer.is_error:
        answer.read()
        try:
            document = answer.json()
        except ValueError:
            document = {}
        raise Problem(answer.status_code, document if isinstance(document, dict) else {})
