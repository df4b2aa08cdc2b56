"""Pages of collections: whose they are, what is done on them without scripts, what they cost."""

import re
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quotes import cited, collection_exports, collections, decisions
from quotes.collection_forms import Pasted, pasted
from quotes.models import (
    CitedQuotation,
    Collection,
    CollectionExport,
    CollectionItem,
    Quotation,
    QuotationSpan,
)
from tests import reviewing
from tests.reviewing import said

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def world(run):
    return reviewing.stored_world(run)


@pytest.fixture
def jo(client) -> User:
    user = User.objects.create_user("jo")
    client.force_login(user)
    return user


@pytest.fixture
def uids() -> list[str]:
    return list(Quotation.objects.order_by("pk").values_list("uid", flat=True))


@pytest.fixture
def own(jo, uids) -> Collection:
    """A collection of jo's with three quotations."""
    row = collections.create(jo, "Rail")
    collections.add(row, uids[:3])
    return row


def order(collection: Collection) -> list[str]:
    return [item.quotation.uid for item in collections.items(collection)]


def at(collection: Collection, part: str = "") -> str:
    return f"/collections/{collection.uid}/{part}"


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


# --- what is pasted


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("0123456789abcdef", [(1, "0123456789abcdef")]),
        ("https://x.org/q/0123456789abcdef/", [(1, "0123456789abcdef")]),
        ("<https://x.org/q/0123456789abcdef>", [(1, "0123456789abcdef")]),
        ("http://x.org:80/quotes/abc/?page=2#context", [(1, "abc")]),
        ("/quotes/abc/history/", [(1, "abc")]),
        ("https://x.org/api/v1/quotations/abc/", [(1, "abc")]),
        ("https://x.org/tracker/q/abc/", [(1, "abc")]),
        ("abc, def;ghi\n\n  jkl", [(1, "abc"), (1, "def"), (1, "ghi"), (3, "jkl")]),
        ("https://x.org/articles/abc/", [(1, "")]),
        ("https://x.org/", [(1, "")]),
        ("01234567890abcdef0", [(1, "")]),
        ("http://[", [(1, "")]),
        ("“Yes”", [(1, "")]),
        ("", []),
    ],
)
def test_what_is_pasted(sent, expected):
    assert [(one.line, one.uid) for one in pasted(sent)] == expected


def test_what_is_pasted_is_shown_as_it_was():
    assert list(pasted("see x.org/y")) == [Pasted(1, "see", "see"), Pasted(1, "x.org/y", "")]


# --- whose they are


def test_made_changed_and_deleted(client, jo):
    response = client.post("/collections/new/", {"name": "Rail", "description": "For <b>May</b>"})
    row = Collection.objects.get()
    assert response["Location"] == at(row)
    assert (row.owner, row.is_public) == (jo, False)
    page = client.get(at(row)).content.decode()
    assert "For &lt;b&gt;May&lt;/b&gt;" in page
    assert "Nothing in it yet" in page
    client.post(at(row, "edit/"), {"name": "Rails", "is_public": "on"})
    row.refresh_from_db()
    assert (row.name, row.description, row.is_public) == ("Rails", "", True)
    assert "cannot be undone" in client.get(at(row, "delete/")).content.decode()
    assert client.post(at(row, "delete/"), follow=True).status_code == 200
    assert not Collection.objects.exists()


@pytest.mark.parametrize("address", ["/collections/new/", "edit/"])
def test_a_name_is_wanted(client, own, address):
    address = address if address.startswith("/") else at(own, address)
    response = client.post(address, {"name": " "})
    assert response.status_code == 400
    assert "Give it a name." in response.content.decode()
    own.refresh_from_db()
    assert own.name == "Rail"


POSTS = [
    "edit/", "delete/", "add/", "move/", "note/", "remove/", "restore/", "seen/", "check/",
]  # fmt: skip


@pytest.mark.parametrize("part", ["", "export/", *POSTS])
def test_a_private_one_is_not_there_for_others(client, own, uids, part):
    client.force_login(User.objects.create_user("max"))
    for method in (client.get, client.post):
        response = method(at(own, part), {"remove": uids[0], "name": "x", "top": uids[2]})
        assert response.status_code in {404, 405}, (method, part)
    assert order(own) == uids[:3]
    assert Collection.objects.get().name == "Rail"


