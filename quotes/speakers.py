"""Names -> canonical keys, by which one speaker is told across articles. Pure.

Precision before recall: two people in one row is worse than one person in two, so a name is
linked only where it names its bearer by itself.
"""

import unicodedata
from hashlib import sha256

from quotes import body_names, gazetteer, name_data, person_names
from quotes.nlp import lexicon
from quotes.nlp.document import Speaker, SpeakerKind
from quotes.nlp.names import is_acronym, split_titles, without_determiner, words

KEY_CHARS = 300
BLOCK_KEY_CHARS = 120
_SPACES = {SpeakerKind.PERSON: "person", SpeakerKind.DOCUMENT: "document"}
_NO_COUNTRIES: frozenset[str] = frozenset()


def plain_name(name: str, kind: SpeakerKind = SpeakerKind.ORGANISATION) -> str:
    """Return a name as it is shown: one line, no leading article, no possessive, acronym in full.

    "The UN" -> "United Nations", "the US military's" -> "US military". A person is no acronym.
    """
    bare = without_determiner(" ".join(name.split()))
    known = gazetteer.named(bare) if kind is not SpeakerKind.PERSON else None
    return known.name if known else bare or name.strip()


def canonical_key(name: str, kind: SpeakerKind = SpeakerKind.PERSON) -> str:
    """Return the form in which two spellings of one name are equal; "" if nothing is left.

    Case, accents, punctuation, leading articles and possessives do not count, acronyms stand
    for what they abbreviate, and "U.S." and "United States" are one. A person's titles and
    middle initials do not count either.
    """
    full = plain_name(unicodedata.normalize("NFKC", name), kind)
    own = split_titles(full)[1] if kind is SpeakerKind.PERSON else words(full)
    letters = [_letters(word) for word in own]
    if kind is SpeakerKind.PERSON:
        # "Donald J. Trump" is "Donald Trump"; "J. Trump" keeps its initial, all that it has.
        letters = [w for i, w in enumerate(letters) if len(w) != 1 or i in (0, len(letters) - 1)]
    key = f" {' '.join(' '.join(letters).split())} "
    return (
        key.replace(" united states of america ", " us ").replace(" united states ", " us ").strip()
    )


def _letters(word: str) -> str:
    """Return the plain letters and digits of a word; hyphens become spaces, other signs go."""
    spaced = name_data.plain(word).replace("-", " ")
    return "".join(c for c in spaced if c.isalnum() or c == " ")


def link_key(speaker: Speaker, about: frozenset[str] = _NO_COUNTRIES) -> str | None:
    """Return the key under which `speaker` is one across articles, None where that is unsafe.

    Persons need a first and a last name. Bodies and documents need a proper name: one that ends
    in a common noun ("the US-led coalition"), that many bodies share ("Foreign Ministry"), or
    that is an acronym of several readings ("SDF") holds inside its article only, unless a
    well-known institution of a country that the article is `about` is called so.
    """
    safe = {
        SpeakerKind.PERSON: _names_a_person,
        SpeakerKind.ORGANISATION: _names_a_body,
        SpeakerKind.GROUP: _names_a_group,
        SpeakerKind.DOCUMENT: _names_a_group,
    }.get(speaker.kind)
    known = institution(speaker, about)
    if known:
        return _spaced("body", canonical_key(known.name, SpeakerKind.ORGANISATION))
    if safe is None or not safe(speaker.name):
        return None
    return _spaced(_SPACES.get(speaker.kind, "body"), canonical_key(speaker.name, speaker.kind))


def institution(
    speaker: Speaker, about: frozenset[str] = _NO_COUNTRIES
) -> gazetteer.Institution | None:
    """Return the well-known institution that `speaker` is in an article `about` countries."""
    if speaker.kind not in {SpeakerKind.ORGANISATION, SpeakerKind.GROUP}:
        return None
    return gazetteer.read(without_determiner(" ".join(speaker.name.split())), about)


