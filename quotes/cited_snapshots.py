"""Quotations -> the plain values that a citation gives of them, as they are now. Reads only.

The values go into `CitedQuotation.as_cited` when a quotation is cited, and are made again to be
compared (quotes/cited_changes.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from quotes import versions
from quotes.models import ArticleVersion, Quotation, Speaker
from quotes.nlp.document import Act

Snapshot = dict[str, Any]
_STEPS = 20


class _Fate(NamedTuple):
    fate: str
    content: str
    speaker: str
    factuality: str


def snapshots(quotations: Sequence[Quotation]) -> list[Snapshot]:
    """Return the values of each quotation, in order; wants them loaded as for a list.

    One query for the articles, and three for each former version that a quotation is of.
    """
    current = _current_versions(quotations)
    fates = _fates(quotations, current)
    return [_snapshot(row, current.get(row.version.article_id), fates.get(row.pk))
            for row in quotations]  # fmt: skip


def _current_versions(quotations: Iterable[Quotation]) -> Mapping[int, ArticleVersion]:
    """Return, by article, the current versions where a quotation is of a former one."""
    articles = {row.version.article_id for row in quotations if not row.version.is_current}
    if not articles:
        return {}
    found = ArticleVersion.objects.filter(article__in=articles, is_current=True)
    return {version.article_id: version for version in found}


def _fates(
    quotations: Iterable[Quotation], current: Mapping[int, ArticleVersion]
) -> dict[int, _Fate]:
    """Return what became of the quotations of former versions, by quotation."""
    fates: dict[int, _Fate] = {}
    former = {
        row.version_id: row.version
        for row in quotations
        if not row.version.is_current and row.version.article_id in current
    }
    for version in former.values():
        new = current[version.article_id]
        for one in versions.compare(version, new, Quotation.objects.all()):
            if one.old is not None:
                kept = one.new
                said = (kept.content, _name(kept), kept.factuality) if kept else ("", "", "")
                fates[one.old.pk] = _Fate(one.fate.value, *said)
    return fates


def _snapshot(row: Quotation, current: ArticleVersion | None, fate: _Fate | None) -> Snapshot:
    version, article = row.version, row.version.article
    # Of what is no quotation, or no speech, nobody asks whether a newer version has it.
    valid = row.status == Quotation.Status.CURRENT and row.act == Act.SPEECH
    met = fate if fate and valid else _Fate("", row.content, _name(row), row.factuality)
    shown = current or version
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
