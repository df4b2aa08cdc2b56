"""Words -> speakers: search among all names, while one types; and who has a similar name.

Each word typed must begin a word of the speaker's name or aliases; case and accents do not count.
The words are bound as parameters, never parsed as SQL or as a backend's own syntax.
"""

import re
import time
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from django.db import connections
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from rapidfuzz import fuzz, process

from quotes.bylines import authors
from quotes.models import Speaker, SpeakerName, SpeakerQuerySet, SpeakerSuggestion
from quotes.nlp.document import SpeakerKind
from quotes.nlp.names import abbreviates, acronyms_of, is_acronym, split_titles
from quotes.nlp.names import words as words_of
from quotes.params import PAGES, SEARCH
from quotes.query_language import fold, folded_words
from quotes.speaker_index import TABLE

_WIKIDATA = re.compile(r"Q[1-9][0-9]*")
_SQLITE = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s"  # noqa: S608  a constant
_POSTGRESQL = f"SELECT speaker_id FROM {TABLE} WHERE vector @@ to_tsquery('simple', %s)"  # noqa: S608


def named(speakers: QuerySet[Speaker], query: str) -> QuerySet[Speaker]:
    """Keep the speakers with a name that has a word beginning with each word of `query`.

    A Wikidata identifier finds whom it belongs to. An empty query keeps all; one without a
    single letter or digit, such as "?!", none.
    """
    if not query.strip():
        return speakers
    if _WIKIDATA.fullmatch(query.strip()):
        return speakers.filter(wikidata_id=query.strip())
    words = folded_words(query)[: PAGES.name_words]
    return speakers.filter(pk__in=_rows(speakers, words, "*")) if words else speakers.none()


def with_words(speakers: QuerySet[Speaker], words: Iterable[str]) -> QuerySet[Speaker]:
    """Keep the speakers whose names have each of `words`, whole."""
    parts = [part for word in words for part in folded_words(word)]
    return speakers.filter(pk__in=_rows(speakers, parts, "")) if parts else speakers.none()


def _rows(speakers: QuerySet[Speaker], words: list[str], star: str) -> RawSQL:
    """Return the keys of speakers by words of letters and digits, so that nothing is escaped."""
    if connections[speakers.db].vendor == "postgresql":
        match = " & ".join(f"'{word}'{':*' if star else ''}" for word in words)
        return RawSQL(_POSTGRESQL, (match,))  # noqa: S611  bound
    return RawSQL(_SQLITE, (" AND ".join(f'"{word}"{star}' for word in words),))  # noqa: S611


# --- while one types


class Found(NamedTuple):
    """A speaker found; `matched` is the alias that has the words, "" where the name has them."""

    speaker: Speaker
    matched: str


def suggest(
    speakers: SpeakerQuerySet, query: str, *, leave_out: Iterable[int] = (), limit: int
) -> tuple[list[Found], bool]:
    """Return up to `limit` of `speakers`, most quoted first, and whether there are more.

    Two queries. Those merged into another are left out, and the keys in `leave_out`.
    """
    if not query.strip():
        return [], False
    rows = named(speakers.roots().exclude(pk__in=list(leave_out)), query)
    found = list(
        rows.select_related("main_outlet").order_by("-quotation_count", "name", "pk")[: limit + 1]
    )
    aliases: dict[int, list[str]] = {}
    names = SpeakerName.objects.filter(speaker__in=found[:limit]).order_by("name")
    for pk, name in names.values_list("speaker_id", "name"):
        aliases.setdefault(pk, []).append(name)
    shown = [Found(row, _matched(row.name, aliases.get(row.pk, []), query)) for row in found]
    return shown[:limit], len(found) > limit


def _matched(name: str, aliases: list[str], query: str) -> str:
    """Return the first alias that has the words of `query` where `name` itself does not."""
    wanted = folded_words(query)
    if _has(name, wanted):
        return ""
    return next((alias for alias in aliases if _has(alias, wanted)), "")


def _has(name: str, wanted: list[str]) -> bool:
    own = folded_words(name)
    return all(any(word.startswith(start) for word in own) for start in wanted)


def detail_of(speaker: Speaker) -> str:
    """Return on one line what tells a speaker from others of the name.

    "Person · the minister · 12 quotations · most often in The Wire · 2016 to 2017". Wants the main
    outlet loaded, else it queries for it.
    """
    count = speaker.quotation_count
    parts = (
        speaker.get_kind_display(),
        speaker.description or speaker.main_role,
        f"{count:,} quotation{'' if count == 1 else 's'}",
        f"{'in' if count == 1 else 'most often in'} {speaker.main_outlet}"
        if speaker.main_outlet
        else "",
        _years(speaker),
    )
    return " · ".join(part for part in parts if part)


def _years(speaker: Speaker) -> str:
    first, last = speaker.first_quoted_on, speaker.last_quoted_on
    if not first or not last:
        return ""
    return str(first.year) if first.year == last.year else f"{first.year} to {last.year}"


