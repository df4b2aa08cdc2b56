"""A draft's text -> the quotations in it: what stands in marks, block quotations, reports. Pure.

`plain` shows a draft as an article is set, sign for sign, so that marks and offsets are the
draft's: block quotations get marks, lines that only wrap are joined, links lose their addresses.
Who is said to speak comes from the extractor's document of that text, if there is one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from quotes.draft_words import has_words
from quotes.nlp.document import Act, Factuality, Frozen, Kind, Quotation, Speaker
from quotes.nlp.marks import Pair, mark_pairs
from quotes.params import CHECKING, PAGES, CheckParams

_LINE = re.compile(r"[^\n]*\n?")
_QUOTED = re.compile(r"[ ]{0,3}>(?:[ \t]{0,3}>)*[ \t]{0,3}")
_INDENT = re.compile(r"(?: {4}|[ ]{0,3}\t)[ \t]*(?=\S)")
_SIGNATURE = re.compile(r"\s*(?:[—–―]|--)\s*[^\W\d_]")
_LINK = re.compile(r"\[([^\[\]\n]{1,500})\](\([^()\s]{1,2000}\))|\[\^[\w-]{1,40}\]")
_NEW_BLOCK = re.compile(r"\s*(?:#{1,6}\s|[-+*•]\s|\d{1,3}[.)]\s|\||```|---|===)")
_DOUBLE = str.maketrans({**dict.fromkeys("“„«", "‘"), **dict.fromkeys("”»", "’"), '"': "'"})
_OPENING = '“„«"'
# What letters and Markdown are wrapped at; a shorter line ends its paragraph.
_WRAPPED_CHARS = range(50, 101)


class DraftQuotation(Frozen):
    """A quotation in a draft, at `[start, end)` with its marks; offsets are code points.

    `pieces` are its words without the marks that hold them; of a partly direct one only what
    stands in marks. `speaker` is whom the draft names for it, None if nobody; `certainty` how sure
    the extractor is of that, in [0, 1]. `factuality`: whether the draft reports it as said.
    `is_closed`: it has its closing mark.
    """

    number: int
    kind: Kind
    start: int
    end: int
    pieces: tuple[tuple[int, int], ...]
    is_block: bool = False
    is_closed: bool = True
    speaker: Speaker | None = None
    certainty: float | None = None
    factuality: Factuality = Factuality.FACTUAL

    @property
    def has_marks(self) -> bool:
        """Say whether the draft gives the words as the speaker's own."""
        return self.kind is not Kind.INDIRECT


class Found(NamedTuple):
    """The quotations of a draft in its order, and how many words in marks were left out as such."""

    quotations: tuple[DraftQuotation, ...]
    left_out: int


# --- the text as an article has it


def plain(text: str) -> str:
    """Return `text` in as many characters, set as news is: see above."""
    chars = list(text)
    for link in _LINK.finditer(text):
        kept = range(link.start(1), link.end(1)) if link.group(1) else range(0)
        for at in range(*link.span()):
            if at not in kept:
                chars[at] = " "
    lines = [found.span() for found in _LINE.finditer(text) if found.group()]
    for block in _blocks(text, lines):
        _set_marks(text, chars, block)
    for start, end in lines:
        if quoted := _QUOTED.match(text, start, end):
            chars[start : quoted.end()] = [
                c if c == "“" else " " for c in chars[start : quoted.end()]
            ]
    _join(text, chars, lines)
    return "".join(chars)


class _Line(NamedTuple):
    """A line of a block quotation: `[start, end)` is its content, `prefix` what stands before."""

    prefix: int
    start: int
    end: int


def block_spans(text: str) -> list[tuple[int, int]]:
    """Return where the block quotations of a draft stand, without their prefixes."""
    lines = [found.span() for found in _LINE.finditer(text) if found.group()]
    return [(block[0].start, block[-1].end) for block in _blocks(text, lines)]


