"""What was cited out of collections, and what of it is different now. The only writer of both.

`keep` notes each quotation of an export as it stood; `notice` goes through the quotations that have
changed since it last looked and compares those that were cited. What it finds is a function of the
two sides alone: a change that is undone takes itself back.
Why: docs/decisions/0031-collections-and-what-was-cited.md.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from quotes import collections, mirrors, verification
from quotes.chunks import chunks
from quotes.cited_changes import Change, changes
from quotes.cited_snapshots import Snapshot, merged_into, snapshots
from quotes.models import (
    CitedQuotation,
    Collection,
    CollectionExport,
    Noticed,
    Quotation,
    Tombstone,
)
from quotes.params import CITED, CitedParams

TASK = "citations"
_CHUNK = 200
# Longer than a change can be on its way: what was exported within it is not taken for unchanged.
_SURE = timedelta(minutes=10)
_LOADED = ("quotation__speaker", "quotation__version__article__outlet")


class Told(NamedTuple):
    """A quotation that is not as it was cited: the newest export with it that says otherwise."""

    cited: CitedQuotation
    export: CollectionExport
    quotation: Quotation | None
    changes: list[Change]


# --- what was cited


@transaction.atomic
def keep(
    collection: Collection,
    quotations: Iterable[Quotation] | None = None,
    *,
    form: str,
    style: str = "",
    by: User | None = None,
    params: CitedParams = CITED,
) -> CollectionExport:
    """Note that quotations of a collection are taken out to be cited, as they are now.

    `quotations` are loaded as for a list; None: all of them, and if nothing has changed since the
    same account took them out in the same form, that export stands for this one too. Of the
    exports of a collection the newest `exports_kept` are remembered.
    """
    Collection.objects.select_for_update().filter(pk=collection.pk).first()
    if quotations is None:
        if same := _same_again(collection, form, style, by):
            return same
        quotations = (item.quotation for item in collections.all_items(collection))
    if not CitedQuotation.objects.exists():
        # Nothing before this can matter, and nobody has looked for a while.
        Noticed.objects.update_or_create(
            task=TASK, defaults={"reached_at": mirrors.mark(), "reached_id": 0}
        )
    export = CollectionExport.objects.create(
        uid=uuid.uuid4(), collection=collection, by=by, format=form, style=style
    )
    for rows in chunks(quotations, _CHUNK):
        CitedQuotation.objects.bulk_create(
            CitedQuotation(export=export, quotation=row, uid=row.uid, as_cited=values)
            for row, values in zip(rows, snapshots(rows), strict=True)
        )
    _forget_oldest(collection, params)
    return export


def _same_again(
    collection: Collection, form: str, style: str, by: User | None
) -> CollectionExport | None:
    """Return the newest export of the collection if it was this one, and nothing changed since."""
    last = CollectionExport.objects.filter(collection=collection).order_by("-pk").first()
    if last is None or (last.format, last.style, last.by_id) != (form, style, by and by.pk):
        return None
    since = last.created_at - _SURE
    own = collection.items.all()
    touched = Collection.objects.filter(pk=collection.pk, updated_at__gte=last.created_at)
    changed = own.filter(quotation__updated_at__gte=since)
    return None if touched.exists() or changed.exists() else last


def _forget_oldest(collection: Collection, params: CitedParams) -> None:
    exports = CollectionExport.objects.filter(collection=collection).order_by("-pk")
    for key in list(exports.values_list("pk", flat=True)[params.exports_kept :]):
        CollectionExport.objects.filter(pk=key).delete()


def exports_of(collection: Collection) -> QuerySet[CollectionExport]:
    """Return the exports of a collection, the newest first, with how many quotations each had.

    `changed` counts those of them that are different now.
    """
    own = CitedQuotation.objects.filter(export=OuterRef("pk")).order_by()
    changed = own.filter(changed_at__isnull=False)
    rows = CollectionExport.objects.filter(collection=collection).order_by("-created_at", "-pk")
    return rows.select_related("by").annotate(cited_count=_counted(own), changed=_counted(changed))


def _counted(rows: QuerySet[CitedQuotation]) -> Coalesce:
    return Coalesce(Subquery(rows.values("export").annotate(n=Count("pk")).values("n")), 0)


# --- what has changed


def notice(*, until: datetime | None = None, params: CitedParams = CITED) -> int:
    """Compare what was cited with what has changed since the last look; return how much is new.

    The cost follows what has changed, not what was ever cited. `until` is a time up to which every
    change can be seen, by default as mirrors.py finds it. Killed at any moment, it goes on from
    the last `noticed_rows` that it had settled.
    """
    if not CitedQuotation.objects.exists():
        return 0
    until = until or mirrors.mark()
    found, goes_on = 0, True
    while goes_on:
        new, goes_on = _notice_some(until, params)
        found += new
    return found


def _notice_some(until: datetime, params: CitedParams) -> tuple[int, bool]:
    """Settle the next changes in one transaction; return how much is new, and whether more wait."""
    with transaction.atomic():
        # Whoever else is at it has the row; SQLite lets only one in here anyway.
        Noticed.objects.get_or_create(task=TASK, defaults={"reached_at": until})
        mark = Noticed.objects.select_for_update(skip_locked=True).filter(task=TASK).first()
        if mark is None or mark.reached_at >= until:
            return 0, False
        rows = list(_changed_since(mark, until)[: params.noticed_rows])
        goes_on = len(rows) == params.noticed_rows
        at, key = (rows[-1][0], rows[-1][1]) if goes_on else (until, 0)
        articles = {article for _, _, article in rows}
        found = _compare(CitedQuotation.objects.filter(quotation__version__article__in=articles))
        found += _restored_and_deleted(mark.reached_at, at)
        mark.reached_at, mark.reached_id = at, key
        mark.save()
    return found, goes_on


def _changed_since(mark: Noticed, until: datetime) -> QuerySet[Quotation, tuple[Any, ...]]:
    """Return time, key and article of the quotations that changed, in the order of the changes."""
    beyond = Q(updated_at__gt=mark.reached_at) | Q(
        updated_at=mark.reached_at, pk__gt=mark.reached_id
    )
    rows = Quotation.objects.filter(
        beyond, updated_at__gte=mark.reached_at, updated_at__lte=until
    ).order_by("updated_at", "pk")
    return rows.values_list("updated_at", "pk", "version__article_id")


def _restored_and_deleted(since: datetime, until: datetime) -> int:
    """Settle what was deleted, and what has been stored again at its address."""
    lost = CitedQuotation.objects.filter(quotation=None)
    if not lost.exists():
        return 0
    stored = Quotation.objects.filter(updated_at__gte=since, updated_at__lte=until)
    keys = dict(stored.filter(uid__in=lost.values("uid")).values_list("uid", "pk"))
    for uid, key in keys.items():
        lost.filter(uid=uid).update(quotation=key)
    found = _compare(CitedQuotation.objects.filter(quotation__in=keys.values())) if keys else 0
    stones = Tombstone.objects.filter(
        kind=Tombstone.Kind.QUOTATION, deleted_at__gte=since, deleted_at__lte=until
    )
    return found + _compare(lost.filter(uid__in=stones.values("uid")))


def _compare(rows: QuerySet[CitedQuotation]) -> int:
    """Compare what was cited with what is; write what differs, and return how much is new."""
    found = 0
    # Locked, so that what its owner marks as seen meanwhile is not written over.
    ordered = rows.select_related(*_LOADED).order_by("pk").select_for_update(of=("self",))
    for some in chunks(ordered.iterator(chunk_size=_CHUNK), _CHUNK):
        different = {row: is_new for row, is_new in _compared(some) if is_new is not None}
        found += sum(different.values())
        CitedQuotation.objects.bulk_update(
            different, ("changes", "changed_at", "seen_at", "mailed_at")
        )
    return found


def _compared(rows: Sequence[CitedQuotation]) -> Iterator[tuple[CitedQuotation, bool | None]]:
    """Yield each row as it is to be, and whether something new is to be told; None: as before."""
    living = {row.quotation.pk: row.quotation for row in rows if row.quotation}
    now = dict(zip(living, snapshots(list(living.values())), strict=True))
    merged = merged_into(
        row.as_cited["speaker_slug"]
        for row in rows
        if row.quotation_id in now
        and row.as_cited["speaker_slug"] != now[row.quotation_id]["speaker_slug"]
    )
    for row in rows:
        values = now.get(row.quotation_id) if row.quotation_id else None
        found = changes(_renamed(row.as_cited, merged), values)
        if found == row.changes:
            yield row, None
            continue
        is_new = any(change not in row.changes for change in found)
        row.changes = found
        if is_new or not found:
            row.seen_at = row.mailed_at = None
            row.changed_at = timezone.now() if found else None
        yield row, is_new


def _renamed(then: Snapshot, merged: dict[str, str]) -> Snapshot:
    """Return what was cited, with the speaker's row as it is called since speakers were merged."""
    slug = then["speaker_slug"]
    return {**then, "speaker_slug": merged[slug]} if slug in merged else then