@pytest.mark.parametrize("part", POSTS)
def test_a_public_one_is_read_and_not_changed(client, own, uids, part):
    Collection.objects.update(is_public=True)
    client.logout()
    assert client.get(at(own)).status_code == 200
    answer = client.post(at(own, part), {"remove": uids[0], "top": uids[2], "name": "x"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")
    client.force_login(User.objects.create_user("max"))
    assert client.get(at(own)).status_code == 200
    assert client.post(at(own, part), {"remove": uids[0], "top": uids[2]}).status_code == 404
    assert order(own) == uids[:3]
    page = client.get(at(own)).content.decode()
    assert "Take out" not in page
    assert "Name and readers" not in page


def test_lists_of_own_and_of_others_public_ones(client, own):
    other = User.objects.create_user("max")
    collections.create(other, "Open", is_public=True)
    collections.create(other, "Closed")
    page = text(client.get("/collections/"))
    assert "Rail 3 quotations" in page
    assert "Open" in page
    assert "by max" in page
    assert "Closed" not in page
    client.logout()
    page = text(client.get("/collections/"))
    assert "Rail" not in page
    assert "Open" in page
    assert "Sign in" in page
    assert client.get("/collections/?page=x").status_code == 400
    assert "no page 9" in text(client.get("/collections/?page=9"))
    assert own.name == "Rail"


def test_a_private_tracker_asks_visitors_to_sign_in(client, settings, own):
    Collection.objects.update(is_public=True)
    settings.PUBLIC_READS = False
    client.logout()
    for address in ("/collections/", at(own), at(own, "export/")):
        assert client.get(address)["Location"].startswith("/account/login/")


# --- what is done on them


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"up": 1}, [1, 0, 2]),
        ({"up": 0}, [0, 1, 2]),
        ({"down": 0}, [1, 0, 2]),
        ({"down": 1}, [0, 2, 1]),
        ({"down": 2}, [0, 1, 2]),
        ({"top": 2}, [2, 0, 1]),
        ({"top": 0}, [0, 1, 2]),
        ({"end": 0}, [1, 2, 0]),
        ({"quotation": 2, "place": "1"}, [2, 0, 1]),
        ({"quotation": 0, "place": "2"}, [1, 0, 2]),
        ({"quotation": 0, "place": "99"}, [1, 2, 0]),
        ({"quotation": 2, "before": 1}, [0, 2, 1]),
        ({"quotation": 0, "before": ""}, [1, 2, 0]),
    ],
)
def test_moved_by_buttons_and_forms(client, own, uids, sent, expected):
    asked = {name: uids[value] if isinstance(value, int) else value for name, value in sent.items()}
    moved = uids[next(value for value in sent.values() if isinstance(value, int))]
    answer = client.post(at(own, "move/"), asked)
    assert answer["Location"] == f"{at(own)}#item-{moved}"  # a page of 50 is not begun at its top
    assert order(own) == [uids[number] for number in expected]


def test_what_cannot_be_moved_says_why(client, own, uids):
    response = client.post(at(own, "move/"), {"up": uids[5]}, follow=True)
    assert response.redirect_chain[0][0] == at(own)  # the message is at the top
    assert "Not moved" in text(response)
    assert "add it first" in text(response)
    assert order(own) == uids[:3]


def test_leads_back_to_its_page_and_nowhere_else(client, own, uids):
    back = f"{at(own)}?page=1&q=tax"
    sent, place = {"up": uids[1], "next": back}, f"#item-{uids[1]}"
    assert client.post(at(own, "move/"), sent)["Location"] == back + place
    by_script = client.post(at(own, "move/"), sent, headers={"HX-Request": "true"})
    assert by_script["Location"] == back
    for wanted in ("https://evil.example/", "//evil.example", "/account/"):
        sent = {"up": uids[1], "next": wanted}
        assert client.post(at(own, "move/"), sent)["Location"] == at(own) + place


