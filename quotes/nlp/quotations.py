"""Linked spans -> quotations: grouping, edges at quotation marks, kind, signals.

Source: docs/decisions/0003-quotation-tagger.md.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from quotes.nlp.decoding import Link
from quotes.nlp.document import Act, Evidence, Kind, Quotation, Signals, Span
from quotes.nlp.layout import (
    ANSWER,
    HEADLINE,
    Told,
    behind_dateline,
    furniture,
    told_by_layout,
)
from quotes.nlp.lexicon import speech_verb_lemma, words
from quotes.nlp.marks import PARAGRAPH, Pair, is_quoted, kind_of, mark_pairs, trimmed, words_in
from quotes.nlp.relayed import relayed
from quotes.nlp.unsaid import (
    in_its_sentence,
    is_condition,
    is_topic,
    tail,
    with_apposition,
    without_topic,
)
from quotes.params import DEFAULTS, Params

_PAIRS_SEEN = 8
_UTTERED = ".,!?…"
_NAMED_THING = 3  # words: "a box marked"; more may be a clause, which may be somebody's
_NAMING_CHARS = 24  # before a mark: room for one word that names
_OPENING = ("“", '"', "''", "``", "‘", "«", "„")
_PARTICIPLE = re.compile(
    r"\s*[,;—–]\s+(?P<verb>[^\W\d_]+ing)\s+(?P<clause>[^\W\d_]+|“|\"|''|``|‘|«|„)"
)


class Piece(NamedTuple):
    """A span on the best path: its place in the text, its wordpieces, how sure the CRF is of it.

    `log_probability` is that of exactly this span, `share` the mean probability that one of its
    words has its role.
    """

    role: str
    span: Span
    first: int
    last: int
    log_probability: float
    share: float


class Found(NamedTuple):
    """A content span with its cue and source, if any."""

    content: Piece
    cue: Piece | None
    source: Piece | None
    link: Link


@dataclass(frozen=True, slots=True)
class Draft:
    """A quotation in the making: content spans in text order, and the links they came from.

    `continues` is the source that the network points a content to which has no cue of its own.
    """

    content: tuple[Span, ...]
    links: tuple[Found, ...]
    cue: Span | None = None
    source: Span | None = None
    continues: Span | None = None


def assemble(text: str, found: Sequence[Found], params: Params = DEFAULTS) -> tuple[Quotation, ...]:
    """Return the quotations of `text`, in text order, with speech as act and no speaker yet.

    What layout settles (quotes/nlp/layout.py) comes before what the network found there.

    Their confidence is the network's own; quotes/nlp/confidence.py makes it a probability.
    """
    drafts = drafts_of(text, found, mark_pairs(text))
    told = [told for told in told_by_layout(text) if not _is_said(told, drafts)]
    settled = sorted(
        [*furniture(text), *(span for one in told for span in one.content)],
        key=lambda span: span.start,
    )
    quotations = [_quotation(text, d) for d in drafts if not _touches(d.content, settled)]
    quotations += [_laid_out(text, one, params) for one in told]
    return tuple(sorted(quotations, key=lambda q: (q.content[0].start, q.content[-1].end)))


def _is_said(told: Told, drafts: Sequence[Draft]) -> bool:
    """Say whether the network has found a headline's source itself."""
    return told.how == HEADLINE and any(
        draft.source is not None and draft.content[0].meets(told.content[0]) for draft in drafts
    )


def _touches(content: Sequence[Span], settled: Sequence[Span]) -> bool:
    """Say whether a content shares a character with one of the spans, which are in text order."""
    for span in content:
        after = bisect_left(settled, span.end, key=lambda other: other.start)
        if any(span.meets(other) for other in settled[max(0, after - _PAIRS_SEEN) : after]):
            return True
    return False


def _laid_out(text: str, told: Told, params: Params) -> Quotation:
    """Return a quotation that layout gives to its speaker: verbatim, but for a headline."""
    named = told.how != ANSWER
    return Quotation(
        kind=kind_of(told.content, text) if told.how == HEADLINE else Kind.DIRECT,
        act=Act.SPEECH,
        content=told.content,
        cue=(told.sign,),
        source=(told.by,) if named else (),
        evidence=(Evidence(role="mention", span=told.by, rule=told.how),),
        confidence=params.layout_confidence[told.how],
    )


