"""What an article does not report as said: stored, shown, sought, cited, compared, checked."""

import json
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.urls import reverse

from quotes import (
    cited_changes,
    decisions,
    draft_reading,
    drafts,
    selections,
    store,
    verification,
    versions,
)
from quotes.citation_forms import FORMS
from quotes.citations import attribution
from quotes.cited_snapshots import snapshots
from quotes.citing_prose import statement
from quotes.draft_judging import Status
from quotes.formats import QUOTATION_FORMATS
from quotes.linked_data import annotation, quotation_node
from quotes.management.commands.ingest import Table
from quotes.models import Change, Quotation, Report, Statement
from quotes.nlp.document import Document, Factuality, Kind, Speaker, SpeakerKind
from quotes.plain_words import FACTUALITY_MEANS, NOT_SAID
from quotes.provenance import document
from quotes.quotation_feeds import prose_of, title_of
from tests import builders, reviewing

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TEXT = (
    "Taxes\n\nThe minister, Ana Roe, did not say that the café tax would rise.\n"
    "She will say on Friday that the bridge would close for the winter.\n"
    "If she says that the ferry would run, all is well.\n"
    "“Nobody should pay for the rail works,” Ms Roe told reporters.\n"
)
WORDS = {
    Factuality.NEGATED: "that the café tax would rise",
    Factuality.FUTURE: "that the bridge would close for the winter",
    Factuality.HYPOTHETICAL: "that the ferry would run",
    Factuality.FACTUAL: "“Nobody should pay for the rail works,”",
}
NOT = [Factuality.NEGATED, Factuality.FUTURE, Factuality.HYPOTHETICAL]


def doc(text: str = TEXT, **changed: Factuality) -> Document:
    """Return the quotations of `WORDS`; `changed` gives one that is another: old=new."""
    found = [
        builders.quotation(
            text,
            words,
            speaker=builders.ROE,
            factuality=changed.get(factuality.value, factuality),
            kind=Kind.DIRECT if words.startswith("“") else Kind.INDIRECT,
        )
        for factuality, words in WORDS.items()
    ]
    return Document(text=text, quotations=tuple(found))


def stored(found: Document | None = None, version: str = "1", text: str = TEXT, **fields: str):
    """Store the article as the extractor `version` reads it; return its version."""
    fields = {"title": "Taxes", "outlet": "Wire", "url": "https://example.org/t", **fields}
    run = store.open_run(builders.provenance(version))
    return store.record(builders.source(text, **fields), found or doc(text), run).version


@pytest.fixture
def rows(db) -> dict[Factuality, Quotation]:  # noqa: ARG001  opens the database
    """Return the stored quotations by what the article says of them."""
    version = stored()
    found = Quotation.objects.filter(version=version).for_page()
    return {Factuality(row.factuality): row for row in found}


# --- stored


def test_it_is_stored_and_a_change_of_it_is_told():
    stored()
    stored(doc(factual=Factuality.NEGATED), version="2")
    row = Quotation.objects.get(content=WORDS[Factuality.FACTUAL])
    assert row.factuality == "negated"
    (change,) = Change.objects.all()
    assert (change.kind, change.before, change.after) == (
        "factuality", "Reported as said", "Negated"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("now", "told"),
    [(Factuality.FACTUAL, []), (Factuality.NEGATED, [("", "Negated")])],
)
def test_what_was_not_looked_at_is_told_only_if_it_is_not_said(now, told):
    stored()
    Quotation.objects.update(factuality="")
    stored(doc(**{one.value: now for one in Factuality}), version="2")
    assert set(Quotation.objects.values_list("factuality", flat=True)) == {now.value}
    changes = Change.objects.filter(quotation__content=WORDS[Factuality.FUTURE])
    assert list(changes.values_list("before", "after")) == told


@pytest.mark.parametrize("before", ["", "factual"])
def test_what_people_confirmed_is_labelled_too_and_stays_confirmed(before):
    stored()
    Quotation.objects.update(factuality=before)
    row = Quotation.objects.get(content=WORDS[Factuality.NEGATED])
    person = reviewing.reviewer()
    decision = decisions.confirm(row, person)
    stored(version="2")
    row.refresh_from_db()
    assert (row.factuality, row.review) == ("negated", "confirmed")
    (change,) = Change.objects.filter(quotation=row)
    was = {"": "", "factual": "Reported as said"}[before]
    assert (change.kind, change.before, change.after) == ("factuality", was, "Negated")
    stored(version="3")
    assert Change.objects.filter(quotation=row).count() == 1
    decisions.undo(decision, person)
    row.refresh_from_db()
    assert (row.factuality, row.review) == ("negated", "")


