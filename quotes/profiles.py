"""A speaker's quotations -> what the speaker's page says of them, in one pass over one query.

Counted are current quotations of speech: what the list below shows unless it is filtered.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

from django.db.models import Count, Min, Prefetch

from quotes import plain_words
from quotes.bylines import authors
from quotes.models import SAID, ArticleVersion, QuotationQuerySet, Speaker, SpeakerLink
from quotes.params import PAGES
from quotes.plots import Plot, plot

_READ = (
    "speaker_name",
    "speaker_role",
    "kind",
    "medium",
    "factuality",
    "version__published_on",
    "version__article__uid",
    "version__title",
    "version__opening",
    "version__article__outlet__name",
    "version__article__outlet__slug",
    "version__byline",
)
_LINKED = ("article", "number", "is_current", "title", "opening")
_ROWS_AT_ONCE = 2000
_SEEN = 0.5  # percent of a line that one can see


class Said(NamedTuple):
    """A quotation, as far as a profile counts it."""

    name: str
    role: str
    kind: str
    medium: str
    factuality: str
    day: date | None
    article: str
    title: str
    opening: str
    outlet: str | None
    outlet_slug: str | None
    byline: str


class Sighting(NamedTuple):
    """An article in which something was seen, and its day."""

    day: date
    article: str
    title: str


class Stretch(NamedTuple):
    """When something was in use, in percent of the whole time in which the speaker was quoted."""

    start: float
    length: float


class Use(NamedTuple):
    """Words that articles use of a speaker: how often, in how many, first and last where."""

    words: str
    quotations: int
    articles: int
    first: Sighting | None
    last: Sighting | None
    stretch: Stretch | None
    query: str


class Share(NamedTuple):
    """A value, its count, the bar for it in percent of the longest, and the filter for it."""

    label: str
    quotations: int
    share: float
    query: str


class Reporter(NamedTuple):
    """Who quotes the speaker: an author as bylines name them, writing for an outlet."""

    author: str
    outlet: str
    quotations: int
    is_sought: bool

    @property
    def query(self) -> str:
        """Return what lists the author's quotations of the speaker; "" if that would not."""
        # Made for the rows that are shown: a much quoted speaker has thousands.
        return urlencode({"by": self.author}) if self.is_sought else ""


@dataclass(frozen=True)
class Profile:
    """What a speaker's quotations say together, each table with its most frequent row first."""

    total: int
    articles: int
    undated: int
    names: tuple[Use, ...]
    roles: tuple[Use, ...]
    kinds: tuple[Share, ...]
    media: tuple[Share, ...]
    outlets: tuple[Share, ...]
    reporters: tuple[Reporter, ...]
    plot: Plot | None
    # How many were said, or not; () if all were, and in what was counted before that was known.
    factualities: tuple[Share, ...] = ()


def said(quotations: QuotationQuerySet) -> Iterator[Said]:
    """Yield what a profile reads of `quotations`, in one query and no order, not all in memory."""
    rows = quotations.order_by().values_list(*_READ).iterator(chunk_size=_ROWS_AT_ONCE)
    return (Said(*row) for row in rows)


def profile(rows: Iterable[Said]) -> Profile:
    """Return the profile of these quotations; the order in which they come does not matter."""
    names, roles = _Uses("called"), _Uses("role")
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    outlets: Counter[tuple[str, str]] = Counter()
    bylines: Counter[tuple[str, str]] = Counter()
    days: Counter[date | None] = Counter()
    articles: set[str] = set()
    for row in rows:
        names.add(row.name, row)
        roles.add(row.role, row)
        counts["kind"][row.kind] += 1
        counts["medium"][row.medium] += 1
        counts["factuality"][row.factuality] += 1
        outlets[row.outlet or "", row.outlet_slug or ""] += 1
        bylines[row.byline, row.outlet or ""] += 1
        days[row.day] += 1
        articles.add(row.article)
    dated = {day: number for day, number in days.items() if day is not None}
    return Profile(
        total=sum(days.values()),
        articles=len(articles),
        undated=days[None],
        names=names.sorted(dated),
        roles=roles.sorted(dated),
        kinds=_shares((v.capitalize(), f"kind={v}", n) for v, n in counts["kind"].items()),
        media=_shares((v, urlencode({"medium": v}), n) for v, n in counts["medium"].items() if v),
        outlets=_shares(
            (name or "not known", f"outlet={slug}" if slug else "", n)
            for (name, slug), n in outlets.items()
        ),
        reporters=_reporters(bylines),
        plot=plot(dated, max_bars=PAGES.plot_max_bars),
        factualities=_factualities(counts["factuality"]),
    )


class _Uses:
    """Gathers how often words are used, in which articles, first and last where."""

    def __init__(self, parameter: str) -> None:
        self._parameter = parameter
        self._counts: Counter[str] = Counter()
        self._articles: dict[str, set[str]] = defaultdict(set)
        self._sightings: dict[str, tuple[Sighting, Sighting]] = {}

    def add(self, words: str, row: Said) -> None:
        if not words:
            return
        self._counts[words] += 1
        self._articles[words].add(row.article)
        known = self._sightings.get(words)
        if row.day and not (known and known[0].day < row.day < known[1].day):
            here = Sighting(row.day, row.article, row.title or row.opening or row.article)
            first, last = known or (here, here)
            self._sightings[words] = (min(first, here), max(last, here))

    def sorted(self, days: Iterable[date]) -> tuple[Use, ...]:
        """Return the uses, the most frequent first, of equally frequent ones the latest.

        `days` are all on which the speaker was quoted.
        """
        whole = sorted(days)
        uses = [self._use(words, whole) for words in self._counts]
        return tuple(sorted(uses, key=_by_frequency))

    def _use(self, words: str, whole: Sequence[date]) -> Use:
        first, last = self._sightings.get(words, (None, None))
        stretch = _stretch(first.day, last.day, whole) if first and last else None
        articles = len(self._articles[words])
        query = urlencode({self._parameter: words})
        return Use(words, self._counts[words], articles, first, last, stretch, query)