def drafts_of(text: str, found: Sequence[Found], pairs: Sequence[Pair]) -> list[Draft]:
    """Return what the linked contents make of `text`, in text order; `pairs` are its marks."""
    drafts = [
        part
        for draft in grouped(text, found, pairs)
        for part in with_participles(text, _relayed(text, _at_marks(text, draft, pairs)))
        if has_words(text, part.content) and not _is_unsaid(text, part, pairs)
    ]
    drafts.sort(key=lambda draft: (draft.content[0].start, draft.content[-1].end))
    return _run_on(text, _with_tails(text, drafts), pairs)


def _is_unsaid(text: str, draft: Draft, pairs: Sequence[Pair]) -> bool:
    """Say whether nobody says a content: a name, a headline's topic, a condition of speaking."""
    return (
        _is_name(text, draft, pairs)
        or is_topic(text, draft.cue, draft.source)
        or is_condition(text, draft.content, draft.cue)
    )


def _with_tails(text: str, drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts in text order, quoted words behind what they refer to given back.

    “It rains,” she said, referring to May, “and it will” is one quotation, and one of “May”.
    """
    found: list[Draft] = []
    for draft in drafts:
        parted = tail(text, draft.content, draft.cue)
        last = found[-1] if found else None
        if parted and last and kind_of(last.content, text) is Kind.DIRECT:
            found[-1] = replace(last, content=(*last.content, parted[1]))
            found.append(replace(draft, content=(parted[0],)))
        else:
            found.append(draft)
    return found


def _relayed(text: str, draft: Draft) -> Draft:
    """Return the draft with who said the words as its source, where another relays them."""
    found = relayed(text, draft.content, draft.cue, draft.source)
    if found is None:
        return draft
    cue = found.cue or draft.cue
    return replace(draft, content=found.content, source=found.source, cue=cue)


def has_words(text: str, spans: Sequence[Span]) -> bool:
    """Say whether there is a letter or a digit in `spans`."""
    return next(words_in(text, spans), None) is not None


def _is_name(text: str, draft: Draft, pairs: Sequence[Pair]) -> bool:
    """Say whether a name is given, by the cue or in the content, so that nobody says it.

    "A paper titled “…”", where "titled" is the cue or stands before the marks; "a box marked “…”",
    where this is all.
    """
    names = words("naming_words.tsv")
    if kind_of(draft.content, text) is Kind.DIRECT:
        start = draft.content[0].start
        before = text[max(0, start - _NAMING_CHARS) : start].split()
        cue = draft.cue.of(text).split() if draft.cue else []
        if any(word.lower() in names for word in (*before[-1:], *cue[-1:])):
            return True
    content = draft.content[-1]
    quoted = next((pair for pair in pairs if pair.end == content.end), None)
    if len(draft.content) > 1 or quoted is None or quoted.start <= content.start:
        return False
    thing = text[content.start : quoted.start].split()
    return len(thing) <= _NAMED_THING and thing[-1].lower() in names


def _run_on(text: str, drafts: Sequence[Draft], pairs: Sequence[Pair]) -> list[Draft]:
    """Return the drafts, quoted paragraphs joined with the ones before that leave a mark open."""
    joined: list[Draft] = []
    for draft in drafts:
        last = joined[-1] if joined else None
        if last and not draft.cue and _is_open(last.content[-1], pairs):
            between = text[last.content[-1].end : draft.content[0].start]
            if between.isspace() and kind_of(draft.content, text) is Kind.DIRECT:
                content, links = (*last.content, *draft.content), (*last.links, *draft.links)
                joined[-1] = replace(last, content=content, links=links)
                continue
        joined.append(draft)
    return joined


def grouped(text: str, found: Sequence[Found], pairs: Sequence[Pair]) -> list[Draft]:
    """Return one draft for the contents that share a cue and a source, and one for each other.

    What stands in another paragraph is its own, unless a mark was left open: it merely goes on.
    """
    groups: dict[tuple[Span | None, Span | None, int], list[Found]] = {}
    for number, item in enumerate(sorted(found, key=lambda f: f.content.span.start)):
        cue = item.cue.span if item.cue else None
        source = item.source.span if item.source else None
        groups.setdefault((cue, source, -1 if cue else number), []).append(item)
    drafts: list[Draft] = []
    for (cue, source, _), items in groups.items():
        own, following = _with_cue(text, items, cue, pairs)
        drafts.append(Draft(tuple(i.content.span for i in own), tuple(own), cue, source))
        drafts += [Draft((i.content.span,), (i,), continues=source) for i in following]
    return drafts


def _with_cue(
    text: str, items: list[Found], cue: Span | None, pairs: Sequence[Pair]
) -> tuple[list[Found], list[Found]]:
    """Part contents in text order into those of the cue's own quotation and those after it."""
    if cue is None:
        return items, []
    nearest = min(range(len(items)), key=lambda i: _distance(text, items[i].content.span, cue))
    low = high = nearest
    while low > 0 and _same(text, items[low - 1], items[low], pairs):
        low -= 1
    while high + 1 < len(items) and _same(text, items[high], items[high + 1], pairs):
        high += 1
    return items[low : high + 1], [*items[:low], *items[high + 1 :]]


def _distance(text: str, span: Span, other: Span) -> tuple[bool, int]:
    """Return how far apart two spans are: whether a paragraph ends between, then code points."""
    left, right = sorted((span, other), key=lambda s: s.start)
    return breaks_between(text, left.end, right.start), right.start - left.end


def breaks_between(text: str, start: int, end: int) -> bool:
    """Say whether a paragraph ends in `text[start:end]`."""
    return start < end and PARAGRAPH.fullmatch(text, start, end) is None


def _same(text: str, left: Found, right: Found, pairs: Sequence[Pair]) -> bool:
    """Say whether two contents of one cue are one quotation.

    They are within a paragraph, and where the first leaves a mark open.
    """
    before, after = left.content.span, right.content.span
    if not breaks_between(text, before.end, after.start):
        return True
    return _is_open(before, pairs)


def _is_open(span: Span, pairs: Sequence[Pair]) -> bool:
    """Say whether a quotation that begins in `span` is not closed in its paragraph."""
    first = _first_pair(pairs, span.start)
    near = pairs[first : first + _PAIRS_SEEN]
    return any(not pair.closed and span.start <= pair.start < span.end for pair in near)


def _first_pair(pairs: Sequence[Pair], start: int) -> int:
    return bisect_left(pairs, start, key=lambda pair: pair.start)


def _at_marks(text: str, draft: Draft, pairs: Sequence[Pair]) -> Draft:
    """Return the draft with content edges moved over adjacent quotation marks, and trimmed."""
    content: list[Span] = []
    floor = 0
    for span in draft.content:
        start, end = snapped(text, behind_dateline(text, span), pairs)
        start = max(start, floor)
        if start < end:
            content.append(Span(start=start, end=end))
            floor = end
    if content:
        content = list(without_topic(text, in_its_sentence(text, content, draft.cue)))
    source = trimmed(text, behind_dateline(text, draft.source)) if draft.source else None
    if source and content:
        source, content[0] = with_apposition(text, source, content[0])
    return _without_words_in_source(
        text, replace(draft, content=tuple(content), source=source), pairs
    )


def _without_words_in_source(text: str, draft: Draft, pairs: Sequence[Pair]) -> Draft:
    """Return the draft with words that its source ends in as content: “A,” said X, “and B.” does.

    Behind a comma and with a comma or stop before the closing mark it is uttered, no nickname.
    """
    source = draft.source
    if source is None:
        return draft
    for pair in pairs[_first_pair(pairs, source.start) :]:
        if pair.start >= source.end:
            break
        uttered = pair.closed and text[pair.outer - 1] in _UTTERED
        behind = text[source.start : pair.start].rstrip().endswith(",")
        if uttered and behind and not has_words_between(text, pair.outer, source.end):
            content = (*draft.content, Span(start=pair.start, end=pair.end))
            name = trimmed(text, Span(start=source.start, end=pair.start))
            return replace(draft, content=tuple(sorted(content, key=_place)), source=name)
    return draft


def _place(span: Span) -> int:
    return span.start


def snapped(text: str, span: Span, pairs: Sequence[Pair]) -> tuple[int, int]:
    """Return the edges of a content with the marks of every quotation that it holds whole.

    It takes in a mark where only punctuation stands between, and drops one whose quotation lies
    outside. A content without words stays as it is.
    """
    inside = [word.span() for word in words_in(text, [span])]
    if not inside:
        return span.start, span.end
    first, last = inside[0][0], inside[-1][1]
    start, end = span.start, span.end
    near = max(0, _first_pair(pairs, span.start) - _PAIRS_SEEN)
    for pair in pairs[near : _first_pair(pairs, span.end)]:
        if pair.end <= first:
            continue
        opens = pair.start < first and not has_words_between(text, pair.inner, first)
        closes = pair.closed and pair.end > last and not has_words_between(text, last, pair.outer)
        if opens and (closes or not pair.closed or pair.outer < last):
            start = min(start, pair.start)
        if closes and (opens or pair.start >= first):
            end = max(end, pair.end)
    return start, end


def has_words_between(text: str, start: int, end: int) -> bool:
    """Say whether there is a letter or a digit in `text[start:end]`."""
    return any(map(str.isalnum, text[start:end]))


def with_participles(text: str, draft: Draft) -> Iterator[Draft]:
    """Yield the draft, cut where a participle of speech begins an attribution of its own.

    "X says A, stressing that B": what X says is A; stressing, X says B. Applies outside quotation
    marks only. Source: docs/decisions/0003-quotation-tagger.md.
    """
    for index, span in enumerate(draft.content):
        match = _speech_participle(text, span)
        if match is not None:
            before = trimmed(text, Span(start=span.start, end=match.start()))
            after = Span(start=match.start("clause"), end=span.end)
            cue = Span(start=match.start("verb"), end=match.end("verb"))
            yield replace(draft, content=(*draft.content[:index], before))
            rest = (after, *draft.content[index + 1 :])
            yield from with_participles(text, replace(draft, content=rest, cue=cue, continues=None))
            return
    yield draft


def _speech_participle(text: str, span: Span) -> re.Match[str] | None:
    """Return the first ", stressing that" or ", stressing “" in `span` outside quotation marks."""
    for match in _PARTICIPLE.finditer(text, span.start, span.end):
        clause = match["clause"].lower()
        reported = clause in _OPENING or clause in words("complementisers.tsv")
        verb = reported and speech_verb_lemma(match["verb"]) is not None
        if verb and not is_quoted(text, match.start("verb")):
            return match if has_words_between(text, span.start, match.start()) else None
    return None


def _quotation(text: str, draft: Draft) -> Quotation:
    signals = signals_of(draft)
    return Quotation(
        kind=kind_of(draft.content, text),
        act=Act.SPEECH,
        content=draft.content,
        cue=(draft.cue,) if draft.cue else (),
        source=(draft.source,) if draft.source else (),
        evidence=_evidence(draft),
        confidence=signals.unfitted,
        signals=signals,
    )


def _evidence(draft: Draft) -> tuple[Evidence, ...]:
    if draft.continues is None:
        return ()
    return (Evidence(role="mention", span=draft.continues, rule="continues"),)


def signals_of(draft: Draft) -> Signals:
    """Return what the network said about a draft: of several pieces, about the least sure."""
    first = draft.links[0]
    contents = [item.content for item in draft.links]
    links = [item.link for item in draft.links]
    linked = tuple(content.span for content in contents), first.cue and first.cue.span
    return Signals(
        content=math.exp(min(content.log_probability for content in contents)),
        content_share=min(content.share for content in contents),
        source=math.exp(first.source.log_probability) if first.source else None,
        source_share=first.source.share if first.source else None,
        cue=math.exp(first.cue.log_probability) if first.cue else None,
        cue_share=first.cue.share if first.cue else None,
        source_link=min(link.source_probability for link in links),
        cue_link=min(link.cue_probability for link in links),
        edges_moved=linked != (draft.content, draft.cue),
    )
