"""The pages that check a draft: what is sent, shown, put in; and that nothing of it is kept."""

import io
import logging
import re
import zipfile
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from quotes import draft_amended, draft_forms, draft_reading, draft_texts
from quotes.draft_texts import read_draft
from quotes.extraction import Busy
from quotes.limits import Limit, Quota
from quotes.models import Collection, CollectionItem, Quotation
from quotes.nlp.document import Document, Kind
from quotes.params import CHECKING
from quotes.refusals import InputError
from tests import builders

DRAFT = "The minister was clear.\n\nAna Roe said “It must” on Monday.\n"
# The article is Jo Bloggs's: APA gives the surname where it is sure which of the two it is.
CITED = r"“It must” \((?:Jo )?Bloggs, 2026, para. 3\) on Monday."
pytestmark = [pytest.mark.django_db, pytest.mark.database]


def reader(text: str, *, wait_s: float = 0.0) -> Document:  # noqa: ARG001
    """Find the words in the first marks as Ana Roe's, as the models would."""
    start, end = text.find("“"), text.find("”") + 1
    if start < 0:
        return Document(text=text)
    said = builders.quotation(text, text[start:end], kind=Kind.DIRECT, speaker=builders.ROE)
    return Document(text=text, quotations=(said,))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "extractor" not in request.fixturenames:
        monkeypatch.setattr(draft_reading, "extract_one", reader)


def sent(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


# --- asking


def test_the_page_says_that_nothing_is_kept(client: Client) -> None:
    answer = client.get("/check/")
    assert answer.status_code == 200
    assert "not kept" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.usefixtures("rail")
def test_a_draft_is_shown_with_its_quotations_in_place(client: Client) -> None:
    page = client.post("/check/", {"text": DRAFT}).content.decode()
    assert "1 quotation in your draft" in page
    assert '<a class="said s-verbatim" href="#i-1" id="d-1"' in page
    assert "“It must”</a>" in page
    assert "verified now" in page


@pytest.mark.usefixtures("rail")
def test_line_breaks_of_forms_are_one_character(client: Client) -> None:
    page = client.post("/check/", {"text": DRAFT.replace("\n", "\r\n")}).content.decode()
    assert "“It must”</a>" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"text": ""}, "Paste a draft, or choose its file", id="nothing"),
        pytest.param({"text": "x" * 200_001}, "more than 200,000", id="too long"),
        pytest.param(
            {"text": "a", "upload": io.BytesIO(b"b")}, "Paste a draft, or choose", id="both"
        ),
        pytest.param({"upload": io.BytesIO(b"%PDF-1.7 x")}, "is a PDF", id="a PDF"),
        pytest.param({"upload": io.BytesIO(b"")}, "holds no text", id="an empty file"),
        pytest.param({"upload": io.BytesIO(b"a" * 5_000_001)}, "more than 5,000,000", id="large"),
    ],
)
def test_what_cannot_be_checked_says_why(
    client: Client, fields: dict[str, Any], words: str
) -> None:
    for value in fields.values():
        if isinstance(value, io.BytesIO):
            value.name = "draft.txt"
    answer = client.post("/check/", fields)
    assert answer.status_code == 400
    assert words in answer.content.decode()


def test_strangers_sign_in_first_where_reads_are_private(
    client: Client, settings: Settings
) -> None:
    settings.PUBLIC_READS = False
    for answer in (client.get("/check/"), client.post("/check/", {"text": DRAFT})):
        assert answer.status_code == 302
        assert "/account/login/" in answer["Location"]


def test_too_many_drafts_are_told_to_wait(client: Client, settings: Settings) -> None:
    settings.RATE_LIMITS = {"extract": "1/hour"}
    assert client.post("/check/", {"text": "No words in marks."}).status_code == 200
    answer = client.post("/check/", {"text": "No words in marks here."})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "No words in marks here." in answer.content.decode()


def test_a_post_without_a_token_is_refused() -> None:
    assert Client(enforce_csrf_checks=True).post("/check/", {"text": DRAFT}).status_code == 403


