"""Words that rules need, read from data files: cues, media, titles, nouns of people and groups.

No word stands in code: each file in `data/` names its columns, source and licence in its heading.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import NamedTuple
from unicodedata import combining, normalize

from quotes.nlp.document import Act

_DATA = resources.files("quotes.nlp") / "data"
_VOWELS = "aeiou"
_AGED = "-year-old"


def rows(name: str) -> list[tuple[str, ...]]:
    """Return the rows of `data/<name>`, tab-separated, without its heading and empty lines."""
    lines = (_DATA / name).read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line.strip() and not line.startswith("#")]


@cache
def words(name: str) -> frozenset[str]:
    """Return the first column of `data/<name>` as a set of lower-case words or phrases."""
    return frozenset(row[0].lower() for row in rows(name))


def inflections(lemma: str) -> tuple[str, ...]:
    """Return the regular third person, past and participle forms of an English verb lemma."""
    if lemma.endswith(("ee", "oe", "ye")):
        return lemma + "s", lemma + "d", lemma + "ing"
    if lemma.endswith("e"):
        return lemma + "s", lemma + "d", lemma[:-1] + "ing"
    if lemma.endswith("y") and lemma[-2] not in _VOWELS:
        return lemma[:-1] + "ies", lemma[:-1] + "ied", lemma + "ing"
    if lemma.endswith(("s", "sh", "ch", "x", "z")):
        return lemma + "es", lemma + "ed", lemma + "ing"
    return lemma + "s", lemma + "ed", lemma + "ing"


class Report(StrEnum):
    """What a cue word reports by itself; cue_verbs.tsv says what each means."""

    SPEECH = "speech"
    ATTITUDE = "attitude"
    STANCE = "stance"
    FINDING = "finding"
    NOTHING = "-"


class CueWord(NamedTuple):
    """A word of a cue: its lemma, what it reports, and whether a later word would go before it."""

    lemma: str
    report: Report
    weak: bool = False


@cache
def _verbs() -> dict[str, CueWord]:
    forms: dict[str, CueWord] = {}
    for lemma, report, *irregular in rows("cue_verbs.tsv"):
        verb = CueWord(lemma, Report(report.removesuffix("?")), report.endswith("?"))
        extra = irregular[0].split(",") if irregular else []
        for form in (lemma, *extra):
            forms[form] = verb
        for form in inflections(lemma):
            forms.setdefault(form, verb)
    return forms


def speech_verb_lemma(word: str) -> str | None:
    """Return the lemma of which `word` is a form if it is a verb of speech, else None."""
    verb = _verbs().get(word.lower())
    return verb.lemma if verb and verb.report is Report.SPEECH else None


def cue_word(word: str) -> CueWord | None:
    """Return what a word of a cue reports: an adjective, a verb form, a noun (plural too).

    None if no table has it. An adjective is always weak, also if it is a participle: "was pleased
    to announce" announces.
    """
    low = word.lower()
    adjective = _column("cue_adjectives.tsv", 1).get(low)
    if adjective:
        return CueWord(low, Report(adjective), weak=True)
    verb, nouns = _verbs().get(low), _column("cue_nouns.tsv", 1)
    if verb and verb.report is not Report.NOTHING:
        return verb
    noun = next((one for one in _singulars(low) if one in nouns), None)
    return CueWord(noun, Report(nouns[noun])) if noun else None


def _singulars(word: str) -> tuple[str, ...]:
    """Return the word and what it may be the regular plural of, the likeliest first."""
    return word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ies") + "y"


def cue_phrase(first: str, rest: Sequence[str]) -> CueWord | None:
    """Return what the longest phrase reports that begins with `first`, or None.

    Its other words are among `rest`, in order ("make clear" in "made", "it", "clear").
    """
    low = first.lower()
    verb = _verbs().get(low)
    for phrase, report in _phrases().get(verb.lemma if verb else low, ()):
        following = iter(rest)
        if all(any(word == other.lower() for other in following) for word in phrase):
            return CueWord(" ".join((low, *phrase)), report)
    return None


@cache
def _phrases() -> dict[str, list[tuple[list[str], Report]]]:
    """Return, by first word, its phrases' other words and what each reports, the longest first."""
    table: dict[str, list[tuple[list[str], Report]]] = {}
    for phrase, report in rows("cue_phrases.tsv"):
        first, *others = phrase.split()
        table.setdefault(first, []).append((others, Report(report)))
    return {key: sorted(found, key=lambda f: -len(f[0])) for key, found in table.items()}