def alike(typed: str) -> list[Speaker]:
    """Return the speakers whose names are spelled most like `typed`, which may be a surname alone.

    One query, or two: the names compared are those of the most quoted, `SEARCH.alike_read` of
    them, as they were when they were last read, at most `SEARCH.alike_kept_s` ago.
    """
    wanted = " ".join(folded_words(typed[: PAGES.name_max_chars]))
    if len(wanted) < SEARCH.alike_least_letters:
        return []
    names, surnames = _most_quoted(int(time.monotonic() // SEARCH.alike_kept_s))
    found = process.extract(
        wanted,
        names if " " in wanted else surnames,
        scorer=fuzz.ratio,
        score_cutoff=SEARCH.alike_from,
        limit=SEARCH.alike_names,
    )
    speakers = Speaker.objects.roots().in_bulk([pk for _, _, pk in found])
    return [speakers[pk] for _, _, pk in found if pk in speakers]


@lru_cache(maxsize=1)
def _most_quoted(_period: int) -> tuple[dict[int, str], dict[int, str]]:
    """Return the names of the most quoted speakers, and their last words, folded, by key.

    Kept for the period: reading tens of thousands of names takes longer than all else of a search.
    """
    rows = Speaker.objects.roots().filter(quotation_count__gt=0)
    most_quoted = rows.order_by("-quotation_count", "name").values_list("pk", "name")
    names = {pk: fold(name) for pk, name in most_quoted[: SEARCH.alike_read]}
    return names, {pk: name.rpartition(" ")[2] for pk, name in names.items()}


def forget_names() -> None:
    """Let the next search for like names read them anew."""
    _most_quoted.cache_clear()


# --- similar names


class Similar(NamedTuple):
    """A speaker who may be the same as another: why, and how likely, where that was measured."""

    speaker: Speaker
    reason: str
    score: float | None = None
    suggestion: SpeakerSuggestion | None = None


def similar(speaker: Speaker, *, limit: int) -> list[Similar]:
    """Return who might be the same as `speaker`, open suggestions first, then like names.

    Pairs that people told apart are left out. Two queries, three or four.
    """
    rows = SpeakerSuggestion.objects.filter(Q(one=speaker) | Q(other=speaker))
    pairs = rows.order_by("-score", "pk")[: PAGES.similar_names_read]
    by_other = {p.other_id if p.one_id == speaker.pk else p.one_id: p for p in pairs}
    still_open = [pk for pk, p in by_other.items() if p.status == SpeakerSuggestion.Status.OPEN]
    # Joined with the pairs, which most have none of, both speakers and their outlets are planned.
    others = Speaker.objects.roots().select_related("main_outlet").in_bulk(still_open)
    found = [
        Similar(others[pk], by_other[pk].reason, by_other[pk].score, by_other[pk])
        for pk in still_open
        if pk in others
    ]
    if len(found) < limit:
        found += [s for s in _alike(speaker) if s.speaker.pk not in by_other]
    return found[:limit]


def seen_pair(pair: SpeakerSuggestion) -> str:
    """Return what a form carries along, so that an answer to a pair that has changed is noticed.

    A merge can give a pair another speaker. Wants both loaded, else it queries for them.
    """
    shown = (pair.one_id, pair.one.name, pair.other_id, pair.other.name)
    return sha256(repr(shown).encode()).hexdigest()[:16]


def _alike(speaker: Speaker) -> list[Similar]:
    """Return the speakers whose names are like this one's, most quoted first."""
    is_person = speaker.kind == SpeakerKind.PERSON
    rows = Speaker.objects.roots().exclude(pk=speaker.pk).filter(kind__in=_kinds_like(speaker.kind))
    looks = [with_words(rows, [surname(speaker.name)])] if is_person else _bodies(rows, speaker)
    found: dict[int, Similar] = {}
    for look in looks:
        near = look.select_related("main_outlet").order_by("-quotation_count", "pk")
        for row in near[: PAGES.similar_names_read]:
            if why := why_alike(speaker, row):
                found.setdefault(row.pk, Similar(row, why))
    return sorted(found.values(), key=lambda s: (-s.speaker.quotation_count, s.speaker.pk))


def _kinds_like(kind: str) -> list[str]:
    if kind == SpeakerKind.PERSON:
        return [kind]
    return [other.value for other in SpeakerKind if other is not SpeakerKind.PERSON]


def _bodies(rows: QuerySet[Speaker], speaker: Speaker) -> list[QuerySet[Speaker]]:
    """Return where to look for a body: its own words, and the other side of its acronym."""
    looks = [with_words(rows, words_of(speaker.name))]
    if is_acronym(speaker.name):
        return [*looks, named(rows, " ".join(folded_words(speaker.name)[0]))]
    return looks + [with_words(rows, [acronym]) for acronym in sorted(acronyms_of(speaker.name))]


def surname(name: str) -> str:
    """Return a person's family name, its last word where it is not clear; "" if nothing is left."""
    one, *more = authors(name) or (None,)
    if one and one.family and not more:
        return one.family
    own = split_titles(name)[1]
    return own[-1] if own else ""


def why_alike(speaker: Speaker, other: Speaker) -> str:
    """Return in a few words what the names of two speakers of like kinds share; "" if nothing."""
    if folded_words(speaker.name) == folded_words(other.name):
        return "has the same name"
    if speaker.kind == SpeakerKind.PERSON:
        family = surname(speaker.name)
        shared = folded_words(family) == folded_words(surname(other.name))
        return f"has the surname {family} too" if shared else ""
    short, full = sorted((speaker.name, other.name), key=len)
    return f"{short} may be short for {full}" if abbreviates(short, full) else ""
