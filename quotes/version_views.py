"""The pages of an article's versions: side by side, and the bytes that one was made of."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from quotes import plain_words, versions, wording
from quotes.forms import ArticleOptions
from quotes.models import ArticleVersion, Quotation, SourceBytes
from quotes.pages import for_readers
from quotes.params import VERSIONS, VersionParams
from quotes.version_forms import VersionChoice
from quotes.versions import Compared, Fate

_LISTED = 200
# Another site's page must not run on ours, so it is handed over and never shown.
_SANDBOX = "sandbox; default-src 'none'"


class Shown(NamedTuple):
    """What became of a quotation, for the reader: cut where its words differ, and how they do."""

    one: Compared
    old: list[wording.Piece]
    new: list[wording.Piece]
    means: list[str]


class Stretch(NamedTuple):
    """A passage of both texts; of a long one that is the same, the middle is folded away.

    `left_out` is how many paragraphs of the middle are not sent at all.
    """

    passage: wording.Passage
    first: Sequence[list[wording.Piece]]
    folded: Sequence[list[wording.Piece]]
    last: Sequence[list[wording.Piece]]
    left_out: int = 0


class Texts(NamedTuple):
    """Two texts side by side; if they `are_long`, what changed; `is_cut` if that goes on."""

    stretches: list[Stretch]
    are_long: bool
    is_cut: bool


@for_readers
def versions_of(request: HttpRequest, uid: str) -> HttpResponse:
    """List the versions of an article, and show two of them side by side."""
    listed = list(
        ArticleVersion.objects.visible_to(request.user)
        .filter(article__uid=uid)
        .select_related("article__outlet", "text")
        .defer("text__content")
        .order_by("-number")[:_LISTED]
    )
    if not listed:
        raise Http404(f"there is no article {uid}")
    form = VersionChoice(request.GET, versions=listed)
    pair = _pair(form, listed)
    context = {"form": form, "versions": listed, "latest": listed[0], "pair": pair}
    if pair:
        chosen = {"old": pair[0].number, "new": pair[1].number}
        context["form"] = VersionChoice(chosen, versions=listed)
        visible = Quotation.objects.visible_to(request.user)
        found = versions.compare(*pair, visible)
        differing = [one for one in found if one.fate != Fate.SAME]
        same = [one for one in found if one.fate == Fate.SAME]
        context |= {
            "tally": versions.tally(found),
            "shown": [_shown(one) for one in differing[: VERSIONS.fates_shown]],
            "more": max(0, len(differing) - VERSIONS.fates_shown),
            "same": same[: VERSIONS.fates_shown],
            "same_count": len(same),
            "texts": _texts(pair[0].text.content, pair[1].text.content),
        }
    return render(request, "quotes/versions.html", context, status=200 if form.is_valid() else 400)


def _pair(
    form: VersionChoice, listed: Sequence[ArticleVersion]
) -> tuple[ArticleVersion, ArticleVersion] | None:
    """Return the two versions to be compared: those asked for, else the last two."""
    if not form.is_valid() or len(listed) == 1:
        return None
    by_number = {version.number: version for version in listed}
    new = by_number.get(form.cleaned_data.get("new") or listed[0].number)
    earlier = [version for version in listed if new and version.number < new.number]
    asked = form.cleaned_data.get("old")
    old = by_number.get(asked) if asked else next(iter(earlier), listed[-1])
    return (old, new) if old and new else None


def _shown(one: Compared) -> Shown:
    means = [plain_words.DIFFERENCES[kind] for kind in one.differences]
    old, new = one.old.content if one.old else "", one.new.content if one.new else ""
    if not old or not new:
        return Shown(one, [wording.Piece(old, differs=True)], [wording.Piece(new, differs=True)],
                     means)  # fmt: skip
    return Shown(one, *wording.sides(old, new), means)


def _texts(old: str, new: str, *, params: VersionParams = VERSIONS) -> Texts:
    """Return two texts side by side, of long ones what changed, as far as there is room."""
    are_long = len(old) + len(new) > params.side_by_side_chars
    found: list[Stretch] = []
    room = params.side_by_side_chars
    for stretch in _stretches(wording.passages(old, new), params):
        if are_long:
            kept = stretch._replace(folded=(), left_out=len(stretch.folded))
            room -= _chars(kept)
            if room < 0:
                return Texts(found, are_long, is_cut=True)
            found.append(kept)
        else:
            found.append(stretch)
    return Texts(found, are_long, is_cut=False)


def _stretches(passages: Iterable[wording.Passage], params: VersionParams) -> Iterator[Stretch]:
    near = params.context_paragraphs
    for passage in passages:
        lines = passage.new
        if passage.is_same and len(lines) > 2 * near + 1:
            yield Stretch(passage, lines[:near], lines[near:-near], lines[-near:])
        else:
            yield Stretch(passage, lines, (), ())


def _chars(stretch: Stretch) -> int:
    """Return how many code points a stretch shows."""
    passage = stretch.passage
    lines = [*stretch.first, *stretch.last] if passage.is_same else [*passage.old, *passage.new]
    return sum(len(piece.text) for line in lines for piece in line)


@for_readers
def source_bytes(request: HttpRequest, uid: str) -> HttpResponse:
    """Hand over what a version was made of, byte for byte, as a file that no browser shows."""
    form = ArticleOptions(request.GET)
    number = form.cleaned_data.get("version") if form.is_valid() else None
    which = {"number": number} if number else {"is_current": True}
    mine = ArticleVersion.objects.visible_to(request.user).filter(article__uid=uid, **which)
    version = get_object_or_404(mine)
    kept = get_object_or_404(SourceBytes, sha256=version.source_sha256)
    return HttpResponse(
        zlib.decompress(kept.content),
        content_type="text/plain",
        headers={
            "Content-Disposition": f'attachment; filename="{uid}-v{version.number}.html.txt"',
            "Content-Security-Policy": _SANDBOX,
            "X-Content-Type-Options": "nosniff",
        },
    )
