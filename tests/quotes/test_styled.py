"""Styles, held against the rules of their manuals.

What is expected stands in style_manuals.tsv, written from the rules, with their sections.
"""

import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotes import citing_prose, pandoc, styled
from quotes.bylines import Author
from quotes.citation_sources import short_title, source_item
from quotes.citations import CitableQuotation, bibtex
from quotes.csl_styles import STYLES
from quotes.nlp.document import SpeakerKind
from quotes.pandoc_tree import single_pairs
from quotes.params import STYLING
from quotes.styled import StyleError

URL = "https://herald.example/city"
ADDRESS = "https://quotes.example/quotes/k3x9/"
DOE = Author(family="Doe", given="John Q.")
POE = Author(family="van der Poe", given="Anna")
LEE = Author(family="Lee", given="Mary")
NEWS = CitableQuotation(
    uid="k3x9",
    address=ADDRESS,
    archived_text="https://quotes.example/articles/a1/",
    content=("“We will rebuild.”",),
    kind="direct",
    speaker="Jane Roe",
    speaker_role="the mayor",
    speaker_kind="person",
    article_title="City cannot wait, says mayor",
    authors=(DOE,),
    outlet="The Herald",
    published_on=date(2017, 7, 4),
    retrieved_on=date(2026, 11, 21),
    url=URL,
    paragraph_index=4,
    language="en",
    text_sha256="ab" * 32,
)


def changed(base=NEWS, **changes):
    return CitableQuotation(**{**dict(base), **changes})


CASES = {
    "one author": NEWS,
    "two authors": changed(authors=(DOE, POE)),
    "three authors": changed(authors=(DOE, POE, LEE)),
    "an agency": changed(authors=(Author(literal="Associated Press"),)),
    "no author": changed(authors=()),
    "no date": changed(published_on=None),
    "no outlet": changed(outlet=""),
    "no title": changed(article_title=""),
    "marks in the title": changed(article_title="City “cannot wait”, says mayor"),
    "single marks end the title": changed(article_title="Mayor says city ‘cannot wait’"),
    "a question": changed(article_title="Can the city wait?"),
    "not English": changed(
        article_title="Die Stadt kann nicht warten",
        language="de",
        authors=(Author(literal="李明"),),
    ),
}