def refresh(collection: Collection) -> int:
    """Compare all that was cited out of a collection with what is now; return how much is new."""
    with transaction.atomic():
        return _compare(CitedQuotation.objects.filter(export__collection=collection))


# --- who is told


def unseen(user: AbstractBaseUser | AnonymousUser) -> QuerySet[CitedQuotation]:
    """Return what has changed of what `user` cited out of own collections, and was not seen."""
    rows = CitedQuotation.objects.filter(changed_at__isnull=False, seen_at__isnull=True)
    if not user.is_authenticated:
        return rows.none()
    return rows.filter(export__collection__owner=user.pk)


def count_unseen(user: AbstractBaseUser | AnonymousUser) -> int:
    """Return how many quotations `unseen` is about, in one query; none for visitors."""
    if not user.is_authenticated:
        return 0
    return unseen(user).order_by().values("export__collection", "uid").distinct().count()


def unseen_by_collection(user: User) -> dict[int, int]:
    """Return, for each of the user's collections with any, how many changes were not seen."""
    rows = unseen(user).order_by().values("export__collection")
    counted = rows.annotate(n=Count("uid", distinct=True))
    return dict(counted.values_list("export__collection", "n"))


def with_changed(rows: QuerySet[Collection], user: object) -> QuerySet[Collection]:
    """Count in `changed_count` what changed and was not seen, for the owner; for others nothing."""
    own = CitedQuotation.objects.filter(
        export__collection=OuterRef("pk"),
        export__collection__owner=getattr(user, "pk", None),
        changed_at__isnull=False,
        seen_at__isnull=True,
    ).order_by()
    counted = own.values("export__collection").annotate(n=Count("uid", distinct=True))
    return rows.annotate(changed_count=Coalesce(Subquery(counted.values("n")), 0))


