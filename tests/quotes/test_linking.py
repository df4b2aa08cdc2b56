"""Articles stored one after the other: whom their speakers are linked to, and why."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quotes import linking, store, store_speakers
from quotes.models import (
    Quotation,
    Speaker,
    SpeakerLink,
    SpeakerName,
    SpeakerNameKey,
    SpeakerSuggestion,
)
from quotes.nlp.document import Document, SpeakerKind
from quotes.nlp.document import Speaker as Found
from tests.builders import provenance, quotation, source

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PERSON, BODY, GROUP = SpeakerKind.PERSON, SpeakerKind.ORGANISATION, SpeakerKind.GROUP


class Desk:
    """Stores one article after the other: each speaker says a line of its own."""

    def __init__(self, run):
        self.run, self.count = run, 0

    def __call__(self, *found, text="", day="2019-05-04", domain=""):
        self.count += 1
        lines = [f"Line {i} of article {self.count} is said." for i, _ in enumerate(found)]
        whole = "\n".join([*lines, text])
        quotes = [
            quotation(whole, f"Line {i} of article {self.count}", speaker=speaker)
            for i, speaker in enumerate(found)
        ]
        doc = Document(text=whole, quotations=tuple(quotes))
        outlet = {"outlet": f"Outlet {domain}", "outlet_domain": domain} if domain else {}
        self.last = source(whole, url=f"https://a.example/{self.count}", published_on=day, **outlet)
        self.document = doc
        version = store.record(self.last, doc, self.run).version
        rows = version.quotations.select_related("speaker").order_by("position")
        return [row.speaker for row in rows]


@pytest.fixture
def desk(run):
    return Desk(run)


def person(name, role="", **fields):
    return Found(name=name, kind=PERSON, role=role or None, **fields)


def body(name, kind=BODY, role=""):
    return Found(name=name, kind=kind, role=role or None)


def link_of(name):
    return SpeakerLink.objects.filter(name=name).latest("pk")


# --- one speaker


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        pytest.param(person("Ana Roe"), person("Ana Roe"), "same name", id="same"),
        pytest.param(person("Ana Roe"), person("Dr. Ána ROE"), "same name", id="title-accent-case"),
        pytest.param(
            person("Xi Jinping"), person("Jinping Xi"), "same name in another order", id="order"
        ),
        pytest.param(
            person("Volodymyr Zelenskyy"),
            person("Vladimir Zelensky"),
            "same name in another spelling",
            id="transliteration",
        ),
        pytest.param(
            person("Bill Featherstone", "mayor of Kyiv"),
            person("William Featherstone", "Kyiv mayor"),
            "short form of the first name; same role",
            id="nickname",
        ),
        pytest.param(body("UN"), body("United Nations"), "same name", id="acronym"),
        pytest.param(body("United Nations"), body("the U.N."), "short for United Nations", id="un"),
        pytest.param(
            body("US Central Command"),
            body("CENTCOM"),
            "short for US Central Command",
            id="centcom",
        ),
        pytest.param(
            body("Russian Foreign Ministry"),
            body("Ministry of Foreign Affairs of Russia"),
            "another name of Russian Foreign Ministry",
            id="ministry",
        ),
        pytest.param(
            body("Peruvian Ministry of Culture"),
            body("Peru's Culture Ministry", GROUP),
            "same name",
            id="heads-either-side",
        ),
    ],
)
def test_two_articles_one_speaker(desk, first, second, reason):
    (one,), (other,) = desk(first), desk(second)
    assert one == other
    link = link_of(second.name)
    assert link.reason == reason
    assert link.score >= 0.9
    assert not SpeakerSuggestion.objects.exists()


def test_an_institution_comes_with_its_identifier(desk):
    (row,) = desk(body("the WHO"))
    assert (row.name, row.wikidata_id) == ("World Health Organization", "Q7817")
    assert row.description == "agency of the United Nations"


def test_a_variant_found_once_is_exact_from_then_on(desk):
    desk(person("Muammar Gaddafi"))
    desk(person("Moammar Gadhafi"))
    name = SpeakerName.objects.get(name="Moammar Gadhafi")
    assert (name.key, name.reason) == ("person:moammar gadhafi", "same name in another spelling")
    assert name.score == pytest.approx(link_of("Moammar Gadhafi").score)
    assert SpeakerNameKey.objects.filter(name=name).exists()


# --- two speakers


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(
            person("Michael Jackson", "singer"),
            person("Michael Jackson", "British general"),
            id="field",
        ),
        pytest.param(
            person("Anil Vashti", "mayor of Denver, Colorado"),
            person("Anil Vashti", "Texas mayor"),
            id="part-of-country",
        ),
        pytest.param(person("George W. Bush"), person("George H.W. Bush"), id="initials"),
        pytest.param(person("Mario Draghi"), person("Maria Draghi"), id="gender"),
        pytest.param(body("US Central Command"), body("US Africa Command"), id="commands"),
        pytest.param(body("Johnson Matthey"), person("Johnson Matthey"), id="kinds"),
        pytest.param(body("University of York"), body("York University"), id="order-of-words"),
    ],
)
def test_two_articles_two_speakers(desk, first, second):
    (one,), (other,) = desk(first), desk(second)
    assert one != other
    assert one.slug != other.slug


def test_the_third_article_goes_to_the_right_bearer_of_a_name(desk):
    (singer,) = desk(person("Michael Jackson", "singer"))
    (general,) = desk(person("Michael Jackson", "British general"))
    assert desk(person("Michael Jackson", "pop singer")) == [singer]
    assert desk(person("Michael Jackson", "general")) == [general]


def test_a_name_that_context_does_not_settle_is_a_suggestion_not_a_fact(desk):
    desk(person("Michael Jackson", "singer"))
    desk(person("Michael Jackson", "British general"))
    for _ in range(3):
        (row,) = desk(person("Michael Jackson"))
        assert Quotation.objects.filter(speaker=row).count() == 1
        pairs = SpeakerSuggestion.objects.filter(other=row)
        assert pairs.count() == 2
        assert all(0.3 <= pair.score < 0.9 or pair.score >= 0.3 for pair in pairs)
        assert {pair.status for pair in pairs} == {"open"}
    assert SpeakerName.objects.filter(key="person:michael jackson").count() == 2


def test_common_names_without_context_wait_for_people(desk):
    (one,) = desk(person("John Smith"), domain="a.co.uk")
    (other,) = desk(person("John Smith"), domain="b.com.au")
    assert one != other
    pair = SpeakerSuggestion.objects.get()
    assert (pair.one, pair.other, pair.status) == (one, other, "open")
    assert "many people bear" in pair.reason
    assert pair.score < 0.9


def test_two_names_of_one_article_are_two_people(desk):
    (known,) = desk(person("Mohammed Karroubi"))
    one, other = desk(person("Mohammed Karroubi"), person("Muhammad Karroubi"))
    assert one == known != other
    assert "one article has both" in SpeakerSuggestion.objects.get().reason


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("Tory voters in Britain, Scotland and England", "UK Labour Party", id="gb"),
        pytest.param(
            "In Auckland, New Zealand, and New Zealand's north", "New Zealand Labour Party", id="nz"
        ),
        pytest.param("Britain and New Zealand", "Labour Party", id="both"),
        pytest.param("Kenya, Kenya, Kenya", "Labour Party", id="elsewhere"),
    ],
)
def test_a_name_of_many_countries_is_read_by_what_the_article_is_about(desk, text, name):
    (row,) = desk(body("Labour Party"), text=text)
    assert row.name == name
    again = desk(body("Labour Party"), text=text)
    assert (again == [row]) == (name != "Labour Party")


def test_an_institution_named_in_two_ways_is_one(desk):
    text = "Britain, Britain, Britain"
    one, other = desk(body("Labour Party"), body("UK Labour Party"), text=text)
    assert one == other
    assert desk(body("UK Labour Party"), body("Labour Party"), text=text) == [one, one]
    assert Speaker.objects.count() == 1


def test_generic_sources_stay_in_their_article(desk):
    for name in ("US Officials", "the coalition", "Foreign Ministry", "SDF"):
        (one,), (other,) = desk(body(name, GROUP)), desk(body(name, GROUP))
        assert one != other, name
    assert not SpeakerSuggestion.objects.exists()


def test_an_acronym_is_a_suggestion_until_the_same_others_speak(desk):
    silo, moen = person("Talal Silo"), person("Vidar Moen")
    full, *_ = desk(body("Sorbian Dairy Farmers"), silo, moen)
    (alone,) = desk(body("SDF"))
    assert alone != full
    assert SpeakerSuggestion.objects.get(other=alone).one == full
    beside, *_ = desk(body("SDF"), silo, moen)
    assert beside == full
    assert "the same others speak beside" in link_of("SDF").reason


# --- what people decided


def test_a_link_that_people_decided_is_followed(desk):
    (one,) = desk(person("Ana Roe", "singer"))
    (other,) = desk(person("Bo Doe"))
    SpeakerLink.objects.filter(name="Ana Roe").update(speaker=other, decided=True)
    store.record(desk.last.model_copy(update={}), desk.document, desk.run)
    version = one.quotations.get().version
    text = version.text.content
    doc = Document(
        text=text, quotations=(quotation(text, "Line 0 of article 1", speaker=person("Ana Roe")),)
    )
    again = source(text, url="https://a.example/1", published_on="2019-05-04")
    store.record(again, doc, store.open_run(provenance("2")))
    assert version.quotations.get().speaker == other
    link = SpeakerLink.objects.get(name="Ana Roe")
    assert (link.speaker, link.decided) == (other, True)


def test_a_merged_speaker_leads_to_whom_it_was_merged_into(desk):
    (one,), (other,), (last,) = (desk(person(name)) for name in ("Ana Roe", "Bo Doe", "Cy Poe"))
    Speaker.objects.filter(pk=one.pk).update(merged_into=other)
    Speaker.objects.filter(pk=other.pk).update(merged_into=last)
    assert desk(person("Ana Roe")) == [last]


def test_pairs_that_people_called_different_are_not_suggested_again(desk):
    (one,) = desk(person("John Smith"), domain="a.co.uk")
    (other,) = desk(person("John Smith"), domain="b.com.au")
    SpeakerSuggestion.objects.update(status="different")
    rows = {"a": one, "b": other}
    verdict = linking.Verdict(0.5, "again")
    outcome = linking.Outcome(None, verdict, "", [(one, verdict)])
    store_speakers.store_suggestions({"b": outcome}, rows)
    assert SpeakerSuggestion.objects.get().status == "different"


# --- bad input


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Roe " * 125, id="500-characters"),
        pytest.param("Владимир Путин", id="cyrillic"),
        pytest.param("习近平", id="chinese"),
        pytest.param("محمد بن سلمان", id="arabic"),
        pytest.param("R" * 500, id="one-word-of-500"),
        pytest.param("O'Neill-d’Ávila (Jr.)", id="signs"),
    ],
)
@pytest.mark.parametrize("kind", [PERSON, BODY, GROUP, SpeakerKind.DOCUMENT])
def test_odd_names_get_a_row_and_stay_stable(desk, name, kind):
    found = Found(name=name, kind=kind, role="r" * 700, aliases=(name,))
    (one,), (other,) = desk(found), desk(found)
    assert one is not None
    assert len(one.name) <= 300
    assert (one == other) == (linking.speakers.link_key(found) is not None)


@pytest.mark.parametrize("name", ["", "  ", "…", "—"])
def test_a_name_without_a_letter_is_nobodys(desk, name):
    assert desk(Found(name=name, kind=PERSON)) == [None]


def test_an_article_where_everyone_has_one_surname(desk):
    names = [f"{first} Khan" for first in ("Ali", "Imran", "Salman", "Amir", "Sadiq", "Aisha")]
    rows = desk(*map(person, names), person("Khan"), person("Mr Khan", "x"))
    assert [row.name for row in rows[:6]] == names
    assert len({row.pk for row in rows}) == 7
    assert desk(*map(person, names))[0] == rows[0]


# --- cost


@pytest.mark.parametrize("count", [10, 20])
def test_queries_do_not_grow_with_speakers_or_candidates(desk, count):
    for domain in ("a.co.uk", "b.com.au", "c.co.za")[: 1 + 2 * (count > 1)]:
        desk(*(person(f"Ana Roe{chr(97 + i)}", "singer") for i in range(count)), domain=domain)
    desk(*(person(f"Ana Roe{chr(97 + i)}", "British general") for i in range(count)))
    with CaptureQueriesContext(connection) as queries:
        desk(*(person(f"Ana Roe{chr(97 + i)}") for i in range(count)))
    frame = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SELECT pg_advisory")
    # Texts so alike are compared as copies; what that costs, tests/quotes/test_copies.py says.
    copies = ("signature", "copygroup", "copies_id", 'AS "content" FROM "quotes_canonicaltext"')
    asked = [q["sql"] for q in queries.captured_queries if not q["sql"].startswith(frame)]
    linking = [sql for sql in asked if not any(words in sql for words in copies)]
    # Some twenty of them compare what was found with what others report.
    assert len(linking) == 52, linking
