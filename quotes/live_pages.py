"""A quotation's words against the publisher's page as it is now: same, altered, missing.

The page is fetched as any other (quotes/fetching.py: public hosts, robots.txt, limits) and read by
the same readers. What is found is kept beside the quotation (LiveCheck), which never changes by it.
Why: docs/decisions/0033-reading-pages.md.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, NamedTuple

from django.utils import timezone
from rapidfuzz.distance import Indel

from quotes import fetching, ingest, locks
from quotes.blocks import html_text
from quotes.encodings import decode
from quotes.fetching import Fetched, FetchError, Hosts
from quotes.fields import clip
from quotes.models import LiveCheck, Quotation
from quotes.nlp.marks import WORD
from quotes.params import FETCHING, LIVE, LiveParams
from quotes.refusals import InputError, Refusal
from quotes.verification import stand_in
from quotes.wording import fold

Outcome = LiveCheck.Outcome
_JOINT = " … "
_PROBLEM_CHARS, _ADDRESS_CHARS = 500, 2000
# One page at a time is fetched while somebody waits: no more of the server's threads wait for it.
_LOCK = locks.of_command("live-page", 40)
_REFINED_WORDS = 400  # of longer quotations the ends are not looked for word by word


# --- words in a page


class Page(NamedTuple):
    """A text to look in: as it is, folded, and its words in lower case with their places."""

    text: str
    folded: str
    words: list[str]
    places: list[tuple[int, int]]


class Finding(NamedTuple):
    """What a page has of a quotation: `found` are the likest words of it unless they are missing.

    `similarity` is in [0, 1], by words.
    """

    outcome: str
    found: str
    similarity: float


def page_of(text: str) -> Page:
    """Return `text` as one to look in."""
    matches = list(WORD.finditer(text))
    words = [_plain(match.group()) for match in matches]
    return Page(text, fold(text), words, [match.span() for match in matches])


def _plain(word: str) -> str:
    return word.casefold().replace("’", "'")


def look(pieces: Sequence[str], pages: Sequence[Page], *, params: LiveParams = LIVE) -> Finding:
    """Return what is found of the words `pieces` in the likest of `pages`.

    Styles of marks and white space do not count; any other difference is an alteration.
    """
    if any(stand_in(pieces, page.folded) for page in pages):
        return Finding(Outcome.SAME, "", 1.0)
    found = [_likest(pieces, page, params) for page in pages]
    best = max(found, key=lambda one: one.similarity, default=Finding("", "", 0.0))
    if best.similarity < params.altered_from:
        return Finding(Outcome.MISSING, "", best.similarity)
    return best


def _likest(pieces: Sequence[str], page: Page, params: LiveParams) -> Finding:
    total, likeness, shown = 0, 0.0, []
    for piece in pieces:
        wanted = [_plain(word) for word in WORD.findall(piece)]
        start, end, similarity = likest_run(wanted, page.words)
        total += len(wanted)
        likeness += similarity * len(wanted)
        if similarity >= params.altered_from:
            shown.append(page.text[page.places[start][0] : page.places[end - 1][1]])
    return Finding(Outcome.ALTERED, _JOINT.join(shown), likeness / total if total else 0.0)


def likest_run(wanted: Sequence[str], words: Sequence[str]) -> tuple[int, int, float]:
    """Return the run [start, end) of `words` that is most like `wanted`, and their similarity.

    Of all runs as long as `wanted` the first with the most words in common; then its ends are moved
    to where the words in the same order are most. (0, 0, 0.0) if they have no word in common.
    """
    size = min(len(wanted), len(words))
    start, shared = _fullest_window(wanted, words, size)
    if not shared:
        return 0, 0, 0.0
    end = start + size
    if len(wanted) <= _REFINED_WORDS:
        first, last = max(0, start - size), min(len(words), end + size)
        start = max(range(first, end), key=lambda at: (_alike(wanted, words[at:end]), at))
        end = max(range(start + 1, last + 1), key=lambda at: (_alike(wanted, words[start:at]), -at))
    return start, end, _alike(wanted, words[start:end])


def _fullest_window(wanted: Sequence[str], words: Sequence[str], size: int) -> tuple[int, int]:
    """Return where the first window of `size` words begins that shares the most, and how many."""
    left = Counter(wanted)
    best, shared, most = 0, 0, 0
    for at, word in enumerate(words):
        if word in left:
            shared += left[word] > 0
            left[word] -= 1
        gone = words[at - size] if at >= size else ""
        if gone in left:
            left[gone] += 1
            shared -= left[gone] > 0
        if shared > most:
            best, most = max(0, at - size + 1), shared
    return best, most


def _alike(one: Sequence[str], other: Sequence[str]) -> float:
    return Indel.normalized_similarity(one, other)


# --- comparing, and what is kept of it


class TooSoonError(InputError):
    """The publisher's page was compared a moment ago, or another one is being compared."""