def company_key(name: str) -> str:
    """Return the form in which a name is compared with the names beside it, whatever its kind."""
    return canonical_key(name)


def article_key(speaker: Speaker, article_uid: str) -> str:
    """Return the key of a speaker who is the same inside the article `article_uid` only."""
    return _spaced(f"in {article_uid}", canonical_key(speaker.name, speaker.kind) or speaker.name)


def name_key(name: str, kind: SpeakerKind) -> str:
    """Return the key of a name that people say is a speaker's, whether it is safe or not."""
    return _spaced(_SPACES.get(kind, "body"), canonical_key(name, kind) or name.strip())


def _spaced(space: str, key: str) -> str:
    whole = f"{space}:{key}"
    if len(whole) <= KEY_CHARS:
        return whole
    return f"{space}:sha256 {sha256(key.encode()).hexdigest()}"


# --- keys under which candidates are looked up


def stored_keys(name: str, kind: SpeakerKind) -> list[str]:
    """Return the keys to store with a name that holds across articles; a few, sorted."""
    if kind is SpeakerKind.PERSON:
        initial = person_names.initial_key(name)
        one = [] if person_names.is_full(name) else [_single(name)]
        return _fitting({*person_names.block_keys(name), *([initial] if initial else []), *one})
    return _fitting(body_names.block_keys(name))


def lookup_keys(name: str, kind: SpeakerKind) -> list[str]:
    """Return the keys under which names that may be the same speaker's as `name` are stored."""
    if kind is SpeakerKind.PERSON:
        one = [] if person_names.is_full(name) else [_single(name)]
        return _fitting([*person_names.block_keys(name), *one])
    short = body_names.abbreviation(name)
    own = body_names.body_key(name)
    return _fitting({*([f"body:{own}"] if own else []), *([f"acronym:{short}"] if short else [])})


def _single(name: str) -> str:
    """Return the key of a person's name that is one word, or a word and an initial.

    Such names are stored only if people say that they hold across articles ("Lula").
    """
    return f"single:{canonical_key(name)}"


def _fitting(keys: set[str] | list[str]) -> list[str]:
    """Return the keys that fit their column, sorted; longer ones as hashes."""
    return sorted(
        key if len(key) <= BLOCK_KEY_CHARS else f"sha256 {sha256(key.encode()).hexdigest()}"
        for key in keys
    )


# --- which names are safe


def _names_a_person(name: str) -> bool:
    """Say whether a name is full, and no phrase that begins a sentence: "Many experts"."""
    own = words(name)
    is_phrase = bool(own) and own[0][:1].isupper() and own[-1].islower()
    return person_names.is_full(name) and not is_phrase


def _names_a_body(name: str) -> bool:
    bare = without_determiner(name)
    if gazetteer.named(bare):
        return True
    own = words(bare)
    if not own or gazetteer.readings(bare):
        return False
    if not own[-1][:1].isupper():
        return body_names.is_national(bare)
    if body_names.is_shared(bare) or body_names.is_generic(bare):
        return False
    return len(own) > 1 or not is_acronym(own[0])


def _names_a_group(name: str) -> bool:
    return _names_a_body(name) and len(words(plain_name(name))) > 1


def link_reason(
    name: str,
    kind: SpeakerKind = SpeakerKind.ORGANISATION,
    known: gazetteer.Institution | None = None,
) -> str:
    """Return why `name` stands for the speaker under whose key it falls.

    `known` is the institution that the context says it is, if it is not plain from the name.
    """
    bare = without_determiner(" ".join(name.split()))
    if known is None and kind is not SpeakerKind.PERSON:
        known = gazetteer.named(bare)
    if known is None or known.name == bare:
        return "same name"
    short = lexicon.organisation(bare) or is_acronym(bare)
    return f"{'short for' if short else 'another name of'} {known.name}"[:100]