def test_nothing_of_a_draft_is_kept_or_logged(
    client: Client, caplog: pytest.LogCaptureFixture, tmp_path: Any, settings: Settings
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    secret = "Zanzibarian"
    file = io.BytesIO(f"{secret} said “{secret} it must”.".encode() * 100_000)
    file.name = f"{secret}.txt"
    with caplog.at_level(logging.DEBUG):
        client.post("/check/", {"text": f"She said “{secret} must”."})
        client.post("/check/", {"upload": file})
    assert secret not in caplog.text
    assert list(tmp_path.iterdir()) == []


def test_markup_in_a_draft_is_text(client: Client) -> None:
    page = client.post("/check/", {"text": "“<script>alert(1)</script> & so it goes on”"})
    assert "<script>alert" not in page.content.decode()


# --- citing


@pytest.mark.usefixtures("rail")
def test_a_citation_is_put_in_and_taken_out(client: Client) -> None:
    page = client.post("/check/", {"text": DRAFT}).content.decode()
    uid = Quotation.objects.get(content="“It must,”").uid
    fields = {"text": DRAFT, "reading": sent(page, "reading"), "style": "apa"}
    cited = client.post("/check/", {**fields, "do": f"insert:1:{uid}"}).content.decode()
    assert re.search(CITED, cited)
    assert "Rail tax to rise" in cited.partition('id="c-amended"')[2]
    kept = {**fields, "inserted": sent(cited, "inserted")}
    mla = client.post("/check/", {**kept, "style": "mla"}).content.decode()
    assert re.search(r"“It must” \(qtd. in [\w ]*Bloggs, par. 3\) on", mla)
    undone = client.post("/check/", {**kept, "do": "undo:1"}).content.decode()
    assert 'name="inserted"' not in undone
    assert 'id="c-amended"' not in undone


@pytest.mark.usefixtures("rail")
def test_all_that_is_verbatim_is_cited_at_once(client: Client) -> None:
    page = client.post("/check/", {"text": DRAFT, "do": "all"}).content.decode()
    assert sent(page, "inserted").startswith("1:")


@pytest.mark.usefixtures("rail")
def test_notes_are_numbered_and_follow_the_draft(client: Client) -> None:
    fields = {"text": DRAFT, "style": "chicago-notes", "do": "all"}
    page = client.post("/check/", fields).content.decode()
    assert "“It must”[^q1] on Monday." in page
    assert "[^q1]: " in page


@pytest.mark.usefixtures("rail")
def test_what_was_read_is_not_read_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = client.post("/check/", {"text": DRAFT}).content.decode()
    monkeypatch.setattr(draft_reading, "read", None)
    fields = {"text": DRAFT, "reading": sent(page, "reading"), "do": "all"}
    assert client.post("/check/", fields).status_code == 200


LONG = f"{DRAFT}\n{'She waited. ' * 30}\n\n" * 40  # two parts of what is read at a time


def progress(client: Client, reading: str = "") -> dict[str, Any]:
    answer = client.post("/check/", {"text": LONG, "do": "progress", "reading": reading})
    assert answer["Content-Type"] == "application/json"
    told: dict[str, Any] = answer.json()
    return told


@pytest.fixture
def short_stints(monkeypatch: pytest.MonkeyPatch) -> None:
    params = CHECKING.model_copy(update={"read_stint_s": -1.0})
    monkeypatch.setattr("quotes.draft_views.CHECKING", params)


@pytest.mark.usefixtures("rail", "short_stints")
def test_a_long_draft_is_read_in_stints_and_says_how_far(client: Client) -> None:
    first = progress(client)
    assert (first["done"], first["of"]) == (False, len(LONG))
    assert 0 < first["read"] < len(LONG)
    last = progress(client, first["reading"])
    assert (last["done"], last["read"], last["quotations"]) == (True, len(LONG), 2)
    assert progress(client, last["reading"])["done"]
    page = client.post("/check/", {"text": LONG, "reading": last["reading"]}).content.decode()
    assert "2 quotations in your draft" in page
    assert "Read on" not in page


@pytest.mark.usefixtures("rail", "short_stints")
def test_without_scripts_one_presses_to_have_it_read_on(client: Client) -> None:
    page = client.post("/check/", {"text": LONG}).content.decode()
    assert "Not read to its end" in page
    again = {"text": LONG, "reading": sent(page, "reading")}
    # Nothing but that press reads on.
    assert "Not read to its end" in client.post("/check/", again).content.decode()
    assert "Not read" not in client.post("/check/", again | {"do": "read-on"}).content.decode()


@pytest.mark.usefixtures("rail", "short_stints")
def test_where_nothing_more_is_read_it_is_done_and_said(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = progress(client)

    def busy(text: str, *, wait_s: float) -> Document:
        raise Busy(f"{text[:3]} {wait_s}")

    monkeypatch.setattr(draft_reading, "extract_one", busy)
    told = progress(client, first["reading"])
    assert (told["done"], told["read"]) == (True, first["read"])
    assert progress(client)["read"] == 0
    monkeypatch.setattr(
        "quotes.draft_views._exceeded", lambda _: Quota(Limit("extract", 1, 60), 2, 60)
    )
    assert progress(client, first["reading"])["done"]
    fields = {"text": LONG, "reading": first["reading"], "do": "read-on"}
    assert "Too many drafts were read for you" in client.post("/check/", fields).content.decode()


@pytest.mark.usefixtures("rail")
def test_only_what_is_looked_up_is_listed_and_the_rest_counted(client: Client) -> None:
    many = CHECKING.quotations_most + 3
    draft = "\n\n".join(f"“It must rise {number} times,” she said." for number in range(many))
    page = client.post("/check/", {"text": draft}).content.decode()
    assert f"{many} quotations in your draft" in page
    assert page.count('class="check-item') == CHECKING.quotations_most
    assert "3 more come behind them" in page


def test_what_was_read_belongs_to_its_draft() -> None:
    reading = draft_reading.read(DRAFT)
    sealed = draft_forms.seal(DRAFT, reading)
    assert draft_forms.unseal(DRAFT, sealed) == reading
    assert draft_forms.unseal(DRAFT + ".", sealed) is None
    assert draft_forms.unseal(DRAFT, sealed[:-1]) is None
    assert draft_forms.unseal(DRAFT, "") is None


@pytest.mark.usefixtures("rail")
def test_only_sources_that_were_found_can_be_cited(client: Client) -> None:
    other = Quotation.objects.exclude(content="“It must,”").get().uid
    for wrong in (f"1:{other}", "1:nothing", "9:x", "x", ":", "1"):
        page = client.post("/check/", {"text": DRAFT, "inserted": wrong}).content.decode()
        assert 'name="inserted"' not in page


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize("form", draft_amended.DOWNLOADS)
def test_the_draft_can_be_taken_away(client: Client, form: str) -> None:
    uid = Quotation.objects.get(content="“It must,”").uid
    fields = {"text": DRAFT, "inserted": f"1:{uid}", "style": "apa", "do": f"download:{form}"}
    answer = client.post("/check/", fields)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'.{draft_amended.DOWNLOADS[form].ending}"')
    words = answer.content.decode(errors="replace")
    if form == "docx":
        found = read_draft(answer.content, "draft.docx").text
        assert re.search(CITED, found)
        assert "Rail tax to rise" in found
    else:
        assert re.search(CITED, words)
        assert "Rail tax to rise" in words


@pytest.mark.usefixtures("rail")
def test_what_was_found_goes_into_a_collection(client: Client) -> None:
    user = User.objects.create_user("ana")
    client.force_login(user)
    fields = {"text": DRAFT, "do": "collect", "new_collection": "Rail"}
    page = client.post("/check/", fields).content.decode()
    assert "1 of 1 put into “<bdi>Rail</bdi>”" in page
    item = CollectionItem.objects.get(collection__owner=user)
    assert item.quotation.content == "“It must,”"
    other = Collection.objects.get(owner=user)
    stranger = Client()
    stranger.force_login(User.objects.create_user("bo"))
    fields = {"text": DRAFT, "do": "collect", "collection": str(other.uid)}
    assert "Choose a collection" in stranger.post("/check/", fields).content.decode()


# --- files


def docx(body: str, styles: str = "", *, more: dict[str, bytes] | None = None) -> bytes:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f"<w:document {space}><w:body>{body}</w:body></w:document>"
        )
        if styles:
            archive.writestr("word/styles.xml", f"<w:styles {space}>{styles}</w:styles>")
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return made.getvalue()