def _blocks(text: str, lines: Sequence[tuple[int, int]]) -> Iterator[list[_Line]]:
    """Yield block quotations by their lines that have words."""
    held: list[_Line] = []
    is_introduced = False  # the last paragraph ends in a colon
    for start, end in lines:
        content = text[start:end].rstrip()
        quoted = _QUOTED.match(text, start, end)
        indented = _INDENT.match(text, start, end)
        if quoted is None and (indented is None or not is_introduced):
            if content:
                if held:
                    yield held
                    held = []
                is_introduced = content.endswith(":")
            elif held and text[held[-1].prefix : held[-1].start].lstrip()[:1] == ">":
                yield held
                held = []
            continue
        first = (quoted or indented).end()  # type: ignore[union-attr]
        if first < start + len(content) and not _SIGNATURE.match(text, first, end):
            held.append(_Line(start, first, start + len(content)))
    if held:
        yield held


def _set_marks(text: str, chars: list[str], block: Sequence[_Line]) -> None:
    own_marks = text[block[0].start] in _OPENING
    last = None
    for line in block:
        chars[line.prefix : line.start] = " " * (line.start - line.prefix)
        if own_marks:
            continue
        chars[line.start : line.end] = text[line.start : line.end].translate(_DOUBLE)
        if last is None or _is_apart(text, last, line):
            chars[line.start - 1] = "“"
        else:
            chars[last.end : line.prefix] = " " * (line.prefix - last.end)
        last = line
    end = block[-1].end
    behind = text[end + 1 :].partition("\n")[0] if text[end : end + 1] == "\n" else "-"
    if not own_marks and (not behind.strip() or _QUOTED.match(behind)):
        chars[end] = "”"


def _is_apart(text: str, line: _Line, following: _Line) -> bool:
    """Say whether a line without words stands between two of a block."""
    return text[line.end : following.start].count("\n") > 1


def _join(text: str, chars: list[str], lines: Sequence[tuple[int, int]]) -> None:
    """Write spaces for line breaks that only wrap the text, if it is set so."""
    lengths = [len(text[start:end].rstrip()) for start, end in lines]
    if "\n\n" not in text or max(lengths, default=0) not in _WRAPPED_CHARS:
        return
    for number, (after, behind) in enumerate(lines[1:]):
        break_at = after - 1
        is_full = lengths[number] in _WRAPPED_CHARS and lengths[number + 1]
        if is_full and chars[break_at] == "\n" and not _NEW_BLOCK.match(text, after, behind):
            chars[break_at] = " "


# --- what is quoted in it


class _Quoted(NamedTuple):
    """Words in marks: `[start, end)` with them, the pieces without."""

    start: int
    end: int
    pieces: tuple[tuple[int, int], ...]
    is_closed: bool


def find(
    text: str,
    found: Iterable[Quotation] = (),
    blocks: Sequence[tuple[int, int]] = (),
    *,
    params: CheckParams = CHECKING,
) -> Found:
    """Return the quotations of a draft; `text` as `plain` gives it, `found` by the extractor.

    `blocks` are its block quotations (`block_spans`).
    Words in marks for which nobody is named count from `draft_least_words` on: fewer are titles,
    nicknames, words held at a distance.
    """
    marked = list(_marked(text))
    kept: list[DraftQuotation] = []
    taken: set[int] = set()
    for quotation in found:
        low, high = quotation.content[0].start, quotation.content[-1].end
        mine = [
            number
            for number, quoted in enumerate(marked)
            if number not in taken
            and low < quoted.end
            and quoted.start < high
            and any(s.start < quoted.end and quoted.start < s.end for s in quotation.content)
        ]
        if mine:
            taken.update(mine)
            kept.append(_of_marks([marked[number] for number in mine], quotation))
        elif _is_report(quotation):
            kept.append(_report(quotation))
    rest = [quoted for number, quoted in enumerate(marked) if number not in taken]
    alone = [q for q in rest if has_words(text, q.pieces, params.draft_least_words)]
    kept += [_of_marks([quoted], None) for quoted in alone]
    kept.sort(key=lambda quotation: (quotation.start, quotation.end))
    numbered = [_placed(quotation, n, blocks) for n, quotation in enumerate(kept, start=1)]
    return Found(tuple(numbered), len(rest) - len(alone))