def is_utterance(noun: str) -> bool:
    """Say whether a noun, also a plural, names words uttered or published ("remarks", "report")."""
    nouns = _column("cue_nouns.tsv", 1)
    things = [one for one in _singulars(noun.lower()) if person_gender(one) is None]
    return any(nouns.get(one) == Act.SPEECH or document_medium(one) for one in things)


def publishes_findings(noun: str) -> bool:
    """Say whether a noun's bearers, also in the plural, publish findings: a body, "researcher"."""
    finders = words("cue_finders.tsv")
    return any(one in finders or is_group(one) for one in _singulars(noun.lower()))


@cache
def _organisations() -> dict[str, str]:
    table = {}
    for name, *short in rows("organisations.tsv"):
        table[name] = name
        table.update(dict.fromkeys(short[0].split("|") if short else (), name))
    return table


def organisation(name: str) -> str | None:
    """Return the full name of a well-known institution for its acronym or short form, else None.

    Case counts: "WHO" is an institution and "who" is not.
    """
    return _organisations().get(name)


def is_known_body(name: str) -> bool:
    """Say whether a name, without "The", is that of a well-known body, such as a newspaper."""
    return name in _known_bodies()


@cache
def _known_bodies() -> frozenset[str]:
    return frozenset(row[0] for row in rows("known_bodies.tsv"))


@cache
def _column(name: str, index: int) -> dict[str, str]:
    return {row[0].lower(): row[index] for row in rows(name)}


def medium(phrase: str) -> str | None:
    """Return the medium that a word or phrase names ("tweeted" -> "Twitter"), else None."""
    return _column("media.tsv", 1).get(phrase.lower())


def is_any_group(noun: str) -> bool:
    """Say whether a body's noun may stand for an organisation of any kind ("the company")."""
    return _column("group_nouns.tsv", 1).get(noun.lower()) == "any"


def document_medium(noun: str) -> str | None:
    """Return the medium of a noun that names a document ("letter"), else None."""
    return _column("documents.tsv", 1).get(noun.lower())


def title_gender(word: str) -> str | None:
    """Return "m", "f" or "-" for a word that stands before a person's name, else None."""
    return _column("titles.tsv", 1).get(word.lower())


def title_length(words: Sequence[str]) -> int:
    """Return how many of the first words are one title: 2 of "Tan Sri Ana", 0 if they are none.

    What is also a name is a title before two words: "Ato Ana Roe", not "Ato Roe".
    """
    if len(words) > 1 and title_gender(" ".join(words[:2])) is not None:
        return 2
    if not words or title_gender(words[0]) is None:
        return 0
    return int(len(words) > 2 or words[0].lower() not in function_words("title-or-name"))  # noqa: PLR2004


def is_honorific(word: str) -> bool:
    """Say whether `word` is an honorific, dropped from names ("Mr"), rather than a role."""
    return _column("titles.tsv", 2).get(word.lower()) == "honorific"


def person_gender(noun: str) -> str | None:
    """Return "m", "f" or "-" for a noun of a person ("envoy", "Texan"), else None."""
    low = noun.lower()
    if is_age(low) or is_office(noun.upper()):
        return "-"
    return _column("person_nouns.tsv", 1).get(low) or ("-" if low in _adherents() else None)


def aged(years: str) -> str:
    """Return the noun for a person of so many years ("41"): "41-year-old"."""
    return f"{years}{_AGED}"