def _stretch(first: date, last: date, whole: Sequence[date]) -> Stretch:
    days = (whole[-1] - whole[0]).days + 1
    length = max(_SEEN, 100 * ((last - first).days + 1) / days)
    start = min(100 * (first - whole[0]).days / days, 100 - length)
    return Stretch(round(start, 2), round(length, 2))


def _by_frequency(use: Use) -> tuple[int, int, str]:
    return -use.quotations, -(use.last.day.toordinal() if use.last else 0), use.words


def _shares(rows: Iterable[tuple[str, str, int]]) -> tuple[Share, ...]:
    found = sorted(rows, key=lambda row: (-row[2], row[0]))
    longest = found[0][2] if found else 1
    return tuple(Share(v, n, round(100 * n / longest, 1), query) for v, query, n in found)


def _factualities(counts: Counter[str]) -> tuple[Share, ...]:
    """Return how many are reported as said, and how many are not; () if all are."""
    if SAID.issuperset(counts):
        return ()
    return _shares(
        (plain_words.FACTUALITY_NAMES[v], f"factuality={v or plain_words.UNKNOWN}", n)
        for v, n in counts.items()
    )


def _reporters(bylines: Counter[tuple[str, str]]) -> tuple[Reporter, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    sought: dict[str, bool] = {}
    for (byline, outlet), number in bylines.items():
        for author in authors(byline):
            counts[author.name, outlet] += number
            # "Roe, Jane" is Jane Roe, but not found by a search for her in bylines.
            found = author.name.lower() in byline.lower()
            sought[author.name] = found and sought.get(author.name, True)
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return tuple(
        Reporter(author, outlet, number, sought[author]) for (author, outlet), number in rows
    )


# --- long tables


Row = TypeVar("Row")


@dataclass(frozen=True)
class Table(Generic[Row]):
    """Rows of a table: those shown at once, those folded away, and how many are left out."""

    shown: tuple[Row, ...]
    folded: tuple[Row, ...]
    left_out: int


def table(rows: Sequence[Row]) -> Table[Row]:
    """Return `rows` as a table that no speaker makes too long to read."""
    cut, most = PAGES.profile_rows, PAGES.profile_rows_most
    return Table(tuple(rows[:cut]), tuple(rows[cut:most]), max(0, len(rows) - most))


# --- names, and why they are the speaker's


class Reason(NamedTuple):
    """Why a name is held to be the speaker's, how sure, in how many articles, decided by whom."""

    why: str
    score: float
    articles: int
    by_people: bool

    @property
    def is_sure(self) -> bool:
        """Say whether the reason needs no doubt beside it."""
        return self.by_people or self.score >= PAGES.link_sure_from


class Naming(NamedTuple):
    """A form of the speaker's name: why it is one, and its use as a speaker's name in articles."""

    name: str
    reasons: tuple[Reason, ...]
    use: Use | None


def namings(speaker: Speaker, uses: Sequence[Use], *, most: int | None = None) -> list[Naming]:
    """Return the forms of a speaker's name, the most used first; `uses` are a profile's names.

    Two queries. What links a name in articles is its reason; a name that no link has, an alias,
    has its own. The least sure link speaks for all links of one name and reason. `most`: of the
    latest links only so many are looked at, in one query more.
    """
    reasons: dict[str, list[Reason]] = defaultdict(list)
    links = SpeakerLink.objects.filter(speaker=speaker).order_by()
    if most is not None:
        latest = links.order_by("-pk").values_list("pk", flat=True)[:most]
        links = SpeakerLink.objects.filter(pk__in=list(latest)).order_by()
    counted = links.values_list("name", "reason", "decided").annotate(
        low=Min("score"), n=Count("article", distinct=True)
    )
    for name, why, decided, low, n in sorted(counted, key=lambda row: (-row[4], row[1])):
        reasons[name].append(Reason(why, low, n, by_people=decided))
    for name, why, score in speaker.names.values_list("name", "reason", "score"):
        reasons[name] = reasons[name] or [Reason(why, score, 0, by_people=False)]
    used = {use.words: use for use in uses}
    rest = sorted(name for name in reasons if name not in used)
    return [Naming(name, tuple(reasons[name]), used.get(name)) for name in (*used, *rest)]


def unsure_links(speaker: Speaker) -> list[SpeakerLink]:
    """Return the links to a speaker that nobody should take for granted, the least sure first.

    Two queries; the current version of each link's article is in `article.shown`.
    """
    current = ArticleVersion.objects.current().only(*_LINKED)
    links = SpeakerLink.objects.filter(
        speaker=speaker, decided=False, score__lt=PAGES.link_sure_from
    ).prefetch_related(Prefetch("article__versions", current, to_attr="shown"))
    return list(
        links.select_related("article__outlet").order_by("score", "pk")[: PAGES.profile_rows]
    )
