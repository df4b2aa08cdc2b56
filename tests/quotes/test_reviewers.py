"""The groups that a migration makes, and leaves to the operator."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group

from quotes import reviewers

pytestmark = pytest.mark.django_db


def rights(name: str) -> set[str]:
    return set(Group.objects.get(name=name).permissions.values_list("codename", flat=True))


def test_each_group_has_its_permission():
    assert rights(reviewers.GROUP) == {"add_decision"}
    assert rights(reviewers.IMPORTERS) == {"add_import"}


def test_what_the_operator_changed_stays():
    Group.objects.get(name=reviewers.IMPORTERS).permissions.clear()
    Group.objects.filter(name=reviewers.GROUP).delete()
    reviewers.make_groups(apps.get_app_config("quotes"), "default")
    assert rights(reviewers.IMPORTERS) == set()
    assert rights(reviewers.GROUP) == {"add_decision"}