def unread(text: str, params: CheckParams = CHECKING) -> list[tuple[int, int]]:
    """Return what the models need not read: the insides of words in marks too long to be looked up.

    `text` as `plain` gives it. Who says them is named around them, so their edges are read.
    """
    edge = params.long_edge_chars
    return [
        (quoted.start + edge, quoted.end - edge)
        for quoted in _marked(text)
        if is_long(quoted.start, quoted.end, params)
    ]


def is_long(start: int, end: int, params: CheckParams = CHECKING) -> bool:
    """Say whether a quotation at `[start, end)` is too long to be looked up."""
    return end - start > params.quotation_most_chars


def _placed(
    quotation: DraftQuotation, number: int, blocks: Sequence[tuple[int, int]]
) -> DraftQuotation:
    """Return it with its number; the marks of a block quotation are not in the draft."""
    start, end = quotation.pieces[0][0], quotation.pieces[-1][1]
    changes: dict[str, Any] = {"number": number}
    if any(low <= start and end <= high for low, high in blocks):
        changes |= {"start": start, "end": end, "is_block": True, "is_closed": True}
    return quotation.model_copy(update=changes)


def _marked(text: str) -> Iterator[_Quoted]:
    """Yield the outermost words in marks; what is opened anew at a paragraph's start goes on."""
    held: _Quoted | None = None
    for pair in _outermost(mark_pairs(text)):
        if not text[pair.inner : pair.outer].strip():
            continue
        piece = (pair.inner, pair.outer)
        if held and not held.is_closed and not text[held.end : pair.start].strip():
            held = _Quoted(held.start, pair.end, (*held.pieces, piece), pair.closed)
            continue
        if held:
            yield held
        held = _Quoted(pair.start, pair.end, (piece,), pair.closed)
    if held:
        yield held


def _outermost(pairs: Iterable[Pair]) -> Iterator[Pair]:
    end = 0
    for pair in pairs:
        if pair.start >= end:
            end = pair.end
            yield pair


def _of_marks(quoted: Sequence[_Quoted], said: Quotation | None) -> DraftQuotation:
    kind = Kind.DIRECT if said is None or said.kind is Kind.INDIRECT else said.kind
    pieces = [piece for one in quoted for piece in one.pieces]
    end = quoted[-1].end
    if said is not None and not quoted[-1].is_closed:
        # Without a closing mark the words end where the extractor thinks that they do.
        start = pieces[-1][0]
        end = min(end, max(said.content[-1].end, start + 1))
        pieces[-1] = (start, min(pieces[-1][1], end))
    return DraftQuotation(
        number=0,
        kind=kind,
        start=quoted[0].start,
        end=end,
        pieces=tuple(pieces),
        is_closed=all(one.is_closed for one in quoted),
        speaker=said.speaker if said else None,
        certainty=said.speaker_confidence if said else None,
        factuality=said.factuality if said else Factuality.FACTUAL,
    )


def _is_report(said: Quotation) -> bool:
    """Say whether it is a report without marks, of which the extractor is not unsure."""
    is_speech = said.act is Act.SPEECH and said.kind is Kind.INDIRECT
    return is_speech and said.confidence >= PAGES.confidence_unsure_below


def _report(said: Quotation) -> DraftQuotation:
    return DraftQuotation(
        number=0,
        kind=Kind.INDIRECT,
        start=said.content[0].start,
        end=said.content[-1].end,
        pieces=tuple((span.start, span.end) for span in said.content),
        speaker=said.speaker,
        certainty=said.speaker_confidence,
        factuality=said.factuality,
    )


def place_after(text: str, quotation: DraftQuotation) -> int:
    """Return where a citation of the quotation goes: behind its words and its closing mark."""
    end = min(quotation.end, len(text))
    return len(text[:end].rstrip()) if end else 0