def test_annotated_and_taken_out_and_put_back_where_it_was(client, own, uids):
    client.post(at(own, "note/"), {"quotation": uids[1], "note": "<i>check</i>"})
    assert "&lt;i&gt;check&lt;/i&gt;" in client.get(at(own)).content.decode()
    page = client.post(at(own, "remove/"), {"remove": uids[1]}, follow=True)
    assert order(own) == [uids[0], uids[2]]
    assert "Put it back" in text(page)
    outcome = re.search(r'<form class="notice outcome".*?</form>', page.content.decode(), re.DOTALL)
    form = dict(re.findall(r'name="(quotation|before)" value="([^"]*)"', outcome[0]))
    assert form == {"quotation": uids[1], "before": uids[2]}
    assert "Taken out: “" in outcome[0]  # the words have their own marks
    assert "““" not in outcome[0]
    back = {"quotation": uids[1], "before": uids[2], "note": "<i>check</i>"}
    page = client.post(at(own, "restore/"), back, follow=True)
    assert order(own) == uids[:3]
    assert CollectionItem.objects.get(quotation__uid=uids[1]).note == "<i>check</i>"
    assert "Put it back" not in text(page)


def test_put_back_where_the_next_has_gone_too(client, own, uids):
    client.post(at(own, "restore/"), {"quotation": uids[4], "before": uids[6]})
    assert order(own) == [*uids[:3], uids[4]]


def test_a_note_that_is_too_long(client, own, uids):
    sent = {"quotation": uids[0], "note": "x" * 5001}
    assert "Not noted" in text(client.post(at(own, "note/"), sent, follow=True))


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        (("", "", "mine"), "mine"),
        (("old\r\nline", "old\nline", "mine"), "mine"),
        (("theirs", "old", "mine"), "theirs"),
        (("mine", "old", "mine"), "mine"),
        (("theirs", "old", ""), "theirs"),
        (("theirs", None, "mine"), "mine"),
    ],
    ids=["first", "as seen", "changed meanwhile", "sent twice", "emptied meanwhile", "not said"],
)
def test_a_note_replaces_the_one_that_was_seen(client, own, uids, notes, expected):
    now, was, sent = notes
    CollectionItem.objects.filter(quotation__uid=uids[0]).update(note=now)
    form = {"quotation": uids[0], "note": sent} | ({} if was is None else {"was": was})
    page = text(client.post(at(own, "note/"), form, follow=True))
    assert CollectionItem.objects.get(quotation__uid=uids[0]).note == expected
    assert (f"You had written: “{sent}”" in page) is (expected == "theirs")


def test_a_note_on_what_was_taken_out_meanwhile_is_not_lost(client, own, uids):
    client.post(at(own, "remove/"), {"remove": uids[0]})
    sent = {"quotation": uids[0], "note": "check the date", "was": ""}
    page = text(client.post(at(own, "note/"), sent, follow=True))
    assert "taken out of the collection meanwhile. You had written: “check the date”" in page


def test_pasted_quotations_go_in_and_the_others_are_shown_by_line(client, own, uids):
    sent = f"http://x.org/q/{uids[3]}/\nnobody {uids[0]}\nhttps://x.org/y"
    response = client.post(at(own, "add/"), {"quotations": sent})
    assert response.status_code == 400
    assert order(own) == uids[:4]
    page = text(response)
    assert page.index("2 of these are no quotations here") < page.index("Put in by address")
    assert "Line 2: nobody" in page
    assert "Line 3: https://x.org/y" in page
    assert "1 put in" in page
    assert "1 was in it already" in page
    good = client.post(at(own, "add/"), {"quotations": uids[4]}, follow=True)
    assert good.status_code == 200
    assert order(own) == uids[:5]


def test_too_many_pasted(client, own):
    response = client.post(at(own, "add/"), {"quotations": "x " * 1001})
    assert response.status_code == 400
    assert "paste at most 1000" in text(response)
    assert client.post(at(own, "add/"), {"quotations": ""}).status_code == 400


def test_found_within(client, own):
    page = text(client.get(at(own), {"q": "doubts"}))
    assert "1 of 3 has “doubts”" in page
    assert "she had doubts" in page
    assert "would rise" not in page
    assert "Nothing here has “zebra”" in text(client.get(at(own), {"q": "zebra"}))
    assert client.get(at(own), {"page": "x"}).status_code == 400
    assert "no page 7" in text(client.get(at(own), {"page": "7"}))


# --- putting aside


