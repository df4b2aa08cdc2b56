"""The operators' pages open, search, and leave evidence alone."""

import pytest
from django.urls import reverse

from quotes import decisions

MODELS = ("quotation", "article", "articleversion", "speaker", "outlet", "extractionrun")
MODELS += ("extraction", "canonicaltext", "decision")

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize("model", MODELS)
def test_lists_open(admin_client, model):
    response = admin_client.get(reverse(f"admin:quotes_{model}_changelist"))
    assert response.status_code == 200


def test_a_quotation_is_shown_with_its_spans_and_cannot_be_edited(admin_client, quotation):
    page = reverse("admin:quotes_quotation_change", args=[quotation.pk])
    shown = admin_client.get(page)
    assert shown.status_code == 200
    assert "own-name" in shown.text
    assert admin_client.post(page, {"content": "x"}).status_code == 403
    assert admin_client.get(reverse("admin:quotes_quotation_add")).status_code == 403


@pytest.mark.parametrize(
    ("query", "count"), [("café", 1), ('"it must"', 1), ("roe", 2), ("-tax", 0), ('"', 0)]
)
@pytest.mark.usefixtures("rail")
def test_search_is_the_sites_own(admin_client, query, count):
    page = reverse("admin:quotes_quotation_changelist")
    shown = admin_client.get(page, {"q": query})
    assert shown.context["cl"].result_count == count


def test_speakers_and_decisions_are_changed_on_their_pages_only(
    admin_client, admin_user, quotation
):
    decision = decisions.rename(quotation.speaker, admin_user, name="Anna Roe", why="a misprint")
    for row in (quotation.speaker, decision):
        page = reverse(f"admin:quotes_{row._meta.model_name}_change", args=[row.pk])
        shown = admin_client.get(page)
        assert shown.status_code == 200
        assert "Anna Roe" in shown.text or "a misprint" in shown.text
        assert admin_client.post(page, {"name": "x"}).status_code == 403
