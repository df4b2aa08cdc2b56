"""The largest things that pages have to show, as `tests.bench.plant` stores them: their addresses.

Beside pages what shows the same things to machines: API lists, feeds. Part of page_speed.py.
"""

from typing import Any, NamedTuple

from tests.bench.plant import LARGE

_SPEAKERS = ("speaker_10000", "speaker_100000")
_WORDS = "government"


class Large(NamedTuple):
    """An address to be timed: what it is called, and whether it wants somebody signed in."""

    label: str
    path: str
    is_own: bool = False


def counted(speakers: list[str]) -> None:
    """Count the profiles of much quoted speakers, as the task "profiles" has before."""
    from quotes import kept_profiles
    from quotes.models import Speaker

    for row in Speaker.objects.filter(slug__in=[*speakers, *map(LARGE.__getitem__, _SPEAKERS)]):
        if kept_profiles.is_kept(row):
            kept_profiles.count(row.pk)


def uncounted() -> None:
    """Forget what was counted, as before the task has run."""
    from quotes.models import KeptProfile

    KeptProfile.objects.all().delete()


def addresses(user: Any) -> list[Large]:
    """Return what is to be timed of the large things that are stored; none if none was planted."""
    from quotes.models import Article, Speaker, Statement

    found: list[Large] = []
    for name in _SPEAKERS:
        if Speaker.objects.filter(slug=LARGE[name]).exists():
            found += _speaker(user, LARGE[name], name.removeprefix("speaker_"))
    if Article.objects.filter(uid=LARGE["article"]).exists():
        found += [Large(f"a million characters: {path}", path) for path in _article()]
    if Statement.objects.filter(uid=LARGE["statement"]).exists():
        found += [Large(f"1,200 reports: {path}", path) for path in _statement()]
    return found


def before_counted() -> list[Large]:
    """Return the pages of large speakers that tell of the newest until all have been counted."""
    return [
        Large(f"{LARGE[name]}, not yet counted", f"/speakers/{LARGE[name]}/") for name in _SPEAKERS
    ]


def _speaker(user: Any, slug: str, size: str) -> list[Large]:
    from quotes import saved_searches
    from quotes.models import Quotation

    saved = saved_searches.create(user, f"bench {size}", {"speaker": [slug]})
    one = Quotation.objects.current().speech().filter(speaker__slug=slug).order_by("pk")[0]
    base, api = f"/speakers/{slug}/", "/api/v1"
    paths = (
        base, f"{base}?page=40", f"{base}?kind=direct", f"{base}?q={_WORDS}",
        f"{base}?sort=oldest", f"/quotes/{one.uid}/", f"/quotes/?speaker={slug}",
        f"/search/timeline/?speaker={slug}", f"/articles/{one.version.article.uid}/",
        f"{api}/speakers/{slug}/", f"{api}/quotations/?speaker={slug}",
        f"{api}/stats/timeline/?speaker={slug}", f"/saved/feeds/{saved.feed_key}.atom",
        f"/saved/feeds/{saved.feed_key}.json", "/speakers/", f"/speakers/suggest/?q={slug[:4]}",
    )  # fmt: skip
    own = (
        f"{base}split/", f"{base}split/?q={_WORDS}", f"{base}merge/",
        f"{base}merge/?into={_other(slug)}", f"{base}edit/", f"/review/{one.uid}/",
        f"/saved/{saved.uid}/", f"/exports/new/?speaker={slug}",
    )  # fmt: skip
    called = f"{size} quotations: "
    return [Large(f"{called}{path}", path) for path in paths] + [
        Large(f"{called}{path}", path, is_own=True) for path in own
    ]


def _other(slug: str) -> str:
    return next(LARGE[name] for name in _SPEAKERS if LARGE[name] != slug)


def _article() -> list[str]:
    base = f"/articles/{LARGE['article']}/"
    return [base, f"{base}?part=60", f"{base}versions/", f"/api/v1/articles/{LARGE['article']}/"]


def _statement() -> list[str]:
    base = f"/statements/{LARGE['statement']}/"
    return [base, f"{base}?page=20", f"/api/v1/statements/{LARGE['statement']}/", "/statements/"]
