"""Who opens the address of a button, or sends a form to a page, is led to where it stands."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from quotes.wrong_method import nearest
from tests.quotes.test_views import read, words

pytestmark = [pytest.mark.django_db, pytest.mark.database]
UID = "4787e6ab-b6fa-4413-bae3-ea916c8d0ee4"


@pytest.mark.parametrize(
    ("address", "above"),
    [
        (f"/collections/{UID}/add/", f"/collections/{UID}/"),
        (f"/decisions/{UID}/undo/", "/decisions/"),
        ("/quotes/42be0pbzm4b4/compare/", "/quotes/42be0pbzm4b4/"),
        ("/statements/decisions/5/undo/", "/statements/"),  # no statement is called “decisions”
        ("/speakers/suggestions/5/", "/speakers/suggestions/"),
        ("/account/logout/", "/account/"),
        ("/quotes/", "/"),
    ],
)
def test_what_is_above_an_address(address, above):
    assert nearest(address) == above


def test_who_signs_in_after_pressing_a_button_is_led_back_to_it(client):
    User.objects.create_superuser("op", password="a-good-pass-phrase")
    told = client.post(f"/imports/{UID}/cancel/")
    sign_in = {"username": "op", "password": "a-good-pass-phrase"}
    answer = client.post(told.url, sign_in, follow=True)
    assert answer.redirect_chain == [(f"/imports/{UID}/cancel/", 302)]
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    page = read(client, f"/imports/{UID}/cancel/", 405)
    assert "what you pressed before that was not done" in words(page)
    assert f"/imports/{UID}/" in page.links


def test_a_form_that_is_sent_to_a_page_is_told_of_the_page(client):
    answer = client.post(reverse("speakers"))
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert f'href="{reverse("speakers")}">Open the page' in answer.content.decode()


def test_programs_get_what_they_got(client):
    assert client.post("/healthz", headers={"Accept": "text/plain"}).content == b""
    assert client.delete("/api/v1/quotations/")["Content-Type"] == "application/problem+json"
