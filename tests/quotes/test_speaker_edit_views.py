"""Merging, splitting, renaming and telling apart on pages: seen before, done, refused, undone."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from quotes import decisions
from quotes.models import Decision, Quotation, Speaker, SpeakerSuggestion
from tests.quotes.test_views import EVIL, Page, read, static_root, words  # noqa: F401  a fixture
from tests.reviewing import called, reviewer, said, snapshot, stored_world

pytestmark = pytest.mark.django_db
LONG = "x" * 500


@pytest.fixture
def jo(client) -> User:
    """A reviewer, signed in, before the stored world."""
    stored_world()
    found = reviewer()
    client.force_login(found)
    return found


def at(name: str, part: str = "") -> str:
    return f"{called(name).get_absolute_url()}{part}"


def answer(response, status: int) -> str:
    """Return the words of a page that answers a form; it is well-formed."""
    assert response.status_code == status
    page = Page(response.content.decode())
    assert page.errors == []
    return words(page)


def hidden(client: Client, address: str) -> dict[str, str]:
    """Return the hidden fields of the page's form for a decision, but for the token."""
    html = client.get(address).content.decode()
    form = re.search(r'<form class="(?:decide|answers).*?</form>', html, re.DOTALL)[0]
    inputs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: value for name, value in inputs if name != "csrfmiddlewaretoken"}


def filled(client: Client, name: str) -> dict[str, str]:
    """Return the edit form of a speaker as it is shown."""
    row = called(name)
    known = {key: getattr(row, key) for key in ("name", "kind", "description", "wikidata_id")}
    return {**known, **hidden(client, at(name, "edit/")), "why": ""}


# --- who may


PAGES = ("merge/", "split/", "edit/", "different/")


@pytest.mark.parametrize("part", PAGES)
def test_only_reviewers_decide(client, part):
    stored_world()
    address, before = at("Ana Roe", part), snapshot()
    method = client.post if part == "different/" else client.get
    assert method(address).url.startswith(reverse("login"))
    client.force_login(User.objects.create_user("reader"))
    assert method(address).status_code == 403
    assert client.post(address, {"other": called("Ana Rowe").slug}).status_code == 403
    assert snapshot() == before


def test_the_queue_is_for_reviewers(client):
    stored_world()
    pair = SpeakerSuggestion.objects.get()
    queue, one = reverse("speaker-suggestions"), reverse("speaker-suggestion", args=[pair.pk])
    assert client.get(queue).url.startswith(reverse("login"))
    client.force_login(User.objects.create_user("reader"))
    assert client.get(queue).status_code == 403
    assert client.post(one, {"answer": "same"}).status_code == 403
    assert "decide on them" not in words(read(client, "/speakers/"))


def test_a_form_needs_its_token(jo):  # noqa: ARG001
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get())
    sent = {"into": called("Ana Rowe").slug}
    assert strict.post(at("Ana Roe", "merge/"), sent).status_code == 403


# --- merge


@pytest.mark.usefixtures("jo")
def test_a_merge_is_shown_before(client):
    page = read(client, at("Ana Rowe", "merge/?into=ana-roe"))
    text = words(page)
    for part in (
        "Merged: Ana Rowe Stays: Ana Roe Afterwards",
        "Quotations 1 5 6",
        "1 article quotes both of them: there they are likely two.",
        "Tax to rise",
    ):
        assert part in text.replace("Ana RoweStays", "Ana Rowe Stays").replace(
            "RoeAfter", "Roe After"
        ).replace("Quotations156", "Quotations 1 5 6"), text
    assert f"{at('Ana Roe')}merge/?into=ana-rowe" in page.links


def test_a_merge_is_done_and_undone_from_the_history(client, jo):
    before = snapshot()
    address = at("Ana Rowe", "merge/")
    form = hidden(client, f"{address}?into=ana-roe")
    assert set(form) == {"into", "seen", "into_seen"}
    response = client.post(address, {**form, "why": "a misprint"})
    assert response.status_code == 302
    page = read(client, response.url)
    assert "Done: speakers merged, by Jo Roe" in words(page)
    told = r"Speakers merged by Jo Roe, .* UTC a misprint ?Ana Rowe was merged into Ana Roe\."
    assert re.search(told, words(page))
    assert called("Ana Roe").quotation_count == 6
    taken = Decision.objects.get()
    assert (taken.by, taken.why) == (jo, "a misprint")
    onward = client.post(reverse("decision-undo", args=[taken.uid]), {"next": "/speakers/"})
    assert onward.url == "/speakers/"
    assert snapshot() == before
    assert "“Speakers merged” by Jo Roe" in words(read(client, at("Ana Roe")))


