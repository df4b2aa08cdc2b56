"""Languages: what is not English is recognised, and nothing English is taken for another."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp import language
from quotes.nlp.document import Document, Kind, Span
from quotes.nlp.language import identify, is_refused, language_of, note, read_english
from quotes.params import DEFAULTS, Params
from tests import builders

SAMPLES = Path(__file__).parent / "samples"
# Labels of the identifier for Norwegian do not tell Bokmål apart.
SAME = {"nb": "no"}


def samples(name: str) -> list[tuple[str, str]]:
    lines = (SAMPLES / name).read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(what, text.replace("\\n", "\n")) for what, text in pairs]


FOREIGN, ENGLISH = samples("foreign.tsv"), samples("english.tsv")
SPANISH, FRENCH = FOREIGN[0][1], FOREIGN[2][1]
RAIL = "The minister, Ana Roe, said the café tax would rise by a third from March."
NEWS = "\n".join([RAIL] * 5)


def ids(pairs: list[tuple[str, str]]) -> list[str]:
    return [f"{what}-{number}" for number, (what, _) in enumerate(pairs)]


def plain(text: str) -> str:
    """Return `text` without accents on Latin letters, as old scanners and keyboards have it."""
    split = unicodedata.normalize("NFD", text)
    return "".join(c for c in split if not "\u0300" <= c <= "\u036f")


def test_the_samples_are_of_many_languages() -> None:
    assert len({tag for tag, _ in FOREIGN}) >= 35


@pytest.mark.parametrize(("tag", "text"), FOREIGN, ids=ids(FOREIGN))
def test_foreign_news_is_recognised_and_refused(tag: str, text: str) -> None:
    doc = identify(Document(text=text))
    assert doc.language == SAME.get(tag, tag)
    assert is_refused(doc)
    assert note(doc) == f"not extracted: the text is in {language.name_of(doc.language)}"


@pytest.mark.parametrize(("tag", "text"), FOREIGN, ids=ids(FOREIGN))
def test_in_capitals_it_is_foreign_too(tag: str, text: str) -> None:
    assert language_of(text.upper()) == SAME.get(tag, tag)


LATIN = [(tag, text) for tag, text in FOREIGN if plain(text) != text and text[:9].isascii()]


@pytest.mark.parametrize("text", [text for _, text in LATIN], ids=ids(LATIN))
def test_without_accents_it_is_foreign_too(text: str) -> None:
    assert language_of(plain(text)) not in ("en", "und")


@pytest.mark.parametrize(("what", "text"), ENGLISH, ids=ids(ENGLISH))
def test_english_is_never_refused(what: str, text: str) -> None:
    doc = identify(Document(text=text))
    assert doc.foreign == ()
    assert doc.language in ("en", "und"), what


@pytest.mark.parametrize(
    ("text", "tag", "shown"),
    [
        pytest.param(RAIL, "en", "", id="clear"),
        pytest.param("Yes.", "und", "language not recognised; read as English", id="one-word"),
        pytest.param("", "und", "language not recognised; read as English", id="empty"),
        pytest.param("2017 3.4%", "und", "language not recognised; read as English", id="numbers"),
    ],
)
def test_doubt_is_shown(text: str, tag: str, shown: str) -> None:
    doc = identify(Document(text=text))
    assert (doc.language, note(doc), doc.foreign) == (tag, shown, ())


def test_a_foreign_paragraph_in_english_news() -> None:
    text = f"{NEWS}\n\n{SPANISH}\n\n{NEWS}\n{FRENCH}\n"
    doc = identify(Document(text=text))
    assert doc.language == "en"
    assert not is_refused(doc)
    found = [(part.span.of(text), part.language) for part in doc.foreign]
    assert found == [(SPANISH, "es"), (FRENCH, "fr")]
    assert note(doc) == "passages not extracted, by language: Spanish (1), French (1)"


def test_neighbours_in_one_language_are_one_passage() -> None:
    text = f"{NEWS}\n{SPANISH}\n\n{FOREIGN[1][1]}\n{NEWS}"
    (part,) = identify(Document(text=text)).foreign
    assert part.span.of(text) == f"{SPANISH}\n\n{FOREIGN[1][1]}"


def test_an_english_line_in_foreign_news_is_kept_and_short_lines_go_with_the_rest() -> None:
    text = f"Ana Roca\n{SPANISH}\n«Vale.»\n{RAIL}\n{FOREIGN[1][1]}"
    doc = identify(Document(text=text))
    assert doc.language == "es"
    assert [part.span.of(text) for part in doc.foreign] == [
        f"Ana Roca\n{SPANISH}\n«Vale.»",
        FOREIGN[1][1],
    ]


def test_many_lines_each_too_short_are_judged_together() -> None:
    text = FOREIGN[4][1].replace(" ", " \n")
    doc = identify(Document(text=text))
    assert (doc.language, is_refused(doc)) == ("de", True)


def test_the_english_of_a_mixed_text_is_read_alone_and_in_its_place() -> None:
    text = f"{SPANISH}\n{RAIL}\n{RAIL} “{RAIL}”\n{FRENCH}"
    seen: list[str] = []

    def read(docs: list[Document]) -> list[Document]:
        seen.extend(doc.text for doc in docs)
        inside = builders.quotation(text, "the café tax", kind=Kind.INDIRECT)
        across = inside.evolve(content=(Span(start=len(SPANISH) - 5, end=len(SPANISH) + 9),))
        found = (across, inside)
        return [doc.evolve(done="tagger", quotations=found if doc.text else ()) for doc in docs]

    refused, mixed, empty = read_english([SPANISH, text, ""], read)
    shown = f"{' ' * len(SPANISH)}\n{RAIL}\n{RAIL} “{RAIL}”\n{' ' * len(FRENCH)}"
    assert seen == [shown, ""]
    assert mixed.text == text
    assert [q.content[0].of(text) for q in mixed.quotations] == ["the café tax"]
    assert {"language", "tagger"} == mixed.done
    assert (refused.text, refused.quotations, refused.language) == (SPANISH, (), "es")
    assert empty.text == ""


def test_nothing_is_read_where_nothing_is_english() -> None:
    def read(docs: list[Document]) -> list[Document]:
        raise AssertionError(docs)

    docs = read_english([SPANISH, FRENCH], read)
    assert [doc.language for doc in docs] == ["es", "fr"]
    assert read_english([], read) == []


def test_lone_surrogates_are_shown_as_the_replacement_character() -> None:
    seen: list[str] = []

    def read(docs: list[Document]) -> list[Document]:
        seen.extend(doc.text for doc in docs)
        return docs

    (doc,) = read_english([f"\ud800 {RAIL}"], read)
    assert seen == [f"\ufffd {RAIL}"]
    assert doc.text == f"\ud800 {RAIL}"


@pytest.mark.parametrize(
    ("run", "signs"),
    [
        pytest.param("“”" * 1000, 16, id="marks"),
        pytest.param(".\n" * 1000, 16, id="lines-of-one-sign"),
        pytest.param("-" * 80, 80, id="a-rule-across-the-page"),
    ],
)
def test_of_long_runs_without_words_only_the_edges_are_shown(run: str, signs: int) -> None:
    text = f"“{RAIL}”\n{run}\n“{RAIL}”"
    seen: list[str] = []

    def read(docs: list[Document]) -> list[Document]:
        seen.extend(doc.text for doc in docs)
        return docs

    (doc,) = read_english([text], read)
    (shown,) = seen
    assert doc.text == text
    assert len(shown) == len(text)
    assert shown.startswith(f"“{RAIL}”\n")
    assert shown.endswith(f"\n“{RAIL}”")
    assert len(shown[len(RAIL) + 2 : -len(RAIL) - 2].replace(" ", "").replace("\n", "")) <= signs
    assert shown.count("\n") == text.count("\n")


def test_thresholds_decide() -> None:
    sure = DEFAULTS.model_copy(update={"language_certainty": 1.1})
    assert language_of(SPANISH, sure) == "und"
    long = DEFAULTS.model_copy(update={"language_evidence_bytes": 10_000})
    assert language_of(SPANISH, long) == "und"


def test_every_label_of_the_identifier_has_a_tag_and_a_name() -> None:
    labels = language._identifier().labels  # the library's own list
    assert set(labels) == set(language._languages())
    assert language.name_of("es") == "Spanish"
    assert language.name_of("tlh") == "tlh"


@given(st.text() | st.text(alphabet=" \n\r\u2028“”«»\"'aA的ñ.\ud800\0"))
def test_any_text_is_answered_and_passages_lie_inside_in_order(text: str) -> None:
    doc = identify(Document(text=text))
    assert doc.language
    ends = [0, *(part.span.end for part in doc.foreign)]
    assert all(
        before <= part.span.start for before, part in zip(ends[:-1], doc.foreign, strict=True)
    )


@given(st.lists(st.sampled_from([RAIL, SPANISH, FRENCH, "", "Ana Roe", "“Sí.”"]), max_size=6))
def test_blanks_keep_every_offset_and_line(lines: list[str]) -> None:
    text = "\r\n".join(lines)
    seen: list[str] = []

    def read(docs: list[Document]) -> list[Document]:
        seen.extend(doc.text for doc in docs)
        return docs

    (doc,) = read_english([text], read)
    assert doc.text == text
    for shown in seen:
        assert len(shown) == len(text)
        assert shown.count("\n") == text.count("\n")
        pairs = zip(shown, text, strict=True)
        assert all(new in (old, " ") for new, old in pairs)
    assert is_refused(doc) == (not seen)


def test_work_grows_with_the_text_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is looked at once, and once more at most for the text as a whole."""
    looked: list[int] = []
    real = language.language_of

    def counted(text: str, params: Params = DEFAULTS) -> str:
        looked.append(len(text))
        return real(text, params)

    monkeypatch.setattr(language, "language_of", counted)
    for text in ("“\n" * 3000, "a " * 3000, f"{SPANISH}\n" * 40, '"' * 6000):
        looked.clear()
        identify(Document(text=text))
        assert sum(looked) <= 2 * len(text)


def test_the_identifier_is_not_loaded_for_plain_english(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise AssertionError("loaded")

    monkeypatch.setattr(language, "_identifier", refuse)
    text = "\n".join(text for what, text in ENGLISH if what in ("foreign names", "very short"))
    assert identify(Document(text=text)).foreign == ()