def test_a_newer_version_that_takes_it_back_differs():
    old = stored()
    newer = TEXT.replace("told reporters", "told nobody")
    new = stored(doc(newer, factual=Factuality.NEGATED), text=newer)
    found = {one.new.content: one for one in versions.compare(old, new, Quotation.objects.all())}
    assert found[WORDS[Factuality.FACTUAL]].differences == ("factuality",)
    assert found[WORDS[Factuality.FUTURE]].differences == ()


def test_what_a_newer_version_takes_back_keeps_its_words_and_loses_its_review(client):
    old = stored()
    was = old.quotations.get(content=WORDS[Factuality.FACTUAL])
    decisions.confirm(was, reviewing.reviewer())
    newer = TEXT.replace("told reporters", "told nobody")
    new = stored(doc(newer, factual=Factuality.NEGATED), text=newer)
    now = new.quotations.get(content=was.content)
    assert (now.predecessor, now.review) == (was, "")
    was = Quotation.objects.for_page().get(pk=was.pk)
    verdict = verification.verify(was, AnonymousUser())
    assert (verdict.state, verdict.said_otherwise) == (verification.State.VERIFIED, True)
    shown = client.get(was.get_absolute_url()).content.decode()
    assert "In the current version: " in shown
    assert NOT_SAID["negated"] in shown


# --- sought