def test_a_docx_is_read_with_its_block_quotations() -> None:
    styles = (
        '<w:style w:styleId="Q"><w:name w:val="Quote"/></w:style>'
        '<w:style w:styleId="Q2"><w:name w:val="House"/><w:basedOn w:val="Q"/></w:style>'
    )
    body = (
        '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Rail</w:t></w:r></w:p>'
        "<w:p><w:r><w:t xml:space='preserve'>She </w:t></w:r><w:del><w:r><w:delText>never "
        "</w:delText></w:r></w:del><w:ins><w:r><w:t>said</w:t></w:r></w:ins><w:r><w:t>:</w:t>"
        "</w:r></w:p>"
        '<w:p><w:pPr><w:pStyle w:val="Q2"/></w:pPr><w:r><w:t>It must.</w:t></w:r></w:p>'
        '<w:p><w:pPr><w:ind w:left="720"/></w:pPr><w:r><w:t>And soon.</w:t></w:r></w:p>'
    )
    found = read_draft(docx(body, styles), "draft.docx")
    assert found.format == "docx"
    assert found.text == "Rail\n\nShe said:\n\n> It must.\n>\n> And soon."


def test_notes_of_a_docx_are_read_behind_its_text() -> None:
    body = '<w:p><w:r><w:t>It ends.</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    parts = {
        f"word/{kind}s.xml": f'<w:{kind}s {space}><w:{kind} w:type="separator"><w:p><w:r>'
        f"<w:separator/></w:r></w:p></w:{kind}><w:{kind} w:id='2'><w:p><w:r><w:t>“{said},” she "
        f"said.</w:t></w:r></w:p></w:{kind}></w:{kind}s>".encode()
        for kind, said in (("footnote", "No"), ("endnote", "Yes"))
    }
    found = read_draft(docx(body, more=parts), "draft.docx")
    assert found.text == "It ends.\n\n## Notes\n\n“No,” she said.\n\n“Yes,” she said."
    assert "notes behind the text" in found.lost


