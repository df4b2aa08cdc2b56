"""Whether the name that was resolved is that of the speaker in the gold."""

from collections.abc import Iterable
from enum import StrEnum

from quotes.nlp import lexicon
from quotes.nlp.evaluation.units import Attribution
from quotes.nlp.names import fold, organisation_key, person_key, words

Key = tuple[str, ...]


class Verdict(StrEnum):
    """How a predicted name compares with the gold's."""

    FULL = "full"
    PARTIAL = "partial"
    WRONG = "wrong"


def speaker_verdict(gold: Attribution, found: Attribution) -> Verdict:
    """Say whether `found` names the speaker of `gold`: in full, by a partial name, or not.

    Case, accents, stops, titles, middle initials, a leading article and a possessive do not count;
    nor does what follows a comma. Of several gold speakers all must be named. Where the gold
    names nobody, so must the prediction. A pronoun is nobody's name.
    """
    given = [name for name in found.speakers or () if name.strip()]
    expected = gold.speakers or ()
    if not expected or not given:
        return Verdict.FULL if not expected and not given else Verdict.WRONG
    if len(expected) > 1:
        return Verdict.FULL if _names_all(expected, given) else Verdict.WRONG
    if len(given) > 1 or lexicon.pronoun(given[0]):
        return Verdict.WRONG
    if keys(given[0]) & _keys_of((*expected, *gold.full_names)):
        return Verdict.FULL
    return Verdict.PARTIAL if keys(given[0]) & _keys_of(gold.partial_names) else Verdict.WRONG


def keys(name: str) -> frozenset[Key]:
    """Return the forms under which `name` equals another: as a person's and as a body's."""
    before_comma = name.partition(",")[0].strip() or name
    forms = {key(part) for part in (name, before_comma) for key in (person_key, organisation_key)}
    return frozenset(forms - {()})


def _keys_of(names: Iterable[str]) -> frozenset[Key]:
    return frozenset().union(*(keys(name) for name in names))


def _names_all(expected: Iterable[str], given: Iterable[str]) -> bool:
    """Say whether each expected name stands, word by word, in what was given."""
    written = [tuple(fold(word) for word in words(name)) for name in given]
    return all(any(_stands_in(key, text) for key in keys(n) for text in written) for n in expected)


def _stands_in(key: Key, text: Key) -> bool:
    return any(text[i : i + len(key)] == key for i in range(len(text) - len(key) + 1))
