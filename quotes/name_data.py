"""Words by which names and roles are compared, read from `quotes/data/`. Pure.

Each file names its columns, source and licence in its heading.
"""

import re
import unicodedata
from collections import defaultdict
from functools import cache
from pathlib import Path

from quotes.nlp import lexicon
from quotes.nlp.names import fold

DATA = Path(__file__).parent / "data"
# What decomposition leaves as it is: letters of their own that others write with plain ones.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)


def rows(name: str) -> list[tuple[str, ...]]:
    """Return the rows of `quotes/data/<name>`, tab-separated, without heading and empty lines."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line.strip() and not line.startswith("#")]


def plain(word: str) -> str:
    """Return `word` without case, accents and full stops, in plain Latin letters if it can be."""
    # Composed again, for Hangul: a syllable is one letter.
    return unicodedata.normalize("NFKC", fold(word).translate(_PLAIN))


@cache
def words(kind: str) -> frozenset[str]:
    """Return the words of a class in name_words.tsv; KeyError if there is no such class."""
    return frozenset({row[0]: row[1] for row in rows("name_words.tsv")}[kind].split())


@cache
def _variants() -> dict[str, str]:
    return {
        plain(form): name
        for name, forms in rows("name_variants.tsv")
        for form in (name, *forms.split("|"))
    }


def variant(part: str) -> str:
    """Return the form that stands for all spellings of a name part ("mohamed" -> "muhammad")."""
    return _variants().get(part, part)


@cache
def _nicknames() -> dict[str, frozenset[str]]:
    formal: dict[str, set[str]] = defaultdict(set)
    for name, forms in rows("nicknames.tsv"):
        for form in forms.split("|"):
            formal[variant(form)].add(variant(name))
    return {form: frozenset(names) for form, names in formal.items()}


def formal_names(first: str) -> frozenset[str]:
    """Return the first names that `first`, a plain one, is a short or pet form of."""
    return _nicknames().get(variant(first), frozenset())


@cache
def is_common_surname(surname: str) -> bool:
    """Say whether very many people bear `surname`, a plain one."""
    return surname in _common_surnames()


@cache
def _common_surnames() -> frozenset[str]:
    return frozenset(row[0] for row in rows("common_surnames.txt"))


def _rewritings(name: str) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(row[0]), row[1] if len(row) > 1 else "") for row in rows(name)]


@cache
def _sounds() -> list[tuple[re.Pattern[str], str]]:
    return _rewritings("spelling_sounds.tsv")


@cache
def spellings() -> list[tuple[re.Pattern[str], str]]:
    """Return the patterns of British spellings in bodies' names, and what replaces each."""
    return _rewritings("body_spellings.tsv")


@cache
def fields_of(noun: str) -> frozenset[str]:
    """Return the fields of work that a noun of a role, in lower case, tells."""
    return frozenset(field for field, nouns in _fields().items() if noun in nouns)


@cache
def _fields() -> dict[str, frozenset[str]]:
    return {row[0]: frozenset(row[1].split()) for row in rows("role_domains.tsv")}


def rewrite(part: str) -> str:
    """Return what spellings of a plain name part have in common (spelling_sounds.tsv)."""
    sound = variant(part)
    for pattern, by in _sounds():
        sound = pattern.sub(by, sound)
    return sound


@cache
def places() -> dict[str, str]:
    """Return the code of each word for a country or a part of one; case counts."""
    return {form: code for code, forms in rows("places.tsv") for form in forms.split("|")}


@cache
def _place_pattern() -> re.Pattern[str]:
    forms = sorted(places(), key=len, reverse=True)
    return re.compile(
        r"(?<![\w-])(?=[^\W\d_a-z])(?:" + "|".join(map(re.escape, forms)) + r")(?!\w)"
    )


def place_spans(text: str) -> list[tuple[int, int, str]]:
    """Return where `text` names countries or parts of them: start, end, code. The longest win."""
    return [(m.start(), m.end(), places()[m.group()]) for m in _place_pattern().finditer(text)]


@cache
def _outlet_domains() -> dict[str, str]:
    return {
        domain: country
        for country, domains in rows("outlet_countries.tsv")
        for domain in domains.split()
    }


@cache
def _country_codes() -> frozenset[str]:
    return frozenset(code for code, _ in rows("places.tsv") if len(code) == 2)  # noqa: PLR2004


def outlet_country(domain: str) -> str:
    """Return the country (ISO 3166-1) of a news site by its domain; "" where that is not clear."""
    labels = domain.lower().strip(".").split(".")
    for start in range(len(labels) - 1):
        if known := _outlet_domains().get(".".join(labels[start:])):
            return known
    last = labels[-1].upper()
    code = "GB" if last == "UK" else last
    # Codes that are sold as words to anyone say nothing: .io, .tv, .me, .co, .ai, .fm
    return code if len(labels) > 1 and code in _country_codes() - {"ME", "CO"} else ""


def is_title(word: str) -> bool:
    """Say whether a word stands before a person's name and is no part of it."""
    low = word.lower()
    bare = plain(word)
    return lexicon.title_gender(low) is not None or bare in words("honorific")