def test_html_is_read_with_its_block_quotations() -> None:
    page = (
        "<h2>Rail</h2><p>She <b>said</b>:</p><blockquote><p>It must.</p></blockquote>"
        "<ul><li>a<li>b</ul><p><q>No</q><del>, never</del></p>"
    )
    found = read_draft(page.encode(), "draft.html")
    assert found.text == "## Rail\n\nShe said:\n\n> It must.\n\n- a\n- b\n\n“No”"


def test_markdown_and_text_are_read_as_they_are() -> None:
    assert read_draft("# A\r\n\r\n“b”".encode(), "a.md").text == "# A\n\n“b”"
    assert read_draft("\ufeffcafé".encode(), "a.txt").text == "café"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(docx(f"<w:p>{' ' * 21_000_000}</w:p>"), "unpacked", id="bomb"),
        pytest.param(docx("<w:p><w:r><w:t>a</w:t></w:r>"), "broken DOCX", id="no XML"),
        pytest.param(b"PK\x03\x04 and no more", "broken DOCX", id="no archive"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1", "old format", id="old Word"),
        pytest.param(b"{\\rtf1 a}", "RTF", id="RTF"),
        pytest.param(b"\xff\xfe\xfa" * 9, "save it as UTF-8", id="no text"),
        pytest.param(docx(""), "holds no text", id="empty"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_draft(data, "draft")


def test_a_text_that_is_called_docx_is_refused() -> None:
    with pytest.raises(InputError, match="no DOCX"):
        read_draft("“It must,” she said.".encode(), "draft.docx")


def test_entities_of_a_docx_are_not_followed() -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        b"<w:body><w:p><w:r><w:t>so: &a;</w:t></w:r></w:p></w:body></w:document>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", bomb)
    assert "root" not in read_draft(made.getvalue(), "a.docx").text


def test_what_is_lost_is_said_of_every_format() -> None:
    assert set(draft_texts.LOST) < set(draft_texts.FORMATS)


# --- the command


@pytest.mark.usefixtures("rail")
def test_the_command_prints_and_fails_for_what_is_wrong(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.md"
    good.write_text(DRAFT, encoding="utf-8")
    bad.write_text("Ana Roe said “the café tax would rise” soon.", encoding="utf-8")
    call_command("check_draft", str(good))
    assert "✓ Verbatim\tAna Roe\tIt must\t" in capsys.readouterr().out
    with pytest.raises(CommandError, match="1 of 1 quotations is wrong"):
        call_command("check_draft", str(bad))
    with pytest.raises(CommandError, match="No such file"):
        call_command("check_draft", str(tmp_path / "none.txt"))


def test_limits_are_those_that_the_page_tells(client: Client) -> None:
    page = client.get("/check/").content.decode()
    assert f"{CHECKING.draft_most_chars:,} characters" in page
