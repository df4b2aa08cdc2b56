"""The pages of speakers: what is told, what can be looked up, and where merged ones lead."""

import json
import re
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import QueryDict
from django.urls import reverse

from quotes import decisions, speaker_search
from quotes.forms import SpeakerFilter
from quotes.models import Article, Speaker, SpeakerLink, SpeakerName, SpeakerSuggestion
from quotes.nlp.document import Act, Document, SpeakerKind
from quotes.nlp.document import Speaker as Found
from tests.builders import quotation, source
from tests.quotes.test_views import EVIL, read, static_root, words  # noqa: F401  a fixture
from tests.reviewing import called, reviewer, stored_world

pytestmark = pytest.mark.django_db


def tell(record, n: int, day: str = "2026-03-04", **fields) -> None:
    """Store an article with one quotation of Ana Roe, or of whom `fields` say."""
    given = {"name": "Ana Roe", "kind": SpeakerKind.PERSON, **fields}
    found = Found(**given)
    text = f"Item {n} is so, {found.name} said.\n"
    said = quotation(text, f"Item {n} is so", cue="said", source=found.name, speaker=found)
    record(
        source(text, title=f"Article {n}", outlet="The Wire", byline="By Jo Bloggs",
               published_on=day),
        Document(text=text, quotations=(said,)),
    )  # fmt: skip


@pytest.fixture
def ana(record) -> Speaker:
    """Ana Roe, envoy in 2024, minister in 2026."""
    tell(record, 1, "2024-05-01", role="envoy")
    tell(record, 2, "2024-06-02", role="envoy")
    tell(record, 3, "2026-03-04", role="minister")
    return called("Ana Roe")


# --- one speaker


def test_roles_over_time_lead_to_their_articles_and_filter_the_list(client, ana):
    page = read(client, ana.get_absolute_url())
    text = words(page)
    for part in ("Roles over time", "envoy", "1 May 2024", "2 Jun 2024", "minister", "4 Mar 2026"):
        assert part in text
    first = Article.objects.get(versions__title="Article 1")
    assert first.get_absolute_url() in page.links
    assert "?role=envoy#quotations" in page.links
    narrowed = words(read(client, f"{ana.get_absolute_url()}?role=envoy"))
    assert "2 quotations" in narrowed
    assert "Described as: envoy" in narrowed
    assert "Item 3 is so" not in narrowed


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("called=Ana+Roe", 3),
        ("called=Roe", 0),
        ("by=Jo+Bloggs", 3),
        ("by=Ann+Other", 0),
        ("after=2024-06-01&before=2024-12-31", 1),
        ("role=%00", None),
        (f"role={'x' * 501}", None),
    ],
)
def test_filters_of_a_speakers_page(client, ana, query, shown):
    status = 400 if shown is None else 200
    page = read(client, f"{ana.get_absolute_url()}?{query}", status)
    listed = {link for link in page.links if re.fullmatch(r"/quotes/\w+/", link)}
    assert len(listed) == (shown or 0)


def test_the_plot_is_a_table_too(client, ana):
    response = client.get(ana.get_absolute_url())
    page = read(client, ana.get_absolute_url())
    assert "Quotations by month" in words(page)
    assert '<svg class="plot-bars"' in response.content.decode()
    assert page.links.count("?after=2024-05-01&before=2024-05-31#quotations") == 2
    for part in ("May 20241", "June 20241", "March 20261"):
        assert part in words(page)


def test_one_day_has_no_plot(client, quotation):
    assert "plot-bars" not in client.get(quotation.speaker.get_absolute_url()).content.decode()


def test_names_have_their_reasons_and_doubt_in_words(client, ana):
    SpeakerName.objects.create(
        speaker=ana, name="A. M. Roe", key="", reason="an initial for the first name", score=0.4
    )
    SpeakerLink.objects.all().delete()
    article = Article.objects.get(versions__title="Article 1")
    SpeakerLink.objects.create(
        article=article, speaker=ana, name="A. Roe", key="a", reason="one initial", score=0.4
    )
    text = words(read(client, ana.get_absolute_url()))
    assert "an initial for the first name" in text
    assert "unsure 40 %" in text
    assert "Not sure to be the same" in text
    assert "“A. Roe” in Article 1, The Wire" in text


