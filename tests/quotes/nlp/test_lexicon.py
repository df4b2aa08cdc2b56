"""Words as data: inflections, what cues report, titles, media, institutions, clean tables."""

from pathlib import Path

import pytest

from quotes.nlp import lexicon
from quotes.nlp.lexicon import Report

DATA = Path(lexicon.__file__).parent / "data"
TABLES = sorted(path.name for path in DATA.glob("*.tsv"))


@pytest.mark.parametrize(
    ("lemma", "forms"),
    [
        pytest.param("argue", {"argues", "argued", "arguing"}, id="silent-e"),
        pytest.param("agree", {"agrees", "agreed", "agreeing"}, id="sounded-e"),
        pytest.param("deny", {"denies", "denied", "denying"}, id="consonant-y"),
        pytest.param("convey", {"conveys", "conveyed", "conveying"}, id="vowel-y"),
        pytest.param("stress", {"stresses", "stressed", "stressing"}, id="sibilant"),
        pytest.param("publish", {"publishes", "published", "publishing"}, id="sh"),
        pytest.param("claim", {"claims", "claimed", "claiming"}, id="plain"),
    ],
)
def test_regular_inflections(lemma: str, forms: set[str]) -> None:
    assert set(lexicon.inflections(lemma)) == forms


@pytest.mark.parametrize(
    ("word", "lemma"),
    [
        pytest.param("said", "say", id="said"),
        pytest.param("Says", "say", id="capital"),
        pytest.param("told", "tell", id="told"),
        pytest.param("wrote", "write", id="wrote"),
        pytest.param("written", "write", id="written"),
        pytest.param("admitted", "admit", id="doubled-consonant"),
        pytest.param("tweeting", "tweet", id="tweeting"),
        pytest.param("denies", "deny", id="denies"),
        pytest.param("spoke", "speak", id="spoke"),
        pytest.param("read", "read", id="read"),
        pytest.param("thinks", None, id="a-thought"),
        pytest.param("believed", None, id="a-belief"),
        pytest.param("agreed", None, id="a-stance"),
        pytest.param("walked", None, id="no-cue"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_speech_verb_lemma(word: str, lemma: str | None) -> None:
    assert lexicon.speech_verb_lemma(word) == lemma


@pytest.mark.parametrize(
    ("word", "lemma", "report", "weak"),
    [
        pytest.param("according", "according", Report.SPEECH, False, id="according"),
        pytest.param("statements", "statement", Report.SPEECH, False, id="plural-noun"),
        pytest.param("hopes", "hope", Report.ATTITUDE, False, id="verb-or-noun"),
        pytest.param("beliefs", "belief", Report.ATTITUDE, False, id="beliefs"),
        pytest.param("testimony", "testimony", Report.SPEECH, False, id="testimony"),
        pytest.param("rejected", "reject", Report.STANCE, False, id="either"),
        pytest.param("estimates", "estimate", Report.FINDING, False, id="a-result"),
        pytest.param("seemed", "seem", Report.ATTITUDE, True, id="a-hedge-yields"),
        pytest.param("pleased", "pleased", Report.ATTITUDE, True, id="a-participle-yields"),
        pytest.param("Sceptical", "sceptical", Report.ATTITUDE, True, id="an-adjective-yields"),
    ],
)
def test_cue_word(word: str, lemma: str, report: Report, *, weak: bool) -> None:
    assert lexicon.cue_word(word) == (lemma, report, weak)


@pytest.mark.parametrize(
    "word",
    [
        pytest.param("to", id="function-word"),
        pytest.param("table", id="other-noun"),
        pytest.param("made", id="a-verb-that-needs-its-phrase"),
    ],
)
def test_no_cue_word(word: str) -> None:
    assert lexicon.cue_word(word) is None


@pytest.mark.parametrize(
    ("words", "report"),
    [
        pytest.param("made clear", Report.SPEECH, id="next-to-it"),
        pytest.param("made it very clear", Report.SPEECH, id="words-between"),
        pytest.param("Making It Clear", Report.SPEECH, id="capitals"),
        pytest.param("clear made", None, id="in-order"),
        pytest.param("makes up her mind", Report.ATTITUDE, id="attitude"),
        pytest.param("goes on the record", Report.SPEECH, id="the-longer-first"),
        pytest.param("made", None, id="not-alone"),
        pytest.param("clear", None, id="not-its-end-alone"),
    ],
)
def test_cue_phrase(words: str, report: Report | None) -> None:
    first, *rest = words.split()
    found = lexicon.cue_phrase(first, rest)
    assert (found.report if found else None) is report


@pytest.mark.parametrize(
    ("noun", "uttered"),
    [
        pytest.param("remarks", True, id="plural"),
        pytest.param("Speeches", True, id="es"),
        pytest.param("commentaries", True, id="ies"),
        pytest.param("affidavit", True, id="document"),
        pytest.param("critic", False, id="who-utters"),
        pytest.param("belief", False, id="attitude"),
        pytest.param("lorry", False, id="thing"),
    ],
)
def test_is_utterance(noun: str, *, uttered: bool) -> None:
    assert lexicon.is_utterance(noun) is uttered


@pytest.mark.parametrize(
    ("noun", "publishes"),
    [
        pytest.param("economists", True, id="trade"),
        pytest.param("Agencies", True, id="body"),
        pytest.param("voter", False, id="voter"),
    ],
)
def test_publishes_findings(noun: str, *, publishes: bool) -> None:
    assert lexicon.publishes_findings(noun) is publishes


@pytest.mark.parametrize(
    ("form", "full"),
    [
        pytest.param("UN", "United Nations", id="acronym"),
        pytest.param("U.N.", "United Nations", id="stops"),
        pytest.param("IMF", "International Monetary Fund", id="imf"),
        pytest.param("United Nations", "United Nations", id="itself"),
        pytest.param("Justice Department", "Department of Justice", id="short-form"),
        pytest.param("who", None, id="lower-case-is-a-word"),
        pytest.param("WHO", "World Health Organization", id="capitals-are-a-name"),
        pytest.param("us", None, id="pronoun"),
        pytest.param("SDF", None, id="several-readings-are-left-to-the-article"),
    ],
)
def test_organisation(form: str, full: str | None) -> None:
    assert lexicon.organisation(form) == full


@pytest.mark.parametrize(
    ("word", "gender", "honorific"),
    [
        pytest.param("Mr.", "m", True, id="mr"),
        pytest.param("Mrs", "f", True, id="mrs"),
        pytest.param("Ms.", "f", True, id="ms"),
        pytest.param("Dr.", "-", True, id="dr"),
        pytest.param("Sen.", "-", False, id="senator"),
        pytest.param("President", "-", False, id="president"),
        pytest.param("Queen", "f", False, id="queen"),
        pytest.param("spokeswoman", "f", False, id="spokeswoman"),
        pytest.param("Clinton", None, False, id="no-title"),
        pytest.param("letter", None, False, id="thing"),
    ],
)
def test_titles(word: str, gender: str | None, *, honorific: bool) -> None:
    assert lexicon.title_gender(word) == gender
    assert lexicon.is_honorific(word) is honorific


@pytest.mark.parametrize(
    ("short", "full"),
    [
        pytest.param("Sen.", "senator", id="sen"),
        pytest.param("Gov.", "governor", id="gov"),
        pytest.param("Rep.", "representative", id="rep"),
        pytest.param("Gen", "general", id="gen"),
        pytest.param("President", "president", id="already-full"),
        pytest.param("Envoy", "envoy", id="no-title"),
        pytest.param("Justice", "judge", id="what-its-bearer-is-called"),
    ],
)
def test_title_in_full(short: str, full: str) -> None:
    assert lexicon.title_in_full(short) == full


@pytest.mark.parametrize(
    ("word", "text", "office"),
    [
        pytest.param("CJ", "", True, id="initials"),
        pytest.param("cj", "", False, id="case-counts"),
        pytest.param("PM", "she sang.", True, id="that-mean-nothing-else"),
        pytest.param("DPP", "she sang.", False, id="of-a-party-as-well"),
        pytest.param("DPP", "the director of public prosecutions sang.", True, id="the-text-tells"),
    ],
)
def test_initials_of_offices(word: str, text: str, *, office: bool) -> None:
    assert lexicon.is_office(word, text) == office


@pytest.mark.parametrize(
    ("said", "more"),
    [
        pytest.param({"chief", "justice"}, {"cj"}, id="its-initials"),
        pytest.param({"pm"}, {"prime", "minister"}, id="its-words"),
        pytest.param({"justice"}, set(), id="half-an-office"),
    ],
)
def test_what_is_said_of_an_office(said: set[str], more: set[str]) -> None:
    assert set(lexicon.offices(said)) == more


@pytest.mark.parametrize(
    ("noun", "gender"),
    [
        pytest.param("envoy", "-", id="envoy"),
        pytest.param("spokeswoman", "f", id="spokeswoman"),
        pytest.param("king", "m", id="king"),
        pytest.param("official", "-", id="official"),
        pytest.param("statement", None, id="document"),
        pytest.param("coalition", None, id="body"),
    ],
)
def test_person_gender(noun: str, gender: str | None) -> None:
    assert lexicon.person_gender(noun) == gender


@pytest.mark.parametrize(
    ("name", "gender"),
    [
        pytest.param("Hillary", "f", id="hillary"),
        pytest.param("donald", "m", id="donald"),
        pytest.param("Kim", None, id="borne-by-both"),
        pytest.param("Lindsey", None, id="borne-by-both-2"),
        pytest.param("Raqqa", None, id="no-name"),
    ],
)
def test_first_name_gender(name: str, gender: str | None) -> None:
    assert lexicon.first_name_gender(name) == gender


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        pytest.param("Person", "person", id="newswire"),
        pytest.param("PERSON", "person", id="ontonotes"),
        pytest.param("Organization", "organisation", id="body"),
        pytest.param("GPE", "place", id="place"),
        pytest.param("NORP", "group", id="people"),
        pytest.param("Money", None, id="speaks-for-nobody"),
        pytest.param("Date", None, id="date"),
    ],
)
def test_entity_kind(label: str, kind: str | None) -> None:
    assert lexicon.entity_kind(label) == kind


@pytest.mark.parametrize(
    ("word", "kind", "gender"),
    [
        pytest.param("She", "person", "f", id="she"),
        pytest.param("he", "person", "m", id="he"),
        pytest.param("it", "thing", "-", id="it"),
        pytest.param("They", "plural", "-", id="they"),
        pytest.param("I", "first", "-", id="i"),
        pytest.param("we", "first", "-", id="we"),
        pytest.param("who", "relative", "-", id="who"),
        pytest.param("both", "indefinite", "-", id="both"),
    ],
)
def test_pronoun(word: str, kind: str, gender: str) -> None:
    assert lexicon.pronoun(word) == (kind, gender)


def test_a_noun_is_no_pronoun() -> None:
    assert lexicon.pronoun("minister") is None


@pytest.mark.parametrize("name", TABLES)
def test_rows_are_clean(name: str) -> None:
    table = lexicon.rows(name)
    assert table
    for row in table:
        assert all(cell == cell.strip() for cell in row), row
        assert row[0], "an empty first column"


@pytest.mark.parametrize("name", TABLES)
def test_first_column_is_unambiguous(name: str) -> None:
    """A word twice would silently take one of its rows."""
    keys = [row[0] for row in lexicon.rows(name)]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


@pytest.mark.parametrize(
    ("phrase", "report"),
    [pytest.param(phrase, report, id=phrase) for phrase, report in lexicon.rows("cue_phrases.tsv")],
)
def test_every_phrase_is_found(phrase: str, report: str) -> None:
    first, *rest = phrase.split()
    found = lexicon.cue_phrase(first, rest)
    assert found is not None
    assert found.report == report


# A verb that is an adjective too yields to a later word in that form only ("upset", "upsets").
ALL_VERBS = sorted(
    row[0]
    for row in lexicon.rows("cue_verbs.tsv")
    if row[1] != "-" and row[0] not in lexicon.words("cue_adjectives.tsv")
)


def test_every_form_of_a_cue_verb_reports_what_its_lemma_does() -> None:
    table = {row[0]: row for row in lexicon.rows("cue_verbs.tsv")}
    adjectives = lexicon.words("cue_adjectives.tsv")
    for lemma in ALL_VERBS:
        irregular = table[lemma][2].split(",") if len(table[lemma]) > 2 else []
        # Participles in -ed are left out: as adjectives they yield to a later word ("was pleased").
        kept = (form for form in irregular if form[-2:] != "ed" and form not in adjectives)
        for form in (lemma, lexicon.inflections(lemma)[0], *kept):
            assert lexicon.cue_word(form) == lexicon.cue_word(lemma), form


@pytest.mark.parametrize(
    ("word", "known"),
    [
        pytest.param("Texan", True, id="of-a-place"),
        pytest.param("Republican", True, id="of-a-party"),
        pytest.param("republican", False, id="an-adjective-in-lower-case"),
        pytest.param("Roe", False, id="a-name"),
    ],
)
def test_adherents_have_a_capital(word: str, *, known: bool) -> None:
    assert lexicon.is_adherent(word) == known
    assert (lexicon.person_gender("Texan"), lexicon.person_gender("texas")) == ("-", None)
