"""What a reader types -> a query; and back. Pure: no database, and no backend's syntax.

    rail tax            all these words, in any order, in content, speaker, mention or title
    "rail tax"          these words together, as written but for case, accents and marks
    rail* -cut          words that begin so; without that word
    tax OR levy (…)     either; parentheses group
    speaker:"Ana Roe"   in one field: FIELDS names them all, and what each takes
    after:2017-07-01    from a day on; before: up to a day; a month or a year will do

Whatever cannot be read raises QueryError, which names the problem, the place and the remedy.
"""

import calendar
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from quotes.characters import is_shown
from quotes.params import DEFAULTS, SEARCH
from quotes.refusals import InputError

# Field -> what it takes, for errors and help.
FIELDS = {
    "speaker": "a name or part of one",
    "said": "words of the quotation itself",
    "title": "words of the article's title",
    "cue": "words such as said or denied",
    "outlet": "an outlet's name",
    "kind": "direct, mixed or indirect",
    "medium": "such as statement or Twitter",
    "reviewed": "yes or no",
    "in": "an article's identifier, as its address ends",
    "after": "a day, such as 2017-07-01, a month or a year",
    "before": "a day, such as 2017-07-01, a month or a year",
}
TEXT_FIELDS = frozenset({"", "speaker", "said", "title", "cue"})
CHOICES = {"kind": ("direct", "mixed", "indirect"), "reviewed": ("yes", "no")}
_DAYS = {"after", "before"}
_WORD = re.compile(r"[^\W_]+")
_BEYOND_LATIN = re.compile("[^\0-\u02ff\u2010-\u206f]")
# Most of news: every letter folds to one.
_ONE_FOR_ONE = re.compile("[\0-\x7f“”‘’–—]*")
_DAY = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?", re.ASCII)
_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<open>\()
  | (?P<close>\))
  | (?P<or>OR(?=[\s()]|\Z))
  | (?P<minus>-+(?=[^\s)]))
  | (?P<field>[A-Za-z]+):(?=[^\s:/)])
  | (?:"(?P<phrase>[^"]*)" | “(?P<curly>[^“”"]*)”)(?P<star>\*?)
  | (?P<quote>")
  | (?P<word>[^\s()"“]+ | “)
    """,
    re.VERBOSE,
)


class QueryError(InputError):
    """A query cannot be read: the problem with its place, the remedy.

    `position` is where, in code points from 0; for readers, `problem` counts from 1.
    """

    def __init__(self, problem: str, remedy: str, position: int) -> None:
        super().__init__(f"at character {position + 1}, {problem}", remedy)
        self.position = position


@dataclass(frozen=True, slots=True)
class Words:
    """Words that stand together, in `field` or, if that is "", in any; the last may be a start."""

    words: tuple[str, ...]
    field: str = ""
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Is:
    """A field that has a value: outlet, kind, medium, reviewed, in."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Published:
    """Days of publication, both inclusive; None where that end is open. Undated ones are out."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """What must not be."""

    part: Any  # a Query; the search puts terms of its index in its place


@dataclass(frozen=True, slots=True)
class All:
    """Two or more that must all be."""

    parts: tuple[Any, ...]  # as above


@dataclass(frozen=True, slots=True)
class Either:
    """Two or more of which one must be."""

    parts: tuple[Any, ...]  # as above


Query = Words | Is | Published | Not | All | Either


def folded_words(words: str) -> list[str]:
    """Return the words of letters and digits in `words` as the index compares them."""
    return _WORD.findall(fold(words))


def fold(words: str) -> str:
    """Return `words` without case, accents and compatibility forms; it may be of other length.

    Letter by letter: folding a part gives that part of the whole.
    """
    # Lower case before and after: compatibility forms unfold to capitals. Of all letters only the
    # capital sigma becomes another one at the end of a word.
    plain = unicodedata.normalize("NFKD", words.replace("Σ", "σ").lower()).lower()
    if not _BEYOND_LATIN.search(plain):
        return plain
    return "".join(c for c in plain.replace("ς", "σ") if not unicodedata.combining(c))


def folded_spans(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each word of `text` as the index compares it, with where it stands, in code points."""
    if _ONE_FOR_ONE.fullmatch(text):
        for found in _WORD.finditer(text.lower()):
            yield found.group(), found.start(), found.end()
        return
    letters, places = [], []
    for place, letter in enumerate(text):
        for plain in fold(letter):
            letters.append(plain)
            places.append(place)
    for found in _WORD.finditer("".join(letters)):
        yield found.group(), places[found.start()], places[found.end() - 1] + 1


# --- reading


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int
    is_prefix: bool = False


def parse(query: str) -> Query | None:
    """Return what `query` asks for; None if it has no word at all. Raises QueryError."""
    if len(query) > DEFAULTS.search_max_chars:
        raise QueryError(
            f"the query has {len(query):,} characters, more than {DEFAULTS.search_max_chars}",
            "use fewer words",
            DEFAULTS.search_max_chars,
        )
    reader = _Reader(list(_tokens(query)), len(query))
    found = reader.either()
    if reader.token:
        raise QueryError("“)” closes nothing", "open it with “(”, or leave it out", reader.token.at)
    if found is not None and sum(1 for _ in leaves(found)) > DEFAULTS.search_max_terms:
        raise QueryError(
            f"the query has more than {DEFAULTS.search_max_terms} terms", "use fewer", len(query)
        )
    return found


def leaves(query: Query) -> Iterator[Words | Is | Published]:
    """Yield the parts of `query` that have no parts, in order."""
    if isinstance(query, (All, Either)):
        for part in query.parts:
            yield from leaves(part)
    elif isinstance(query, Not):
        yield from leaves(query.part)
    else:
        yield query


def _tokens(query: str) -> Iterator[_Token]:
    at = 0
    while at < len(query):
        found = _TOKEN.match(query, at)
        assert found  # noqa: S101  the last alternatives take any character
        kind = found.lastgroup or ""
        if kind == "star":
            kind = "phrase" if found["phrase"] is not None else "curly"
        if kind == "quote":
            raise QueryError('the quotation mark " is not closed', 'add a second " behind it', at)
        if kind != "space":
            star = kind in {"phrase", "curly"} and found["star"] == "*"
            yield _Token("phrase" if kind == "curly" else kind, found[kind], at, star)
        at = found.end()


class _Reader:
    """Reads tokens from the left, one ahead. Empty groups and mere marks say nothing: None."""

    def __init__(self, tokens: list[_Token], end: int) -> None:
        self.tokens, self.end, self.next = tokens, end, 0
        self.depth = 0

    @property
    def token(self) -> _Token | None:
        return self.tokens[self.next] if self.next < len(self.tokens) else None

    def take(self, *kinds: str) -> _Token | None:
        token = self.token
        if token is None or token.kind not in kinds:
            return None
        self.next += 1
        return token

    def either(self) -> Query | None:
        parts, marks = [self.all()], []
        while mark := self.take("or"):
            marks.append(mark)
            parts.append(self.all())
        if not marks:
            return parts[0]
        if any(part is None for part in parts):
            place = next(i for i, part in enumerate(parts) if part is None)
            raise QueryError(
                "OR wants a word on both sides",
                "add the other one, or write “or” small for the word itself",
                marks[max(0, place - 1)].at,
            )
        found = [part for part in parts if part is not None]
        self._no_days(found, marks[0].at, "beside OR")
        return _joined(Either, found)

    def all(self) -> Query | None:
        parts = []
        while (token := self.token) and token.kind not in {"or", "close"}:
            part = self.one()
            if part is not None:
                parts.append(part)
        return _joined(All, parts) if parts else None

    def one(self) -> Query | None:
        if minus := self.take("minus"):
            token = self.token
            part = None if token is None or token.kind in {"or", "close"} else self.one()
            if part is not None:
                self._no_days([part], minus.at, "behind a minus")
            return part.part if isinstance(part, Not) else Not(part) if part is not None else None
        if mark := self.take("open"):
            return self.group(mark)
        if name := self.take("field"):
            return self.field(name)
        token = self.take("word", "phrase")
        assert token  # noqa: S101  no other kind is left
        return self.words(token, "")

    def group(self, mark: _Token) -> Query | None:
        self.depth += 1
        if self.depth > DEFAULTS.search_max_terms:
            raise QueryError("parentheses stand too deep in each other", "use fewer", mark.at)
        inside = self.either()
        self.depth -= 1
        if not self.take("close"):
            raise QueryError("“(” is not closed", "add “)”, or leave it out", mark.at)
        return inside

    def field(self, name: _Token) -> Query | None:
        field = name.text.lower()
        if field not in FIELDS:
            raise QueryError(
                f"there is no field “{name.text}”",
                f'use {", ".join(FIELDS)}; or put the words in quotation marks: "{name.text} …"',
                name.at,
            )
        token = self.take("word", "phrase")
        if token is None:
            raise QueryError(
                f"{field}: wants a value", f"write {FIELDS[field]} right behind the colon", name.at
            )
        if field in TEXT_FIELDS:
            return self.words(token, field)
        if field in _DAYS:
            return _published(field, token)
        return _is(field, token)

    def words(self, token: _Token, field: str) -> Query | None:
        words = tuple(folded_words(token.text))
        if any(len(word) > SEARCH.longest_word for word in words):
            raise QueryError(
                f"a word is longer than {SEARCH.longest_word} letters", "shorten it", token.at
            )
        is_prefix = token.is_prefix or token.text.endswith("*")
        if is_prefix and words and len(words[-1]) < SEARCH.least_prefix:
            raise QueryError(
                f"“{words[-1]}*” begins too many words",
                f"give at least {SEARCH.least_prefix} letters before the *",
                token.at,
            )
        return Words(words, field, is_prefix) if words else None

    @staticmethod
    def _no_days(parts: Iterable[Query], at: int, where: str) -> None:
        if any(isinstance(leaf, Published) for part in parts for leaf in leaves(part)):
            raise QueryError(
                f"after: and before: cannot stand {where}",
                "put them at the beginning or the end, by themselves",
                at,
            )


def _joined(kind: type[All] | type[Either], parts: list[Query]) -> Query:
    """Return `parts` as one, without one kind directly inside the same."""
    flat: list[Query] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else [part]
    return kind(tuple(flat)) if len(flat) > 1 else flat[0]


def _is(field: str, token: _Token) -> Is | None:
    value = " ".join(token.text.split())
    if not all(map(is_shown, value)):
        raise QueryError(
            f"{field}: has a character that is no letter or mark", "leave it out", token.at
        )
    if field not in CHOICES:
        return Is(field, value) if folded_words(value) else None
    if value.lower() not in CHOICES[field]:
        raise QueryError(f"{field}: cannot be “{value}”", f"use {FIELDS[field]}", token.at)
    return Is(field, value.lower())


def _published(field: str, token: _Token) -> Published:
    found = _DAY.fullmatch(token.text)
    try:
        if not found:
            raise ValueError  # noqa: TRY301  said below, once
        year, month = int(found["year"]), int(found["month"] or (1 if field == "after" else 12))
        last = calendar.monthrange(year, month)[1]
        day = date(year, month, int(found["day"] or (1 if field == "after" else last)))
    except ValueError:
        raise QueryError(
            f"“{token.text}” is no day, month or year",
            f"write {field}:2017-07-01, {field}:2017-07 or {field}:2017",
            token.at,
        ) from None
    return Published(first=day) if field == "after" else Published(last=day)


# --- writing


def written(query: Query) -> str:
    """Return `query` as it can be typed: reading it gives an equal query."""
    if isinstance(query, Either):
        return " OR ".join(map(written, query.parts))
    if isinstance(query, All):
        return " ".join(_inside(part, Either) for part in query.parts)
    if isinstance(query, Not):
        return "-" + _inside(query.part, (All, Either))
    return _leaf(query)


def _inside(query: Query, kinds: type[Query] | tuple[type[Query], ...]) -> str:
    return f"({written(query)})" if isinstance(query, kinds) else written(query)


def _leaf(query: Words | Is | Published) -> str:
    if isinstance(query, Published):
        days = (("after", query.first), ("before", query.last))
        return " ".join(f"{field}:{day.isoformat()}" for field, day in days if day)
    if isinstance(query, Is):
        return f'{query.field}:"{query.value}"'
    field = f"{query.field}:" if query.field else ""
    return f'{field}"{" ".join(query.words)}"{"*" if query.is_prefix else ""}'