def test_the_first_goes_into_a_collection_of_its_own(client, jo, uids):
    response = client.post("/collections/put/", {"quotation": uids[0], "next": "/quotes/?page=1"})
    assert response["Location"] == "/quotes/?page=1"
    row = Collection.objects.get(owner=jo)
    assert (row.name, order(row)) == ("My quotations", uids[:1])


def test_goes_into_the_one_used_last_or_the_one_named_and_out_again(client, jo, own, uids):
    other = collections.create(jo, "Other")
    client.post("/collections/put/", {"quotation": uids[5]})
    assert order(other) == [uids[5]]
    client.post("/collections/put/", {"quotation": uids[6], "collection": str(own.uid)})
    assert order(own) == [*uids[:3], uids[6]]
    out = {"quotation": uids[6], "collection": str(own.uid), "take": "1"}
    client.post("/collections/put/", out)
    assert order(own) == uids[:3]


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_leads_to_this_site_only(client, jo, uids, wanted):
    response = client.post("/collections/put/", {"quotation": uids[0], "next": wanted})
    assert response["Location"] == f"/quotes/{uids[0]}/"
    assert jo.collections.count() == 1


def test_into_anothers_collection_or_of_no_quotation(client, jo, own, uids):
    client.force_login(User.objects.create_user("max"))
    sent = {"quotation": uids[5], "collection": str(own.uid)}
    assert client.post("/collections/put/", sent).status_code == 404
    assert client.post("/collections/put/", {**sent, "collection": "x"}).status_code == 404
    assert client.post("/collections/put/", {"quotation": "nobody"}).status_code == 404
    client.logout()
    assert client.post("/collections/put/", sent).status_code == 302
    assert CollectionItem.objects.count() == 3
    assert jo.collections.count() == 1


def test_with_scripts_only_the_button_comes_back(client, own, uids):
    sent = {"quotation": uids[4], "next": "/quotes/"}
    response = client.post("/collections/put/", sent, headers={"HX-Request": "true"})
    page = response.content.decode()
    assert "<html" not in page
    assert "In <a" in page
    assert "HX-Request" in response["Vary"]
    box = client.post(
        "/collections/put/", {**sent, "part": "box"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert 'id="collect"' in box
    assert "Take out of Rail" in box
    assert order(own) == [*uids[:3], uids[4]]


def test_the_chooser_offers_all_and_a_new_one(client, own, uids):
    page = text(client.get(f"/collections/put/{uids[0]}/"))
    assert "Your collections Rail 3 quotations" in page
    response = client.post(f"/collections/put/{uids[0]}/", {"name": "Book"})
    made = Collection.objects.get(name="Book")
    assert response["Location"] == at(made)
    assert order(made) == uids[:1]
    assert order(own) == uids[:3]
    assert client.get("/collections/put/nobody/").status_code == 404


def test_visitors_see_no_button_and_are_told_how(client, uids):
    assert "put-aside" not in client.get("/quotes/").content.decode()
    page = client.get(f"/quotes/{uids[0]}/").content.decode()
    assert 'id="collect"' in page
    assert "Sign in" in page


@pytest.mark.usefixtures("own")
def test_rows_know_what_is_in_the_collection_in_two_queries(client, uids):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/quotes/")
        mine = [q for q in queries if "quotes_collection" in q["sql"]]
        return page.content.decode(), len(mine)

    page, queries = cost()
    assert page.count('class="put-aside"') == len(uids)
    assert page.count(">Take out<") == 3
    # The collection used last, which rows are in it, and the mark in the navigation.
    assert queries == 3


# --- taking out


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Größe & <Maß>", "größe-maß-"),
        ("مجموعة", "مجموعة-"),
        ('\u202e../\\"\r\nx', "x-"),
        ("🚒!", "collection-"),
    ],
)
def test_a_file_is_called_as_its_collection_in_its_script(client, own, name, stem):
    Collection.objects.filter(pk=own.pk).update(name=name)
    disposition = client.post(at(own, "export/"), {"form": "ris", "style": "apa"})[
        "Content-Disposition"
    ]
    assert disposition.startswith("attachment; filename")
    assert (
        unquote(disposition.partition("=")[2]).strip('"').removeprefix("utf-8''").startswith(stem)
    )