def test_a_description_and_wikidata_are_shown(client, ana):
    Speaker.objects.update(wikidata_id="Q42", description="of the rail tax")
    page = read(client, ana.get_absolute_url())
    assert "of the rail tax" in words(page)
    assert "https://www.wikidata.org/wiki/Q42" in page.links


def test_who_may_be_the_same_is_shown_with_the_reason(client, record, ana):
    tell(record, 4, name="Omar Roe", role="baker")
    tell(record, 5, name="Anna Rho")
    other = called("Anna Rho")
    SpeakerSuggestion.objects.create(one=ana, other=other, reason="one sound", score=0.6)
    text = words(read(client, ana.get_absolute_url()))
    assert "Suggested: one sound plausible 60 %" in text
    assert "Omar Roe Person · baker · 1 quotation · in The Wire · 2026" in text
    assert "Has the surname Roe too" in text


def test_visitors_see_no_buttons_and_reviewers_do(client, record, ana):
    tell(record, 4, name="Omar Roe")
    address = ana.get_absolute_url()
    for login, seen in ((None, False), (User.objects.create_user("reader"), False),
                        (reviewer(), True)):  # fmt: skip
        if login:
            client.force_login(login)
        page = read(client, address)
        assert (f"{address}merge/" in page.links) is seen
        assert ("Different from Omar Roe" in words(page)) is seen


def test_what_comes_from_outside_is_text(client, record):
    tell(record, 1, "2024-05-01", role=EVIL, aliases=(EVIL,))
    tell(record, 2, "2025-05-01", role=EVIL)
    ana = called("Ana Roe")
    ana.description, ana.wikidata_id = EVIL, '"><script>'
    ana.save()
    SpeakerLink.objects.update(score=0.2, reason=EVIL, role=EVIL, name=EVIL)
    for address in (ana.get_absolute_url(), "/speakers/", "/speakers/suggest/?q=ana"):
        assert b"<script>" not in client.get(address).content
        read(client, address)


# --- merged speakers


def test_a_merged_speaker_leads_on_and_says_why(client, record, ana):
    tell(record, 4, name="Anna Rho")
    merged = called("Anna Rho")
    decisions.merge(merged, ana, reviewer(), why="a misprint")
    response = client.get(merged.get_absolute_url())
    assert response.status_code == 301
    assert response.headers["Cache-Control"] == "no-cache", "an undone merge takes it back"
    text = words(read(client, response.url))
    assert re.search(
        r"Anna Rho was merged into Ana Roe by Jo Roe on \d+ \w+ \d{4}: a misprint", text
    )
    assert "Decisions on who this is" in text


@pytest.mark.parametrize("query", ["from=nobody", "from=%00", "from=ana-roe", "done=x", "done="])
def test_other_words_in_the_address_say_nothing(client, ana, query):
    text = words(read(client, f"{ana.get_absolute_url()}?{query}"))
    assert "was merged" not in text
    assert "Done:" not in text


# --- the list


