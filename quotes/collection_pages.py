"""What the pages of collections share: whose one is, and how one is rendered."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from quotes import cited, collections
from quotes.cited import Recheck, Told
from quotes.cited_changes import MEANINGS, STANDING, Change
from quotes.collection_forms import FindForm, Pasted, PasteForm
from quotes.models import Collection, CollectionItem, Quotation
from quotes.paging import Page, page_of
from quotes.params import ACCESS, CITED
from quotes.wording import Passage, passages

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
UNDO = "collection-undo"
_SIDES = {"words", "reworded"}


def for_visitors(view: View[P]) -> View[P]:
    """Send visitors of a private tracker to the login page first; what is read may be posted to."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if settings.PUBLIC_READS or request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return redirect_to_login(request.get_full_path(), reverse("login"))

    return cast("View[P]", guarded)


def user_of(request: HttpRequest) -> User:
    """Return the account that asks; the views that use it want one."""
    assert isinstance(request.user, User)  # noqa: S101  narrows the type
    return request.user


def own_collection(request: HttpRequest, uid: UUID) -> Collection:
    """Return the visitor's own collection of that name; Http404 for any other."""
    rows = collections.with_counts(collections.own(request.user))
    return get_object_or_404(rows, uid=uid)


def readable_collection(request: HttpRequest, uid: UUID) -> Collection:
    """Return a collection that the visitor may read; Http404 for any other."""
    rows = collections.with_counts(collections.readable_by(request.user))
    return get_object_or_404(rows, uid=uid)


class ChangeShown(NamedTuple):
    """A change on a page: what it is called and means, and the sides where both have words."""

    label: str
    means: str
    was: str
    now: str
    sides: Passage | None


class ToldShown(NamedTuple):
    """A quotation that is not as it was cited, as a page shows it."""

    told: Told
    words: str
    changes: list[ChangeShown]


class Removed(NamedTuple):
    """An item that was just taken out, and where it stood: to put it back."""

    quotation: str
    words: str
    note: str
    before: str


def render_collection(
    request: HttpRequest,
    collection: Collection,
    *,
    paste: PasteForm | None = None,
    unknown: Sequence[Pasted] = (),
    recheck: Recheck | None = None,
) -> HttpResponse:
    """Return the page of a collection; 400 where the query or what was pasted cannot be used."""
    is_own = request.user == collection.owner
    find = FindForm(request.GET)
    words = find.cleaned_data["q"] if find.is_valid() else ""
    rows = collections.found_in(collection, words) if words else collections.items(collection)
    number = find.number if find.is_valid() else 1
    page = page_of(rows, number, size=CITED.item_rows, cap=ACCESS.collection_items_most)
    context = {
        "collection": collection,
        "is_own": is_own,
        "form": find,
        "words": words,
        "page": page,
        "paste": paste or PasteForm(),
        "unknown": unknown,
        "recheck": recheck,
        **(_for_owner(request, collection, page, with_seen=bool(recheck)) if is_own else {}),
    }
    is_bad = not find.is_valid() or bool(unknown) or bool(paste and paste.errors)
    return render(request, "quotes/collection.html", context, status=400 if is_bad else 200)


def _for_owner(
    request: HttpRequest, collection: Collection, page: Page[CollectionItem], *, with_seen: bool
) -> dict[str, Any]:
    """Return what only the owner sees: what changed, and what can be put back.

    What was seen already is shown again to who checks before print.
    """
    rows = cited.changed(collection, is_unseen=None if with_seen else True)
    last = page.rows[-1] if page.next and page.rows else None
    changed = cited.told(rows[: CITED.changes_shown])
    removed = request.session.get(UNDO)
    return {
        "changed": [shown(one) for one in changed],
        "is_all_seen": all(one.cited.seen_at for one in changed),
        "changed_total": rows.count() if len(changed) == CITED.changes_shown else len(changed),
        # Where a row goes that is dropped behind the last of this page.
        "beyond": collections.after(last) if last else None,
        "last_export": cited.exports_of(collection).first(),
        "removed": Removed(*removed[1:]) if removed and removed[0] == str(collection.uid) else None,
    }


def shown(one: Told) -> ToldShown:
    """Return a changed quotation as a page shows it, old and new words side by side."""
    return ToldShown(one, one.cited.as_cited["content"], [_change(c) for c in one.changes])


def _change(change: Change) -> ChangeShown:
    label, means = MEANINGS[change["kind"]]
    if change["kind"] in STANDING:
        return ChangeShown(label, means, "", "", None)
    sides = None
    if change["kind"] in _SIDES:
        # On one line each, so that they are one passage.
        was, now = (" ".join(change[side].split()) for side in ("was", "now"))
        sides = next(passages(was, now), None)
    return ChangeShown(label, means, change["was"], change["now"], sides)


def keep_removed(request: HttpRequest, collection: Collection, item: CollectionItem) -> None:
    """Remember an item that is about to be taken out, so that its page can put it back."""
    quotation: Quotation = item.quotation
    request.session[UNDO] = [
        str(collection.uid),
        quotation.uid,
        quotation.content[: CITED.undo_words_chars],
        item.note,
        collections.after(item) or "",
    ]


def forget_removed(request: HttpRequest) -> None:
    """Forget what was taken out: it was put back, or something else was done."""
    request.session.pop(UNDO, None)
