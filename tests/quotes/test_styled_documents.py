"""Documents of quotations: what stands in them, that they open, that nothing in them is live."""

import io
import json
import re
import subprocess
import zipfile

import pytest
from lxml import etree, html

from quotes import pandoc, styled
from quotes.params import STYLING
from quotes.styled import FORMS, Entry, StyleError
from tests.quotes.test_styled import ADDRESS, NEWS, changed

LONG = changed(
    uid="long",
    address="https://quotes.example/quotes/long/",
    content=("“" + "We will rebuild the “old” wall. " * 8 + "It is a start.”",),
    paragraph_index=9,
)
OTHER = changed(
    uid="other",
    address="https://quotes.example/quotes/other/",
    article_title="Another article",
    url="https://herald.example/other",
)
NOTE = "Check <b>the date</b>.\n\nAsk *her*."
DOUBT = "found by a program, unsure (36 %), and not reviewed"
ENTRIES = [Entry(NEWS, NOTE), Entry(LONG), Entry(OTHER.model_copy(update={"doubt": DOUBT}))]
SAID = "Jane Roe, the mayor, said, “We will rebuild” (Doe, 2017b, para. 4)."


def made(style, form, entries=ENTRIES, title="Walls & <i>gates</i>", description="First.\nSecond."):
    return styled.document(title, description, entries, style=style, form=form)


def read_back(data, reader, to="plain"):
    """Return a document as pandoc reads it, as plain text or as its tree."""
    command = [pandoc.program(), f"--from={reader}", f"--to={to}", "--wrap=none", "--sandbox"]
    done = subprocess.run(command, input=data, capture_output=True, check=True)  # noqa: S603
    return done.stdout.decode()


@pytest.mark.parametrize(
    ("form", "reader"), [("docx", "docx"), ("html", "html"), ("markdown", "gfm")]
)
def test_a_document_has_words_notes_addresses_and_sources(form, reader):
    text = read_back(made("apa", form), reader)
    assert text.startswith("Walls & <i>gates</i>")
    assert "First.\n\nSecond." in text
    assert SAID in text
    assert "Note: Check <b>the date</b>." in text
    assert "Ask *her*." in text
    assert f"Archived quotation: {ADDRESS}" in text
    assert text.count("Check first:") == 1
    assert f"Check first: {DOUBT}." in text
    sources = text.partition("References\n\n")[2]
    assert sources.count("City cannot wait, says mayor") == 1
    assert sources.index("Another article") < sources.index("City cannot wait")


def test_plain_text_has_the_addresses_that_links_have():
    text = made("apa", "text").decode()
    assert "In the article: https://herald.example/city#:~:text=" in text
    assert SAID in text


def test_a_long_quotation_is_a_block_with_its_citation_behind_the_stop():
    """APA 7, 8.27: forty words or more, no marks around, inner ones double."""
    page = html.fromstring(made("apa", "html").decode())
    (block,) = page.findall(".//blockquote")
    words = " ".join(block.text_content().split())
    assert words.startswith("We will rebuild the “old” wall. We will")
    assert words.endswith("It is a start. (Doe, 2017b, para. 9)")
    assert "Jane Roe, the mayor, said:" in page.text_content()


@pytest.mark.parametrize("kind", ["indirect", "mixed"])
def test_what_is_not_verbatim_is_never_a_block(kind):
    page = made("apa", "html", [Entry(LONG.model_copy(update={"kind": kind}))]).decode()
    assert "<blockquote" not in page


def test_notes_are_footnotes():
    data = made("chicago-notes", "docx")
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    notes = "".join(etree.fromstring(archive.read("word/footnotes.xml")).itertext())
    assert "Jane Roe, quoted in John Q. Doe, “City Cannot Wait, Says Mayor,” Herald" in notes
    assert "para. 9, archived at https://quotes.example/quotes/long/" in notes


@pytest.mark.parametrize("style", styled.STYLES)
def test_every_style_makes_every_form(style):
    for form in FORMS:
        data = made(style, form)
        assert len(data) > 500
        if form == "docx":
            assert zipfile.is_zipfile(io.BytesIO(data))


def test_a_page_of_html_stands_alone_and_runs_nothing():
    nasty = "<script>alert(1)</script>"
    c = changed(article_title=nasty, outlet=nasty, speaker=nasty, content=(f"“{nasty}”",))
    page = made("apa", "html", [Entry(c, nasty)], title=nasty, description=nasty).decode()
    tree = html.fromstring(page)
    assert not tree.findall(".//script")
    assert tree.findtext(".//title") == nasty
    assert not re.search(r"""(?:src|href)=["'](?!https?://|#)""", page)
    policy = tree.find(".//meta[@http-equiv='Content-Security-Policy']").get("content")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_markdown_has_no_markup_of_the_article():
    nasty = "*a* _b_ `c` [d](javascript:x) <b>e</b> # f $g$ ![h](i)"
    c = changed(article_title=nasty, content=(f"“{nasty}”",))
    text = made("ieee", "markdown", [Entry(c, nasty)], title=nasty).decode()
    tree = json.loads(read_back(text.encode(), "gfm", "json"))
    kinds = set(re.findall(r'"t": ?"(\w+)"', json.dumps(tree)))
    assert not kinds & {"Strong", "Code", "RawInline", "RawBlock", "Image", "Math"}
    assert "javascript:x" in json.dumps(tree)  # as words
    assert not re.search(r'\["javascript', json.dumps(tree))


def test_an_empty_document_has_its_title():
    text = made("apa", "text", [], description="").decode()
    assert text.strip() == "Walls & <i>gates</i>"


def test_what_cannot_be_made_is_refused():
    with pytest.raises(StyleError, match="'pdf' is no form of document; use one of docx, html"):
        made("apa", "pdf")
    few = STYLING.model_copy(update={"entries_most": 2})
    with pytest.raises(StyleError, match="3 quotations are more than 2"):
        styled.document("", "", ENTRIES, style="apa", form="text", params=few)


@pytest.mark.parametrize(
    ("style", "hangs"),
    [("apa", True), ("mla", True), ("chicago-notes", True), ("harvard", False), ("ieee", False)],
)
def test_the_sources_of_a_docx_hang_where_the_manual_wants_it(style, hangs):
    """APA 7, 9.43; MLA 9, 1.5: half an inch, which is 720 twentieths of a point."""
    data = made(style, "docx")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        styles = etree.fromstring(archive.read("word/styles.xml"))
        document = etree.fromstring(archive.read("word/document.xml"))
    space = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}
    hanging = styles.xpath(
        "//w:style[@w:styleId='Bibliography']//w:ind/@w:hanging", namespaces=space
    )
    assert hanging == (["720"] if hangs else [])
    assert document.xpath("//w:pStyle[@w:val='Bibliography']", namespaces=space)
    assert "city cannot wait" in read_back(data, "docx").lower()