# Written from the manuals' rules; its heading says how.
GOLDEN = [
    line.replace("URL", URL).replace("ADDRESS", ADDRESS).split("\t")
    for line in (Path(__file__).parent / "style_manuals.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
NOTE_END = f", July 4, 2017, para. 4, {URL}, archived at {ADDRESS}."


def with_italics(html):
    """Return a reference without its links and small capitals: as it prints."""
    return unescape(re.sub(r"</?(a|span)\b[^>]*>", "", html))


@pytest.mark.parametrize(
    ("style", "case", "in_text", "reference"), GOLDEN, ids=[": ".join(row[:2]) for row in GOLDEN]
)
def test_a_style_is_its_manuals(style, case, in_text, reference):
    found = styled.cite(CASES[case], style)
    assert found.in_text == in_text
    if STYLES[style].has_list:
        assert with_italics(found.reference_html) == reference
        assert found.reference_text == re.sub("</?i>", "", reference)


@pytest.mark.parametrize(
    ("title", "quoted"),
    [
        ("Roe: ‘no rise’", ["no rise"]),
        ("'No rise' says Roe, 'not now'", ["No rise", "not now"]),
        ("‘I said “no”’ – Roe", ["I said “no”"]),
        ("the workers’ ‘no’", []),
        ("rock 'n' roll", []),
        ("the ’90s aren’t back", []),
    ],
)
def test_single_marks_of_a_title_are_told_from_apostrophes(title, quoted):
    assert [title[at + 1 : end] for at, end in single_pairs(title).items()] == quoted


@pytest.mark.parametrize(
    ("words", "block"),
    [
        ("“It is a ‘bridge of hope’ for us,”", "It is a “bridge of hope” for us."),
        ("“‘Never’ is what he said, ‘not now’”", "“Never” is what he said, “not now.”"),
        ("“We don’t know why it’s ‘ours’.”", "We don’t know why it’s “ours”."),
        pytest.param(
            "“It is the workers’ ‘own’ boat.”", "It is the workers’ ‘own’ boat.", id="unclear"
        ),
        pytest.param("The ‘bridge’ of hope.", "The ‘bridge’ of hope.", id="in no marks"),
        pytest.param("“The “old ‘bridge’” fell.”", "The “old ‘bridge’” fell.", id="deeper"),
    ],
)
def test_in_a_block_the_marks_inside_are_double(words, block):
    """APA 7, 8.27; CMOS 12.30; MLA 6.37 (and libraries' guides to them)."""
    assert citing_prose.block_words(NEWS.model_copy(update={"content": (words,)})) == block


def test_every_style_has_all_cases():
    for name, style in STYLES.items():
        assert not style.has_list or {row[1] for row in GOLDEN if row[0] == name} == CASES.keys()


# --- what is not the speaker's own wording, and who is not named

INDIRECT = changed(kind="indirect", content=("that the city would rebuild",))
PARAPHRASED_NOTE = (
    f"Jane Roe, paraphrased in John Q. Doe, “City Cannot Wait, Says Mayor,” Herald{NOTE_END}"
)
REPORTED_NOTE = (
    "John Q. Doe, City Cannot Wait, Says Mayor, Herald para. 4 (July 4, 2017), "
    f"{URL} [{ADDRESS}] (reporting the words of Jane Roe)."
)
REPORTED = "The Herald reports Jane Roe, the mayor, as saying that the city would rebuild"


@pytest.mark.parametrize(
    ("style", "in_text"),
    [
        ("apa", "(Doe, 2017, para. 4)"),
        ("mla", "(Doe, par. 4)"),  # 6.77: "qtd. in" is for what is itself a quotation
        ("chicago-author-date", "(Doe 2017, para. 4)"),
        ("harvard", "(cited in Doe, 2017, para. 4)"),
        ("ieee", "[1, Para. 4]"),
        ("chicago-notes", PARAPHRASED_NOTE),
        ("bluebook", REPORTED_NOTE),
    ],
)
def test_a_paraphrase_is_never_called_quoted(style, in_text):
    found = styled.cite(INDIRECT, style)
    assert found.in_text == in_text
    end = ".¹" if STYLES[style].is_notes else f" {in_text}."
    assert found.prose == REPORTED + end


@pytest.mark.parametrize(
    ("style", "in_text"),
    [
        ("mla", "(Doe, par. 4)"),
        ("harvard", "(Doe, 2017, para. 4)"),
        ("chicago-notes", f"John Q. Doe, “City Cannot Wait, Says Mayor,” Herald{NOTE_END}"),
        (
            "bluebook",
            REPORTED_NOTE.replace("reporting the words of", "not reporting this as said by"),
        ),
    ],
)
def test_nobody_is_quoted_where_the_article_does_not_report_it_as_said(style, in_text):
    for kind in ("indirect", "direct"):
        c = changed(kind=kind, factuality="negated", content=("when the work would begin",))
        assert styled.cite(c, style).in_text == in_text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param(
            {}, "Jane Roe, the mayor, said, “We will rebuild” (Doe, 2017, para. 4).", id="direct"
        ),
        pytest.param(
            {"speaker_role": ""},
            "Jane Roe said, “We will rebuild” (Doe, 2017, para. 4).",
            id="no-role",
        ),
        pytest.param(
            {"content": ("“Why wait?”",)},
            "Jane Roe, the mayor, said, “Why wait?” (Doe, 2017, para. 4).",
            id="a-question-keeps-its-mark",
        ),
        pytest.param(
            {"content": ("“We will rebuild,”", "“and start today.”")},
            "Jane Roe, the mayor, said, “We will rebuild, … and start today” (Doe, 2017, para. 4).",
            id="two-pieces",
        ),
        pytest.param(
            {"kind": "mixed", "content": ("that it was “a start”",)},
            "The Herald reports Jane Roe, the mayor, as saying that it was “a start” "
            "(Doe, 2017, para. 4).",
            id="mixed-keeps-the-articles-marks",
        ),
        pytest.param(
            {"kind": "indirect", "content": ("to rebuild the city",), "outlet": ""},
            "The article reports Jane Roe, the mayor, as saying: to rebuild the city "
            "(Doe, 2017, para. 4).",
            id="no-that-no-outlet",
        ),
        pytest.param(
            {"speaker": "a monitor", "speaker_role": "", "speaker_kind": "anonymous"},
            "A monitor (not named in the article) said, “We will rebuild” (Doe, 2017, para. 4).",
            id="anonymous",
        ),
        pytest.param(
            {
                "kind": "mixed",
                "content": ('it "will help preserve the wall,"',),
                "speaker": "One official",
                "speaker_role": "",
                "speaker_kind": "anonymous",
            },
            "The Herald reports one official (not named in the article) as saying: "
            'it "will help preserve the wall" (Doe, 2017, para. 4).',
            id="inside-a-sentence-a-description-is-small-and-the-articles-comma-goes",
        ),
        pytest.param(
            {
                "kind": "indirect",
                "content": ("it was no affair of the workers’",),
                "speaker": "Kremlin officials",
                "speaker_role": "",
                "speaker_kind": "anonymous",
            },
            "The Herald reports Kremlin officials (not named in the article) as saying: "
            "it was no affair of the workers’ (Doe, 2017, para. 4).",
            id="a-name-in-a-description-keeps-its-capital",
        ),
        pytest.param(
            {"speaker": "", "speaker_role": "", "speaker_kind": None},
            "An unidentified speaker said, “We will rebuild” (Doe, 2017, para. 4).",
            id="nobody",
        ),
        pytest.param(
            {"content": ("“Call it “a start”.”",)},
            "Jane Roe, the mayor, said, “Call it ‘a start’” (Doe, 2017, para. 4).",
            id="marks-inside",
        ),
    ],
)
def test_prose(changes, sentence):
    assert styled.cite(changed(**changes), "apa").prose == sentence


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ('it "will help preserve the wall,"', 'preserve the wall."¹'),
        ("it “will help”", "it “will help.”¹"),
        ("it was ‘so.’", "it was ‘so.’¹"),
        ("it was no affair of the workers’", "of the workers’.¹"),
        ('it was 6" long and 5"', 'and 5."¹'),  # two marks: not to be told from a pair
        ('the plank of 6"', 'of 6".¹'),
    ],
)
def test_before_a_note_the_stop_stands_within_the_articles_marks(words, end):
    prose = styled.cite(changed(kind="mixed", content=(words,)), "chicago-notes").prose
    assert prose.endswith(end)