def may_compare_from(quotation: Quotation, *, params: LiveParams = LIVE) -> datetime | None:
    """Return when the quotation's page may be fetched again; None if it may be now. One query."""
    checks = LiveCheck.objects.filter(quotation__version__article=quotation.version.article_id)
    last = checks.order_by("-checked_at").values_list("checked_at", flat=True).first()
    if last is None:
        return None
    free = last + timedelta(seconds=params.again_after_s)
    return free if free > timezone.now() else None


def check(
    quotation: Quotation, *, hosts: Hosts | None = None, params: LiveParams = LIVE
) -> LiveCheck:
    """Compare `quotation` with the publisher's page as it is now; return what is kept of it.

    The article's other quotations are compared with the same page, as it is not fetched again for a
    while. A page that cannot be had or read is a result, UNREACHABLE. Raises TooSoonError, and
    InputError where the article has no address.
    """
    address = quotation.version.article.url
    if not address:
        raise InputError("The article has no address", "compare it with its archived text")
    if (free := may_compare_from(quotation, params=params)) is not None:
        problem = "This page was compared a few minutes ago"
        raise TooSoonError(problem, f"it is fetched again from {free:%H:%M} UTC on")
    try:
        with _LOCK.hold():
            return _checked(quotation, address, hosts, params)
    except locks.BusyError as error:
        problem = "Another page is being compared just now"
        raise TooSoonError(problem, "try again in a few seconds") from error


def _checked(
    quotation: Quotation, address: str, hosts: Hosts | None, params: LiveParams
) -> LiveCheck:
    now = timezone.now()
    try:
        found = _fetched(address, hosts, params)
        pages = [page_of(text) for text in texts_of(found)]
    except FetchError as error:
        return _keep_unreachable(quotation, address, error.problem, now)
    except InputError as error:
        return _keep_unreachable(quotation, address, f"cannot be read: it {error.problem}", now)
    kept = {"address": clip(found.address, _ADDRESS_CHARS), "problem": "", "checked_at": now}
    asked = _keep(quotation, pages, kept, params)
    for row in _others(quotation, pages, params):
        _keep(row, pages, kept, params)
    return asked


def _keep(
    row: Quotation, pages: Sequence[Page], kept: dict[str, Any], params: LiveParams
) -> LiveCheck:
    finding = look([span.exact for span in row.spans_of("content")], pages, params=params)
    fields = {**kept, **finding._asdict()}
    return LiveCheck.objects.update_or_create(quotation=row, defaults=fields)[0]


def _fetched(address: str, hosts: Hosts | None, params: LiveParams) -> Fetched:
    limits = FETCHING.model_copy(
        update={
            "connect_timeout_s": min(FETCHING.connect_timeout_s, params.timeout_s),
            "read_timeout_s": min(FETCHING.read_timeout_s, params.timeout_s),
            "total_timeout_s": params.timeout_s,
            "max_bytes": params.live_max_bytes,
        }
    )
    return fetching.fetch(address, hosts=hosts, params=limits, patience_s=params.host_wait_most_s)


def _keep_unreachable(quotation: Quotation, address: str, problem: str, now: datetime) -> LiveCheck:
    kept = {
        "outcome": Outcome.UNREACHABLE,
        "address": clip(address, _ADDRESS_CHARS),
        "found": "",
        "similarity": None,
        "problem": clip(problem, _PROBLEM_CHARS),
        "checked_at": now,
    }
    return LiveCheck.objects.update_or_create(quotation=quotation, defaults=kept)[0]


def _others(quotation: Quotation, pages: Sequence[Page], params: LiveParams) -> list[Quotation]:
    """Return the other quotations of the version, as many as may be gone through."""
    words = max(1, sum(len(page.words) for page in pages))
    most = min(params.compared_most, params.live_words_most // words) - 1
    mine = Quotation.objects.filter(version=quotation.version_id, status=Quotation.Status.CURRENT)
    rows = mine.exclude(pk=quotation.pk).prefetch_related("spans").order_by("position")
    return list(rows[: max(0, most)])


# --- what a page says


def texts_of(found: Fetched) -> list[str]:
    """Return the texts of a fetched page: of its articles, then of all that a browser shows.

    The readers leave out what surrounds the article, and may leave out too much: words are missing
    only if they stand nowhere on the page. Raises InputError if nothing can be read.
    """
    charset = f"; charset={found.charset}" if found.charset else ""
    items = list(
        ingest.read_stream(
            BytesIO(found.body),
            found.address,
            media_type=f"{found.media_type}{charset}",
            address=found.address,
        )
    )
    texts = [item.text for item in items if not isinstance(item, Refusal)]
    if "html" in found.media_type:
        try:
            texts.append(html_text(decode(found.body, found.charset)[0]))
        except InputError:
            if not texts:
                raise
    readable = [text for text in texts if text.strip()]
    if not readable:
        refusals = [item for item in items if isinstance(item, Refusal)]
        problem = refusals[0].problem if refusals else "holds no words"
        raise InputError(problem, "look at it in a browser")
    return readable
