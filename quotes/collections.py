"""Collections: quotations that an account puts aside, in its order, with notes. The only writer.

An item's `position` orders it; numbers may leave gaps, so that a move shifts what comes after it in
one statement and never rewrites a collection row by row. Writers of one collection wait for each
other by its row. Why: docs/decisions/0020-api-access.md.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import (
    Case,
    Count,
    F,
    Max,
    OuterRef,
    PositiveIntegerField,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from quotes.chunks import chunks
from quotes.models import Collection, CollectionItem, Quotation
from quotes.params import ACCESS
from quotes.refusals import InputError

FIRST_NAME = "My quotations"
_CHUNK = 200
_LISTED = ("quotation__speaker", "quotation__version__article__outlet")


class Step(StrEnum):
    """Where an item is put from where it is."""

    UP = "up"
    DOWN = "down"
    TOP = "top"
    END = "end"


class CollectionError(InputError):
    """What cannot be done to a collection: the problem and the remedy."""


def readable_by(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Collection]:
    """Return the collections that `user` may read: public ones and the user's own."""
    is_own = Q(owner=user.pk) if user.is_authenticated else Q(pk__in=())
    return Collection.objects.filter(is_own | Q(is_public=True))


def with_counts(rows: QuerySet[Collection]) -> QuerySet[Collection]:
    """Load the owner and the number of items of each collection."""
    # Counted for the rows of a page only; a join would group the whole table.
    own = CollectionItem.objects.filter(collection=OuterRef("pk")).order_by()
    counted = own.values("collection").annotate(count=Count("pk")).values("count")
    return rows.select_related("owner").annotate(item_count=Coalesce(Subquery(counted), 0))


def create(owner: User, name: str, *, description: str = "", is_public: bool = False) -> Collection:
    """Store and return an empty collection."""
    return Collection.objects.create(
        uid=uuid.uuid4(), owner=owner, name=name, description=description, is_public=is_public
    )


def own(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Collection]:
    """Return the user's own collections, the last used first; of a visitor none."""
    rows = Collection.objects.filter(owner=user.pk) if user.is_authenticated else None
    return Collection.objects.none() if rows is None else rows.order_by("-updated_at", "-pk")


def last_used(user: User) -> Collection:
    """Return the user's collection that was changed last; the first is made for it."""
    return own(user).first() or create(user, FIRST_NAME)


def holding(user: User, quotation: Quotation) -> QuerySet[Collection]:
    """Return the user's collections that have the quotation, the last used first."""
    return own(user).filter(items__quotation=quotation)


def uids_in(collection: Collection, quotations: Iterable[Quotation]) -> set[str]:
    """Return the uids of those of the quotations that are in the collection, in one query."""
    rows = CollectionItem.objects.filter(
        collection=collection, quotation__in=[quotation.pk for quotation in quotations]
    )
    return set(rows.values_list("quotation__uid", flat=True))


def item_of(collection: Collection, quotation: str) -> CollectionItem | None:
    """Return the item of a quotation (uid), None if it is not in the collection."""
    return items(collection).filter(quotation__uid=quotation).first()


def after(item: CollectionItem) -> str | None:
    """Return the uid of the quotation that follows an item, None behind the last."""
    later = Q(position__gt=item.position) | Q(position=item.position, pk__gt=item.pk)
    rows = CollectionItem.objects.filter(later, collection=item.collection_id)
    return rows.order_by("position", "pk").values_list("quotation__uid", flat=True).first()


def found_in(collection: Collection, words: str) -> QuerySet[CollectionItem]:
    """Return the items that have each of the words in quotation, speaker, title or note."""
    rows = items(collection)
    for word in words.split():
        rows = rows.filter(
            Q(quotation__content__icontains=word)
            | Q(quotation__speaker_name__icontains=word)
            | Q(quotation__speaker__name__icontains=word)
            | Q(quotation__version__title__icontains=word)
            | Q(note__icontains=word)
        )
    return rows


def items(collection: Collection) -> QuerySet[CollectionItem]:
    """Return the items in their order, with what a list shows of each quotation."""
    rows = CollectionItem.objects.filter(collection=collection).order_by("position", "pk")
    return rows.select_related(*_LISTED)


@transaction.atomic
def add(
    collection: Collection,
    quotations: Sequence[str],
    *,
    note: str = "",
    before: str | None = None,
) -> int:
    """Put quotations (uids) in, in that order, at the end or before another; return how many.

    What is in it already stays where it is. Raises CollectionError for uids of none, for more
    than a collection holds, and if `before` is not in it.
    """
    _locked(collection)
    found = _known(quotations)
    own = CollectionItem.objects.filter(collection=collection)
    here = set(own.filter(quotation__uid__in=found).values_list("quotation__uid", flat=True))
    new = [uid for uid in dict.fromkeys(quotations) if uid not in here]
    if own.count() + len(new) > ACCESS.collection_items_most:
        raise CollectionError(
            f"would have more than {ACCESS.collection_items_most} quotations",
            "put some into another collection",
        )
    first = _room(collection, len(new), before)
    CollectionItem.objects.bulk_create(
        CollectionItem(
            collection=collection, quotation_id=found[uid], position=first + number, note=note
        )
        for number, uid in enumerate(new)
    )
    _touch(collection)
    return len(new)


@transaction.atomic
def remove(collection: Collection, quotations: Sequence[str]) -> int:
    """Take quotations (uids) out; return how many were in."""
    _locked(collection)
    own = CollectionItem.objects.filter(collection=collection, quotation__uid__in=quotations)
    removed, _ = CollectionItem.objects.filter(
        pk__in=list(own.values_list("pk", flat=True))
    ).delete()
    _touch(collection)
    return removed