FORMS = ["docx", "html", "markdown", "text", "references-html", "references-text", "bibtex",
         "ris", "csl"]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_taken_out_in_every_form_and_noted(client, jo, own, form):
    response = client.post(at(own, "export/"), {"form": form, "style": "apa"})
    assert response.status_code == 200
    body = b"".join(response) if response.streaming else response.content
    style = "" if form in {"bibtex", "ris", "csl"} else "apa-"
    assert re.search(rf'filename="rail-{style}\d{{4}}-', response["Content-Disposition"])
    if form == "docx":
        assert body.startswith(b"PK")
    elif form == "csl":
        assert body.count(b'"id"') == 3
    else:
        assert b"Tax to rise" in body
    export = CollectionExport.objects.get()
    assert (export.format, export.by) == (form, jo)
    assert export.style == ("" if form in {"bibtex", "ris", "csl"} else "apa")
    assert export.cited.count() == 3
    label = collection_exports.FORMS[form].label
    assert f'<td data-label="Form">{label}</td>' in client.get(at(own, "export/")).content.decode()
    others = [made.label for name, made in collection_exports.FORMS.items() if name != form]
    assert label not in others, "the list of exports tells them apart"


def test_others_take_out_a_public_one_and_nothing_is_noted(client, own):
    Collection.objects.update(is_public=True)
    client.logout()
    response = client.post(at(own, "export/"), {"form": "ris", "style": "apa"})
    assert b"".join(response).count(b"TY  - ") == 3
    assert not CollectionExport.objects.exists()
    assert "What you have taken out" not in client.get(at(own, "export/")).content.decode()


def test_a_preview_notes_nothing(client, own):
    sent = {"form": "docx", "style": "mla", "preview": "1"}
    response = client.post(at(own, "export/"), sent)
    assert "How the first ones will look" in text(response)
    assert "<i>The Daily Wire</i>" in response.content.decode()
    assert not CollectionExport.objects.exists()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"form": "pdf", "style": "apa"}, "pdf"),
        ({"form": "docx", "style": "none"}, "none"),
        ({"form": "docx"}, "required"),
    ],
)
def test_what_cannot_be_taken_out_says_why(client, own, sent, says):
    response = client.post(at(own, "export/"), sent)
    assert response.status_code == 400
    assert says in text(response)
    assert own.exports.count() == 0


def test_more_than_a_style_takes(client, own, monkeypatch):
    from quotes import collection_views  # noqa: PLC0415

    few = collection_exports.STYLING.model_copy(update={"entries_most": 2})
    monkeypatch.setattr(collection_exports, "STYLING", few)
    monkeypatch.setattr(collection_views, "STYLING", few)
    response = client.post(at(own, "export/"), {"form": "docx", "style": "apa"})
    assert response.status_code == 400
    assert "has 3 quotations, and a style takes 2" in text(response)
    assert client.post(at(own, "export/"), {"form": "ris", "style": "apa"}).status_code == 200


# --- what changed since


def cite(own, form: str = "ris") -> None:
    cited.keep(own, form=form, by=own.owner)


def place(words: str) -> tuple[int, int]:
    start = reviewing.TAX.index(words)
    return start, start + len(words)


def test_the_owner_is_told_and_says_seen(client, own):
    cite(own)
    rita = reviewing.reviewer("rita")
    decisions.correct_words(said("doubts"), [place("she had")], rita)
    decisions.reject(said("It must"), rita)
    cited.notice(until=timezone.now())
    page = client.get(at(own)).content.decode()
    assert "2 changed since you cited them" in page
    gone = '<del><span class="vh">[here only: </span> doubts<span class="vh">]</span></del>'
    assert f"she had{gone}" in page
    assert "Collections 2 changed since you cited them" in text(client.get("/quotes/"))
    assert "2 changed since cited" in text(client.get("/collections/"))
    client.post(at(own, "seen/"), {"quotation": said("It must").uid})
    assert "Collections 1 changed since you cited them" in text(client.get("/"))
    client.post(at(own, "seen/"))
    assert "changed since you cited" not in text(client.get("/"))
    assert "changed since you cited" not in text(client.get(at(own)))
    again = text(client.post(at(own, "check/")))
    assert "2 are not as you cited them : see below" in again.replace("them: see", "them : see")
    assert again.count("You have seen this") == 2


