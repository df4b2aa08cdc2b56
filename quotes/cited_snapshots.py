"""Quotations -> the plain values that a citation gives of them, as they are now. Reads only.

The values go into `CitedQuotation.as_cited` when a quotation is cited, and are made again to be
compared (quotes/cited_changes.py).
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from quotes import verification
from quotes.models import ArticleVersion, Quotation, Speaker
from quotes.nlp.document import Act
from quotes.verification import State, Verdict
from quotes.versions import Fate

Snapshot = dict[str, Any]
_STEPS = 20


class _Fate(NamedTuple):
    fate: str
    content: str
    speaker: str
    factuality: str


def snapshots(quotations: Sequence[Quotation]) -> list[Snapshot]:
    """Return the values of each quotation, in order; wants them loaded as for a list.

    No query if all are of current versions; else at most four, however many they are.
    """
    since = verification.in_currents(quotations)
    return [_snapshot(row, since.get(row.pk)) for row in quotations]


def _fate(row: Quotation, verdict: Verdict | None) -> _Fate:
    """Return what became of a quotation in the current version: nothing, if it is of that one."""
    own = (row.content, _name(row), row.factuality)
    # Of what is no quotation, or no speech, nobody asks whether a newer version has it.
    if verdict is None or row.status != Quotation.Status.CURRENT or row.act != Act.SPEECH:
        return _Fate("", *own)
    if verdict.state is State.ORPHANED:
        return _Fate(Fate.VANISHED, "", "", "")
    kept = verdict.instead
    if verdict.found is None or kept is None:
        # Read there, but not found as a quotation: the words stand, and no more is known.
        return _Fate(Fate.SAME, *own)
    return _Fate(verdict.found.fate.value, kept.content, _name(kept), kept.factuality)


def _snapshot(row: Quotation, verdict: Verdict | None) -> Snapshot:
    version, article = row.version, row.version.article
    met = _fate(row, verdict)
    shown = (verdict.current if verdict else None) or version
    return {
        "content": row.content,
        "kind": row.kind,
        "act": row.act,
        "factuality": row.factuality,
        "speaker": _name(row),
        "speaker_slug": row.speaker.slug if row.speaker else "",
        "speaker_role": row.speaker_role,
        "medium": row.medium,
        "status": row.status,
        "review": row.review,
        "paragraph": row.paragraph_index,
        "version": version.number,
        "text_sha256": version.text_id,
        "outlet": article.outlet.name if article.outlet else "",
        "url": article.url,
        "title": version.title,
        "byline": version.byline,
        "published_on": _day(version),
        "article": {
            "version": shown.number,
            "title": shown.title,
            "byline": shown.byline,
            "published_on": _day(shown),
            "fate": met.fate,
            "content": met.content,
            "speaker": met.speaker,
            "factuality": met.factuality,
        },
    }


def _name(row: Quotation) -> str:
    return row.speaker.name if row.speaker else row.speaker_name


def _day(version: ArticleVersion) -> str:
    return version.published_on.isoformat() if version.published_on else ""


def merged_into(slugs: Iterable[str]) -> dict[str, str]:
    """Return, for each slug of a speaker who was merged into another, the slug of who is shown.

    One query for each step of the longest chain of merges.
    """
    shown: dict[str, str] = {}
    asked = {slug for slug in slugs if slug}
    for _ in range(_STEPS):
        rows = Speaker.objects.filter(slug__in=asked, merged_into__isnull=False)
        steps = dict(rows.values_list("slug", "merged_into__slug"))
        if not steps:
            break
        shown = {slug: steps.get(to, to) for slug, to in shown.items()} | steps
        asked = set(steps.values()) - set(shown)
    return {slug: shown.get(to, to) for slug, to in shown.items()}
