"""What a draft quotes -> each against the archive: verbatim, altered, another's, not found.

Stores nothing, logs no word of the draft. Time and number are bounded: what was not checked is
said. Why: docs/decisions/0032-checking-a-draft.md.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from quotes import draft_articles, draft_candidates, variants
from quotes.draft_articles import InText
from quotes.draft_candidates import Candidate
from quotes.draft_judging import Status, judge, rank
from quotes.draft_matching import Match, match
from quotes.draft_quotations import DraftQuotation, is_long, plain
from quotes.draft_reading import Reading
from quotes.draft_speakers import Same, same_speaker
from quotes.draft_words import Wording, wording
from quotes.models import Quotation, QuotationQuerySet
from quotes.nlp.document import Factuality
from quotes.params import CHECKING, PAGES, CheckParams
from quotes.rows import PIECES
from quotes.variant_warnings import WordingWarning, warnings

# What turns a report, whose words may else be the draft's own.
_TURNS = frozenset(("negation", "number"))
_FAITHFUL = frozenset((Status.VERBATIM, Status.REPORTED))


class Source(NamedTuple):
    """A stored quotation that a draft's words were compared with, and what came of it.

    `words` are the archive's that stand for them. `sides` are both wordings in pieces that differ,
    None if they do not. `goes_on`: the words end in the article's next quotation.
    """

    quotation: Quotation
    status: Status
    match: Match
    same: Same
    words: str
    sides: variants.Sides | None
    warnings: tuple[WordingWarning, ...]
    goes_on: bool
    problems: tuple[str, ...] = ()


class Checked(NamedTuple):
    """A quotation of a draft: its status, what is to be said of it, its sources, likeliest first.

    `notes` are keys of `draft_judging.NOTE_WORDS`. `in_text` is where the words stand in an
    article of which no stored quotation has them.
    """

    quotation: DraftQuotation
    words: str
    status: Status
    notes: tuple[str, ...]
    sources: tuple[Source, ...]
    in_text: InText | None = None

    @property
    def source(self) -> Source | None:
        """Return the likeliest source."""
        return self.sources[0] if self.sources else None


class Report(NamedTuple):
    """A draft, checked. `texts_searched`: of how many articles the whole text was looked at."""

    text: str
    items: tuple[Checked, ...]
    left_out: int
    read_to: int
    texts_searched: int

    @property
    def counts(self) -> dict[Status, int]:
        """Return how many quotations have each status, none left out."""
        found = Counter(item.status for item in self.items)
        return {status: found[status] for status in Status}


# --- what the archive has of it


def check(
    text: str, reading: Reading, rows: QuotationQuerySet, *, params: CheckParams = CHECKING
) -> Report:
    """Return what became of each quotation of a draft, by the quotations `rows` that may be shown.

    A few searches for each quotation, and a fixed number of queries for all that they find.
    """
    set_plainly = plain(text)
    deadline = time.monotonic() + params.match_most_s
    shown = rows.current()
    most = params.quotations_most
    asked = [
        (quotation, _wording(set_plainly, quotation, params) if number < most else Wording((), ""))
        for number, quotation in enumerate(reading.quotations)
    ]
    found: list[list[int] | None] = []
    for number, (quotation, words) in enumerate(asked):
        is_late = number >= most or time.monotonic() > deadline
        is_late = is_late or is_long(quotation.start, quotation.end, params)
        name = quotation.speaker.name if quotation.speaker else ""
        keys = None if is_late else draft_candidates.keys_of(shown, words, name, params=params)
        found.append(keys)
    loaded = draft_candidates.load(shown, [key for keys in found for key in keys or ()])
    items = [
        _checked(set_plainly, quotation, words, keys, loaded, params)
        for (quotation, words), keys in zip(asked, found, strict=True)
    ]
    texts = draft_articles.Texts(_versions(items), params)
    items = [_with_texts(item, words, texts) for item, (_, words) in zip(items, asked, strict=True)]
    return Report(text, tuple(items), reading.left_out, reading.read_to, texts.searched)


def _wording(text: str, quotation: DraftQuotation, params: CheckParams) -> Wording:
    """Return the words that are looked up: none of a quotation that is too long for it."""
    pieces = () if is_long(quotation.start, quotation.end, params) else quotation.pieces
    return wording(text, pieces)


def _checked(
    text: str,
    quotation: DraftQuotation,
    words: Wording,
    keys: Sequence[int] | None,
    loaded: dict[int, Quotation],
    params: CheckParams,
) -> Checked:
    shown = " … ".join(text[start:end] for start, end in quotation.pieces)
    if keys is None:
        notes = ("too-long",) if is_long(quotation.start, quotation.end, params) else ()
        return Checked(quotation, shown, Status.UNCHECKED, notes, ())
    rows = [loaded[key] for key in keys if key in loaded]
    sources = []
    for candidate in draft_candidates.candidates(rows):
        source = _source(shown, quotation, words, candidate, params)
        if source is not None:
            sources.append(source)
    sources.sort(key=_order)
    best = _one_each(sources)[: params.sources_shown]
    status = best[0].status if best else Status.NOT_FOUND
    return Checked(quotation, shown, status, _notes(quotation, words, best), tuple(best))


def _source(
    shown: str,
    quotation: DraftQuotation,
    words: Wording,
    candidate: Candidate,
    params: CheckParams,
) -> Source | None:
    """Return the candidate as a source, None if its words are others."""
    found = match(words, candidate.wording, is_split=candidate.is_split, params=params)
    if found is None:
        return None
    same = _same(quotation, candidate)
    status = judge(quotation.kind, len(words.words), found, same, params=params)
    if status is Status.NOT_FOUND and not found.is_same:
        return None
    row = next((row for row, end in _ends(candidate) if found.start < end), candidate.quotation)
    theirs = candidate.text[found.start : found.end]
    differs = not found.is_same
    warned = warnings(theirs, shown) if differs else ()
    if status is Status.REPORTED and any(w.kind in _TURNS for w in warned):
        status = Status.ALTERED
    if status in _FAITHFUL and (row.factuality or Factuality.FACTUAL) != quotation.factuality:
        status = Status.SAID_OTHERWISE
    return Source(
        quotation=row,
        status=status,
        match=found,
        same=same,
        words=theirs,
        sides=variants.side_by_side(shown, theirs) if differs else None,
        warnings=warned,
        goes_on=len(candidate.quotations) > 1 and row != _last(candidate, found.end),
    )


def _ends(candidate: Candidate) -> Iterator[tuple[Quotation, int]]:
    """Yield each quotation of a candidate with where its words end."""
    at = 0
    for row in candidate.quotations:
        pieces = [span.exact for span in row.spans.all()] or [row.content]
        at += sum(map(len, pieces)) + len(PIECES) * len(pieces)
        yield row, at


def _last(candidate: Candidate, end: int) -> Quotation:
    return next((row for row, after in _ends(candidate) if end <= after), candidate.quotations[-1])


def _same(quotation: DraftQuotation, candidate: Candidate) -> Same:
    """Return whether draft and archive name one speaker; unknown where the draft is unsure."""
    named, row = quotation.speaker, candidate.quotation
    if named is None or is_unsure(quotation):
        return Same.UNKNOWN
    return same_speaker(
        [named.name, *named.aliases],
        named.kind,
        named.role or "",
        other_names=candidate.names(),
        other_kind=row.speaker_kind or None,
        other_role=row.speaker_role,
    )


def is_unsure(quotation: DraftQuotation) -> bool:
    """Say whether the extractor is unsure of whom the draft names."""
    certainty = quotation.certainty
    return certainty is not None and certainty < PAGES.confidence_unsure_below


def _order(source: Source) -> tuple[object, ...]:
    """Return by what sources are ordered: likeliest, reviewed, earliest, then as they were added.

    What is alike and stands in one quotation goes before what needs two.
    """
    row = source.quotation
    day = row.version.published_on
    return (
        *rank(source.status, source.match, source.same),
        source.goes_on,
        not row.review,
        day is None,
        day or 0,
        row.pk,
    )


def _one_each(sources: Sequence[Source]) -> list[Source]:
    """Return the first source of each quotation."""
    return list({source.quotation.pk: source for source in reversed(sources)}.values())[::-1]


def _problems(source: Source) -> list[str]:
    """Return what is to be said of a source's words, and of their not being said."""
    found = sorted(source.match.problems - {"words"})
    if not source.quotation.is_said and source.status is not Status.SAID_OTHERWISE:
        found.append("not-said")
    return found


