"""Ways on: from wrong addresses, from an empty tracker, on paper; the menu and the foot."""

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from quotes import plain_words
from tests.quotes.test_views import Page, read, words

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/speakers/ana-row/", "/speakers/ana-roe-"),
        ("/speakers/Ana%20Ro/", "/speakers/ana-roe-"),
    ],
)
def test_a_speaker_misspelled_is_found(client, address, leads_to):
    page = read(client, address, 404)
    assert "spelled like it" in words(page)
    assert [link for link in page.links if link.startswith(leads_to.removesuffix("-"))]


def test_an_address_below_what_is_there_leads_to_it(client, quotation):
    article = quotation.version.article
    page = read(client, f"/quotes/{quotation.uid}/nothing/", 404)
    assert quotation.get_absolute_url() in page.links
    page = read(client, f"/articles/{article.uid}/?version=7", 404)
    assert article.get_absolute_url() in page.links


@pytest.mark.parametrize(
    "address", ["/nope/", "/speakers/zzzz-zzzz/", "/speakers/x%00/", "/q/none"]
)
def test_elsewhere_there_is_the_search(client, address):
    page = read(client, address, 404)
    assert "way-q" in page.ids
    assert {reverse("speakers"), reverse("articles"), reverse("home")} <= set(page.links)


def test_what_is_too_large_says_how_much_is_taken(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2_000, 1
    files = [SimpleUploadedFile(f"{number}.txt", b"a word") for number in range(2)]
    for sent in ({"text": "a " * 1_500}, {"upload": files}):
        answer = client.post(reverse("check"), sent)
        assert answer.status_code == 413
        told = Page(answer.content.decode())
        assert "at most 2 kB of text and 1 file at once" in words(told)
        assert reverse("check") in told.links


def test_a_private_tracker_names_nobody(client, settings, quotation):
    settings.PUBLIC_READS = False
    for address in ("/nope/", "/speakers/ana-row/x/", f"/quotes/{quotation.uid}/nothing/"):
        page = read(client, address, 404)
        assert "Ana Roe" not in words(page)
        # The way to sign in leads back to what was asked for; nothing else may tell what there is.
        told = [link for link in page.links if not link.startswith("/account/login/")]
        near = [link for link in told if quotation.uid in link or "ana-roe" in link]
        assert not near


def test_a_wrong_address_costs_little(client, quotation, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/nope/")
    # what is there, and what was there
    with django_assert_num_queries(2):
        client.get(f"/articles/x{quotation.uid}/nothing/")
    # the speaker; names of the most quoted; those that are like it
    with django_assert_num_queries(3):
        client.get("/speakers/ana-row/")


# --- an empty tracker


def test_an_empty_tracker_leads_to_the_first_import(client):
    page = read(client, "/")
    assert f"{reverse('login')}?next={reverse('import-new')}" in page.links
    assert "manage.py ingest" in words(page)
    user = User.objects.create_user("reader")
    client.force_login(user)
    page = read(client, "/")
    assert "Your account may not import" in words(page)
    assert reverse("import-new") not in page.links
    user.user_permissions.add(Permission.objects.get(codename="add_import"))
    assert reverse("import-new") in read(client, "/").links


def test_the_front_page_says_what_can_be_done(client, quotation):
    page = read(client, "/")
    for name in ("quotations", "statements", "check"):
        assert page.links.count(reverse(name)) > 1  # in the menu, and explained
    assert quotation.get_article_url() in page.links


# --- menu, foot, paper


def test_menu_and_foot(client):
    page = read(client, "/")
    menu = ["quotations", "speakers", "statements", "articles", "check"]
    places = [page.links.index(reverse(name)) for name in menu]
    assert places == sorted(places)
    assert {reverse("status"), reverse("about"), reverse("runs"), "/api/docs/"} <= set(page.links)


def test_there_is_a_style_for_paper(client, quotation):
    html = client.get(quotation.get_absolute_url()).content.decode()
    assert 'quotes/print.css" media="print"' in html
    assert finders.find("quotes/print.css")
    assert f"/q/{quotation.uid}</a>" in html
    assert f"/q/{quotation.uid}</p>" in client.get("/quotes/").content.decode()


@pytest.mark.parametrize(
    ("size_bytes", "expected"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_500, "1.5 kB"),
        (200_000_000, "200 MB"),
        (2_000_000_000, "2 GB"),
    ],
)
def test_sizes_read_as_round_numbers(size_bytes, expected):
    assert plain_words.size(size_bytes) == expected


def test_the_limit_of_uploads_is_round(client):
    client.force_login(User.objects.create_user("imp", is_superuser=True))
    assert "200 MB together" in client.get("/imports/new/").content.decode()
