"""A query in its stored form, `{"parameter": ["value", …]}`, -> the quotations that it selects.

The one definition of the filters of quotations. The API's list, the search page, exports, saved
searches, feeds and webhooks all narrow by it, so that a search selects the same rows wherever it
is repeated. All parameters that are given must hold; those of REPEATED take several values, of
which one must.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial, reduce
from operator import or_
from typing import Any, NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q

from quotes.merging import root
from quotes.models import (
    ACTS,
    FACTUALITIES,
    KINDS,
    SAID,
    SPEAKER_KINDS,
    ArticleVersion,
    ArticleVersionQuerySet,
    Outlet,
    Quotation,
    QuotationQuerySet,
    Speaker,
)
from quotes.models import SpeakerName as Name
from quotes.nlp.document import Act, SpeakerKind
from quotes.params import DEFAULTS, SEARCH
from quotes.plain_words import FACTUALITY_NAMES, UNKNOWN
from quotes.query_language import folded_words
from quotes.refusals import InputError
from quotes.search import Filters, QueryError, newest_first, parse, search, sought
from quotes.search_newest import are_current

Query = Mapping[str, Sequence[str]]
NAMED, ANONYMOUS, UNNAMED = "named", "anonymous", "none"
ANY_ACT = "any"
_NAME_CHARS, _SLUG_CHARS, _ROLE_CHARS, _MEDIUM_CHARS, _LANGUAGE_CHARS = 300, 220, 500, 50, 35
_LARGEST = 2**53  # that every reader of JSON takes as it stands


class SelectionError(InputError):
    """A query cannot be used: `parameter` is at fault; what is wrong with it, and what helps.

    `position` says where in its value, in code points from 0, if that is known.
    """

    def __init__(
        self, parameter: str, problem: str, remedy: str, *, position: int | None = None
    ) -> None:
        super().__init__(f"{parameter}: {problem}", remedy)
        self.parameter, self.position = parameter, position
        self.fault = problem
        self.message = f"{problem}; {remedy}"


class Parameter(NamedTuple):
    """A filter: its name for readers, what it means, how a value is read and what it asks of a row.

    `read` turns a value into what `condition` takes and raises InputError; `choices` are all
    values that can be given, if they are few.
    """

    label: str
    means: str
    read: Callable[[str], Any]
    condition: Callable[[Any], Q]
    choices: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a value."""
        if isinstance(self.read, partial):
            return {"type": "string", "minLength": 1, "maxLength": self.read.args[0]}
        return _SCHEMAS.get(self.read, {"type": "string", "minLength": 1})


# --- values


def _read_words(most_chars: int, value: str) -> str:
    if len(value) > most_chars:
        raise InputError("is too long", f"give at most {most_chars} characters")
    return value


def _words(most_chars: int) -> Callable[[str], str]:
    return partial(_read_words, most_chars)


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in choices:
            raise InputError(f"{value!r} is not offered", f"give one of {', '.join(choices)}")
        return value

    return read


def _day(value: str) -> date:
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007  a day has no zone
    except ValueError as error:
        raise InputError(
            f"{value!r} is not a day", "write year-month-day, such as 2017-07-05"
        ) from error


def _moment(value: str) -> datetime:
    remedy = "write date, time and zone, such as 2017-07-05T08:00:00Z"
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise InputError(f"{value!r} is not a moment", remedy) from error
    if moment.tzinfo is None:
        raise InputError(f"{value!r} has no time zone", remedy)
    return moment


def _probability(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise InputError(f"{value!r} is not a probability", "give a number from 0 to 1, as 0.8")
    return number


def _group(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:17]) <= _LARGEST):
        raise InputError(f"{value!r} is no number of a group", "give `copies_group` of an article")
    return int(value)


def _search(value: str) -> str:
    _words(DEFAULTS.search_max_chars)(value)
    parse(value)
    return value


_SCHEMAS: Mapping[Callable[[str], Any], dict[str, Any]] = {
    _day: {"type": "string", "format": "date"},
    _moment: {"type": "string", "format": "date-time"},
    _probability: {"type": "number", "minimum": 0, "maximum": 1},
    _group: {"type": "integer", "minimum": 1, "maximum": _LARGEST},
    _search: {"type": "string", "minLength": 1, "maxLength": DEFAULTS.search_max_chars},
}