def _notes(quotation: DraftQuotation, words: Wording, sources: Sequence[Source]) -> tuple[str, ...]:
    found: list[str] = []
    if not quotation.is_closed:
        found.append("unclosed")
    if quotation.speaker is None:
        found.append("nobody-named")
    elif is_unsure(quotation):
        found.append("draft-unsure")
    if not sources:
        return tuple(found)
    best = sources[0]
    found += _problems(best)
    if best.match.is_part and quotation.has_marks and best.match.is_same:
        found.append("part")
    if best.match.is_same and _omits(words, best):
        found.append("omission")
    if best.status is Status.REPORTED and best.match.is_own and best.match.is_same:
        found.append("own-words")
    if best.match.is_cut_off and best.match.is_same:
        found.append("cut-off")
    if best.status in _FAITHFUL and any(_turns(other) for other in sources[1:]):
        found.append("disputed")
    if best.goes_on:
        found.append("goes-on")
    is_short = best.match.is_part and len(words.words) < CHECKING.draft_least_words
    if best.status is Status.NOT_FOUND or is_short:
        found.append("few-words")
    found += _speaker_notes(quotation, best)
    if best.same is not Same.NO and any(s.same is Same.NO and s.match.is_same for s in sources[1:]):
        found.append("elsewhere")
    return tuple(dict.fromkeys(found))


