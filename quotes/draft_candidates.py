"""A draft's words -> the stored quotations that may have them, found by the indexes; and loaded.

By the words in a row, the earliest and the latest that have them; and by marks of runs of words,
which altered words share too (quotes/statements.py).
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Prefetch

from quotes import statements
from quotes.draft_words import Word, Wording, unbroken, wording
from quotes.models import Quotation, QuotationQuerySet, QuotationSpan
from quotes.nlp.document import Kind
from quotes.nlp.marks import quoted_spans
from quotes.params import CHECKING, CheckParams
from quotes.query_language import folded_words
from quotes.rows import PIECES
from quotes.search import Filters, search
from quotes.wording import is_negation

_PHRASE_WORDS = 8
_LEAST_RUN, _RUNS_SOUGHT, _WORDS_SOUGHT = 3, 6, 3
_SHORT_WORDS = 2 * _LEAST_RUN + 1  # from these on, one word more leaves a run of _LEAST_RUN


class Candidate(NamedTuple):
    """Words of the archive: of a quotation, or of several that stand one after the other.

    `text` is what the words' offsets count in. `is_split`: the article only interrupts them.
    """

    quotations: tuple[Quotation, ...]
    text: str
    wording: Wording
    is_split: bool

    @property
    def quotation(self) -> Quotation:
        """Return the quotation that begins it."""
        return self.quotations[0]

    def names(self) -> list[str]:
        """Return all names of the speaker that the archive knows."""
        row = self.quotation
        if row.speaker is None:
            return [row.speaker_name] if row.speaker_name else []
        aliases = [name.name for name in row.speaker.names.all()]
        return list(dict.fromkeys([row.speaker.name, row.speaker_name, *aliases]))


# --- found


def keys_of(
    rows: QuotationQuerySet, words: Wording, name: str = "", *, params: CheckParams = CHECKING
) -> list[int]:
    """Return the keys of quotations among `rows` that may have these words, at most so many.

    `name`, if there is one, is whose are looked for beside anybody's.
    """
    half = params.draft_candidates // 2
    runs = list(unbroken(words))
    found: dict[int, None] = {}
    best, earliest = list[str](), list[int]()
    if runs:
        best = _phrase(max(runs, key=len))
        query = f'said:"{" ".join(best)}"'
        whole = search(rows, query) if best else rows.none()
        earliest = _keys(whole, "recency", half) if best else []
        found.update(dict.fromkeys(earliest))
        if len(earliest) == half:
            found.update(dict.fromkeys(_keys(whole, "-recency", half)))
            if called := tuple(folded_words(name)):
                theirs = search(rows, query, filters=Filters(called=(called,)))
                found.update(dict.fromkeys(_keys(theirs, "recency", half)))
    if len(found) < half:
        text = " ".join(word.exact for word in words.words if not word.is_inserted)
        alike = statements.candidates(text, limit=params.draft_candidates)
        found.update(dict.fromkeys(alike))
        # Words that stand somewhere in a row as they are need no search for what is like them.
        is_sure = bool(earliest) and len(best) == _PHRASE_WORDS
        found.update(
            dict.fromkeys(_alike(rows, words, params) if not alike and not is_sure else ())
        )
        found.update(dict.fromkeys(_of_speaker(rows, words, name, params)))
    return list(found)


def _of_speaker(
    rows: QuotationQuerySet, words: Wording, name: str, params: CheckParams
) -> list[int]:
    """Return the keys of quotations of a speaker of this name that have one of the rarer words."""
    called = tuple(folded_words(name))
    found = {part for word in words.words for part in folded_words(word.exact)}
    # The longest words are the rarest, by and large.
    best = sorted(found, key=lambda word: (-len(word), word))[:_WORDS_SOUGHT]
    if not called or not best:
        return []
    query = " OR ".join(f"said:{word}" for word in best)
    theirs = search(rows, query, filters=Filters(called=(called,)))
    return _keys(theirs, "-recency", params.draft_candidates)


def _alike(rows: QuotationQuerySet, words: Wording, params: CheckParams) -> list[int]:
    """Return the keys of quotations that have some few words in a row of these."""
    kept = [word for word in words.words if not word.is_inserted and not word.is_mended]
    found = [part for word in kept for part in folded_words(word.exact)]
    windows = [found[at : at + _LEAST_RUN] for at in range(len(found) - _LEAST_RUN + 1)]
    # The longest words are the rarest, by and large.
    best = sorted(windows, key=lambda window: -sum(map(len, window)))[:_RUNS_SOUGHT]
    if not best:
        return []
    query = " OR ".join(f'said:"{" ".join(window)}"' for window in best)
    whole = _keys(search(rows, query), "-recency", params.draft_candidates)
    if len(found) >= _SHORT_WORDS:
        return whole
    # In a few words a "not" that came or went leaves no run of them.
    plain = [word.exact for word in kept if not is_negation(word.key)]
    left = dict.fromkeys(part for word in plain for part in folded_words(word))
    if len(left) < _LEAST_RUN:
        return whole
    all_of_them = search(rows, " ".join(f"said:{part}" for part in left))
    return whole + _keys(all_of_them, "-recency", params.draft_candidates)


def _keys(rows: Any, order: str, count: int) -> list[int]:
    return list(rows.order_by(order).values_list("pk", flat=True)[:count])


def _phrase(run: Sequence[Word]) -> list[str]:
    """Return the words of a run as the index has them, of a long one some in the middle."""
    found = [part for word in run for part in folded_words(word.exact)]
    start = max(0, (len(found) - _PHRASE_WORDS) // 2)
    return found[start : start + _PHRASE_WORDS]


# --- loaded


def load(rows: QuotationQuerySet, keys: Iterable[int]) -> dict[int, Quotation]:
    """Return key -> quotation, with all that comparing and showing it needs; three queries."""
    spans = QuotationSpan.objects.filter(role=QuotationSpan.Role.CONTENT).order_by("position")
    wanted = rows.filter(pk__in=set(keys)).for_list()
    loaded = wanted.prefetch_related(Prefetch("spans", queryset=spans), "speaker__names")
    return {row.pk: row for row in loaded}


def candidates(rows: Iterable[Quotation]) -> list[Candidate]:
    """Return each of `rows` as a candidate, and those that go on in the next one joined to it."""
    ordered = sorted(rows, key=lambda row: (row.version_id, row.position))
    found = [candidate_of([row]) for row in ordered]
    for _, group in groupby(ordered, key=lambda row: row.version_id):
        series: list[Quotation] = []
        for row in group:
            if series and not _goes_on(series[-1], row):
                found += [candidate_of(series)] if len(series) > 1 else []
                series = []
            series.append(row)
        found += [candidate_of(series)] if len(series) > 1 else []
    return found


def _goes_on(row: Quotation, following: Quotation) -> bool:
    """Say whether two quotations stand one after the other and are one speaker's own words."""
    is_next = following.position == row.position + 1 and following.speaker_id == row.speaker_id
    return is_next and row.kind == following.kind == Kind.DIRECT and row.speaker_id is not None


def candidate_of(rows: Sequence[Quotation]) -> Candidate:
    """Return the words of quotations that stand one after the other."""
    pieces = [span.exact for row in rows for span in row.spans.all()]
    if not pieces:
        pieces = [row.content for row in rows]
    places, at = [], 0
    for piece in pieces:
        places.append((at, at + len(piece)))
        at += len(piece) + len(PIECES)
    text = PIECES.join(pieces)
    found = wording(text, places)
    kind = rows[0].kind
    own = {Kind.DIRECT: None, Kind.INDIRECT: []}.get(Kind(kind), _own(text))
    if own is not None:
        words = [w._replace(is_own=any(a <= w.start < b for a, b in own)) for w in found.words]
        found = Wording(tuple(words), found.tail)
    return Candidate(tuple(rows), text, found, is_split=kind == Kind.DIRECT)


def _own(text: str) -> list[tuple[int, int]] | None:
    """Return where the speaker's own words stand in a partly direct quotation, None if all are."""
    quoted = [(span.start, span.end) for span in quoted_spans(text)]
    return quoted or None