def test_a_note_of_nobody_begins_with_quoted():
    c = changed(speaker="", speaker_role="", speaker_kind=None)
    assert styled.cite(c, "chicago-notes").in_text.startswith("Quoted in John Q. Doe, “City")


@pytest.mark.parametrize("style", STYLES)
def test_the_speaker_is_in_no_reference(style):
    found = styled.cite(changed(speaker="Zebra Speaker"), style)
    assert "Zebra" not in found.reference_text
    assert "Zebra" in found.prose


# --- titles


@pytest.mark.parametrize(
    ("title", "short"),
    [
        # The example of an APA guide on its section 8.14.
        ("How to launch your career in project management: Project management", "How to launch"),
        ("City cannot wait, says mayor", ""),
        ("Syria war: US-backed forces breach wall", "Syria war"),
        ("“We will never ever give up”, says mayor", "We will never ever"),
        ("City “cannot wait”, says the mayor", "City “cannot wait”"),
        ("", ""),
    ],
)
def test_short_title(title, short):
    assert short_title(title) == short


def test_a_long_title_is_short_in_the_text_and_whole_in_the_list():
    c = changed(authors=(), article_title="Syria war: US-backed forces breach wall")
    assert styled.cite(c, "apa").in_text == "(“Syria War,” 2017, para. 4)"
    assert styled.cite(c, "apa").reference_text.startswith(
        "Syria war: US-backed forces breach wall."
    )