def changed(collection: Collection, *, is_unseen: bool | None = None) -> QuerySet[CitedQuotation]:
    """Return what has changed of what was cited, a quotation once: in its newest such export.

    `is_unseen` keeps those that were not seen, or those that were.
    """
    rows = CitedQuotation.objects.filter(export__collection=collection, changed_at__isnull=False)
    if is_unseen is not None:
        rows = rows.filter(seen_at__isnull=is_unseen)
    newest = rows.order_by().values("uid").annotate(newest=Max("pk")).values("newest")
    found = CitedQuotation.objects.filter(pk__in=newest)
    return found.select_related("export", *_LOADED).order_by("-changed_at", "-pk")


def told(rows: Iterable[CitedQuotation]) -> list[Told]:
    """Return the rows of `changed` with what is told of each."""
    return [Told(row, row.export, row.quotation, row.changes) for row in rows]


def mark_seen(collection: Collection, uids: Sequence[str] | None = None) -> int:
    """Note that the owner has seen what changed, of some quotations or all; return of how many."""
    rows = CitedQuotation.objects.filter(
        export__collection=collection, changed_at__isnull=False, seen_at__isnull=True
    )
    if uids is not None:
        rows = rows.filter(uid__in=uids)
    count = rows.values("uid").distinct().count()
    rows.update(seen_at=timezone.now())
    return count


# --- checking again


class Recheck(NamedTuple):
    """What came of checking a collection: how many of how many, and what does not hold."""

    checked: int
    total: int
    mismatched: list[tuple[Quotation, list[str]]]
    invalid: list[Quotation]
    changed: int


def recheck(collection: Collection, *, params: CitedParams = CITED) -> Recheck:
    """Compare everything with the database now, and the stored words with the stored texts.

    At most `recheck_items_most` quotations, the first ones. `invalid` are those that are no longer
    found or no quotations, exported or not; `changed` counts what differs from an export.
    """
    refresh(collection)
    mismatched: list[tuple[Quotation, list[str]]] = []
    invalid: list[Quotation] = []
    checked = 0
    rows = collections.all_items(collection, with_texts=True)
    for item in islice(rows, params.recheck_items_most):
        checked += 1
        quotation = item.quotation
        if problems := verification.evidence_problems(quotation):
            mismatched.append((quotation, list(problems)))
        if quotation.status != Quotation.Status.CURRENT:
            invalid.append(quotation)
    total = collection.items.count()
    return Recheck(checked, total, mismatched, invalid, changed(collection).count())