def test_namesakes_are_told_apart_on_sight(client, ana):
    twin = Speaker.objects.create(
        slug="twin", name=ana.name, kind="person", quotation_count=7, main_role="baker",
        main_outlet=ana.main_outlet, first_quoted_on=date(2019, 1, 2),
        last_quoted_on=date(2020, 3, 4),
    )  # fmt: skip
    text = words(read(client, "/speakers/"))
    assert (
        "Ana Roe baker Person · 7 quotations, most often in The Wire · 2 Jan 2019 to 4 Mar 2020"
        in text
    )
    assert (
        "Ana Roe envoy Person · 3 quotations, most often in The Wire · 1 May 2024 to 4 Mar 2026"
        in text
    )
    assert twin.get_absolute_url() in read(client, ana.get_absolute_url()).links


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["Zoe Roe", "Ana Roe", "UN Women"]),
        ("sort=name", ["Ana Roe", "UN Women", "Zoe Roe"]),
        ("sort=latest", ["Ana Roe", "UN Women", "Zoe Roe"]),
        ("letter=z", ["Zoe Roe"]),
        ("letter=%C3%89", []),
        ("q=wom", ["UN Women"]),
        ("q=ro+a", ["Ana Roe"]),
        ("kind=organisation", ["UN Women"]),
        ("kind=organisation&letter=A", []),
    ],
)
def test_the_list_is_searched_filtered_and_sorted(client, ana, query, shown):  # noqa: ARG001
    day = {"first_quoted_on": date(2020, 1, 1), "last_quoted_on": date(2020, 1, 1)}
    add = Speaker.objects.create
    add(slug="z", name="Zoe Roe", kind="person", quotation_count=9)
    add(slug="u", name="UN Women", kind="organisation", quotation_count=1, **day)
    add(slug="unquoted", name="Zara Unquoted", kind="person")
    page = read(client, f"/speakers/?{query}")
    names = {link: name for name, link in Speaker.objects.values_list("name", "slug")}
    linked = [names.get(link.split("/")[2]) for link in page.links if link.startswith("/speakers/")
              and link.count("/") == 3]  # fmt: skip
    assert [name for name in linked if name] == shown


def test_letters_keep_the_other_filters(client, ana):  # noqa: ARG001
    Speaker.objects.create(slug="z", name="Zoe", kind="person", quotation_count=9)
    page = read(client, "/speakers/?kind=person&sort=name")
    assert "?kind=person&sort=name&letter=Z" in page.links


# --- while one types


def test_suggestions_tell_namesakes_apart(client, ana):
    Speaker.objects.create(slug="twin", name="Ana Roe", kind="person", description="a baker")
    body = client.get("/speakers/suggest/?q=ana+r", headers={"accept": "application/json"}).json()
    assert body["query"] == "ana r"
    assert body["more"] is False
    one, two = body["speakers"]
    assert (one["slug"], one["address"]) == (ana.slug, ana.get_absolute_url())
    assert one["detail"] == "Person · envoy · 3 quotations · most often in The Wire · 2024 to 2026"
    assert (one["first_quoted_on"], one["last_quoted_on"]) == ("2024-05-01", "2026-03-04")
    assert two["detail"] == "Person · a baker · 0 quotations"


def test_suggestions_leave_out_whom_the_page_is_about(client, ana):
    body = client.get(f"/speakers/suggest/?q=roe&format=json&not={ana.slug}").json()
    assert body["speakers"] == []


def test_suggestions_are_a_page_too(client, ana):
    page = read(client, "/speakers/suggest/?q=ro")
    assert ana.get_absolute_url() in page.links
    assert "Nobody matches" in words(read(client, "/speakers/suggest/?q=nobody"))
    read(client, "/speakers/suggest/")


@pytest.mark.parametrize("query", ["x" * 101, "%00"])
def test_what_is_no_name_is_refused(client, query):
    response = client.get(f"/speakers/suggest/?q={query}&format=json")
    assert response.status_code == 400
    assert "100 characters" in response.json()["detail"]
    assert "100 characters" in words(read(client, f"/speakers/suggest/?q={query}", 400))


@pytest.mark.parametrize("left_out", ["nobody", "%00", "", "x" * 999])
def test_whom_to_leave_out_may_be_nobody(client, ana, left_out):
    body = client.get(f"/speakers/suggest/?q=roe&format=json&not={left_out}").json()
    assert [row["slug"] for row in body["speakers"]] == [ana.slug]