def is_age(noun: str) -> bool:
    """Say whether `noun` says how old a person is ("41-year-old")."""
    return noun.endswith(_AGED)


def is_adherent(word: str) -> bool:
    """Say whether a capital word names one of a party, place or faith ("Republican", "Texan")."""
    return word[:1].isupper() and word.lower() in _adherents()


def _adherents() -> frozenset[str]:
    return words("adherents.tsv")


def is_group(noun: str) -> bool:
    """Say whether `noun` is a common noun of a body that can speak ("committee")."""
    return noun.lower() in words("group_nouns.tsv")


def first_name_gender(name: str) -> str | None:
    """Return "m" or "f" for a first name that is borne almost only by one of them, else None.

    Accents do not count.
    """
    return _column("first_names.tsv", 1).get(without_accents(name.lower()))


def without_accents(word: str) -> str:
    """Return a word without accents, compatibility forms unfolded."""
    return "".join(c for c in normalize("NFKD", word) if not combining(c))


def is_office(word: str, text: str = "") -> bool:
    """Say whether a word is the initials of an office ("CJ"); case counts.

    With a `text`, whether they mean one there: no party that has the same, and the text tells.
    """
    if not text:
        return word in _offices()
    alone = _column("offices.tsv", 2).get(word.lower()) == "alone"
    return alone or any(all(one in text for one in office) for office in _offices().get(word, ()))


def offices(said: Collection[str]) -> Iterator[str]:
    """Yield, lower case, initials of the offices whose words are `said`, and words of initials."""
    for word in said:
        for initials, office in _by_last_word().get(word, ()):
            if all(one in said for one in office):
                yield initials
        for office in _offices().get(word.upper(), ()):
            yield from office


@cache
def _offices() -> dict[str, list[list[str]]]:
    """Return the offices, each as its words, by their initials as they are written."""
    return {row[0]: [one.split() for one in row[1].split("|")] for row in rows("offices.tsv")}


@cache
def _by_last_word() -> dict[str, list[tuple[str, list[str]]]]:
    """Return, by an office's last word, its initials in lower case and all its words."""
    found: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)
    for initials, offices_of in _offices().items():
        for office in offices_of:
            found[office[-1]].append((initials.lower(), office))
    return dict(found)


def entity_kind(label: str) -> str | None:
    """Return person, organisation, group or place for a recogniser's class, else None."""
    return _column("entity_kinds.tsv", 1).get(label.lower())


def title_in_full(word: str) -> str:
    """Return a title written out ("Sen." -> "senator"), or the word itself in lower case."""
    low = word.lower()
    return _full_titles().get(low, low)


@cache
def _full_titles() -> dict[str, str]:
    return {row[0].lower(): row[3] for row in rows("titles.tsv") if len(row) > 3}  # noqa: PLR2004


def pronoun(word: str) -> tuple[str, str] | None:
    """Return the class and gender of a pronoun, as pronouns.tsv names them, else None."""
    low = word.lower()
    kind = _column("pronouns.tsv", 1).get(low)
    return (kind, _column("pronouns.tsv", 2)[low]) if kind else None


def written_pronoun(word: str) -> tuple[str, str] | None:
    """Return `pronoun` of a word as it is written; None in capitals: "WHO", "US", but "I"."""
    return None if len(word) > 1 and word.isupper() else pronoun(word)


def is_indefinite(word: str) -> bool:
    """Say whether a word is an indefinite pronoun: "anyone", "one"."""
    told = pronoun(word)
    return told is not None and told[0] == "indefinite"


@cache
def function_words(kind: str) -> frozenset[str]:
    """Return the closed-class words of a kind in function_words.tsv; KeyError if unknown."""
    return frozenset({row[0]: row[1] for row in rows("function_words.tsv")}[kind].split())


def is_survey(noun: str) -> bool:
    """Say whether a document's noun ("poll") makes it a source of its own, not its issuer's."""
    return noun.lower() in surveys()


def surveys() -> frozenset[str]:
    """Return the nouns of documents that are sources of their own."""
    return words("surveys.txt")