@pytest.mark.usefixtures("jo")
@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("", 200, "Who is it the same as?"),
        ("ana-rowe", 200, "What will happen"),
        ("Ana Rowe", 200, "What will happen"),
        ("ana rowe", 200, "What will happen"),
        ("Ana Roe", 400, "cannot be merged into itself"),
        ("ana", 200, "No speaker is called “ana”"),
        ("nobody", 200, "No speaker is called “nobody”"),
        (LONG, 200, "at most 300 characters"),
        ("%00", 200, "Null characters"),
        (EVIL, 200, "No speaker is called"),
    ],
)
def test_the_other_speaker_is_found_by_name_or_address(client, asked, status, part):
    assert part in words(read(client, at("Ana Roe", f"merge/?into={asked}"), status))


@pytest.mark.usefixtures("jo")
def test_who_has_those_letters_is_offered(client):
    page = read(client, at("Ana Roe", "merge/?into=ana"))
    assert "?into=ana-rowe" in page.links
    assert "?into=ana-roe" not in page.links, "the speaker itself"


@pytest.mark.usefixtures("jo")
def test_namesakes_have_to_be_chosen_among(client):
    for slug, role in (("x-1", "a baker"), ("x-2", "a mayor")):
        Speaker.objects.create(slug=slug, name="Omar Doe", kind="person", description=role)
    page = read(client, at("Ana Roe", "merge/?into=Omar+Doe"))
    assert "2 speakers are called “Omar Doe”" in words(page)
    assert {"?into=x-1", "?into=x-2"} <= set(page.links)
    assert "Person · a baker" in words(page)
    alone = read(client, "/speakers/x-1/merge/?into=Omar+Doe")
    assert "Merged: Omar Doe" in words(alone), "of two, one is the speaker itself"


def test_a_circle_of_merges_is_refused(client, jo):
    ana, rowe = called("Ana Roe"), called("Ana Rowe")
    address = f"{rowe.get_absolute_url()}merge/"
    form = hidden(client, f"{address}?into=ana-roe")
    decisions.merge(ana, rowe, jo)
    before = snapshot()
    assert "Somebody was faster" in answer(client.post(address, form), 409)
    now = decisions.seen(called("Ana Rowe"))
    fresh = {"into": "ana-roe", "seen": now, "into_seen": now}
    assert "would go in a circle" in answer(client.post(address, fresh), 400)
    assert "would go in a circle" in words(read(client, f"{address}?into=ana-roe", 400))
    assert snapshot() == before
    # Who was merged is asked about as who it is now.
    assert "Merge Ana Rowe" in words(read(client, f"{ana.get_absolute_url()}merge/"))


@pytest.mark.parametrize("who", ["Ana Rowe", "Ana Roe"])
def test_a_merge_of_what_has_changed_since_is_refused(client, jo, who):
    address = at("Ana Rowe", "merge/")
    form = hidden(client, f"{address}?into=ana-roe")
    decisions.rename(called(who), jo, description="somebody else", why="found out")
    before = snapshot()
    text = answer(client.post(address, form), 409)
    for part in ("Somebody was faster", "Jo Roe has changed this", "found out", "somebody else"):
        assert part in text
    assert snapshot() == before


@pytest.mark.usefixtures("jo")
@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"why": LONG + "y"}, "500 characters"),
        ({"into": "nobody"}, "No speaker is called"),
        ({"into": ""}, "required"),
    ],
)
def test_a_merge_that_cannot_be_is_explained(client, changed, part):
    address, before = at("Ana Rowe", "merge/"), snapshot()
    form = hidden(client, f"{address}?into=ana-roe")
    assert part in answer(client.post(address, {**form, **changed}), 400)
    assert snapshot() == before


# --- told apart


def test_two_are_told_apart(client, jo):  # noqa: ARG001
    address = at("Ana Roe")
    assert "Might be the same" in words(read(client, address))
    response = client.post(f"{address}different/", {"other": "ana-rowe"})
    page = read(client, response.url)
    assert "Ana Roe and Ana Rowe are two" in words(page).replace("Rowe and Ana Roe", "")
    assert "Might be the same" not in words(page)
    assert SpeakerSuggestion.objects.get().status == "different"