NASTY = (
    "<b>x</b> *y* _z_ `code` $m^2$ \\emph{t} [l](http://x) {{w}} & % # ~ ^ "
    "<script>alert(1)</script> @doe2017 <!-- c --> &amp; \\"
)


@pytest.mark.parametrize("style", STYLES)
def test_nothing_in_an_article_is_read_as_markup(style):
    # In a language whose capitals stay, so that the words can be found again.
    c = changed(article_title=NASTY, authors=(Author(literal=NASTY),), speaker=NASTY, language="de")
    found = styled.cite(c, style)
    assert found.reference_text.count(NASTY) == 2
    assert found.prose.startswith(NASTY)
    assert "<script" not in found.reference_html
    assert "<b>" not in found.reference_html
    assert with_italics(found.reference_html).replace("<i>", "").count(NASTY) == 2


TEXTS = st.text(
    st.one_of(
        st.sampled_from("<>&\"'“”‘’*_`$\\{}[]()#@^~|:;,.?!-– \n\u2028é漢🙂aB1"),
        st.characters(exclude_categories=("Cs",)),
    ),
    max_size=30,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_any_text_is_cited_safely(title, outlet, name, speaker):
    authors = (Author(literal=name),) if name.strip() else ()
    c = changed(article_title=title, outlet=outlet, authors=authors, speaker=speaker)
    found = styled.cite(c, "mla")
    tags = set(re.findall(r"<(/?\w+)", found.reference_html))
    assert tags <= {"i", "/i", "b", "/b", "a", "/a", "span", "/span", "sup", "/sup"}
    assert set(re.findall(r'href="([^"]*)"', found.reference_html)) == {URL, ADDRESS}


def test_only_addresses_of_the_web_are_linked():
    c = changed(url="javascript:alert(1)")
    assert source_item(c, STYLES["apa"])["URL"] == c.archived_text
    assert "javascript" not in styled.cite(c, "apa").reference_html


# --- many at once


def test_an_article_stands_once_in_the_list():
    other = changed(uid="z", paragraph_index=9, address="https://quotes.example/quotes/z/")
    first, second = styled.bibliography([NEWS, other], "chicago-notes")
    assert first.in_text.startswith("Jane Roe, quoted in John Q. Doe, “City Cannot Wait, Says")
    # A second note is short: CMOS 18, 13.32.
    assert second.in_text == (
        "Jane Roe, quoted in Doe, “City Cannot Wait, Says Mayor,” para. 9, "
        "archived at https://quotes.example/quotes/z/."
    )
    assert len(styled.references([NEWS, other], "chicago-notes")) == 1


def test_years_get_letters_where_they_are_alike():
    other = changed(article_title="Another article", url="https://herald.example/b")
    found = styled.bibliography([NEWS, other], "apa")
    assert [one.in_text for one in found] == ["(Doe, 2017b, para. 4)", "(Doe, 2017a, para. 4)"]


def test_lists_are_in_the_order_of_the_style():
    abe = changed(authors=(Author(family="Abe", given="Ken"),), url="https://herald.example/b")
    assert [one.text[:3] for one in styled.references([NEWS, abe], "apa")] == ["Abe", "Doe"]
    numbered = styled.references([NEWS, abe], "ieee")
    assert [one.text[:9] for one in numbered] == ["[1] J. Q.", "[2] K. Ab"]


def test_nothing_is_nothing():
    assert styled.bibliography([], "apa") == []
    assert styled.references([], "apa") == []


def test_too_many_are_refused():
    few = STYLING.model_copy(update={"entries_most": 1})
    with pytest.raises(StyleError, match="2 quotations are more than 1"):
        styled.bibliography([NEWS, NEWS], "apa", params=few)


def test_an_unknown_style_names_those_there_are():
    with pytest.raises(StyleError, match="'word' is no citation style; use one of apa, mla"):
        styled.cite(NEWS, "word")


# --- pandoc's bounds


def test_pandoc_that_is_missing(monkeypatch):
    pandoc.program.cache_clear()
    monkeypatch.setattr("pypandoc.get_pandoc_path", _no_pandoc)
    with pytest.raises(styled.NotWrittenError, match="not installed; use another format"):
        styled.cite(NEWS, "apa")
    pandoc.program.cache_clear()


def _no_pandoc():
    raise OSError("No pandoc was found")


@pytest.mark.parametrize(
    ("bound", "problem"),
    [
        ({"pandoc_timeout_s": 0.001}, "took longer than 0.001 seconds"),
        ({"pandoc_input_bytes": 100}, "more than 100"),
    ],
)
def test_pandoc_is_bounded(bound, problem):
    with pytest.raises(styled.NotWrittenError, match=problem):
        styled.cite(NEWS, "chicago-notes", params=STYLING.model_copy(update=bound))


def test_pandoc_gives_up_where_memory_ends():
    words = [{"t": "Str", "c": f"word{number}"} for number in range(300_000)]
    tree = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": [{"t": "Para", "c": words}]}
    with pytest.raises(pandoc.PandocError, match=r"could not write it \(code 251\); take fewer"):
        pandoc.convert(tree, "docx", params=STYLING.model_copy(update={"pandoc_memory_mb": 64}))


def test_only_so_many_run_at_once():
    waits = STYLING.model_copy(update={"pandoc_wait_s": 0.01})
    taken = [pandoc._running.acquire(timeout=1) for _ in range(STYLING.pandoc_at_once)]
    try:
        with pytest.raises(styled.NotWrittenError, match="too many"):
            styled.cite(NEWS, "apa", params=waits)
    finally:
        for _ in taken:
            pandoc._running.release()


def test_pandoc_reads_no_files(tmp_path):
    """What names a file in a document stays a name: `--sandbox`."""
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    image = {"t": "Image", "c": [["", [], []], [], [str(secret), ""]]}
    tree = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": [{"t": "Para", "c": [image]}]}
    made = pandoc.convert(tree, "docx")
    assert b"the secret" not in made


# --- prose on its own


@given(st.text(alphabet="“”‘’\"'.,;:!?… aA", min_size=1, max_size=20))
def test_a_sentence_ends_once(words):
    stopped = citing_prose.stopped(words)
    assert stopped.rstrip('”"’»')[-1:] in {".", "?", "!", "…"}
    assert citing_prose.stopped(stopped) == stopped


def test_a_note_has_its_italics_too():
    found = styled.cite(NEWS, "chicago-notes")
    assert "Says Mayor,” <i>Herald</i>, July 4, 2017, para. 4, <a href=" in found.in_text_html
    assert with_italics(found.in_text_html).replace("<i>", "").replace("</i>", "") == found.in_text


def test_who_is_not_named_is_small_inside_a_sentence_and_large_before_one():
    one = NEWS.model_copy(
        update={
            "speaker": "A monitor", "speaker_role": "", "speaker_kind": SpeakerKind.ANONYMOUS,
        }
    )  # fmt: skip
    assert "(quoting a monitor (not named in" in styled.cite(one, "bluebook").in_text
    assert styled.cite(one, "chicago-notes").in_text.startswith("A monitor (not named")
    assert "note = {Quotes a monitor in paragraph 4;" in bibtex(one)


def test_bluebook_says_id():
    """Rule 4.1: the same source again is "Id.", with the place that differs."""
    again = changed(paragraph_index=9)
    _, second = styled.bibliography([NEWS, again], "bluebook")
    assert second.in_text == f"Id. para. 9 [{ADDRESS}] (quoting Jane Roe)."


def test_style_files_name_their_licence_and_their_changes():
    """As NOTICE says of them."""
    folder = STYLES["apa"].path.parent
    texts = {path.name: path.read_text("utf-8") for path in folder.glob("*.csl")}
    assert texts.keys() == {style.file for style in STYLES.values()}
    assert all("creativecommons.org/licenses/by-sa/3.0/" in text for text in texts.values())
    assert {name for name, text in texts.items() if "Changed here" in text} == {
        "apa.csl",
        "bluebook-law-review.csl",
        "ieee.csl",
    }