def test_a_private_tracker_suggests_nobody(client, settings, ana):
    settings.PUBLIC_READS = False
    for address in ("/speakers/suggest/?q=a&format=json", ana.get_absolute_url()):
        response = client.get(address)
        assert response.status_code == 302
        assert response.url.startswith(reverse("login"))
    client.force_login(User.objects.create_user("reader"))
    body = json.loads(client.get("/speakers/suggest/?q=a&format=json").content)
    assert [row["slug"] for row in body["speakers"]] == [ana.slug]


def test_unknown_addresses(client):
    for part in ("", "merge/", "split/", "edit/"):
        client.force_login(User.objects.get_or_create(username="root", is_superuser=True)[0])
        read(client, f"/speakers/nobody/{part}", 404)


# --- what a page costs


@pytest.mark.parametrize("rows", [1, 10])
def test_queries_of_a_full_page_do_not_grow(client, record, django_assert_num_queries, rows):
    ana_role = [f"role {n}" for n in range(rows)]
    for n in range(rows):
        tell(record, n, f"20{10 + n}-01-02", role=ana_role[n], aliases=(f"Ms {n} Roe",))
        tell(record, 100 + n, name=f"Ana{n} Roe")
        tell(record, 200 + n, name=f"Anna{n} Rho")
    ana = called("Ana Roe")
    for other in Speaker.objects.filter(name__endswith="Rho"):
        low, high = sorted((ana, other), key=lambda row: row.pk)
        SpeakerSuggestion.objects.create(one=low, other=high, reason="x", score=0.5)
    SpeakerLink.objects.update(score=0.5)
    user = reviewer()
    for n in range(rows):
        decisions.rename(ana, user, description=f"now {n}")
    client.force_login(user)
    # Session, user, two of permissions; speaker; pairs and with whom; like names; links with their
    # versions; decisions and their keys; profile; names; links; rows; outlets; statements;
    # collections to put aside in. Open pairs may fill the list.
    with django_assert_num_queries(21 if rows == 1 else 20):
        client.get(ana.get_absolute_url())


@pytest.mark.parametrize("rows", [1, 10])
def test_queries_of_suggestions_do_not_grow(client, record, django_assert_num_queries, rows):
    for n in range(rows):
        tell(record, n, name=f"Ana{n} Roe")
    with django_assert_num_queries(2):
        body = client.get("/speakers/suggest/?q=ana&format=json").json()
    assert len(body["speakers"]) == rows


def test_attitudes_are_listed_only_when_asked_for(client, record):
    text = "Ana Roe hopes that it rains.\n"
    found = quotation(text, "that it rains", cue="hopes", act=Act.ATTITUDE,
                      speaker=Found(name="Ana Roe", kind=SpeakerKind.PERSON))  # fmt: skip
    record(source(text), Document(text=text, quotations=(found,)))
    address = called("Ana Roe").get_absolute_url()
    assert "No current quotations" in words(read(client, address))
    assert "that it rains" in words(read(client, f"{address}?attitudes=on"))


def test_the_world_of_reviewing_has_pages(client):
    stored_world()
    for found in Speaker.objects.all():
        read(client, found.get_absolute_url())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans")
@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("", "speaker_by_count"),
        ("sort=name", "speaker_by_name"),
        ("sort=latest", "speaker_by_date"),
        ("letter=A&sort=name", "speaker_by_initial"),
        ("kind=document", "speaker_of_kind"),
    ],
)
def test_a_page_of_the_list_is_read_from_an_index(query, index):
    form = SpeakerFilter(QueryDict(query))
    plan = form.apply(Speaker.objects.for_list())[:25].explain()
    assert f"USING INDEX {index}" in plan
    assert "TEMP B-TREE" not in plan, "nothing is sorted"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans")
def test_names_and_pairs_are_looked_up_in_an_index():
    plan = speaker_search.named(Speaker.objects.roots(), "ana r")[:10].explain()
    assert "VIRTUAL TABLE INDEX" in plan
    pairs = SpeakerSuggestion.objects.filter(status="open").order_by("-score", "pk")
    assert "suggestions_best_first" in pairs[:25].explain()