@pytest.mark.usefixtures("jo")
@pytest.mark.parametrize(
    ("other", "status"), [("ana-roe", 400), ("nobody", 404), ("", 404), ("\0", 404)]
)
def test_nobody_is_told_apart_from_nobody(client, other, status):
    before = snapshot()
    answer(client.post(at("Ana Roe", "different/"), {"other": other}), status)
    assert snapshot() == before
    assert not Decision.objects.exists()


@pytest.mark.usefixtures("jo")
@pytest.mark.parametrize("why", ["a\0b", "x" * 501])
def test_a_reason_that_cannot_be_kept_is_refused(client, why):
    sent = {"other": "ana-rowe", "why": why}
    assert "characters" in answer(client.post(at("Ana Roe", "different/"), sent), 400)
    assert not Decision.objects.exists()


# --- edit


@pytest.mark.usefixtures("jo")
def test_a_speaker_is_renamed(client):
    form = filled(client, "Ana Roe")
    changed = {"name": "Ana M. Roe", "wikidata_id": "q42", "description": "minister", "why": "full"}
    response = client.post(at("Ana Roe", "edit/"), {**form, **changed})
    assert response.status_code == 302
    text = words(read(client, response.url))
    assert "Ana M. Roe" in text
    assert "Wikidata Q42" in text
    told = text[text.index("Speaker renamed by Jo Roe") :]
    assert re.match(r".*?full ?Ana M\. Roe ?Speaker ?was: Ana Roe → ?became: Ana M\. Roe", told)
    assert "Kind was" not in told  # only what changed
    listed = words(read(client, reverse("decisions")))
    assert re.search(r"was: Ana Roe → ?became: Ana M\. Roe", listed)
    assert "Ana M. Roe" in words(read(client, "/speakers/?q=ana+roe")), "by the former name"


@pytest.mark.usefixtures("jo")
@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({}, "Not done"),
        ({"name": ""}, "required"),
        ({"name": LONG}, "at most 300 characters"),
        ({"name": "?!"}, "letter or a digit"),
        ({"name": "a\0b"}, "Null characters"),
        ({"kind": "anonymous"}, "anonymous"),
        ({"wikidata_id": "forty-two"}, "no Wikidata identifier"),
        ({"description": LONG}, "at most 300 characters"),
        ({"why": LONG + "y", "name": "Ana"}, "at most 500 characters"),
    ],
)
def test_an_edit_that_cannot_be_is_explained_and_kept(client, changed, part):
    before = snapshot()
    form = {**filled(client, "Ana Roe"), **changed}
    assert part in answer(client.post(at("Ana Roe", "edit/"), form), 400)
    assert snapshot() == before


def test_two_who_edit_at_once(client, jo):
    form = filled(client, "Ana Roe")
    decisions.rename(called("Ana Roe"), jo, description="the minister of rail", why="was faster")
    before = snapshot()
    response = client.post(at("Ana Roe", "edit/"), {**form, "description": "a baker"})
    text = answer(response, 409)
    for part in ("Somebody was faster", "was faster", "Description now the minister of rail"):
        assert part in text.replace("nowthe", "now the")
    assert 'value="a baker"' in response.content.decode(), "what was filled in is kept"
    assert snapshot() == before
    # Looked at again and sent again, it counts.
    again = re.search(r'name="seen" value="(\w+)"', response.content.decode())[1]
    sent = {**form, "description": "a baker", "seen": again}
    assert client.post(at("Ana Roe", "edit/"), sent).status_code == 302
    assert called("Ana Roe").description == "a baker"


# --- split


def split_form(client: Client, **ticked) -> dict[str, object]:
    seen = hidden(client, at("Ana Roe", "split/"))["seen"]
    return {"to": "new", "new_name": "Ana Roe", "new_kind": "person", "seen": seen, **ticked}


@pytest.mark.usefixtures("jo")
def test_what_can_be_split_off_is_offered_with_its_count(client):
    text = words(read(client, at("Ana Roe", "split/")))
    assert "“We strike,” (the minister)" in text
    assert "““" not in text
    for part in ("Ana Roe (5)", "the minister (5)", "Strike, Evening Post, 5 Mar 2026",
                 "it was sad (the minister)"):  # fmt: skip
        assert part in text
    narrow = words(read(client, at("Ana Roe", "split/?q=strike")))
    assert "the strike would end" in narrow
    assert "it was sad" not in narrow