# --- conditions


def speakers_at(slugs: Sequence[str]) -> dict[str, Speaker]:
    """Return the speakers at these addresses, or who they have been merged into; one query."""
    found = Speaker.objects.filter(slug__in=slugs).select_related("merged_into")
    return {speaker.slug: root(speaker) for speaker in found}


def _keys_at(slugs: Sequence[str]) -> set[int]:
    """Return the keys of the speakers at these addresses, as `speakers_at`, but no more of them."""
    found = Speaker.objects.filter(slug__in=slugs).order_by().values_list("pk", "merged_into")
    keys = dict(found)
    if any(keys.values()):
        return {speaker.pk for speaker in speakers_at(slugs).values()}
    return set(keys)


def _by_speaker(slugs: Sequence[str]) -> Q:
    return Q(speaker__in=_keys_at(slugs))


def _by_medium(media: Sequence[str]) -> Q:
    return reduce(or_, (Q(medium__iexact=medium) for medium in media))


def stored_factualities(asked: Iterable[str]) -> list[str]:
    """Return the values of the column that parameters ask for; `UNKNOWN` is the empty one."""
    return ["" if value == UNKNOWN else value for value in asked]


def by_any_name(words: str) -> Q:
    """Return the condition that a name of the speaker, also a former one, contains `words`."""
    names = Name.objects.filter(speaker=OuterRef("speaker"), name__icontains=words)
    return Q(speaker_name__icontains=words) | Q(speaker__name__icontains=words) | Q(Exists(names))


def _by_source(source: str) -> Q:
    return {
        NAMED: Q(speaker__isnull=False),
        ANONYMOUS: Q(speaker_kind=SpeakerKind.ANONYMOUS),
        UNNAMED: Q(speaker_name=""),
    }[source]


def _reviewed(reviewed: str) -> Q:
    none = Q(review=Quotation.Review.NONE)
    return ~none if reviewed == "true" else none


def _is(lookup: str) -> Callable[[Any], Q]:
    return lambda value: Q(**{lookup: value})


