"""The pages of review: without scripts, for those who may and those who may not, two at once."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quotes import decisions, store
from quotes.decisions import NewSpeaker, Unnamed
from quotes.models import Decision, Quotation
from quotes.nlp.document import SpeakerKind
from quotes.review_forms import places_of
from tests import builders, reviewing
from tests.quotes.test_views import read, words
from tests.reviewing import TAX, called, said

pytestmark = pytest.mark.django_db
EVIL = '<script>alert("x")</script>'


@pytest.fixture(autouse=True)
def world(settings, tmp_path, run):
    settings.STATIC_ROOT = tmp_path
    return reviewing.stored_world(run)


@pytest.fixture
def jo():
    return reviewing.reviewer("jo")


@pytest.fixture
def sam():
    return reviewing.reviewer("sam")


@pytest.fixture
def reviewer(jo):
    client = Client()
    client.force_login(jo)
    return client


@pytest.fixture
def reader():
    client = Client()
    client.force_login(User.objects.create_user("kim"))
    return client


def address(row, name="review-quotation"):
    return reverse(name, args=[row.uid])


def form(row, action, **fields):
    return {"action": action, "seen": decisions.seen(row), "queue": "", "why": "", **fields}


def post(client, row, action, **fields):
    return client.post(address(row), form(row, action, **fields))


def shown(client, **query):
    page = read(client, f"{reverse('review')}?{'&'.join(f'{k}={v}' for k, v in query.items())}")
    return page.inside["item-title"]


def fresh(row):
    return type(row).objects.get(pk=row.pk)


# --- the queue


def test_least_certain_first_and_on_and_back(reviewer):
    order = list(Quotation.objects.order_by("speaker_confidence", "pk"))
    assert order[0].content in shown(reviewer, band="")
    assert order[1].content in shown(reviewer, after=order[0].uid)
    assert order[0].content in shown(reviewer, before=order[1].uid)
    assert order[0].content in shown(reviewer, before=order[0].uid)
    end = read(reviewer, f"{reverse('review')}?after={order[-1].uid}")
    assert "8 quotations that you skipped still wait" in words(end)


@pytest.mark.parametrize(
    ("query", "first", "left"),
    [
        pytest.param({"speaker": "rowe"}, "she had doubts", 1, id="speaker"),
        pytest.param({"outlet": "Evening Post"}, "strike would end", 2, id="outlet"),
        pytest.param({"kind": "direct"}, "“It must,”", 2, id="kind"),
        pytest.param({"band": "very-likely"}, "no trains", 1, id="band"),
        pytest.param({"after": "x", "before": "y"}, "it was sad", 8, id="unknown-places"),
    ],
)
def test_filters(reviewer, query, first, left):
    page = read(reviewer, reverse("review") + "?" + "&".join(f"{k}={v}" for k, v in query.items()))
    assert first in page.inside["item-title"]
    assert f"{left} to review" in words(page)


def test_filters_are_kept(reviewer):
    read(reviewer, reverse("review") + "?band=likely")
    assert reviewer.get(reverse("review")).url == reverse("review") + "?band=likely"
    row = said("nobody knew")
    done = post(reviewer, row, "confirm", queue="band=likely")
    assert done.url.startswith(f"{reverse('review')}?band=likely&after={row.uid}&done=")


def test_a_filter_that_cannot_be_used_is_named(reviewer):
    page = read(reviewer, reverse("review") + "?band=7&outlet=Nowhere", status=400)
    assert "is not one of unsure, plausible, likely, very-likely" in words(page)
    assert "No outlet named “Nowhere”" in words(page)


def test_what_was_decided_today_is_counted(reviewer, jo):
    decision = decisions.confirm(said("It must"), jo)
    decisions.undo(decision, jo)
    decisions.reject(said("nobody knew"), jo)
    page = read(reviewer, reverse("review") + "?band=")
    assert "7 to review, least certain first · 2 decided by you today" in words(page)


def test_an_empty_tracker(reviewer):
    Quotation.objects.update(status="gone")
    assert "Nothing is left to review" in words(read(reviewer, reverse("review") + "?band="))


# --- who may


def test_readers_and_visitors_look_and_are_told_whom_to_ask(client, reader):
    for visitor, told in ((client, "Sign in"), (reader, "Ask the operator")):
        page = read(visitor, reverse("review"))
        assert told in words(page)
        assert "“Reviewers”" in words(page)
        assert "Words and speaker are right" not in words(page)


def test_readers_cannot_decide(client, reader, jo):
    row = said("It must")
    refused = post(reader, row, "confirm")
    assert refused.status_code == 403
    assert "add you to the group “Reviewers”" in refused.text
    assert post(client, row, "confirm").url.startswith(reverse("login"))
    decision = decisions.confirm(said("nobody knew"), jo)
    assert reader.post(reverse("decision-undo", args=[decision.uid])).status_code == 403
    assert fresh(row).review == ""


def test_nothing_is_decided_by_another_site(jo):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(jo)
    assert post(strict, said("It must"), "confirm").status_code == 403


def test_a_group_of_reviewers_is_there(reader):
    User.objects.get(username="kim").groups.add(Group.objects.get(name="Reviewers"))
    assert post(reader, said("It must"), "confirm").status_code == 302


def test_nobody_reads_a_private_tracker(client, settings):
    settings.PUBLIC_READS = False
    for name in ("review", "decisions"):
        assert client.get(reverse(name)).status_code == 302
    assert client.get(address(said("It must"), "history")).status_code == 302


# --- deciding without scripts


def test_confirming_goes_on_and_says_so(reviewer):
    row = said("it was sad")
    page = read(reviewer, post(reviewer, row, "confirm", why="heard it").url)
    assert "Confirmed" in page.inside["outcome"]
    assert "heard it" in page.inside["outcome"]
    assert "It must" in page.inside["item-title"]
    assert fresh(row).review == "confirmed"


def test_undoing_leads_back_to_the_quotation(reviewer):
    row = said("it was sad")
    page = reviewer.get(post(reviewer, row, "reject").url).text
    undo = re.search(r'action="(/decisions/[^"]+/undo/)">.*?name="next" value="([^"]+)"', page)
    done = reviewer.post(undo[1], {"next": undo[2].replace("&amp;", "&")})
    assert done.url.startswith(address(row))
    assert "Undone: “Not a quotation” by Jo Roe" in words(read(reviewer, done.url))
    assert fresh(row).status == "current"


@pytest.mark.parametrize(
    ("asked", "pieces"),
    [
        pytest.param({"words": "the café 🚆 tax"}, ["the café 🚆 tax"], id="quoted"),
        pytest.param({"words": "tax would\r\n rise.  “It"}, ["tax would rise. “It"], id="blanks"),
        pytest.param(
            {"words": "she had doubts … no trains"}, ["she had doubts", "no trains"], id="pieces"
        ),
        pytest.param({"words": "x", "places": "13–27"}, [TAX[13:27]], id="places-count"),
        pytest.param({"places": "0-7; 8 - 12"}, ["Ana Roe", "said"], id="two-places"),
    ],
)
def test_correcting_words(reviewer, asked, pieces):
    row = said("it was sad")
    assert post(reviewer, row, "words", **asked).status_code == 302
    assert [TAX[s.start : s.end] for s in fresh(row).spans_of("content")] == pieces


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        pytest.param({"words": "a tax on trains"}, "does not have the words “a tax", id="absent"),
        pytest.param({"words": "said"}, "has the words “said” 5 times", id="often"),
        pytest.param({"words": " "}, "Quote the words", id="nothing"),
        pytest.param({"words": "x" * 20_001}, "20000", id="too-long"),
        pytest.param({"places": "here"}, "Write places as first–last", id="no-places"),
        pytest.param({"places": "5-999999"}, "no place in this text", id="outside"),
        pytest.param({"places": "0-9, 4-12"}, "overlap", id="overlap"),
        pytest.param({"words": "it was sad"}, "the words already", id="the-same"),
        pytest.param({"words": EVIL}, "alert", id="markup"),
    ],
)
def test_words_that_cannot_be_are_shown_again(reviewer, asked, problem):
    row = said("it was sad")
    answer = post(reviewer, row, "words", **asked, why="because")
    assert answer.status_code == 400
    assert problem in " ".join(answer.text.split())
    assert EVIL not in answer.text
    assert 'value="because"' in answer.text
    assert fresh(row).review == ""


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        pytest.param({"who": "named", "name": "ana rowe"}, "Ana Rowe", id="named"),
        pytest.param({"who": "new", "name": "Bo Lee", "kind": "person"}, "Bo Lee", id="new"),
        pytest.param({"who": "nobody"}, "", id="nobody"),
        pytest.param({"who": "anonymous", "description": "an aide"}, "an aide", id="anonymous"),
        pytest.param(
            {"who": "new", "name": "Ana Rowe", "kind": "person", "another": "1"}, "Ana Rowe",
            id="another-of-the-name",
        ),
    ],
)  # fmt: skip
def test_correcting_the_speaker(reviewer, asked, name):
    row = said("it was sad")
    assert post(reviewer, row, "speaker", **asked).status_code == 302
    assert (fresh(row).speaker_name, fresh(row).review) == (name, "corrected")


def test_choosing_a_speaker_of_the_list_for_the_whole_article(reviewer):
    row = said("it was sad")
    page = read(reviewer, address(row))
    assert "Also for the 2 other quotations of Ana Roe in this article" in words(page)
    rowe = called("Ana Rowe")
    post(reviewer, row, "speaker", who=str(rowe.pk), everywhere="1")
    assert fresh(rowe).quotation_count == 4


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        pytest.param({}, "Choose a speaker", id="nothing-chosen"),
        pytest.param({"who": "999999"}, "not stored any more", id="unknown"),
        pytest.param({"who": "²"}, "not stored any more", id="no-number"),
        pytest.param({"who": "named"}, "Type a name", id="no-name"),
        pytest.param({"who": "named", "name": "Ana"}, "2 speakers fit “Ana”", id="several"),
        pytest.param({"who": "named", "name": "Zed"}, "No speaker fits “Zed”", id="none"),
        pytest.param({"who": "named", "name": EVIL}, "No speaker fits", id="markup"),
        pytest.param({"who": "new"}, "Type the name of the new", id="new-without-name"),
        pytest.param({"who": "new", "name": "Ana Rowe"}, "knows Ana Rowe already", id="known"),
        pytest.param({"who": "new", "name": "x" * 500}, "has 500 characters", id="500-characters"),
        pytest.param({"who": "new", "name": "Bo", "kind": "x"}, "x is not", id="kind"),
        pytest.param({"who": "anonymous"}, "Say how the article describes", id="undescribed"),
    ],
)
def test_speakers_that_cannot_be_are_shown_again(reviewer, asked, problem):
    row = said("it was sad")
    answer = post(reviewer, row, "speaker", **asked)
    assert answer.status_code == 400
    assert problem in " ".join(answer.text.split())
    assert EVIL not in answer.text
    assert fresh(row).review == ""


@pytest.mark.parametrize("fields", [{"action": "burn"}, {"action": "confirm", "seen": ""}])
def test_what_is_not_asked_for_properly_is_refused(reviewer, fields):
    row = said("it was sad")
    assert reviewer.post(address(row), {**form(row, "confirm"), **fields}).status_code == 400
    assert fresh(row).review == ""


def test_speakers_are_offered_while_one_types(reviewer, client):
    found = reviewer.get(reverse("review-speakers"), {"name": "row"}).text
    assert "Ana Rowe" in found
    assert f'value="{called("Ana Rowe").pk}"' in found
    assert EVIL not in reviewer.get(reverse("review-speakers"), {"name": EVIL}).text
    assert reviewer.get(reverse("review-speakers"), {"name": "\0" + "x" * 900}).status_code == 200
    assert client.get(reverse("review-speakers")).status_code == 302


# --- two at once


def test_the_second_of_two_sees_what_the_first_decided_and_can_go_on(reviewer, sam):
    row = said("it was sad")
    fields = form(row, "speaker", who="new", name="Bo Lee", kind="person", why="it is him")
    decisions.correct_words(row, [(0, 7)], sam, why="too much")
    conflict = reviewer.post(address(row), fields)
    assert conflict.status_code == 409
    told = " ".join(conflict.text.split())
    for part in ("Sam Roe has changed this", "too much", "the speaker Bo Lee", "it is him"):
        assert part in told
    assert fresh(row).speaker == called("Ana Roe")
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', conflict.text))
    hidden.pop("csrfmiddlewaretoken")
    assert reviewer.post(address(row), hidden).status_code == 302
    row = fresh(row)
    assert (row.speaker_name, row.content) == ("Bo Lee", "Ana Roe")
    assert Decision.objects.count() == 2


def test_a_conflict_is_a_sound_page(reviewer, sam):
    row = said("it was sad")
    fields = form(row, "reject")
    decisions.confirm(row, sam)
    reviewer.handler.enforce_csrf_checks = False
    answer = reviewer.post(address(row), fields)
    assert answer.status_code == 409
    assert "to mark it as not a quotation" in answer.text


# --- history and decisions


def test_history_shows_what_changed_and_what_the_program_says(reviewer, jo, sam):
    row = said("It must")
    decisions.correct_speaker(row, called("Ana Rowe"), jo, why="read on")
    it = TAX.index("It must")
    first = decisions.correct_words(row, [(it, it + 2)], sam)
    decisions.undo(first, sam)
    page = words(read(reviewer, address(row, "history")))
    assert "Speaker corrected by Jo Roe" in page
    assert "was: Ana Roe → became: Ana Rowe" in page
    assert "was: “It must,” → became: It" in page
    assert "Undone by Sam Roe" in page
    program = read(reviewer, address(row, "history"))
    assert "What the program says" in words(program)


def test_history_shows_what_runs_changed_too(client, jo):
    row = said("nobody knew")
    decisions.confirm(said("It must"), jo)
    doc = reviewing.tax_document()
    fewer = tuple(q for q in doc.quotations if q.speaker != reviewing.MONITOR)
    tax = builders.source(TAX, origin="tax.txt", title="Tax to rise", outlet="The Daily Wire")
    run = store.open_run(builders.provenance("2"))
    store.record(tax, doc.model_copy(update={"quotations": fewer}), run)
    page = words(read(client, address(row, "history")))
    assert "No longer found by the program" in page
    assert said("It must").review == "confirmed"


def test_history_of_what_nobody_touched(client):
    page = words(read(client, address(said("It must"), "history")))
    assert "Nothing: it is as the program found it." in page


def test_the_quotations_page_says_who_decided(client, reviewer, jo):
    row = said("It must")
    assert "Review this quotation" not in words(read(client, row.get_absolute_url()))
    assert "Review this quotation" in words(read(reviewer, row.get_absolute_url()))
    decision = decisions.confirm(row, jo, why="read it")
    page = words(read(client, row.get_absolute_url()))
    when = f"{decision.at.day} {decision.at:%B %Y, %H:%M} UTC"
    assert f"Confirmed by Jo Roe, {when}: read it" in page
    assert "Confirmed by a person" in page
    decisions.reject(row, jo)
    assert "Not a quotation. People have marked it so" in words(
        read(client, row.get_absolute_url())
    )


def test_lists_mark_and_filter_what_was_reviewed(client, jo, world):
    decisions.confirm(said("It must"), jo)
    decisions.correct_speaker(said("nobody knew"), Unnamed(), jo)
    page = read(client, reverse("quotations") + "?reviewed=yes")
    assert "2 quotations" in words(page)
    assert "Confirmed by a person" in words(page)
    assert "Corrected by a person" in words(page)
    assert "6 quotations" in words(read(client, reverse("quotations") + "?reviewed=no"))
    assert "Confirmed by a person" in words(read(client, world.tax.get_absolute_url()))


def test_decisions_of_everybody_and_of_one(reviewer, jo, sam):
    decisions.confirm(said("It must"), jo, why=EVIL)
    decisions.merge(called("Ana Rowe"), called("Ana Roe"), sam)
    page = read(reviewer, reverse("decisions"))
    assert "2 decisions" in words(page)
    assert EVIL in words(page)
    one = words(read(reviewer, reverse("decisions") + "?person=sam"))
    assert "Speakers merged by Sam Roe" in one
    assert "Confirmed by" not in one
    assert "1 decision" in words(read(reviewer, reverse("decisions") + "?kind=confirm"))
    assert "Nobody of that user name" in words(
        read(reviewer, reverse("decisions") + "?person=zed", status=400)
    )


def test_an_undo_that_is_refused_says_why_and_offers_what_is_first(reviewer, jo, sam):
    first = decisions.confirm(said("It must"), jo)
    later = decisions.reject(said("It must"), sam)
    answer = reviewer.post(reverse("decision-undo", args=[first.uid]))
    assert answer.status_code == 409
    assert "undo that first" in answer.text
    assert reverse("decision-undo", args=[later.uid]) in answer.text


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "javascript:x", ""])
def test_undo_leads_nowhere_else(reviewer, jo, onward):
    decision = decisions.confirm(said("It must"), jo)
    done = reviewer.post(reverse("decision-undo", args=[decision.uid]), {"next": onward})
    assert done.url == said("It must").get_absolute_url()


def test_what_is_hostile_is_shown_as_words(reviewer, jo):
    row = said("It must")
    decisions.correct_speaker(row, NewSpeaker(f"Bo {EVIL}", SpeakerKind.PERSON), jo, why=EVIL)
    for name in ("history", "review-quotation", "quotation"):
        page = read(reviewer, address(row, name))
        assert EVIL in words(page)


# --- how much it costs


def test_statements_do_not_grow(reviewer, jo):
    def counted():
        counts = []
        for path in (
            reverse("review") + "?band=",
            reverse("decisions"),
            address(said("It must"), "history"),
            said("It must").get_absolute_url(),
        ):
            with CaptureQueriesContext(connection) as captured:
                assert reviewer.get(path).status_code == 200
            counts.append(len(captured))
        return counts

    decisions.confirm(said("It must"), jo)
    decisions.confirm(said("nobody knew"), jo)
    before = counted()
    for _ in range(10):
        decisions.confirm(said("It must"), jo)
    for row in Quotation.objects.filter(review="")[:3]:
        decisions.confirm(row, jo)
    assert counted() == before


# --- the script, and places


def test_the_script_has_a_key_for_every_action_and_a_button_for_every_key(reviewer):
    page = reviewer.get(address(said("It must"))).text
    script = Path(finders.find("quotes/review.js")).read_text(encoding="utf-8")
    assert set(re.findall(r'data-key="(.)"', page)) == set("csexrjk?")
    for attribute in set(re.findall(r"\[(data-[a-z-]+)", script)) - {"data-sent"}:
        templates = Path(finders.find("quotes/review.js")).parents[2] / "templates" / "quotes"
        used = "".join(path.read_text(encoding="utf-8") for path in templates.glob("*review*.html"))
        assert attribute in used, attribute


def test_every_letter_of_the_context_tells_its_place(reviewer):
    page = reviewer.get(address(said("tax would rise"))).text
    for start, text in re.findall(r'<span data-at="(\d+)">([^<]*)</span>', page):
        stored = TAX[int(start) : int(start) + len(text)]
        assert stored == text.replace("&amp;", "&")


@pytest.mark.parametrize(
    ("sought", "text", "places"),
    [
        ("aa", "aaa", [(0, 2), (1, 3)]),
        ("a b", "a\n b a  b", [(0, 4), (5, 9)]),
        (" ", "a b", []),
        (".*", "a.*b", [(1, 3)]),
        ("🚆", "x🚆y", [(1, 2)]),
    ],
)
def test_places_of_words(sought, text, places):
    assert places_of(sought, text) == places