def test_nobody_else_is_told(client, own):
    Collection.objects.update(is_public=True)
    cite(own)
    decisions.reject(said("It must"), reviewing.reviewer("rita"))
    cited.notice(until=timezone.now())
    client.force_login(User.objects.create_user("max"))
    assert "changed since you cited" not in client.get(at(own)).content.decode()
    assert "changed since you cited" not in client.get("/").content.decode()


def test_rechecked_before_print(client, own):
    assert "Nothing was exported yet" in text(client.post(at(own, "check/")))
    cite(own)
    page = text(client.post(at(own, "check/")))
    assert "The words of all 3 agree with the stored texts" in page
    assert "All that you exported is as you cited it" in page
    decisions.reject(said("It must"), reviewing.reviewer("rita"))
    page = text(client.post(at(own, "check/")))
    assert "1 is no longer valid" in page
    assert "1 is not as you cited it : see below" in page.replace("it: see", "it : see")
    assert client.get(at(own, "check/"))["Location"] == at(own)


def test_rechecked_words_that_do_not_match(client, own, monkeypatch):
    """The database's triggers let no span be wrong; a reading that says so must be shown."""
    monkeypatch.setattr(
        Quotation, "mismatches", lambda row: ["other words"] if "doubts" in row.content else []
    )
    assert "1 does not match the stored text" in text(client.post(at(own, "check/")))


@pytest.mark.django_db(transaction=True)
def test_rechecked_words_whose_text_is_missing(client, own):
    if connection.vendor != "sqlite":
        pytest.skip("takes SQLite's constraints away")
    stored = said("doubts").version.text
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM quotes_canonicaltext WHERE sha256 = %s", [stored.pk])
    try:
        page = text(client.post(at(own, "check/")))
    finally:
        stored.save(force_insert=True)
    assert "match the stored text" in page
    assert "the stored text is missing. Do not rely on it" in page
    assert "Only the first" not in page


# --- their cost


def many(row: Collection, count: int) -> None:
    """Fill a collection with copies of a quotation."""
    first = Quotation.objects.order_by("pk").first()
    values = {name: getattr(first, name) for name in (
        "version_id", "extraction_id", "position", "paragraph_index", "kind", "act", "content",
        "confidence", "speaker_confidence", "speaker_id", "speaker_name",
    )}  # fmt: skip
    rows = Quotation.objects.bulk_create(
        (Quotation(uid=f"{n:016x}", **values) for n in range(count)), batch_size=500
    )
    spans = first.spans.filter(role="content").values("role", "position", "start", "end", "exact")
    QuotationSpan.objects.bulk_create(
        (QuotationSpan(quotation=q, **spans.get()) for q in rows), batch_size=500
    )
    CollectionItem.objects.bulk_create(
        (CollectionItem(collection=row, quotation=q, position=n) for n, q in enumerate(rows)),
        batch_size=500,
    )


def test_pages_cost_the_same_with_1_and_1500(client, jo):
    small, large = collections.create(jo, "Small"), collections.create(jo, "Large")
    many(large, 1_500)
    one = large.items.first().quotation.uid
    collections.add(small, [one])
    client.get(at(small))

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    # One more for the page after: where a row goes that is dropped behind the last.
    assert cost(at(large)) == cost(at(small)) + 1
    assert cost(f"{at(large)}?page=60") == cost(at(small))
    assert cost(f"{at(large)}?q=rise") <= cost(f"{at(small)}?q=rise") + 1
    page = client.get(f"{at(large)}?page=60").content.decode()
    assert 'start="1476"' in page
    uid = large.items.order_by("position").last().quotation.uid
    with CaptureQueriesContext(connection) as queries:
        client.post(at(large, "move/"), {"top": uid})
    assert len(queries) < 25
    assert order(large)[0] == uid
    assert len(order(large)) == len(set(order(large))) == 1_500


def test_the_list_costs_the_same_with_1_and_10(client, jo):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/collections/")
        return len(queries)

    collections.create(jo, "1")
    few = cost()
    for n in range(9):
        made = collections.create(jo, f"{n + 2}")
        collections.add(made, [Quotation.objects.order_by("pk")[n % 6].uid])
        cite(made)
    CitedQuotation.objects.update(changed_at=timezone.now(), changes=[])
    assert cost() == few