def _values(choices: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(value for value, _ in choices)


def _choice(
    label: str, means: str, choices: tuple[str, ...], condition: Callable[[Any], Q]
) -> Parameter:
    return Parameter(label, means, _one_of(*choices), condition, choices)


PARAMETERS: Mapping[str, Parameter] = {
    "q": Parameter(
        "Words",
        'Full text over content, speaker, mention and title: all words, "a phrase", -without, '
        "begin*.",
        _search,
        lambda _: Q(),  # the search module's matter: see `narrow`
    ),
    "speaker": Parameter(
        "Speaker",
        "The speaker's slug. Repeat it for several.",
        _words(_SLUG_CHARS),
        _by_speaker,
    ),
    "any_name": Parameter(
        "Speaker’s name",
        "Words that stand together in any name of the speaker, or in the description of who has "
        "none; the last may be a beginning.",
        _words(_NAME_CHARS),
        by_any_name,
    ),
    "speaker_name": Parameter(
        "Name in the article",
        "As `any_name`.",
        _words(_NAME_CHARS),
        by_any_name,
    ),
    "called": Parameter(
        "Called",
        "The whole name or description in the article.",
        _words(_NAME_CHARS),
        _is("speaker_name"),
    ),
    "role": Parameter(
        "Described as",
        "The whole role that the article gives the speaker.",
        _words(_ROLE_CHARS),
        _is("speaker_role"),
    ),
    "speaker_kind": _choice(
        "Kind of speaker", "What the speaker is.", _values(SPEAKER_KINDS), _is("speaker_kind")
    ),
    "source": _choice(
        "Source",
        "named (a known speaker), anonymous, or none (the article names no source).",
        (NAMED, ANONYMOUS, UNNAMED),
        _by_source,
    ),
    "kind": _choice(
        "Kind", "Repeat it for several.", _values(KINDS), lambda kinds: Q(kind__in=kinds)
    ),
    "act": _choice(
        "Act",
        "speech (the default), attitude, or any.",
        (*_values(ACTS), ANY_ACT),
        lambda act: Q() if act == ANY_ACT else Q(act=act),
    ),
    "factuality": _choice(
        "Said or not",
        "Whether the article reports that it was said: factual (it does), negated, future, "
        "hypothetical, or unknown (stored before this was looked at). Repeat it for several.",
        (*_values(FACTUALITIES), UNKNOWN),
        lambda asked: Q(factuality__in=stored_factualities(asked)),
    ),
    "medium": Parameter(
        "Medium",
        "Such as statement, Twitter. Repeat it for several.",
        _words(_MEDIUM_CHARS),
        _by_medium,
    ),
    "outlet": Parameter(
        "Outlet",
        "The outlet's slug. Repeat it for several.",
        _words(_SLUG_CHARS),
        _is("version__article__outlet__slug__in"),
    ),
    "article": Parameter(
        "Article", "The article's uid.", _words(_SLUG_CHARS), _is("version__article__uid")
    ),
    "byline": Parameter(
        "Reported by",
        "Part of the article's byline.",
        _words(_ROLE_CHARS),
        _is("version__byline__icontains"),
    ),
    "published_from": Parameter(
        "Published from", "YYYY-MM-DD.", _day, _is("version__published_on__gte")
    ),
    "published_to": Parameter(
        "Published to", "YYYY-MM-DD.", _day, _is("version__published_on__lte")
    ),
    "min_confidence": Parameter(
        "Confidence at least",
        "0 to 1; in words and source.",
        _probability,
        _is("confidence__gte"),
    ),
    "max_confidence": Parameter(
        "Confidence at most", "0 to 1; in words and source.", _probability, _is("confidence__lte")
    ),
    "min_speaker_confidence": Parameter(
        "Confidence with speaker at least",
        "0 to 1; in words, source and speaker.",
        _probability,
        _is("speaker_confidence__gte"),
    ),
    "max_speaker_confidence": Parameter(
        "Confidence with speaker at most",
        "0 to 1; in words, source and speaker.",
        _probability,
        _is("speaker_confidence__lte"),
    ),
    "language": Parameter(
        "Language",
        "The article's, BCP 47, such as en.",
        _words(_LANGUAGE_CHARS),
        _is("version__language__iexact"),
    ),
    "copies": Parameter(
        "Copies of one piece",
        "The number of a group of copies: `copies_group` of an article.",
        _group,
        _is("version__copies"),
    ),
    "retrieved_from": Parameter(
        "Read from",
        "When the tracker read the article: ISO 8601 with a time zone.",
        _moment,
        _is("version__retrieved_at__gte"),
    ),
    "retrieved_to": Parameter(
        "Read until",
        "When the tracker read the article: ISO 8601 with a time zone.",
        _moment,
        _is("version__retrieved_at__lte"),
    ),
    "created_from": Parameter(
        "Found from",
        "When the quotation was first found: ISO 8601 with a time zone.",
        _moment,
        _is("created_at__gte"),
    ),
    "created_to": Parameter(
        "Found until",
        "When the quotation was first found: ISO 8601 with a time zone.",
        _moment,
        _is("created_at__lte"),
    ),
    "review": _choice(
        "Review",
        "What people have decided: confirmed or corrected.",
        ("confirmed", "corrected"),
        _is("review"),
    ),
    "reviewed": _choice(
        "Reviewed", "Whether people have decided on it.", ("true", "false"), _reviewed
    ),
    "updated_since": Parameter(
        "Changed since", "ISO 8601 with a time zone.", _moment, _is("updated_at__gte")
    ),
}
REPEATED = frozenset({"kind", "factuality", "speaker", "outlet", "medium"})


# --- queries


def clean(query: Query) -> dict[str, list[str]]:
    """Return `query` in its stored form: known parameters in their order, each value once.

    A single string stands for a list of one. Raises SelectionError, which names the parameter,
    the problem and the remedy. Asks no database.
    """
    for name in query:
        if name not in PARAMETERS:
            raise SelectionError(str(name), "is not offered", f"use {', '.join(PARAMETERS)}")
    cleaned = {name: _values_of(name, query[name]) for name in PARAMETERS if name in query}
    first, last = cleaned.get("published_from"), cleaned.get("published_to")
    if first and last and _day(first[0]) > _day(last[0]):
        problem = f"{last[0]} is earlier than the first day, {first[0]}"
        raise SelectionError("published_to", problem, "give a later day, or leave one out")
    return cleaned


def _values_of(name: str, given: Any) -> list[str]:
    values = [given] if isinstance(given, str) else given
    if not isinstance(values, Sequence) or not all(isinstance(value, str) for value in values):
        raise SelectionError(name, "is no list of strings", 'write it as ["value"]')
    values = sorted(set(values)) if name in REPEATED else list(values)
    if not values:
        raise SelectionError(name, "has no value", "give a value or leave it out")
    if len(values) > 1 and name not in REPEATED:
        raise SelectionError(name, "is given more than once", "give it once")
    if len(values) > SEARCH.values_most:
        problem = f"has {len(values)} values"
        raise SelectionError(name, problem, f"give at most {SEARCH.values_most}")
    for value in values:
        _check(name, value)
    return values


def _check(name: str, value: str) -> None:
    if not value.strip():
        raise SelectionError(name, "is empty", "give a value or leave it out")
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
        raise SelectionError(name, "has a character that no text has", "leave it out")
    try:
        PARAMETERS[name].read(value)
    except QueryError as error:
        where = error.position
        raise SelectionError(name, error.problem, error.remedy, position=where) from error
    except InputError as error:
        raise SelectionError(name, error.problem, error.remedy) from error


def narrow(
    rows: QuotationQuerySet,
    query: Query,
    *,
    by_relevance: bool = False,
    newest: Sequence[int] | None = None,
    part: slice | None = None,
) -> QuotationQuerySet:
    """Return those of `rows` that `query` selects; only speech, unless `act` says otherwise.

    `by_relevance` orders them by how well they match `q`. All have `recency`, by which the newest
    come first cheaply. `newest` spares a look, `part` is of the order by relevance: see
    quotes/search.py. Raises SelectionError as `clean` does.
    """
    asked = ask(rows, query)
    if asked is None:
        return newest_first(rows.none())
    if asked.alone is not None:
        return newest_first(asked.rows, alone=sought("", asked.alone, using=rows.db))
    return search(
        asked.rows,
        asked.words,
        by_relevance=by_relevance,
        filters=asked.filters,
        newest=newest,
        part=part,
    )


def passing(rows: QuotationQuerySet, query: Query) -> QuotationQuerySet:
    """Return those of `rows` that pass the conditions of `query` on their columns, in any order.

    By these alone, so that rows can be walked by an index of theirs: `q` and names have none.
    Raises SelectionError as `clean` does.
    """
    for name, values in clean(query).items():
        rows = rows.filter(PARAMETERS[name].condition(_value(name, values)))
    return rows


class Asked(NamedTuple):
    """A query as the search takes it: rows that pass what no index knows, words and filters.

    `alone` is all of it as filters, if rows are narrowed to what the index knows too.
    """

    rows: QuotationQuerySet
    words: str = ""
    filters: Filters | None = None
    alone: Filters | None = None


def ask(rows: QuotationQuerySet, query: Query) -> Asked | None:
    """Return what `query` asks of `rows` and of the search; None if it names what is not stored.

    Raises SelectionError as `clean` does.
    """
    cleaned = {"act": [Act.SPEECH.value], **clean(query)}
    by_index = _by_index(cleaned)
    is_known = are_current(rows) and cleaned.keys() <= _INDEXED
    for name, values in cleaned.items():
        if not (by_index and name in _INDEXED):
            rows = rows.filter(PARAMETERS[name].condition(_value(name, values)))
    if not by_index:
        return Asked(rows, alone=_filters(cleaned) if is_known else None)
    filters = _filters(cleaned)
    return Asked(rows, cleaned.get("q", [""])[0], filters) if filters else None


def _value(name: str, values: Sequence[str]) -> Any:
    read = PARAMETERS[name].read
    return [read(value) for value in values] if name in REPEATED else read(values[0])


# What the search's index knows of a quotation.
_CALLED, _DAYS = ("any_name", "speaker_name"), ("published_from", "published_to")
_INDEXED = frozenset(
    {"q", "speaker", "source", "kind", "act", "factuality", "medium", "outlet", "article"}
    | {"reviewed", *_DAYS, *_CALLED}
)


def _by_index(cleaned: Query) -> bool:
    """Say whether `cleaned` selects by the index: what many rows have is seen as they are read."""
    rare = {"factuality"} if cleaned.get("factuality") and not _is_common(cleaned) else set()
    few = {"q", "speaker", "medium", "outlet", "article", *_CALLED, *_DAYS} & cleaned.keys()
    return bool(few | rare) or cleaned.get("reviewed") == ["true"]


def _is_common(cleaned: Query) -> bool:
    """Say whether what is said is among the factualities asked for."""
    return bool(SAID & {*stored_factualities(cleaned["factuality"])})


def _filters(cleaned: Query) -> Filters | None:
    """Return what the index is to narrow by; None if it names what is not stored."""
    one = {name: _value(name, cleaned[name]) for name in cleaned.keys() & _INDEXED}
    speakers: set[int] = set()
    outlets: set[int] = set()
    if "speaker" in one:
        speakers = _keys_at(one["speaker"])
    if "outlet" in one:
        outlets = set(Outlet.objects.filter(slug__in=one["outlet"]).values_list("pk", flat=True))
    article = one.get("article", "")
    if ("speaker" in one and not speakers) or ("outlet" in one and not outlets):
        return None
    if article and not article.isalnum():
        return None
    called = [tuple(folded_words(one[name])) for name in _CALLED if name in one]
    if not all(called):  # marks without a letter or digit name nobody
        return None
    return Filters(
        act="" if one["act"] == ANY_ACT else one["act"],
        kinds=tuple(one.get("kind", ())),
        factualities=tuple(stored_factualities(one.get("factuality", ()))),
        media=tuple(one.get("medium", ())),
        reviewed={"true": True, "false": False}.get(one.get("reviewed", "")),
        source=one.get("source", ""),
        speakers=tuple(sorted(speakers)),
        outlets=tuple(sorted(outlets)),
        article=article,
        first=one.get("published_from"),
        last=one.get("published_to"),
        called=tuple(called),
    )


def select(query: Query, user: AbstractBaseUser | AnonymousUser | None = None) -> QuotationQuerySet:
    """Return the current quotations that `query` selects and `user` may read.

    Without a user, whoever asks is the operator and reads everything. Unloaded and in the model's
    order: add `for_list` or an order as needed. Raises SelectionError as `clean` does.
    """
    rows = Quotation.objects.all() if user is None else Quotation.objects.visible_to(user)
    return narrow(rows.current(), query)


# --- articles

# What of a query can be asked of an article, and how its versions are asked.
ARTICLE_CONDITIONS: Mapping[str, str] = {
    "outlet": "article__outlet__slug__in",
    "article": "article__uid",
    "byline": "byline__icontains",
    "published_from": "published_on__gte",
    "published_to": "published_on__lte",
}


def clean_articles(query: Query) -> dict[str, list[str]]:
    """Return a query of articles in its stored form; raises SelectionError as `clean` does."""
    for name in query:
        if name not in ARTICLE_CONDITIONS:
            remedy = f"use {', '.join(ARTICLE_CONDITIONS)}"
            raise SelectionError(str(name), "is not offered for articles", remedy)
    return clean(query)


def select_articles(
    query: Query, user: AbstractBaseUser | AnonymousUser | None = None
) -> ArticleVersionQuerySet:
    """Return the current versions of the articles that `query` selects and `user` may read.

    Without a user, whoever asks is the operator. Raises SelectionError as `clean` does.
    """
    rows = ArticleVersion.objects.all()
    rows = (rows if user is None else rows.visible_to(user)).current()
    for name, values in clean_articles(query).items():
        rows = rows.filter(**{ARTICLE_CONDITIONS[name]: _value(name, values)})
    return rows


def in_words(query: Query) -> list[tuple[str, str]]:
    """Return a stored query as pairs of a parameter's label and its values, for readers."""
    return [
        (PARAMETERS[name].label, ", ".join(_named(name, query[name])))
        for name in PARAMETERS
        if name in query
    ]


def _named(name: str, values: Sequence[str]) -> Sequence[str]:
    """Return values as pages name them: what is `future` in addresses is announced in words."""
    is_known = name == "factuality"
    return [FACTUALITY_NAMES[v] for v in stored_factualities(values)] if is_known else values
