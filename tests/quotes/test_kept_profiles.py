"""A much quoted speaker's profile: as the task counted it, or of the newest, and which it is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quotes import decisions, kept_profiles, task_list, tasks
from quotes.models import KeptProfile, Quotation, Speaker
from quotes.nlp.document import Document, SpeakerKind
from quotes.nlp.document import Speaker as Found
from quotes.params import PAGES
from tests.builders import quotation, source
from tests.quotes.test_speaker_views import tell
from tests.quotes.test_views import read, static_root, words  # noqa: F401  a fixture
from tests.reviewing import called, reviewer

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """Two quotations are many; the names of the tasks that were asked for."""
    few = PAGES.model_copy(update={"profile_kept_from": 2, "profile_newest": 2})
    monkeypatch.setattr(kept_profiles, "PAGES", few)
    names: list[str] = []
    monkeypatch.setattr(tasks, "later", names.append)
    return names


@pytest.fixture
def ana(record, asked) -> Speaker:  # noqa: ARG001  what "many" are
    """Ana Roe, envoy in 2024, minister in 2026: three quotations."""
    tell(record, 1, "2024-05-01", role="envoy")
    tell(record, 2, "2024-06-02", role="envoy")
    tell(record, 3, "2026-03-04", role="minister")
    return called("Ana Roe")


def told(speaker: Speaker) -> kept_profiles.Told:
    return kept_profiles.told(Speaker.objects.get(pk=speaker.pk), Quotation.objects.current())


def person(name: str) -> Found:
    return Found(name=name, kind=SpeakerKind.PERSON)


def age(seconds: float) -> None:
    KeptProfile.objects.update(counted_at=timezone.now() - timedelta(seconds=seconds))


def test_until_all_are_counted_the_newest_are_told_of_and_the_page_says_so(client, ana, asked):
    text = words(read(client, ana.get_absolute_url()))
    assert "Told of the newest 2 of 3 quotations, until all of them have been counted." in text
    assert "3 quotations · 1 May 2024 to 4 March 2026" in text
    assert "minister" in text
    assert asked == ["profiles"]


def test_what_the_task_counted_is_all_there_is(client, ana, asked):
    exact = kept_profiles.PAGES.model_copy(update={"profile_kept_from": 100})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_profiles, "PAGES", exact)
        counted = told(ana)
    assert task_list.drain("profiles") == 1
    kept = told(ana)
    assert kept == replace(counted, counted_at=kept.counted_at)
    assert asked == []
    text = words(read(client, ana.get_absolute_url()))
    assert "3 quotations in 3 articles" in text
    assert "Counted on" in text
    assert "when there were" not in text


@pytest.mark.parametrize("rows", [1, 10])
def test_a_page_before_the_count_costs_the_same_however_much_there_is(client, record, ana, rows):
    for n in range(rows):
        tell(record, 10 + n, role=f"role {n}", aliases=(f"Ms {n} Roe",))
    with CaptureQueriesContext(connection) as queries:
        read(client, ana.get_absolute_url())
    # Speaker, merged ones; pairs, like names; doubts; decisions; what is kept, else the keys of the
    # newest, those, names and the latest links, their reasons; rows; statements; outlets.
    assert len(queries) == 15
    # Only of the newest is read what a profile counts.
    assert [q for q in queries if '"byline" AS' in q["sql"] and "key IN" in q["sql"]]


def test_a_page_costs_the_same_however_much_was_counted(client, record, ana):
    kept_profiles.count_due()
    costs = []
    for rows in (1, 10):
        for n in range(rows):
            tell(record, 100 * rows + n, role=f"role {rows} {n}", aliases=(f"Ms {n} Roe",))
        age(PAGES.counts_kept_s)
        kept_profiles.count_due()
        with CaptureQueriesContext(connection) as queries:
            client.get(ana.get_absolute_url())
        costs.append(len(queries))
        # Neither the quotations with their articles nor their number.
        assert not [q for q in queries if "COUNT(" in q["sql"] or '"byline" AS' in q["sql"]]
    assert costs[0] == costs[1]


def test_one_more_is_in_the_list_and_the_number_at_once_and_in_the_tables_later(
    client, record, ana, asked
):
    kept_profiles.count_due()
    tell(record, 4, "2026-03-05", role="senator")
    text = words(read(client, ana.get_absolute_url()))
    assert "Item 4 is so" in text
    assert "4 quotations" in text
    assert "when there were 3 quotations; to be counted again" in text
    assert asked == []  # not each second
    age(PAGES.counts_kept_s)
    read(client, ana.get_absolute_url())
    assert asked == ["profiles"]
    assert kept_profiles.count_due() == 1
    assert "4 quotations in 4 articles" in words(read(client, ana.get_absolute_url()))


@pytest.mark.parametrize(
    ("change", "seconds", "due"),
    [
        ({}, 0, 0),
        ({}, PAGES.counts_kept_s, 0),
        ({}, PAGES.profile_kept_s, 1),
        ({"name": "Anne Roe"}, 0, 0),
        ({"name": "Anne Roe"}, PAGES.counts_kept_s, 1),
    ],
)
def test_when_it_is_counted_again(ana, asked, change, seconds, due):
    kept_profiles.count_due()
    if change:
        decisions.rename(ana, reviewer(), **change)
    age(seconds)
    assert kept_profiles.due().count() == due
    told(ana)
    assert asked == ["profiles"] * due


def test_what_another_version_kept_in_another_shape_is_not_told(ana, asked):
    kept_profiles.count_due()
    KeptProfile.objects.update(told={"names": "many"})
    assert told(ana).is_part
    assert asked == ["profiles"]


def test_who_is_not_quoted_much_any_more_has_no_row(ana):
    kept_profiles.count_due()
    Quotation.objects.filter(content__contains="Item").update(status="gone")
    Speaker.objects.filter(pk=ana.pk).update(quotation_count=0)
    assert kept_profiles.count_due() == 0
    assert not KeptProfile.objects.exists()


def test_before_two_of_them_are_merged_articles_with_both_are_told_as_the_least_there_are(
    client, record, ana
):
    text = "“Yes,” Ana Roe said. “No,” Bo Low said.\n"
    record(
        source(text, title="Both"),
        Document(
            text=text,
            quotations=tuple(
                quotation(text, said, cue="said", source=name, speaker=person(name))
                for said, name in (("“Yes,”", "Ana Roe"), ("“No,”", "Bo Low"))
            ),
        ),
    )
    tell(record, 5, name="Bo Low")
    client.force_login(reviewer())
    address = f"{ana.get_absolute_url()}merge/?into={called('Bo Low').slug}"
    assert "At least 1 article quotes both of them" in words(read(client, address))


def test_what_is_split_off_is_offered_with_the_numbers_of_the_page(client, record, ana):
    kept_profiles.count_due()
    tell(record, 4, role="envoy")
    client.force_login(reviewer())
    text = words(read(client, f"{ana.get_absolute_url()}split/"))
    assert "Ana Roe (3)" in text
    assert "envoy (2)" in text
    assert "as they were last counted" in text
    assert "Item 4 is so (envoy)" in text