@pytest.mark.usefixtures("jo")
def test_a_split_is_shown_before_and_changes_nothing_yet(client):
    before = snapshot()
    strike = said("the strike").version.article_id
    form = split_form(client, articles=[strike], new_description="a baker")
    text = answer(client.post(at("Ana Roe", "split/"), form), 200)
    assert "2 quotations in 1 article go to a new speaker, Ana Roe; 3 stay with Ana Roe" in text
    assert snapshot() == before


@pytest.mark.usefixtures("jo")
def test_a_split_makes_a_speaker_who_is_told_apart_and_is_undone(client):
    before = snapshot()
    strike = said("the strike").version.article_id
    form = split_form(client, articles=[strike], new_description="a baker", confirm="yes")
    response = client.post(at("Ana Roe", "split/"), form)
    assert response.status_code == 302
    text = words(read(client, response.url))
    assert "2 quotations in 1 article" in text
    assert "a baker" in text
    assert "Part of Ana Roe went to Ana Roe" in text
    assert "Might be the same" not in text
    taken = Decision.objects.get()
    client.post(reverse("decision-undo", args=[taken.uid]))
    assert snapshot()["Quotation"] == before["Quotation"]
    back = words(
        Page(client.get(taken.other_speaker.get_absolute_url(), follow=True).content.decode())
    )
    assert "its speaker is Ana Roe again" in back
    assert "was merged into" not in back


@pytest.mark.usefixtures("jo")
@pytest.mark.parametrize("tick", ["roles", "quotations", "names"])
def test_a_part_goes_to_who_has_a_page(client, tick):
    Quotation.objects.filter(pk=said("it was sad").pk).update(
        speaker_role="baker", speaker_name="Roe the baker"
    )
    sad = said("it was sad")
    ticked = {"roles": ["baker"], "quotations": [sad.pk], "names": ["Roe the baker"]}[tick]
    form = split_form(client, **{tick: ticked}, to="known", known="Ana Rowe")
    shown = answer(client.post(at("Ana Roe", "split/"), form), 200)
    assert "1 quotation in 1 article goes to Ana Rowe; 4 stay with Ana Roe" in shown
    response = client.post(at("Ana Roe", "split/"), {**form, "confirm": "yes"})
    assert response.url.startswith(at("Ana Rowe"))
    sad.refresh_from_db()
    assert sad.speaker == called("Ana Rowe")
    assert called("Ana Roe").quotation_count == 4


@pytest.mark.usefixtures("jo")
@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({}, "Tick what is somebody else’s"),
        ({"names": ["Nobody"]}, "no longer among the choices"),
        ({"quotations": ["x"]}, "no longer among the choices"),
        ({"quotations": ["9" * 30]}, "no longer among the choices"),
        ({"articles": ["999999"]}, "no longer among the choices"),
        ({"roles": ["the minister"], "new_name": ""}, "Give the new speaker a name"),
        ({"roles": ["the minister"], "new_name": LONG}, "at most 300 characters"),
        ({"roles": ["the minister"], "to": "known"}, "Say which speaker they belong to"),
        ({"roles": ["the minister"], "to": "known", "known": "zz"}, "No speaker is called “zz”"),
        ({"roles": ["the minister"], "to": "nobody"}, "Select a valid choice"),
        ({"names": ["Ana Roe"], "confirm": "yes"}, "That is all of Ana Roe"),
        (
            {"quotations": "sad", "to": "known", "known": "ana-roe", "confirm": "yes"},
            "The part would stay with Ana Roe",
        ),
    ],
)
def test_a_split_that_cannot_be_is_explained(client, changed, part):
    before = snapshot()
    if changed.get("quotations") == "sad":
        changed = {**changed, "quotations": [said("it was sad").pk]}
    form = split_form(client, **changed)
    assert part in answer(client.post(at("Ana Roe", "split/"), form), 400)
    assert snapshot() == before


def test_a_split_of_what_has_changed_since_is_refused(client, jo):
    form = split_form(client, quotations=[said("it was sad").pk], confirm="yes")
    decisions.merge(called("Ana Rowe"), called("Ana Roe"), jo, why="was faster")
    before = snapshot()
    response = client.post(at("Ana Roe", "split/"), form)
    assert "was faster" in answer(response, 409)
    assert snapshot() == before
    assert "checked" in response.content.decode(), "what was ticked is kept"