def _turns(source: Source) -> bool:
    """Say whether a source has another number, or a negation more or less, than the draft."""
    return source.status is Status.ALTERED and (
        "turned" in source.match.problems or any(w.kind in _TURNS for w in source.warnings)
    )


def _omits(words: Wording, source: Source) -> bool:
    """Say whether the archive's words are others in number than the draft's, though the same."""
    return len(wording(source.words).words) != len(words.words) or any(
        word.is_inserted for word in words.words
    )


def _speaker_notes(quotation: DraftQuotation, best: Source) -> Iterator[str]:
    row = best.quotation
    if not row.speaker_name and row.speaker is None:
        yield "archive-nobody"
    elif best.same is Same.UNKNOWN and quotation.speaker is not None:
        yield "speaker-unknown"
    if not row.review and row.speaker_confidence < PAGES.confidence_unsure_below:
        yield "archive-unsure"


# --- the stored texts


def _versions(items: Sequence[Checked]) -> list[tuple[int, int]]:
    """Return the article versions to which sources lead, those of the most first, with a weight."""
    found = Counter(s.quotation.version_id for item in items for s in item.sources[:1])
    for item in items:
        found.update(dict.fromkeys((s.quotation.version_id for s in item.sources[1:]), 0))
    return found.most_common()


def _with_texts(item: Checked, words: Wording, texts: draft_articles.Texts) -> Checked:
    """Return an item with its first source verified, or with where its words stand in a text."""
    if item.status is Status.NOT_FOUND and item.quotation.has_marks:
        place = texts.find(words)
        if place is not None:
            return item._replace(status=Status.IN_TEXT, in_text=place)
    if item.source is None:
        return item
    problems = texts.mismatches(item.source.quotation)
    if problems is None:
        return item._replace(notes=(*item.notes, "unverified"))
    if not problems:
        return item
    first = item.source._replace(problems=tuple(problems))
    # What the evidence no longer bears out is not called verbatim.
    status = Status.UNCHECKED if item.status in _FAITHFUL else item.status
    notes = (*item.notes, "orphaned")
    return item._replace(status=status, sources=(first, *item.sources[1:]), notes=notes)
