"""What is in a search box so far -> speakers whose names stand in it, and quotations that match.

"Roe on rail tax" is a name and what somebody said of something: the speaker is recognised, and the
rest is looked for in their words. Every look is bounded, at any size. Writes nothing.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from quotes import name_data
from quotes.models import Quotation, Speaker
from quotes.nlp.document import Act
from quotes.params import DEFAULTS, SEARCH, SearchParams
from quotes.query_language import folded_words
from quotes.search import Filters, QueryError, search
from quotes.snippets import Snippet, snippets
from quotes.speaker_search import detail_of, suggest, with_words

User = AbstractBaseUser | AnonymousUser


class Recognised(NamedTuple):
    """A speaker whose name was typed: who they are on one line, and the rest of what was typed.

    `query` is the query string of the list of what they said, with `rest` in it.
    """

    speaker: Speaker
    detail: str
    rest: str
    query: str


class Hit(NamedTuple):
    """A quotation that matches, with the part of its words that does."""

    quotation: Quotation
    snippet: Snippet


class Suggestions(NamedTuple):
    """What a search box suggests for `typed`: speakers first, then quotations."""

    typed: str
    speakers: list[Recognised]
    quotations: list[Hit]


def suggested(typed: str, user: User, *, params: SearchParams = SEARCH) -> Suggestions:
    """Return the suggestions for what is typed; none for what is too long or has no letter.

    At most two queries for each of the first `params.suggested_words` words, and three.
    """
    words = typed.strip()
    if len(words) > DEFAULTS.search_max_chars or not folded_words(words):
        return Suggestions(words, [], [])
    speakers = recognised(words, user, params=params)
    of = next((one for one in speakers if one.rest), None)
    if of:  # what follows the name is looked for in what they said
        return Suggestions(words, speakers, _hits(of.rest, user, params, speakers=(of.speaker.pk,)))
    return Suggestions(words, speakers, _hits(words, user, params))


def recognised(typed: str, user: User, *, params: SearchParams = SEARCH) -> list[Recognised]:
    """Return the speakers whose name `typed` begins with, the most quoted first.

    The longest beginning that names anybody counts. What it is all of may be half a name; a
    beginning must have whole words of a name. Nobody for a query with operators.
    """
    words = typed.split()
    if any(not _is_plain(word) for word in words):
        return []
    speakers = Speaker.objects.visible_to(user)
    for length in range(min(len(words), params.suggested_words), 0, -1):
        name = " ".join(words[:length])
        if not folded_words(name):
            continue
        is_all = length == len(words)
        among: Any = speakers if is_all else with_words(speakers, [name])
        found, _ = suggest(among, name, limit=params.suggested_speakers)
        if found:
            rest = " ".join(_without_connector(words[length:]))
            return [_recognised(row.speaker, rest) for row in found]
    return []


def _recognised(speaker: Speaker, rest: str) -> Recognised:
    asked = {"speaker": speaker.slug} | ({"q": rest} if rest else {})
    return Recognised(speaker, detail_of(speaker), rest, urlencode(asked))


def _is_plain(word: str) -> bool:
    """Say whether a word means no more than itself in the language of queries."""
    return not (set('":()*“”') & set(word) or word.startswith("-") or word == "OR")


def _without_connector(words: Sequence[str]) -> Sequence[str]:
    return words[1:] if len(words) > 1 and words[0].lower() in _connectors() else words


@cache
def _connectors() -> frozenset[str]:
    return frozenset(word for (word,) in name_data.rows("search_connectors.txt"))


def _hits(
    typed: str, user: User, params: SearchParams, *, speakers: tuple[int, ...] = ()
) -> list[Hit]:
    """Return the newest quotations that have the words typed, else such as begin like the last."""
    shown: Any = Quotation.objects.visible_to(user).current().for_list()
    for query in _readings(typed):
        try:
            found = search(shown, query, filters=Filters(act=Act.SPEECH.value, speakers=speakers))
        except QueryError:
            continue  # half typed, such as an open quotation mark
        newest: Any = found
        rows = list(newest.order_by("-recency")[: params.suggested_quotations])
        if rows:
            pieces = snippets(rows, query)
            return [Hit(row, pieces[row.pk]) for row in rows]
    return []


def _readings(typed: str) -> Iterator[str]:
    yield typed
    last = typed.rsplit(maxsplit=1)[-1]
    if last.isalnum() and len(last) >= SEARCH.least_prefix:
        yield f"{typed}*"
