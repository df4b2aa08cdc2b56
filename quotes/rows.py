"""What a found quotation looks like as rows: columns, spans, context. Writes nothing.

Every slice is taken from the stored text and checked here; the database checks it again. As JSON
and back (`fields_json`, `spans_json`, `restore`) it is what decisions and machine readings keep.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from quotes.models import ArticleVersion, Quotation, QuotationSpan
from quotes.nlp import document
from quotes.params import DEFAULTS

PIECES = " … "
# What of a quotation is shown. Its place among the others of its article (`position`) is the
# article's matter, so it is kept apart: store.py numbers all of them anew.
SHOWN_COLUMNS = (
    "status",
    "paragraph_index",
    "kind",
    "act",
    "factuality",
    "content",
    "prefix",
    "suffix",
    "cue",
    "mention",
    "medium",
    "speaker_name",
    "speaker_kind",
    "speaker_role",
    "confidence",
    "speaker_confidence",
    "speaker_id",
)
_SPAN_KEYS = ("role", "position", "start", "end", "rule")
_LIMITS = {
    field.name: field.max_length
    for field in Quotation._meta.concrete_fields  # noqa: SLF001  public, in spite of its name
    if field.max_length is not None
}
_LINE = re.compile(r"[^\r\n]*\S[^\r\n]*")
Role = QuotationSpan.Role
_EVIDENCE = {
    "cue": Role.CUE,
    "mention": Role.MENTION,
    "antecedent": Role.ANTECEDENT,
    "name": Role.NAME,
    "medium": Role.MEDIUM,
}


class StoreError(ValueError):
    """What is to be stored contradicts its own text, or what is stored already."""


def quotation_fields(
    version: ArticleVersion, found: document.Quotation, starts: Sequence[int]
) -> dict[str, Any]:
    """Return what a quotation says by itself, as `SHOWN_COLUMNS` but for its speaker's row.

    `starts` are the text's `paragraph_starts`.
    """
    text = version.text.content
    first, last = found.content[0].start, found.content[-1].end
    near = DEFAULTS.selector_context_chars
    speaker = found.speaker
    return {
        "status": Quotation.Status.CURRENT,
        "paragraph_index": max(1, bisect_right(starts, first)),
        "kind": found.kind.value,
        "act": found.act.value,
        "factuality": found.factuality.value,
        "content": _joined(version, found.content, Role.CONTENT),
        "prefix": text[max(0, first - near) : first],
        "suffix": text[last : last + near],
        "cue": _clip(_joined(version, found.cue, Role.CUE), "cue"),
        "mention": _clip(_joined(version, found.source, Role.SOURCE), "mention"),
        "medium": _clip(found.medium or "", "medium"),
        "speaker_name": _clip(speaker.name if speaker else "", "speaker_name"),
        "speaker_kind": speaker.kind.value if speaker else "",
        "speaker_role": _clip((speaker.role or "") if speaker else "", "speaker_role"),
        "confidence": found.confidence,
        "speaker_confidence": _speaker_confidence(found),
    }


def _speaker_confidence(found: document.Quotation) -> float:
    """Return how sure the speaker is; of a quotation that was never attributed, what is known."""
    if found.speaker_confidence is None:
        return found.confidence
    return found.speaker_confidence


def _clip(words: str, column: str) -> str:
    limit = _LIMITS[column]
    return words if len(words) <= limit else words[: limit - 1] + "…"


def _joined(version: ArticleVersion, spans: tuple[document.Span, ...], role: str) -> str:
    return PIECES.join(exact(version, span, role) for span in spans)


def exact(version: ArticleVersion, span: document.Span, role: str) -> str:
    """Return the words of a span; StoreError names article, role and offsets if it has none."""
    text = version.text.content
    words = text[span.start : span.end]
    if len(words) != span.end - span.start:
        place = f"article {version.article.uid}, {role} [{span.start}, {span.end})"
        raise StoreError(f"{place}: outside its text of {len(text)}; extract it again")
    return words


def paragraph_starts(text: str) -> list[int]:
    """Return where each line with words begins: a paragraph's number is its place from 1."""
    return [line.start() for line in _LINE.finditer(text)]


def span_rows(
    version: ArticleVersion, found: document.Quotation, row: Quotation
) -> list[QuotationSpan]:
    """Return the unsaved spans of a quotation: content, cue and source, then its evidence."""
    spans: dict[Role, dict[document.Span, str]] = defaultdict(dict)
    for role, own in (
        (Role.CONTENT, found.content),
        (Role.CUE, found.cue),
        (Role.SOURCE, found.source),
    ):
        spans[role] = dict.fromkeys(own, "")
    for step in found.evidence:
        if step.role not in _EVIDENCE:
            raise StoreError(
                f"article {version.article.uid}: evidence in unknown role {step.role!r};"
                f" use one of {', '.join(_EVIDENCE)}"
            )
        of_role = spans[_EVIDENCE[step.role]]
        of_role[step.span] = of_role.get(step.span) or step.rule[:100]
    return [
        QuotationSpan(
            quotation=row,
            role=role,
            position=position,
            start=span.start,
            end=span.end,
            exact=exact(version, span, role),
            rule=rule,
        )
        for role, of_role in spans.items()
        for position, (span, rule) in enumerate(of_role.items())
    ]


# --- as JSON, and back


def fields_json(row: Quotation) -> dict[str, Any]:
    """Return the shown columns of `row`, `SHOWN_COLUMNS`, in values that JSON can hold."""
    return {name: _plain(getattr(row, name)) for name in SHOWN_COLUMNS}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value  # choices are a kind of str


def spans_json(spans: Iterable[QuotationSpan]) -> list[dict[str, Any]]:
    """Return `spans` (of one quotation) as JSON, in an order that depends on nothing else.

    Without their words: those are the article's, at these offsets.
    """
    ordered = sorted(spans, key=lambda span: (span.role, span.position))
    return [{name: _plain(getattr(span, name)) for name in _SPAN_KEYS} for span in ordered]


def content_of(spans: Iterable[dict[str, Any]]) -> list[document.Span]:
    """Return the spans of content among `spans`, which are as `spans_json` gives them."""
    return [
        document.Span(start=span["start"], end=span["end"])
        for span in spans
        if span["role"] == Role.CONTENT
    ]


def restore(
    row: Quotation, fields: dict[str, Any], spans: Iterable[dict[str, Any]]
) -> list[QuotationSpan]:
    """Set the shown columns of `row` to `fields`; return `spans` as unsaved rows of it.

    Both as `fields_json` and `spans_json` give them; columns that `fields` lacks stay as they are.
    Wants `row.version.text` loaded. Saves nothing. Raises StoreError for a column that is not
    shown, and for a span outside the text.
    """
    if unknown := fields.keys() - set(SHOWN_COLUMNS):
        raise StoreError(f"quotation {row.uid}: {sorted(unknown)} are not among its shown columns")
    for name, value in fields.items():
        setattr(row, name, value)
    version = row.version
    return [
        QuotationSpan(
            quotation=row,
            exact=exact(version, document.Span(start=s["start"], end=s["end"]), s["role"]),
            **{name: s[name] for name in _SPAN_KEYS},
        )
        for s in spans
    ]