@pytest.mark.parametrize(
    ("asked", "contents"),
    [
        (["negated"], ["that the café tax would rise"]),
        (["negated", "future"], ["that the café tax would rise",
                                 "that the bridge would close for the winter"]),
        (["factual"], ["“Nobody should pay for the rail works,”"]),
        (["factual", "hypothetical"], ["that the ferry would run",
                                       "“Nobody should pay for the rail works,”"]),
        (["unknown"], ["unlooked at"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("more", [{}, {"q": ["the"]}, {"speaker": ["ana-roe"]}])
def test_lists_are_narrowed_by_it(rows, asked, contents, more):
    before = rows[Factuality.NEGATED]
    other = Quotation.objects.create(
        version=before.version, extraction=before.extraction, uid="u" * 16, position=9,
        paragraph_index=1, kind="indirect", act="speech", content="the unlooked at",
        speaker=before.speaker, speaker_name="Ana Roe", confidence=0.9, speaker_confidence=0.9,
    )  # fmt: skip
    contents = [other.content if one == "unlooked at" else one for one in contents]
    found = selections.select({"factuality": asked, **more})
    assert sorted(found.values_list("content", flat=True)) == sorted(contents)


@pytest.mark.usefixtures("rows")
def test_the_search_page_offers_it_where_there_is_something_to_narrow(client):
    page = client.get(reverse("quotations")).content.decode()
    assert 'name="factuality" value="negated"' in page
    page = client.get(reverse("quotations"), {"factuality": ["negated", "unknown"]})
    assert page.status_code == 200
    assert WORDS[Factuality.NEGATED] in page.content.decode()
    assert WORDS[Factuality.FUTURE] not in page.content.decode()
    Quotation.objects.update(factuality="")
    assert 'name="factuality"' not in client.get(reverse("quotations")).content.decode()


# --- shown


@pytest.mark.parametrize("factuality", NOT)
def test_every_page_that_lists_it_says_so_in_words(client, django_user_model, rows, factuality):
    row, label = rows[factuality], NOT_SAID[factuality.value]
    client.force_login(django_user_model.objects.create_superuser("jo"))
    pages = [
        reverse("quotations"),
        row.get_absolute_url(),
        row.get_article_url().partition("#")[0],
        row.speaker.get_absolute_url(),
        reverse("home"),
        reverse("review-quotation", args=[row.uid]),
        reverse("history", args=[row.uid]),
        reverse("speaker-split", args=[row.speaker.slug]),
        f"{reverse('compare')}?q={row.uid}&q={rows[Factuality.FACTUAL].uid}",
    ]
    for path in pages:
        shown = client.get(path, follow=True).content.decode()
        assert label.lower() in shown.lower(), path
    own = client.get(rows[Factuality.FACTUAL].get_absolute_url()).content.decode()
    assert "words-not-said" not in own


def test_operators_see_it_too(admin_client, rows):
    row = rows[Factuality.NEGATED]
    listed = admin_client.get(reverse("admin:quotes_quotation_changelist")).content.decode()
    assert 'class="field-factuality">negated' in listed.lower()
    path = reverse("admin:quotes_quotation_change", args=[row.pk])
    assert "Ana Roe, negated: that the café" in admin_client.get(path).content.decode()


def test_an_article_marks_in_its_text_only_what_was_not_said(client, rows):
    path = rows[Factuality.FACTUAL].get_article_url().partition("#")[0]
    html = client.get(path).content.decode()
    marked = set(
        re.findall(r'href="#s-(\w+)"[^>]*is-not-said|is-not-said[^>]*href="#s-(\w+)"', html)
    )
    assert {one or other for one, other in marked} == {rows[factuality].uid for factuality in NOT}


def test_the_page_on_how_it_works_says_what_each_label_means(client):
    html = client.get(reverse("about")).content.decode()
    assert all(label in html and FACTUALITY_MEANS[key] in html for key, label in NOT_SAID.items())


def test_what_was_not_looked_at_is_called_nothing(client, rows):
    Quotation.objects.update(factuality="")
    row = rows[Factuality.NEGATED]
    for path in (row.get_absolute_url(), row.speaker.get_absolute_url(), reverse("quotations")):
        shown = client.get(path).content.decode()
        assert row.content in shown
        assert not [label for label in NOT_SAID.values() if label.lower() in shown.lower()], path


def test_a_speakers_page_counts_what_was_not_said_apart(client, rows):
    page = client.get(rows[Factuality.FACTUAL].speaker.get_absolute_url())
    shares = page.context["told"].profile.factualities
    assert {(s.query, s.quotations) for s in shares} == {(f"factuality={f}", 1) for f in Factuality}
    assert "?factuality=negated#quotations" in page.content.decode()


def test_the_home_page_shows_as_an_example_only_what_was_said(client, rows):
    Quotation.objects.update(kind="direct", confidence=0.9, speaker_confidence=0.9)
    Quotation.objects.exclude(factuality="factual").update(confidence=1, speaker_confidence=1)
    assert client.get(reverse("home")).context["specimen"] == rows[Factuality.FACTUAL]


@pytest.mark.parametrize("columns", ["40", "200"])
def test_the_import_command_prints_it_before_the_words(rows, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    lines: list[str] = []
    Table(lines.append).show(rows[Factuality.FACTUAL].version)
    words = [label.split(",")[0].lower() for label in NOT_SAID.values()]
    shown = [
        f"({word}) {rows[Factuality(key)].content[:4]}"
        for key, word in zip(NOT_SAID, words, strict=True)
    ]
    assert sorted(w for w in shown if any(w in line for line in lines)) == sorted(shown)


@pytest.mark.parametrize("factuality", NOT)
def test_feeds_say_so_in_title_and_text(rows, factuality):
    label = NOT_SAID[factuality.value]
    assert label.lower() in title_of(rows[factuality]).lower()
    assert "as reported" not in title_of(rows[factuality])
    assert label in prose_of(rows[factuality])


# --- cited

SAID = {
    Factuality.NEGATED: "Wire does not report Ana Roe, the minister, as saying this, but "
    "negates it: ",
    Factuality.FUTURE: "Wire announces this, as not yet said by Ana Roe, the minister: ",
    Factuality.HYPOTHETICAL: "Wire does not report Ana Roe, the minister, as saying this, but has "
    "it as a possibility: ",
}  # fmt: skip


@pytest.mark.parametrize("factuality", NOT)
@pytest.mark.parametrize("kind", ["indirect", "direct"])
def test_no_citation_gives_it_as_said(rows, factuality, kind):
    row = rows[factuality]
    row.kind = kind
    citable = row.citable()
    assert statement(citable).lead == SAID[factuality]
    assert attribution(citable).startswith("Ana Roe, the minister, not ")
    assert citable.doubt
    for form in FORMS.values():
        written = form.write(citable)
        for claim in (
            "minister, said",
            "as saying:",
            "Quoted in",
            "Reported in",
            "Quotes ",
            "Paraphrases",
        ):
            assert claim not in written
    assert "quote=" not in FORMS["wikipedia"].write(citable)
    assert json.loads(FORMS["csl"].write(citable))[0]["custom"]["quotation"]["factuality"] == (
        factuality.value
    )


def test_a_change_of_it_is_told_to_whom_cited_it(rows):
    row = rows[Factuality.FACTUAL]
    (cited,) = snapshots([row])
    row.factuality = "negated"
    (now,) = snapshots([row])
    (change,) = cited_changes.changes(cited, now)
    assert (change["kind"], change["was"], change["now"]) == (
        "factuality", "Reported as said", "Negated"
    )  # fmt: skip
    assert cited_changes.is_grave([change])
    for unknown in (
        cited | {"factuality": ""},
        {k: v for k, v in cited.items() if k != "factuality"},
    ):
        assert cited_changes.changes(unknown, cited) == []
        assert [one["kind"] for one in cited_changes.changes(unknown, now)] == ["factuality"]


# --- given out


@pytest.mark.parametrize("factuality", list(Factuality))
def test_linked_data_states_as_the_speaker_only_who_said_it(rows, factuality):
    row = rows[factuality]
    row.speaker_confidence = row.confidence = 1.0
    is_said = factuality is Factuality.FACTUAL
    node = quotation_node(row)
    assert node["qt:factuality"] == factuality.value
    assert bool({"creator", "spokenByCharacter"} & node.keys()) is is_said
    purposes = [body["purpose"] for body in annotation(row)["body"]]
    assert ("identifying" in purposes) is is_said
    entity = document(row)
    assert any(e.get("qt:factuality") == factuality.value for e in entity["entity"].values())
    speakers = [
        r for r in entity["wasAttributedTo"].values() if r["prov:agent"].startswith("speaker")
    ]
    assert bool(speakers) is is_said


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("form", QUOTATION_FORMATS, ids=lambda form: form.name)
def test_every_export_has_it(form, tmp_path):
    target = tmp_path / "out"
    call_command("export", str(target), "--format", form.name)
    written = target.read_text()
    assert all(one.value in written for one in NOT)


# --- statements


def test_what_was_not_said_is_no_report_of_a_statement():
    said = "“We will not let a single village go without water. The tankers have been hired.”"
    for number, factuality in enumerate([*Factuality, Factuality.FACTUAL]):
        text = f"{number}. Ana Roe said: {said}"
        found = builders.quotation(
            text, said, kind=Kind.DIRECT, speaker=builders.ROE, factuality=factuality
        )
        whole = Document(text=text, quotations=(found,))
        stored(whole, text=text, url=f"https://example.org/{number}", published_on="2026-03-04")
    (statement_,) = Statement.objects.all()
    assert {r.quotation.factuality for r in statement_.reports.select_related("quotation")} == {
        "factual"
    }
    text = f"4. Ana Roe said: {said}"
    negated = builders.quotation(
        text, said, kind=Kind.DIRECT, speaker=builders.ROE, factuality=Factuality.NEGATED
    )
    whole = Document(text=text, quotations=(negated,))
    stored(whole, "2", text=text, url="https://example.org/4", published_on="2026-03-04")
    assert not Report.objects.exists()


# --- drafts


@pytest.mark.parametrize(
    ("draft", "stored_as", "status"),
    [
        (Factuality.FACTUAL, Factuality.FACTUAL, Status.REPORTED),
        (Factuality.FACTUAL, Factuality.NEGATED, Status.SAID_OTHERWISE),
        (Factuality.FACTUAL, Factuality.FUTURE, Status.SAID_OTHERWISE),
        (Factuality.FACTUAL, Factuality.HYPOTHETICAL, Status.SAID_OTHERWISE),
        (Factuality.NEGATED, Factuality.NEGATED, Status.REPORTED),
        (Factuality.NEGATED, Factuality.FACTUAL, Status.SAID_OTHERWISE),
    ],
)
def test_a_draft_that_differs_in_whether_it_was_said_is_told_so(rows, draft, stored_as, status):
    words = "that the bridge would close for the winter"
    Quotation.objects.filter(pk=rows[Factuality.FUTURE].pk).update(factuality=stored_as)
    text = f"Ana Roe, the minister, spoke of {words}."

    def extract(part: str) -> Document:
        minister = Speaker(name="Ana Roe", kind=SpeakerKind.PERSON, role="the minister")
        found = builders.quotation(
            part, words, speaker=minister, factuality=draft, speaker_confidence=0.8
        )
        return Document(text=part, quotations=(found,))

    reading = draft_reading.read(text, extract=extract)
    (item,) = drafts.check(text, reading, Quotation.objects.all()).items
    assert item.status is status
