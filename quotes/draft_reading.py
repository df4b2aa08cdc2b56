"""A draft's text -> what it quotes and of whom, by the project's own extractor, in stints.

A long draft takes the models longer than one waits for a page: `read` stops where it is told to,
and goes on from there. In whatever stints a draft is read, the same is found. Stores nothing, logs
no word of the draft. Why: docs/decisions/0032-checking-a-draft.md.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from quotes.draft_quotations import DraftQuotation, block_spans, find, plain, unread
from quotes.extraction import Busy, extract_one
from quotes.nlp.document import Document, Span
from quotes.nlp.document import Quotation as Said
from quotes.params import CHECKING, CheckParams

Extract = Callable[[str], Document]


class Reading(NamedTuple):
    """What a draft quotes. `read_to` is how far the models have read it, in code points.

    `left_out` is how many words in marks were taken for titles and the like; `said` is what the
    models found, from which the rest can be had again.
    """

    quotations: tuple[DraftQuotation, ...]
    left_out: int
    read_to: int
    said: tuple[Said, ...] = ()

    def is_enough(self, params: CheckParams = CHECKING) -> bool:
        """Say whether what was read has as many quotations as are looked up.

        No later part changes them: a quotation that ends before it is none of its.
        """
        read = sum(quotation.end <= self.read_to for quotation in self.quotations)
        return read >= params.quotations_most


def read(
    text: str,
    *,
    since: Reading | None = None,
    most_s: float | None = None,
    extract: Extract | None = None,
    params: CheckParams = CHECKING,
) -> Reading:
    """Return the quotations of a draft; `extract` is the project's own extractor if None.

    Reads on where `since` has stopped, for `most_s` seconds but one part at least, or for
    `params.read_most_s` behind the first part; and none behind the quotations that are looked up.
    Where the models are busy, broken or out of time, what stands in marks is found all the same,
    without speakers: `read_to` says from where on.
    """
    set_plainly = plain(text)
    found = since or _reading(text, set_plainly, (), 0, params)
    deadline = None if most_s is None else time.monotonic() + most_s
    began = found.read_to
    for start, end in _slices(set_plainly, unread(set_plainly, params), params.read_slice_chars):
        if start < found.read_to:
            continue
        is_late = deadline is not None and time.monotonic() > deadline
        if (is_late and found.read_to > began) or found.is_enough(params):
            break
        doc = _document(set_plainly[start:end], extract, params)
        if doc is None:
            break
        said = (*found.said, *(_moved(quotation, start) for quotation in doc.quotations))
        found = _reading(text, set_plainly, said, end, params)
        # With the first part, the models may have been loaded: that is nobody's reading time.
        if deadline is None:
            deadline = time.monotonic() + params.read_most_s
    return found


def again(text: str, said: Sequence[Said], read_to: int, params: CheckParams = CHECKING) -> Reading:
    """Return the reading of a draft in which the models have found `said`."""
    return _reading(text, plain(text), tuple(said), read_to, params)


def _reading(
    text: str, set_plainly: str, said: tuple[Said, ...], read_to: int, params: CheckParams
) -> Reading:
    found = find(set_plainly, said, block_spans(text), params=params)
    return Reading(found.quotations, found.left_out, read_to, said)


def _document(text: str, extract: Extract | None, params: CheckParams) -> Document | None:
    """Return what the models find in a part of a draft, None if they cannot read it now."""
    from quotes.nlp.parse import ParseError  # noqa: PLC0415  brings PyTorch: not for every start

    try:
        return extract(text) if extract else extract_one(text, wait_s=params.read_wait_s)
    except (Busy, ParseError):
        return None


def _slices(text: str, without: Sequence[tuple[int, int]], most: int) -> Iterator[tuple[int, int]]:
    """Yield `[start, end)` of parts of a text, cut between paragraphs where that can be.

    What is in `without`, ranges in order, is in none of them.
    """
    start = 0
    for until, after in [*without, (len(text), len(text))]:
        while start < until:
            end = min(start + most, until)
            if end < until:
                cut = max(text.rfind("\n\n", start, end), text.rfind("\n", start, end))
                end = cut + 1 if cut > start else end
            yield start, end
            start = end
        start = after


def _moved(quotation: Said, by: int) -> Said:
    """Return a quotation with its words `by` code points further on, without its evidence."""
    spans = tuple(Span(start=s.start + by, end=s.end + by) for s in quotation.content)
    return Said(
        kind=quotation.kind,
        act=quotation.act,
        content=spans,
        speaker=quotation.speaker,
        factuality=quotation.factuality,
        confidence=quotation.confidence,
        speaker_confidence=quotation.speaker_confidence,
    )
