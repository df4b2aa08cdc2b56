"""Copies of one text in several articles, as of a wire story: one independent source together.

Every stored text has a signature, whose bands find candidates; what is near-identical by
quotes/shingles.py belongs to one CopyGroup. Versions of one article are versions, not copies.
Why: docs/decisions/0024-versions-and-copies.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count, QuerySet

from quotes import shingles
from quotes.models import (
    ArticleVersion,
    ArticleVersionQuerySet,
    CanonicalText,
    CopyGroup,
    SignatureBand,
    TextSignature,
)
from quotes.params import COPIES, CopyParams

# Any number will do that nothing else in this database locks.
_COPIES_LOCK = 0x434F_5049
_FORMAT = "<u8"


@dataclass(frozen=True)
class Prepared:
    """What a text is compared by: its shingles in order, and the digests of its signature."""

    found: shingles.Numbers
    minhash: bytes
    digests: Sequence[int]
    distinct: int


def prepare(text: str, *, params: CopyParams = COPIES) -> Prepared:
    """Return what `text` is compared by; too short a text has no digests. Reads no database."""
    found = shingles.shingles(text, params=params)
    distinct = len(set(found.tolist()))
    if distinct < params.least_shingles:
        return Prepared(found, b"", (), distinct)
    values = shingles.signature(found, params=params)
    digests = shingles.digests(values, params=params)
    return Prepared(found, values.astype(_FORMAT).tobytes(), digests, distinct)


def lock() -> None:
    """Wait until nobody else is placing a text, until this transaction ends.

    Two copies that are stored at the same moment would else not see each other. To be taken
    before article versions are locked. On SQLite, whose writers queue anyway, it does nothing.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_COPIES_LOCK])


def place(text_id: str, prepared: Prepared, *, params: CopyParams = COPIES) -> CopyGroup | None:
    """Put the versions with this text, which are stored, in the group of its copies; return that.

    None if no other article has such a text. Stores the signature where it is missing. Wants
    `lock`, and a transaction.
    """
    texts = {text_id}
    if not TextSignature.objects.filter(text=text_id).exists():
        texts |= _alike(prepared, params)
        _keep(text_id, prepared)
    return _group(texts)


def _alike(prepared: Prepared, params: CopyParams) -> set[str]:
    """Return the hashes of stored texts that this one is a copy of, one of each group at least."""
    if not prepared.digests:
        return set()
    sharing = SignatureBand.objects.filter(digest__in=prepared.digests).values("signature")
    ranked = sharing.annotate(bands=Count("pk")).order_by("-bands", "-signature")
    best = [row["signature"] for row in ranked[: params.copies_compared]]
    if not best:
        return set()
    rows = TextSignature.objects.filter(pk__in=best)
    groups: dict[int, set[int | None]] = defaultdict(set)
    texts: dict[int, str] = {}
    for pk, text, group in rows.values_list("pk", "text", "text__versions__copies"):
        texts[pk] = text
        groups[pk].add(group)
    found: set[str] = set()
    known: set[int | None] = set()
    for pk in best:
        # A copy of one is taken for a copy of its whole group, so the others need no comparing.
        if groups[pk] <= known:
            continue
        content = CanonicalText.objects.values_list("content", flat=True).get(pk=texts[pk])
        if _is_copy(prepared, content, params):
            found.add(texts[pk])
            known |= groups[pk] - {None}
    return found


def _is_copy(prepared: Prepared, content: str, params: CopyParams) -> bool:
    other = shingles.shingles(content, params=params)
    return shingles.is_copy(shingles.judge(prepared.found, other, params=params), params=params)


def _keep(text_id: str, prepared: Prepared) -> None:
    signature = TextSignature.objects.create(
        text_id=text_id, minhash=prepared.minhash, shingles=prepared.distinct
    )
    SignatureBand.objects.bulk_create(
        SignatureBand(signature=signature, digest=digest) for digest in prepared.digests
    )


