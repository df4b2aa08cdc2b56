"""The pages of statements: what they say of who was first, of copies, of differences; decisions."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from quotes import statement_counts, statement_pages
from quotes.models import Quotation, Report, SameStatement, Statement
from quotes.nlp.document import Kind
from quotes.params import PAGES
from quotes.statement_forms import uid_of
from quotes.statement_pages import Change, Run, interleaved
from quotes.wording import Piece
from tests import builders, reviewing
from tests import statements as shelf
from tests.quotes.test_views import read, words

pytestmark = [pytest.mark.django_db, pytest.mark.database]
EVIL = '<script>alert("x")</script>'


@pytest.fixture(autouse=True)
def static_root(settings, tmp_path):
    """A collected folder, which WhiteNoise warns about where it is missing."""
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def wall(run):
    return shelf.wall(run)


@pytest.fixture
def reviewer():
    client = Client()
    client.force_login(reviewing.reviewer("jo"))
    return client


def page_of(client, statement, query="", status=200):
    return read(client, statement.get_absolute_url() + query, status)


# --- word by word


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param([("will ", 0), ("not ", 1), ("win", 0)], [("will ", 0), ("win", 0)],
                     [("will ", "same"), ("not ", "left out"), ("win", "same")], id="left-out"),
        pytest.param([("will ", 0), ("win", 0)], [("will ", 0), ("not ", 1), ("win", 0)],
                     [("will ", "same"), ("not ", "added"), ("win", "same")], id="added"),
        pytest.param([("a ", 0), ("b", 1)], [("a ", 0), ("c", 1)],
                     [("a ", "same"), ("b", "left out"), ("c", "added")], id="instead"),
        # A side may keep in one piece what the other has in two.
        pytest.param([("a ", 0), ("x ", 1), ("b", 0)], [("a b", 0)],
                     [("a ", "same"), ("x ", "left out"), ("b", "same")], id="cut-elsewhere"),
        pytest.param([], [("a", 1)], [("a", "added")], id="nothing-before"),
        pytest.param([("a", 1)], [], [("a", "left out")], id="nothing-left"),
    ],
)  # fmt: skip
def test_two_sides_are_told_as_one(old, new, expected):
    found = interleaved(*([Piece(text, bool(differs)) for text, differs in side]
                          for side in (old, new)))  # fmt: skip
    assert [(run.text, str(run.change)) for run in found] == expected


WORDS = st.lists(st.sampled_from(["we", "will", "not", "win", "2,500", "the", "wall."]), max_size=9)


@given(WORDS, WORDS)
def test_what_is_not_left_out_is_the_wording_itself(one, other):
    base, wording = " ".join(one), " ".join(other)
    found = statement_pages.runs(base, wording)
    assert "".join(run.text for run in found if run.change != Change.LEFT_OUT) == wording
    kept = "".join(run.text for run in found if run.change != Change.ADDED)
    assert kept.split() == base.split()


@given(WORDS)
def test_the_same_wording_differs_in_nothing(one):
    wording = " ".join(one)
    assert statement_pages.runs(wording, wording) == ((Run(wording, Change.SAME),) if one else ())


# --- one statement


def test_who_was_first_is_said_of_the_articles_read_here(client, wall):
    text = words(page_of(client, wall))
    assert (
        "First reported, of the articles read here: 3 October 2026, 08:00 UTC, Morning Wire."
        in text
    )
    assert "The Observer reported it the same day without a time" in text
    assert "1 of the reports has no date." in text
    assert "One that only may report it is earlier: Morning Gazette, 2 October 2026." in text
    assert "said first" not in text.lower()


def test_it_is_said_where_no_name_makes_sure_of_the_speaker(client, wall):
    doubt = "No name makes sure that these reports have one speaker"
    assert doubt not in words(page_of(client, wall))
    shown = Quotation.objects.filter(report__statement=wall)
    sure = shown.exclude(report__relation=Report.Relation.POSSIBLE)
    Quotation.objects.filter(pk=sure.order_by("pk")[0].pk).update(speaker=None)
    assert doubt in words(page_of(client, wall))
    Quotation.objects.filter(pk__in=list(sure.values_list("pk", flat=True))).update(speaker=None)
    assert doubt in words(page_of(client, wall))


def test_copies_of_one_text_are_one_source(client, wall):
    text = words(page_of(client, wall))
    assert "6 articles of 5 outlets, 4 independent sources: 3 carry one wire text." in text
    assert "1 article without a named outlet is not counted among the outlets." in text
    assert text.count("Wire text, in 3 articles") == 3
    assert "1 more may report it, and is not counted." in text


def test_differences_are_marked_and_told(client, wall):
    html = client.get(wall.get_absolute_url()).content.decode()
    assert re.search(r"<ins><span class=\"vh\">\[here only: </span>not\s*<span", html)
    assert re.search(r"<del><span class=\"vh\">\[missing here: </span>2,500", html)
    text = words(page_of(client, wall))
    assert "For a person to check" in text
    assert "a negation differs" in text
    assert "a number differs" in text


def test_possible_ones_stand_apart(client, wall):
    page = page_of(client, wall)
    assert "Possibly the same" in words(page)
    maybe = shelf.named("Morning Gazette")
    html = client.get(wall.get_absolute_url()).content.decode()
    apart = html.index("reports-possible")
    assert html.index(f'id="r-{maybe.uid}"') > apart
    assert all(html.index(f'id="r-{one.uid}"') < apart
               for one in Quotation.objects.exclude(pk=maybe.pk))  # fmt: skip


def test_the_verbs_of_outlets(client, wall):
    page = page_of(client, wall)
    assert page.inside["verbs-title"] == "How outlets attribute it"
    assert "Harbour Post“claimed”" not in words(page)  # the marks are the browser's
    assert "Harbour Postclaimed" in words(page).replace(" ", "").replace(
        "HarbourPost", "Harbour Post"
    )


def test_how_it_spread_has_a_table(client, wall):
    page = page_of(client, wall)
    assert "How it spread" in words(page)
    # The sixth article has neither date nor outlet: it is one of those without an outlet.
    assert "From 1 to 5 outlets." in words(page)
    assert "1 article without a named outlet is left out." in words(page)
    assert "Each outlet’s first report" in words(page)


def test_another_wording_can_be_compared_with(client, wall):
    turned = shelf.named("National Courier")
    page = page_of(client, wall, f"?against={turned.uid}")
    assert f"/quotes/{turned.uid}/" in page.links
    html = client.get(wall.get_absolute_url() + f"?against={turned.uid}").content.decode()
    assert "missing here: </span>not" in html
    assert "Compare with the usual wording" in words(page)


def test_a_wording_that_is_none_of_its_is_named(client, wall, quotation):
    page = page_of(client, wall, f"?against={quotation.uid}", 400)
    assert f"“{quotation.uid}” is no report of this statement" in words(page)
    assert "Morning Wire" in words(page)
    assert "is no page" in words(page_of(client, wall, "?page=two", 400))
    assert "There is no page 9 here" in words(page_of(client, wall, "?page=9"))


def test_a_merged_statement_leads_to_the_other(client, wall):
    middle = Statement.objects.create(uid="st0002midd1e", merged_into=wall)
    old = Statement.objects.create(uid="st00030ld", merged_into=middle)
    response = client.get(old.get_absolute_url())
    assert (response.status_code, response.url) == (301, wall.get_absolute_url())
    assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("left", "told"),
    [
        pytest.param(0, "No report of it stands any more", id="none"),
        pytest.param(1, "One article reports it", id="one"),
    ],
)
def test_what_is_left_of_a_statement(client, wall, left, told):
    keep = Quotation.objects.order_by("pk")[:left].values_list("pk", flat=True)
    Quotation.objects.exclude(pk__in=list(keep)).update(status=Quotation.Status.GONE)
    assert told in words(page_of(client, wall))


def test_an_address_of_nothing(client):
    read(client, "/statements/nothing/", 404)


def test_words_that_no_longer_match_their_text_are_told(client, wall):
    assert "Words verified" in words(page_of(client, wall))
    (row,) = statement_pages.loaded([shelf.named("Harbour Post").pk])
    for span in row.spans.all():
        span.exact = "other words"  # the database itself refuses to store them
    assert statement_pages.checked([row]) == {row.pk: "changed"}


def test_a_long_text_is_left_to_its_own_page(wall):
    rows = statement_pages.loaded([wall.representative_id])
    short = PAGES.model_copy(update={"checked_chars": 10})
    assert set(statement_pages.checked(rows).values()) == {"verified"}
    assert set(statement_pages.checked(rows, params=short).values()) == {"long"}


def test_markup_in_words_is_shown_as_words(client, run):
    lead = f"{EVIL} & "
    rows = [shelf.tell(run, number, f"{EVIL} Post {number}", f"“{EVIL} {number},”", lead=lead)
            for number in (1, 2)]  # fmt: skip
    found = shelf.together(rows, uid="stev11")
    page = page_of(client, found)
    assert EVIL in words(page)
    read(client, f"{reverse('compare')}?q={rows[0].uid}&q={rows[1].uid}")
    read(client, reverse("statements"))


# --- the list


def test_a_list_without_statements(client):
    html = read(client, reverse("statements"))
    assert "No two articles report the same words yet" in words(html)
    assert "Sign in to import articles" in words(html)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("", 2, id="all"),
        pytest.param("?q=remainder", 1, id="words"),
        pytest.param("?q=remainder+-help", 0, id="excluded"),
        pytest.param("?outlet=Harbour+Post", 1, id="outlet"),
        pytest.param("?outlet=Harbour+Post&q=remainder", 0, id="of-one-report"),
        pytest.param("?after=2026-10-05&before=2026-10-05", 1, id="days"),
        pytest.param("?after=2027-01-01", 0, id="no-such-day"),
        pytest.param("?outlets=3", 1, id="outlets"),
        pytest.param("?warnings=on", 1, id="warnings"),
        pytest.param("?speaker=ana-roe", 1, id="speaker"),
        pytest.param("?speaker=central", 1, id="part-of-a-name"),
        pytest.param("?speaker=nobody", 0, id="no-speaker"),
    ],
)
def test_filters(client, run, wall, query, found):
    Statement.objects.filter(pk=wall.pk).update(has_warnings=True)
    rows = [shelf.tell(run, number, f"Paper {number}", "“No trains will run,”",
                       speaker=builders.ROE, day="2026-11-01") for number in (20, 21)]  # fmt: skip
    shelf.together(rows, uid="sttrains")
    text = words(read(client, reverse("statements") + query))
    assert f"{found} statement{'' if found == 1 else 's'}" in text or (
        not found and "Nothing matches" in text
    )


@pytest.mark.parametrize(
    ("query", "told"),
    [
        pytest.param("?q=%22rail", "Words:", id="open-mark"),
        pytest.param("?outlet=Nowhere", "No outlet named “Nowhere”", id="outlet"),
        pytest.param("?outlets=many", "Write a number of outlets", id="number"),
        pytest.param("?sort=loudest", "“loudest” is not one of reports, outlets", id="sort"),
        pytest.param("?after=2026-02-02&before=2026-01-01", "is earlier than", id="days"),
    ],
)
def test_filters_that_cannot_be_used_are_named(client, query, told):
    assert told in words(read(client, reverse("statements") + query, 400))


def test_orders(client, run):
    many = [shelf.tell(run, n, f"Paper {n}", "“We will win the war,”", day="2026-01-01")
            for n in range(3)]  # fmt: skip
    late = [shelf.tell(run, 10 + n, f"Paper {n}", "“We shall see,”", day="2026-05-01")
            for n in range(2)]  # fmt: skip
    shelf.together(many, uid="stmany", last_on="2026-01-01")
    shelf.together(late, uid="st1ate", last_on="2026-05-01")
    for sort, first in (("", "st1ate"), ("reports", "stmany"), ("outlets", "stmany")):
        page = read(client, f"{reverse('statements')}?sort={sort}")
        links = [link for link in page.links if link.startswith("/statements/st")]
        assert links[0] == f"/statements/{first}/", sort


@pytest.mark.usefixtures("wall")
def test_more_matches_than_are_looked_at_are_said(client, monkeypatch):
    few = PAGES.model_copy(update={"statement_matches": 2})
    monkeypatch.setattr("quotes.statement_forms.PAGES", few)
    text = words(read(client, reverse("statements") + "?q=wall"))
    assert "Looked for among the newest" in text


# --- any quotations


@pytest.mark.usefixtures("wall")
def test_any_quotations_can_be_compared(client):
    one, other = shelf.named("Morning Wire"), shelf.named("National Courier")
    address = f"{reverse('compare')}?q={one.uid}&q=https://example.org/quotes/{other.uid}/?x=1%23y"
    page = read(client, address)
    assert "a negation differs" in words(page)
    assert f"?q={other.uid}&q={one.uid}" in page.links


@pytest.mark.parametrize(
    ("uids", "status", "told"),
    [
        pytest.param([], 200, "Which quotations?", id="none"),
        pytest.param(["x"], 400, "There is no quotation “x” here", id="unknown"),
        pytest.param(["one"], 400, "One quotation alone cannot be compared", id="one"),
        pytest.param([f"x{n}" for n in range(20)], 400, "20 quotations are too many", id="many"),
        pytest.param([EVIL], 400, "There is no quotation", id="markup"),
    ],
)
@pytest.mark.usefixtures("wall")
def test_what_cannot_be_compared_is_named(client, uids, status, told):
    one = shelf.named("Morning Wire").uid
    asked = [("q", one if uid == "one" else uid) for uid in uids]
    response = client.get(reverse("compare"), data=dict.fromkeys([]) if not asked else None,
                          QUERY_STRING="&".join(f"q={uid}" for _, uid in asked))  # fmt: skip
    assert response.status_code == status
    assert told in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "uid"),
    [
        pytest.param("3k7x9m2p4q8r", "3k7x9m2p4q8r", id="a-uid"),
        pytest.param(" https://a.org/quotes/3k7x/ ", "3k7x", id="a-page"),
        pytest.param("https://a.org/q/3k7x?a=b#c", "3k7x", id="a-short-address"),
        pytest.param("", "", id="nothing"),
        pytest.param("/", "", id="a-slash"),
    ],
)
def test_addresses_as_people_paste_them(typed, uid):
    assert uid_of(typed) == uid


@pytest.mark.parametrize(
    ("outlets", "row", "page"),
    [
        pytest.param(["A", "B", ""], "3 articles 2 outlets 1 without a named outlet",
                     "3 articles of 2 outlets, 3 independent sources: none is a copy of another. "
                     "1 article without a named outlet is not counted among the outlets.",
                     id="one"),
        pytest.param(["A", "A", "", ""], "4 articles 1 outlet 2 without a named outlet",
                     "4 articles of one outlet, 4 independent sources: none is a copy of another. "
                     "2 articles without a named outlet are not counted among the outlets.",
                     id="several"),
        pytest.param(["", ""], "2 articles no outlet named",
                     "2 articles, 2 independent sources: none is a copy of another. "
                     "No outlet is named.", id="all"),
        pytest.param(["A", "B"], "2 articles 2 outlets 5 Oct",
                     "2 articles of 2 outlets, 2 independent sources: none is a copy of another. F",
                     id="none"),
    ],
)  # fmt: skip
def test_an_article_without_an_outlet_is_no_outlet(client, run, outlets, row, page):
    rows = [shelf.tell(run, n, name, "“We will win,”", day="2026-10-05", lead=f"{n}. ")
            for n, name in enumerate(outlets)]  # fmt: skip
    statement = shelf.together(rows, uid="st1", first_on="2026-10-05", last_on="2026-10-05")
    statement_counts.refresh([statement.pk])
    assert page in words(page_of(client, statement))
    assert row in words(read(client, reverse("statements")))


# --- on the pages of quotations and speakers


def test_a_quotation_says_who_also_reports_it(client, wall, django_assert_num_queries):
    page = read(client, shelf.named("Evening Post").get_absolute_url())
    box = words(page)
    assert "Also reported" in box
    named = "By Morning Wire, The Observer, Harbour Post and National Courier"
    assert f"{named}, and 1 article without a named outlet." in box
    assert "First reported, of the articles read here: 3 October 2026, 08:00 UTC" in box
    assert wall.get_absolute_url() in page.links
    assert "Possibly also reported" in words(
        read(client, shelf.named("Morning Gazette").get_absolute_url())
    )
    with django_assert_num_queries(2):
        statement_pages.other_reports(wall.representative, User())


def test_a_quotation_that_nobody_else_reports_has_no_box(client, quotation):
    assert "Also reported" not in words(read(client, quotation.get_absolute_url()))


def test_a_speaker_has_a_list(client, wall):
    assert wall.speaker
    page = read(client, wall.speaker.get_absolute_url())
    assert "Reported by several" in words(page)
    assert wall.get_absolute_url() in page.links


# --- what people say


def said(client, statement, **fields):
    return client.post(reverse("statement-decide", args=[statement.uid]), fields)


def test_only_reviewers_decide(client, wall, reviewer):
    one, other = shelf.named("Morning Gazette"), shelf.named("Morning Wire")
    fields = {"quotation": one.uid, "beside": other.uid, "is_same": "yes"}
    assert "Is it the same statement?" not in words(page_of(client, wall))
    assert said(client, wall, **fields).url.startswith("/account/login/")
    kim = Client()
    kim.force_login(User.objects.create_user("kim"))
    assert said(kim, wall, **fields).status_code == 403
    assert client.get(reverse("statement-decide", args=[wall.uid])).status_code in {302, 405}
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(reviewing.reviewer("sam"))
    assert said(strict, wall, **fields).status_code == 403
    assert not SameStatement.objects.exists()
    assert "Is it the same statement?" in words(page_of(reviewer, wall))


def test_what_a_reviewer_says_is_kept_shown_and_undone(wall, reviewer):
    one, other = shelf.named("Morning Gazette"), shelf.named("Morning Wire")
    done = said(reviewer, wall, quotation=one.uid, beside=other.uid, is_same="yes", comment="heard")
    decision = SameStatement.objects.get()
    assert (decision.is_same, decision.comment, decision.by.username) == (True, "heard", "jo")
    assert {decision.one_id, decision.other_id} == {one.pk, other.pk}
    assert done.url.endswith(f"?done={decision.pk}#decided")
    page = read(reviewer, done.url)
    assert "Done: they report the same statement" in words(page)
    assert "heard" in page.inside["decided"]
    assert "Jo Roe" in page.inside["decided"]
    back = reviewer.post(reverse("statement-undo", args=[decision.pk]))
    decision.refresh_from_db()
    assert decision.undone_at
    assert "Undone" in words(read(reviewer, back.url))


def test_another_quotation_is_put_in_by_its_address(wall, reviewer, quotation):
    done = said(reviewer, wall, quotation=f"https://x.org/quotes/{quotation.uid}/",
                beside=shelf.named("Morning Wire").uid, is_same="yes")  # fmt: skip
    assert done.status_code == 302
    assert SameStatement.objects.get().is_same


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param({"quotation": "nope"}, "There is no quotation “nope” here", id="unknown"),
        pytest.param({"quotation": ""}, "Give the address of a quotation.", id="nothing"),
        pytest.param({"is_same": "perhaps"}, "Say yes or no", id="neither"),
        pytest.param({"comment": "x" * 1001}, "in at most 1000 characters", id="long"),
        pytest.param({"beside": "itself"}, "choose another quotation", id="itself"),
    ],
)
def test_what_cannot_be_said_is_explained(wall, reviewer, fields, told):
    one, other = shelf.named("Morning Gazette"), shelf.named("Morning Wire")
    sent = {"quotation": one.uid, "beside": other.uid, "is_same": "no", **fields}
    if sent["beside"] == "itself":
        sent["beside"] = one.uid
    response = said(reviewer, wall, **sent)
    assert response.status_code == 400
    assert told in response.content.decode()
    assert not SameStatement.objects.exists()


# --- private, and what it costs


def test_a_private_tracker_asks_to_sign_in(client, wall, settings):
    settings.PUBLIC_READS = False
    for address in (reverse("statements"), wall.get_absolute_url(), reverse("compare")):
        assert client.get(address).url.startswith("/account/login/")


@pytest.mark.parametrize("rows", [2, 10])
def test_queries_do_not_grow(client, run, django_assert_num_queries, rows):
    told = [shelf.tell(run, n, f"Paper {n}", f"“We will win {n} times,”", day="2026-01-01")
            for n in range(rows)]  # fmt: skip
    found = shelf.together(told, uid="stmany")
    for n in range(rows):
        shelf.together([told[n]], uid=f"st{n}", articles_count=2)
    shelf.together(told, uid="st0ther")
    found = Statement.objects.get(uid="st0ther")
    # count; rows; outlets to suggest
    with django_assert_num_queries(3):
        client.get(reverse("statements"))
    # and: the matches, whom they report
    with django_assert_num_queries(5):
        client.get(reverse("statements") + "?q=win")
    # statement; what is counted; rows with the base, spans; texts; decisions
    with django_assert_num_queries(6):
        client.get(found.get_absolute_url())
    query = "&".join(f"q={row.uid}" for row in told)
    # keys; rows, spans; texts
    with django_assert_num_queries(4):
        client.get(f"{reverse('compare')}?{query}")


def test_many_reports_are_shown_by_pages(client, run):
    told = [shelf.tell(run, n, f"Paper {n}", "“We will win,”", kind=Kind.DIRECT) for n in range(14)]
    found = shelf.together(told, uid="stmany")
    page = page_of(client, found)
    assert "Reports 1–12 of 14" in words(page)
    assert "Reports 13–14 of 14" in words(page_of(client, found, "?page=2"))
    assert Report.objects.filter(statement=found).count() == 14
