"""Speakers by the words of their names, the same on SQLite and PostgreSQL, and similar names."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotes import speaker_index
from quotes.models import Speaker, SpeakerName, SpeakerSuggestion
from quotes.params import PAGES
from quotes.speaker_search import named, similar, suggest, surname, why_alike

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PEOPLE = ("Ana Roe", "José Álvarez", "Anabel Ruiz", "Omar Roe", "O’Neill Smith")
BODIES = ("United Nations", "US Central Command", "SDF", "Syrian Democratic Forces")


def speaker(name: str, kind: str = "person", **fields) -> Speaker:
    return Speaker.objects.create(
        slug=f"s{Speaker.objects.count()}", name=name, kind=kind, **fields
    )


@pytest.fixture
def stored():
    """People and bodies by name; the later, the more often quoted."""
    rows = {name: speaker(name) for name in PEOPLE}
    rows |= {name: speaker(name, "organisation") for name in BODIES}
    for count, row in enumerate(rows.values()):
        row.quotation_count = count
        row.save()
    add = SpeakerName.objects.create
    add(speaker=rows["Ana Roe"], name="Ms Roe-Miller", key="", reason="alias")
    add(speaker=rows["United Nations"], name="UN", key="", reason="short")
    add(speaker=rows["US Central Command"], name="CENTCOM", key="", reason="short")
    return rows


def names(query: str) -> list[str]:
    return list(named(Speaker.objects.all(), query).order_by("pk").values_list("name", flat=True))


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", [*PEOPLE, *BODIES], id="empty-keeps-all"),
        pytest.param("?!", [], id="no-word-finds-none"),
        pytest.param("roe", ["Ana Roe", "Omar Roe"], id="any-word"),
        pytest.param("ana", ["Ana Roe", "Anabel Ruiz"], id="begins-a-word"),
        pytest.param("r an", ["Ana Roe", "Anabel Ruiz"], id="each-word-any-order"),
        pytest.param("na", ["United Nations"], id="not-inside-a-word"),
        pytest.param("jose alv", ["José Álvarez"], id="accents-left-out"),
        pytest.param("ÁLVAREZ", ["José Álvarez"], id="accents-and-capitals-typed"),
        pytest.param("centcom", ["US Central Command"], id="alias"),
        pytest.param("miller", ["Ana Roe"], id="half-of-a-double-name"),
        pytest.param("o'neill", ["O’Neill Smith"], id="apostrophes-part-words"),
        pytest.param('roe" OR 1 *', [], id="no-syntax-reaches-the-index"),
        pytest.param("roe' | 'x", [], id="no-syntax-of-the-other-either"),
        pytest.param("Q1", [], id="an-unknown-identifier"),
    ],
)
def test_names_are_found_by_their_words(query, expected):
    assert names(query) == expected


def test_a_wikidata_identifier_finds_its_bearer(stored):
    Speaker.objects.filter(pk=stored["Ana Roe"].pk).update(wikidata_id="Q42")
    assert names("Q42") == ["Ana Roe"]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=40))
def test_no_query_breaks(stored, query):  # noqa: ARG001
    found, more = suggest(Speaker.objects.all(), query, limit=5)
    assert len(found) <= 5
    assert not more or len(found) == 5


# --- the index follows the tables


def test_a_new_name_is_found_and_the_old_one_not(stored):
    row = stored["Ana Roe"]
    row.name = "Ana Doe"
    row.save()
    assert names("doe") == ["Ana Doe"]
    assert names("ana roe") == ["Ana Doe"], "by the alias, which it keeps"
    SpeakerName.objects.all().delete()
    assert names("ana roe") == []


def test_names_move_with_their_speaker(stored):
    SpeakerName.objects.filter(name="CENTCOM").update(speaker=stored["United Nations"])
    assert names("centcom") == ["United Nations"]
    assert names("command") == ["US Central Command"]


def test_a_deleted_speaker_leaves_nothing(stored):
    stored["Ana Roe"].delete()
    assert names("ana") == ["Anabel Ruiz"]


@pytest.mark.usefixtures("stored")
def test_the_index_can_be_built_anew():
    speaker_index.rebuild("default")
    speaker_index.install("default", is_stale=True)
    assert names("centcom") == ["US Central Command"]


# --- while one types


def test_suggestions_are_roots_most_quoted_first(stored):
    Speaker.objects.filter(name="Omar Roe").update(merged_into=stored["Ana Roe"])
    speaker("Zoe Roe", quotation_count=50)
    found, more = suggest(Speaker.objects.all(), "roe", limit=5)
    assert [row.speaker.name for row in found] == ["Zoe Roe", "Ana Roe"]
    assert not more


@pytest.mark.usefixtures("stored")
def test_suggestions_say_which_alias_has_the_words():
    found, _ = suggest(Speaker.objects.all(), "cent", limit=5)
    assert [row.matched for row in found] == [""], "Central Command begins so itself"
    found, _ = suggest(Speaker.objects.all(), "centc", limit=5)
    assert [row.matched for row in found] == ["CENTCOM"]


def test_suggestions_are_few_and_leave_out_who_is_not_asked_for(stored):
    found, more = suggest(Speaker.objects.all(), "r", limit=1)
    assert [row.speaker.name for row in found] == ["Omar Roe"]
    assert more
    found, _ = suggest(Speaker.objects.all(), "r", leave_out=[stored["Omar Roe"].pk], limit=1)
    assert [row.speaker.name for row in found] == ["Anabel Ruiz"]


@pytest.mark.parametrize("rows", [1, 10])
def test_suggesting_takes_two_queries(django_assert_num_queries, rows):
    for n in range(rows):
        SpeakerName.objects.create(speaker=speaker(f"Ana {n}"), name=f"Ms {n}", key="", reason="")
    with django_assert_num_queries(2):
        found, _ = suggest(Speaker.objects.all(), "ms", limit=10)
        assert [row.speaker.main_outlet for row in found] == [None] * rows


# --- similar names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ana Roe", "Roe"),
        ("Senator Ana Roe", "Roe"),
        ("Donald Trump Jr.", "Trump"),
        ("Anne van der Berg", "van der Berg"),
        ("Roe", "Roe"),
        ("", ""),
    ],
)
def test_surname(name, expected):
    assert surname(name) == expected


@pytest.mark.parametrize(
    ("one", "other", "kind", "why"),
    [
        ("Ana Roe", "ana  roe", "person", "has the same name"),
        ("Ana Roe", "Omar Roe", "person", "has the surname Roe too"),
        ("Ana Roe", "Roe Smith", "person", ""),
        ("SDF", "Syrian Democratic Forces", "organisation", "SDF may be short for Syrian"),
        ("Syrian Democratic Forces", "SDF", "organisation", "SDF may be short for Syrian"),
        ("SDF", "United Nations", "organisation", ""),
        ("Foreign Ministry", "Foreign Ministry", "organisation", "has the same name"),
        ("Foreign Ministry", "Ministry of Foreign Affairs", "organisation", ""),
    ],
)
def test_why_alike(one, other, kind, why):
    found = why_alike(Speaker(name=one, kind=kind), Speaker(name=other, kind=kind))
    assert found.startswith(why)
    assert bool(found) == bool(why)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ana Roe", ["Omar Roe"]),
        ("SDF", ["Syrian Democratic Forces"]),
        ("Syrian Democratic Forces", ["SDF"]),
        ("US Central Command", []),
    ],
)
def test_similar_names(stored, name, expected):
    assert [row.speaker.name for row in similar(stored[name], limit=5)] == expected


def pair(one: Speaker, other: Speaker, score=0.5, status="open"):
    one, other = sorted((one, other), key=lambda row: row.pk)
    return SpeakerSuggestion.objects.create(
        one=one, other=other, reason="because", score=score, status=status
    )


def test_open_suggestions_come_first_and_pairs_told_apart_not_at_all(stored):
    ana, jose, anabel, omar, smith = (stored[name] for name in PEOPLE)
    pair(ana, jose, 0.4)
    pair(anabel, ana, 0.7)
    pair(ana, omar, status="different")
    found = similar(ana, limit=5)
    assert [(row.speaker, row.score) for row in found] == [(anabel, 0.7), (jose, 0.4)]
    assert [row.speaker for row in similar(omar, limit=5)] == []
    assert similar(smith, limit=5) == []
    assert len(similar(ana, limit=1)) == 1


def test_who_was_merged_is_no_longer_similar(stored):
    ana, jose, _, omar, _ = (stored[name] for name in PEOPLE)
    pair(ana, jose)
    Speaker.objects.filter(pk__in=[omar.pk, jose.pk]).update(merged_into=ana)
    assert similar(ana, limit=5) == []


@pytest.mark.parametrize("kind", ["person", "organisation", "group", "document"])
@pytest.mark.parametrize("name", ["", "?", "Ö", "x" * 300, "a b c d e f g h i j k l", "SDF’s"])
def test_strange_names_have_no_similar_ones(name, kind):
    assert similar(speaker(name, kind), limit=5) == []


@pytest.mark.parametrize("rows", [1, 10])
def test_similar_names_take_the_same_queries(django_assert_num_queries, rows):
    first = speaker("Ana Roe")
    for n in range(rows):
        speaker(f"Ana{n} Roe")
        pair(first, speaker(f"Other{n}"))
    with django_assert_num_queries(3):
        assert len(similar(first, limit=30)) == 2 * rows
    assert rows <= PAGES.similar_names_read