def _group(texts: Iterable[str]) -> CopyGroup | None:
    """Make one group of all that have one of these texts, with the groups that they are in."""
    rows = ArticleVersion.objects.filter(text__in=texts).order_by("pk")
    members = list(rows.values_list("pk", "article_id", "copies_id"))
    groups = sorted({group for _, _, group in members if group is not None})
    if not groups and len({article for _, article, _ in members}) < 2:  # noqa: PLR2004  two are a pair
        return None
    group = CopyGroup.objects.get(pk=groups[0]) if groups else CopyGroup.objects.create()
    moved = [pk for pk, _, own in members if own != group.pk]
    ArticleVersion.objects.filter(pk__in=moved).update(copies=group)
    if others := groups[1:]:
        ArticleVersion.objects.filter(copies__in=others).update(copies=group)
        CopyGroup.objects.filter(pk__in=others).delete()
    return group


# --- texts that were stored before there were signatures


def unplaced() -> QuerySet[CanonicalText]:
    """Return the texts of articles that have no signature yet, in a stable order."""
    texts = CanonicalText.objects.filter(signature=None, versions__isnull=False)
    return texts.distinct().order_by("sha256")


@transaction.atomic
def place_stored(text: CanonicalText, *, params: CopyParams = COPIES) -> CopyGroup | None:
    """Put the versions with a stored text in the group of its copies, in a transaction."""
    prepared = prepare(text.content, params=params)
    lock()
    return place(text.sha256, prepared, params=params)


@transaction.atomic
def forget_all() -> None:
    """Delete all signatures and groups, as after a change of their thresholds."""
    lock()
    ArticleVersion.objects.exclude(copies=None).update(copies=None)
    SignatureBand.objects.all().delete()
    TextSignature.objects.all().delete()
    CopyGroup.objects.all().delete()


# --- counting and showing


def independent_sources(versions: Iterable[ArticleVersion]) -> int:
    """Return how many independent sources article versions are.

    Copies of one text count once, and so do versions of one article. A QuerySet is asked for two
    columns, in one query.
    """
    if isinstance(versions, QuerySet):
        pairs = list(versions.order_by().values_list("article_id", "copies_id"))
    else:
        pairs = [(version.article_id, version.copies_id) for version in versions]
    return independent(pairs)


def independent(pairs: Iterable[tuple[int, int | None]]) -> int:
    """Return how many independent sources they are: pairs of an article and its group of copies.

    That is how many connected sets articles and groups form.
    """
    groups_of: dict[int, set[int]] = defaultdict(set)
    for article, group in pairs:
        groups_of[article] |= {group} if group is not None else set()
    merged: list[set[int]] = []
    alone = 0
    for groups in groups_of.values():
        if not groups:
            alone += 1
            continue
        touching = [known for known in merged if known & groups]
        merged = [known for known in merged if not known & groups]
        merged.append(groups.union(*touching))
    return alone + len(merged)


class Carriers(NamedTuple):
    """Who else carries the text of an article: a version of each article, and how many in all.

    `outlets` counts this article's outlet too. An article whose outlet is not known is no outlet:
    `without_outlet` says how many there are, this one among them.
    """

    others: Sequence[ArticleVersion]
    articles: int
    outlets: int
    without_outlet: int


def carriers(
    version: ArticleVersion, visible: ArticleVersionQuerySet, *, params: CopyParams = COPIES
) -> Carriers:
    """Return who else carries the text of `version`, the earliest published first.

    `visible` are the versions that may be shown. One query if there is nobody, else two.
    """
    if version.copies_id is None:
        return Carriers((), 0, 0, 0)
    group = visible.filter(copies=version.copies_id)
    rows = group.order_by("-is_current", "-number").values_list(
        "article_id", "pk", "article__outlet_id"
    )
    newest: dict[int, tuple[int, int | None]] = {}
    for article, pk, outlet in rows:
        newest.setdefault(article, (pk, outlet))
    newest.setdefault(version.article_id, (version.pk, version.article.outlet_id))
    known = [outlet for _, outlet in newest.values() if outlet is not None]
    others = [pk for article, (pk, _) in newest.items() if article != version.article_id]
    shown = visible.filter(pk__in=others).select_related("article__outlet")
    first = shown.order_by("published_on", "published_at", "pk")[: params.copies_shown]
    unnamed = len(newest) - len(known)
    return Carriers(list(first), len(others), len(set(known)), unnamed)