@transaction.atomic
def move(collection: Collection, quotations: Sequence[str], *, before: str | None) -> None:
    """Put items (uids of quotations), in that order, before another one, None: at the end.

    Raises CollectionError for one that is not in the collection, and if `before` is moved itself.
    """
    _locked(collection)
    order = list(dict.fromkeys(quotations))
    if before in order:
        raise CollectionError(f"cannot move {before!r} before itself", "name another as `before`")
    rows = CollectionItem.objects.filter(collection=collection, quotation__uid__in=order)
    keys = dict(rows.values_list("quotation__uid", "pk"))
    if missing := [uid for uid in order if uid not in keys]:
        raise CollectionError(f"does not have the quotation {missing[0]!r}", "add it first")
    first = _room(collection, len(order), before)
    places = [(keys[uid], first + n) for n, uid in enumerate(order)]
    for some in chunks(places, _CHUNK):
        to = [When(pk=pk, then=Value(position)) for pk, position in some]
        place = Case(*to, output_field=PositiveIntegerField())
        CollectionItem.objects.filter(pk__in=[pk for pk, _ in some]).update(position=place)
    _touch(collection)


@transaction.atomic
def annotate(
    collection: Collection, quotation: str, note: str, *, was: str | None = None
) -> CollectionItem | None:
    """Set the note of an item and return it; None if the quotation is not in the collection.

    `was` is the note that its writer saw, spaces aside; CollectionError if it is another by now.
    """
    _locked(collection)
    item = items(collection).filter(quotation__uid=quotation).first()
    if item is not None and was is not None:
        now = item.note.split()
        if now not in (was.split(), note.split()):
            problem = "has another note on this quotation by now, which is shown"
            raise CollectionError(problem, "put yours in again if it is to replace that")
    if item is not None:
        item.note = note
        item.save(update_fields=["note"])
        _touch(collection)
    return item


@transaction.atomic
def shift(collection: Collection, quotation: str, step: Step) -> None:
    """Put an item one place up or down, or to the top or the end; at the edge it stays.

    Raises CollectionError for a quotation (uid) that is not in the collection.
    """
    _locked(collection)
    own = CollectionItem.objects.filter(collection=collection).order_by("position", "pk")
    item = own.filter(quotation__uid=quotation).first()
    if item is None:
        raise CollectionError(f"does not have the quotation {quotation!r}", "add it first")
    uids = own.values_list("quotation__uid", flat=True)
    here = Q(position__gt=item.position) | Q(position=item.position, pk__gt=item.pk)
    if step is Step.TOP:
        before = uids.first()
    elif step is Step.UP:
        before = uids.exclude(here).exclude(pk=item.pk).last() or quotation
    elif step is Step.DOWN:
        after = list(uids.filter(here)[:2])
        before = after[1] if len(after) > 1 else None
    else:
        before = None
    if before != quotation:
        move(collection, [quotation], before=before)


@transaction.atomic
def place(collection: Collection, quotation: str, number: int) -> None:
    """Make an item the `number`th, counted from 1; beyond the last it becomes the last.

    Raises CollectionError for a quotation (uid) that is not in the collection.
    """
    _locked(collection)
    own = CollectionItem.objects.filter(collection=collection).order_by("position", "pk")
    others = own.exclude(quotation__uid=quotation).values_list("quotation__uid", flat=True)
    before = others[max(number, 1) - 1 :].first()
    move(collection, [quotation], before=before)


def all_items(
    collection: Collection, *, with_spans: bool = False, with_texts: bool = False
) -> Iterator[CollectionItem]:
    """Yield the items in their order, loaded as `items` does, some hundred at a time.

    `with_spans` loads the pieces that a citation wants, `with_texts` also the articles' texts.
    """
    after: tuple[int, int] | None = None
    rows = items(collection)
    if with_texts:
        # Joined, a quotation whose text is missing would be passed over.
        rows = rows.prefetch_related("quotation__version__text")
    if with_spans or with_texts:
        rows = rows.prefetch_related("quotation__spans")
    while True:
        page = rows
        if after is not None:
            place, pk = after
            page = rows.filter(Q(position__gt=place) | Q(position=place, pk__gt=pk))
        found = list(page[:_CHUNK])
        yield from found
        if len(found) < _CHUNK:
            return
        after = (found[-1].position, found[-1].pk)


def _locked(collection: Collection) -> None:
    Collection.objects.select_for_update().filter(pk=collection.pk).first()


def _touch(collection: Collection) -> None:
    Collection.objects.filter(pk=collection.pk).update(updated_at=timezone.now())


def _known(uids: Sequence[str]) -> dict[str, int]:
    """Return uid -> key of quotations; CollectionError for a uid of none."""
    found: dict[str, int] = {}
    for some in chunks(uids, _CHUNK):
        rows = Quotation.objects.filter(uid__in=some)
        found.update(rows.values_list("uid", "pk"))
    if missing := [uid for uid in uids if uid not in found]:
        raise CollectionError(f"no quotation has the uid {missing[0]!r}", "look it up")
    return found


def _room(collection: Collection, count: int, before: str | None) -> int:
    """Make room for `count` items before one, or at the end; return the first place of it."""
    own = CollectionItem.objects.filter(collection=collection)
    if before is None:
        last = own.aggregate(last=Max("position"))["last"]
        return 0 if last is None else last + 1
    place = own.filter(quotation__uid=before).values_list("position", flat=True).first()
    if place is None:
        raise CollectionError(f"does not have the quotation {before!r}", "name one that it has")
    own.filter(position__gte=place).update(position=F("position") + count)
    return place