# --- the queue


@pytest.mark.usefixtures("jo")
def test_the_queue_lists_pairs_best_first(client):
    first = SpeakerSuggestion.objects.get()
    rows = [Speaker.objects.create(slug=f"x{n}", name=f"X{n}", kind="person") for n in range(3)]
    SpeakerSuggestion.objects.create(one=rows[0], other=rows[1], reason="better", score=0.9)
    SpeakerSuggestion.objects.create(
        one=rows[0], other=rows[2], reason="settled", score=1, status="different"
    )
    page = read(client, "/speakers/suggestions/")
    text = words(page)
    assert text.index("better") < text.index(first.reason)
    assert "2 pairs" in text
    assert "settled" not in text
    assert "2 pairs of speakers may be the same" in words(read(client, "/speakers/"))


@pytest.mark.usefixtures("jo")
@pytest.mark.parametrize(
    ("said_so", "status", "kind", "part"),
    [
        ("same", "same", "merge", "Ana Rowe was merged into Ana Roe"),
        ("different", "different", "different", "are two"),
    ],
)
def test_a_pair_is_answered(client, said_so, status, kind, part):
    pair = SpeakerSuggestion.objects.get()
    form = hidden(client, "/speakers/suggestions/")
    address = reverse("speaker-suggestion", args=[pair.pk])
    response = client.post(address, {**form, "answer": said_so})
    assert response.status_code == 302
    text = words(read(client, response.url))
    assert part in text
    assert "Undo" in text
    assert "No pair is open" in text
    pair.refresh_from_db()
    assert pair.status == status
    assert Decision.objects.get().kind == kind
    # The same answer again, from another window.
    assert "Nothing was changed" in answer(client.post(address, {**form, "answer": said_so}), 409)
    assert Decision.objects.count() == 1


@pytest.mark.usefixtures("jo")
@pytest.mark.parametrize(
    ("changed", "status"),
    [({"answer": ""}, 400), ({"answer": "perhaps"}, 400), ({"seen": "x"}, 409)],
)
def test_an_answer_that_cannot_be_is_explained(client, changed, status):
    pair, before = SpeakerSuggestion.objects.get(), snapshot()
    form = {**hidden(client, "/speakers/suggestions/"), "answer": "same", **changed}
    answer(client.post(reverse("speaker-suggestion", args=[pair.pk]), form), status)
    assert snapshot() == before


@pytest.mark.usefixtures("jo")
@pytest.mark.parametrize("query", ["page=x", "page=0", "done=x", "done=%00"])
def test_other_words_in_the_address_of_the_queue(client, query):
    assert client.get(f"/speakers/suggestions/?{query}").status_code in {200, 400}


def test_an_unknown_pair_is_nowhere(client, jo):  # noqa: ARG001
    assert client.post("/speakers/suggestions/999/", {"answer": "same"}).status_code == 404
    assert client.get(reverse("speaker-suggestion", args=[1])).status_code == 405


# --- what a page costs


QUERIES = {
    # In all: session, user, permissions (two), speaker, what has changed of what one has cited.
    "merge/": 9,  # pairs and with whom; like names
    # The other; both as seen; names of both; articles of both, counted and listed; words like it.
    "merge/?into=ana-rowe": 19,
    "split/": 12,  # seen; names; roles; the newest, their articles; quotations
    "edit/": 7,  # seen
    "queue": 7,  # count; rows
}


@pytest.mark.parametrize("part", QUERIES)
@pytest.mark.parametrize("rows", [1, 10])
def test_queries_do_not_grow(client, jo, django_assert_num_queries, part, rows):  # noqa: ARG001
    ana = called("Ana Roe")
    for n in range(rows):
        other = Speaker.objects.create(slug=f"x{n}", name=f"X{n} Rho", kind="person")
        SpeakerSuggestion.objects.create(one=ana, other=other, reason="x", score=0.5)
    address = "/speakers/suggestions/" if part == "queue" else at("Ana Roe", part)
    # Like names are looked for only where open pairs leave room.
    is_full = rows == 10 and part.startswith("merge")
    with django_assert_num_queries(QUERIES[part] - is_full):
        assert client.get(address).status_code == 200
